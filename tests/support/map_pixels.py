"""What is painted on the console's map, read from a screenshot: colours and how far they reach."""

import base64
import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from playwright.async_api import Page, expect

from tests.support.wait import until

Colour = tuple[int, int, int]

UNANSWERED: Final = (176, 0, 32)
TRACK: Final = (10, 92, 168)
STALE: Final = (90, 95, 102)
LAND: Final = (244, 242, 236)
ABROAD: Final = (217, 223, 227)
PLACE: Final = (58, 58, 54)
"""Of the light appearance."""

CLOSE: Final = 12
"""By how much a channel may be off: a line's edge is mixed with what is under it, its middle is not."""


@dataclass(frozen=True)
class Box:
    """Where a colour is, in CSS pixels from the map's top left corner."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class Picture:
    """The map's canvas with nothing over it."""

    def __init__(self, pixels: Any, metres_per_pixel: float) -> None:
        self._pixels = pixels
        self.metres_per_pixel = metres_per_pixel

    def mask(self, colour: Colour) -> Any:
        """Where a colour is."""
        return (np.abs(self._pixels.astype(int) - np.array(colour)) <= CLOSE).all(axis=2)

    def count(self, colour: Colour) -> int:
        """How many pixels have a colour."""
        return int(self.mask(colour).sum())

    def box(self, colour: Colour) -> Box | None:
        """What holds every pixel of a colour; None where there is none."""
        rows, columns = np.nonzero(self.mask(colour))
        if not len(rows):
            return None
        return Box(int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))

    @property
    def across_m(self) -> float:
        """What the shorter side spans."""
        return min(self.size) * self.metres_per_pixel

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self._pixels.shape[1], self._pixels.shape[0]


BARE: Final = """(bare) => {
  for (const each of document.querySelectorAll('.view > :not(.canvas)'))
    each.style.setProperty('visibility', bare ? 'hidden' : '')
}"""


DECODED: Final = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes]))
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  const pen = canvas.getContext('2d')
  pen.drawImage(bitmap, 0, 0)
  const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height)
  let text = ''
  for (let from = 0; from < data.length; from += 32768)
    text += String.fromCharCode(...data.subarray(from, from + 32768))
  return [bitmap.width, bitmap.height, btoa(text)]
}"""


async def picture(page: Page) -> Picture:
    """Look at the map, once it does not zoom, without the words and buttons that lie over it."""
    await page.evaluate(BARE, True)
    while True:
        before = await scale(page)
        taken = await page.locator(".view .canvas").screenshot()
        if await scale(page) == before:
            break
    await page.evaluate(BARE, False)
    width, height, pixels = await page.evaluate(DECODED, base64.b64encode(taken).decode())
    flat = np.frombuffer(base64.b64decode(pixels), dtype=np.uint8)
    return Picture(flat.reshape(height, width, 4)[:, :, :3], before)


async def scale(page: Page) -> float:
    """Metres a CSS pixel, as the map says."""
    canvas = page.locator(".view .canvas")
    await expect(canvas).to_have_attribute("data-metres-per-pixel", re.compile(r"\d"))
    return float(await canvas.get_attribute("data-metres-per-pixel") or "nan")


async def zoom_in_to(page: Page, metres_per_pixel: float) -> None:
    """Press the button until a pixel is as small as that."""
    while (before := await scale(page)) > metres_per_pixel:
        await page.get_by_role("button", name="Zoom in").click()

        async def nearer(before: float = before) -> bool:
            return abs(await scale(page) / before - 0.5) < 0.02

        await until("a level nearer", nearer)
