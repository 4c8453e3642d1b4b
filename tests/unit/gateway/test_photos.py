"""A photo is told from what is none, and nothing but the picture is kept."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from gateway.domain.errors import FieldInvalid
from gateway.photos import KEPT, NO_PHOTO, PIXELS_MAX, read_photo


def a_picture(kind: str, size: tuple[int, int] = (300, 400), mode: str = "RGB", **more: object) -> bytes:
    made = BytesIO()
    Image.new(mode, size, "red").save(made, kind, **more)
    return made.getvalue()


def a_png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes that announces any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "CMYK"), ("WEBP", "RGB")])
def test_each_kind_becomes_a_small_jpeg(kind: str, mode: str) -> None:
    kept = Image.open(BytesIO(read_photo(a_picture(kind, (1200, 900), mode))))
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (480, 360))


def test_where_and_with_what_it_was_taken_is_not_kept_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[2] = (51.0, 3.0, 0.0)  # latitude
    raw = a_picture("JPEG", (400, 300), exif=exif, comment=b"Voorbeeld, Anna")
    assert b"Voorbeeld" in raw
    kept = read_photo(raw)
    assert b"Voorbeeld" not in kept
    assert b"Maker" not in kept
    picture = Image.open(BytesIO(kept))
    assert len(picture.getexif()) == 0
    assert picture.size == (300, 400)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"%PDF-1.7",
        a_picture("GIF"),
        a_picture("BMP"),
        a_picture("PNG")[:-200],
        a_picture("JPEG")[:300],
        b"\xff\xd8\xff\xe0" + b"\x00" * 500,
        a_png_that_says(100, 100),
    ],
    ids=["nothing", "svg", "pdf", "gif", "bmp", "half a png", "half a jpeg", "a jpeg's head", "an empty png"],
)
def test_what_is_no_photo_is_refused(raw: bytes) -> None:
    with pytest.raises(FieldInvalid) as refused:
        read_photo(raw)
    assert refused.value.errors[0].message == NO_PHOTO


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (PIXELS_MAX // 48 + 1, 48), (47, 600)])
def test_what_would_fill_the_memory_or_shows_nobody_is_refused_before_it_is_decoded(width, height) -> None:
    with pytest.raises(FieldInvalid, match="pixels"):
        read_photo(a_png_that_says(width, height))


def test_what_is_kept_is_a_few_kilobytes_for_a_frame_that_never_carries_it() -> None:
    noise = Image.effect_noise((3000, 4000), 120)
    made = BytesIO()
    noise.save(made, "JPEG", quality=30)
    kept = read_photo(made.getvalue())
    assert Image.open(BytesIO(kept)).size <= KEPT
    assert len(kept) < 400_000
