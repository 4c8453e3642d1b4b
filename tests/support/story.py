"""A story at a console, key by key: what was pressed, where the focus was then, what a screen reader finds.

Kept as a page beside the test, so that a change of what a screen reader is told is seen and agreed to.
"""

import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.async_api import Page

from tests.support.wait import comes_true

RECORD: Final = "MSA_RECORD_STORIES"
"""With this in the environment the page is written anew instead of compared."""

SETTLED_S: Final = 5.0
"""A page says a moment later what it does: so long it may take until it says what was agreed."""

FOCUSED: Final = """() => {
  const at = document.activeElement
  if (!at || at === document.body) return 'nowhere'
  const words = (text) => (text ?? '').replace(/\\s+/g, ' ').trim()
  const label = at.labels?.[0] ?? document.getElementById(at.getAttribute('aria-labelledby'))
  const name = at.getAttribute('aria-label') ?? (label ? label.textContent : at.textContent)
  return `${at.getAttribute('role') ?? at.type ?? at.localName}: ${words(name)}`
}"""

VARYING: Final = (
    (re.compile(r"\b\d{1,2}:\d\d(:\d\d)?\b"), "hh:mm"),
    (re.compile(r"\bGE\.[0-9a-f]+\b"), "GE.file"),
    (re.compile(r"\b\d+ s\b"), "n s"),
)
"""What differs each time: clocks, running times, made-up file numbers."""


@dataclass
class Story:
    """Steps on a page, as they happen."""

    page: Page
    parts: tuple[str, ...]
    """CSS of what is recorded, in order; what is not there is left out."""

    path: Path
    """Where it is kept."""

    written: list[str] = field(default_factory=list)

    async def step(self, said: str, *keys: str, typed: str = "") -> None:
        """Press keys, then type; tell nothing yet: what comes of it has first to be waited for."""
        for key in keys:
            await self.page.keyboard.press(key)
        if typed:
            await self.page.keyboard.type(typed)
        pressed = [f"`{key}`" for key in keys] + ([f"types “{typed}”"] if typed else [])
        self.written.append(f"## {len(self.written) + 1}. {said}\n\nKeys: {', '.join(pressed) or 'none'}.")

    async def shows(self) -> None:
        """Record where the focus is and the accessibility tree of each part, once they are as they were."""
        self.written[-1] = await settled(self.path, self._looked)

    async def _looked(self) -> str:
        trees: list[str] = []
        for part in self.parts:
            trees += [await found.aria_snapshot() for found in await self.page.locator(part).all()]
        focus = await self.page.evaluate(FOCUSED)
        tree = "\n".join(trees)
        for pattern, instead in VARYING:
            tree = pattern.sub(instead, tree)
        return f"{self.written[-1]} Focus then: {focus}.\n\n```yaml\n{tree}\n```"

    def told(self, heading: str) -> str:
        """Return the whole page."""
        return f"{heading}\n\n" + "\n\n".join(self.written) + "\n"


async def settled(path: Path, look: Callable[[], Awaitable[str]]) -> str:
    """Look until what is seen stands in the page at ``path``, or it is late; return what was seen last."""
    kept = kept_at(path)
    seen: list[str] = []

    async def as_kept() -> bool:
        seen.append(await look())
        return seen[-1] in kept or RECORD in os.environ

    await comes_true(as_kept, SETTLED_S)
    return seen[-1]


def kept_at(path: Path) -> str:
    """What stands there; nothing where nothing was recorded yet."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def agrees(path: Path, told: str) -> bool:
    """Whether the page at ``path`` tells this; writes it instead where ``RECORD`` is set."""
    if os.environ.get(RECORD):
        path.write_text(told)
    return path.read_text() == told
