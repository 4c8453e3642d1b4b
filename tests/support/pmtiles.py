"""PMTiles archives for tests, written as version 3 of the specification says, with the tiles in them."""

import gzip
import struct
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

Tile = tuple[int, int, int]
"""Zoom, column, row."""

BELGIUM: Final = (2.5, 49.4, 6.5, 51.6)
PLAIN: Final = 1
GZIP: Final = 2
MVT: Final = 1
PNG: Final = 2
SIDE: Final = 256
EXTENT: Final = 4096


def a_png(red: int, green: int, blue: int, side: int = SIDE) -> bytes:
    """A square of one colour."""
    row = b"\0" + bytes((red, green, blue)) * side
    body = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", body)
        + _chunk(b"IDAT", zlib.compress(row * side))
        + _chunk(b"IEND", b"")
    )


def a_vector_tile(layers: Iterable[str] = ("roads",)) -> bytes:
    """A Mapbox vector tile: in each layer one line from corner to corner."""
    line = b"".join(map(_varint, (9, 0, 0, 10, 2 * EXTENT, 2 * EXTENT)))  # move to 0,0; one line to 4096,4096
    feature = _field(1, 1) + _field(3, 2) + _bytes(4, line)
    return b"".join(
        _bytes(3, _field(15, 2) + _bytes(1, layer.encode()) + _bytes(2, feature) + _field(5, EXTENT))
        for layer in layers
    )


def pyramid(tile: bytes, zooms: Iterable[int]) -> dict[Tile, bytes]:
    """The same tile in every place of these zooms."""
    return {(z, x, y): tile for z in zooms for x in range(2**z) for y in range(2**z)}


def archive(
    tiles: Mapping[Tile, bytes],
    kind: int = PNG,
    *,
    bounds: tuple[float, float, float, float] = BELGIUM,
    metadata: bytes = b"{}",
) -> bytes:
    """Return an archive of at most some thousand tiles: its root directory has no leaves."""
    by_id = sorted((tile_id(*tile), content) for tile, content in tiles.items())
    data, places = b"", {}
    for _, content in by_id:
        if content not in places:
            places[content] = len(data)
            data += content
    root = gzip.compress(
        _directory([(one, places[content], len(content)) for one, content in by_id]), mtime=0
    )
    about = gzip.compress(metadata, mtime=0)
    start = 127
    offsets = (start, start + len(root), start + len(root) + len(about))
    zooms = [tile[0] for tile in tiles]
    corners = [round(degrees * 1e7) for degrees in bounds]
    header = b"PMTiles\x03" + struct.pack(
        "<11QBBBBBB4iB2i",
        *(offsets[0], len(root), offsets[1], len(about), offsets[2], 0, offsets[2], len(data)),
        *(len(by_id), len(by_id), len(places)),
        *(1, GZIP, PLAIN, kind, min(zooms), max(zooms)),
        *corners,
        min(zooms),
        *((corners[0] + corners[2]) // 2, (corners[1] + corners[3]) // 2),
    )
    return header + root + about + data


def write_archive(path: Path, tiles: Mapping[Tile, bytes], kind: int = PNG) -> Path:
    """Write an archive; return where."""
    path.write_bytes(archive(tiles, kind))
    return path


def tile_id(z: int, x: int, y: int) -> int:
    """The tile's place on the Hilbert curves of all zooms, one after the other."""
    found: int = (4**z - 1) // 3
    side = 2 ** (z - 1) if z else 0
    while side > 0:
        right, low = int(x & side > 0), int(y & side > 0)
        found += side * side * ((3 * right) ^ low)
        if low == 0:
            if right == 1:
                x, y = side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1))
            x, y = y & (side - 1), x & (side - 1)
        side //= 2
    return found


def _directory(entries: list[tuple[int, int, int]]) -> bytes:
    """Write the entries by column: ids by difference, run lengths, lengths, places plus one."""
    ids = [one for one, _, _ in entries]
    steps = [here - before for before, here in zip([0, *ids], ids, strict=False)]
    columns = [
        steps,
        [1] * len(entries),
        [length for _, _, length in entries],
        [place + 1 for _, place, _ in entries],
    ]
    return b"".join(map(_varint, [len(entries), *(value for column in columns for value in column)]))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _field(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
