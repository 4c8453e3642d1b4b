"""A photo that somebody uploads: told from what is none, made small, everything but the picture taken off."""

import asyncio
import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from gateway.domain.errors import FieldInvalid

FORMATS: Final = ("PNG", "JPEG", "WEBP")
MEDIA_TYPE: Final = "image/jpeg"

PIXELS_MAX: Final = 24_000_000
"""What is decoded at most: a phone's camera makes 12 million, and each takes 4 bytes meanwhile."""

SIDE_MIN: Final = 48
"""Nobody is known by less."""

KEPT: Final = (480, 600)
"""Four times what the console shows (120 x 150), for dense screens and for printing."""

QUALITY: Final = 85

TOO_MANY_PIXELS: Final = f"has more than {PIXELS_MAX // 1_000_000} million pixels"
NO_PHOTO: Final = "is not a PNG, JPEG or WebP image that can be read"


class PhotoReader:
    """Reads photos one at a time, each in a thread: so much memory is taken once, and no press waits."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def read(self, raw: bytes) -> bytes:
        """Return the picture as a small JPEG without metadata. Raises ``FieldInvalid``."""
        async with self._turn:
            return await asyncio.to_thread(read_photo, raw)


def read_photo(raw: bytes) -> bytes:
    """Return the picture as a small JPEG without metadata. Raises ``FieldInvalid``."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(raw), formats=FORMATS) as image:
            _judge_size(*image.size)
            return _small(image)
    except FieldInvalid:
        raise
    except Image.DecompressionBombError:
        raise FieldInvalid("photo", TOO_MANY_PIXELS) from None
    except Exception:  # noqa: BLE001 (whatever a decoder makes of what a stranger wrote)
        raise FieldInvalid("photo", NO_PHOTO) from None


def _judge_size(width: int, height: int) -> None:
    """Look at what the file says of itself, before anything is decoded."""
    if width * height > PIXELS_MAX:
        raise FieldInvalid("photo", TOO_MANY_PIXELS)
    if min(width, height) < SIDE_MIN:
        raise FieldInvalid("photo", f"is less than {SIDE_MIN} pixels high or wide")


def _small(image: Image.Image) -> bytes:
    """Draw it anew, upright and opaque: nothing that came with it is copied, nor a picture behind it."""
    image.draft("RGB", (2 * KEPT[0], 2 * KEPT[1]))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail(KEPT)
    ground = Image.new("RGB", upright.size, "white")
    seen = upright.convert("RGBA")
    ground.paste(seen, mask=seen.getchannel("A"))
    made = BytesIO()
    ground.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()
