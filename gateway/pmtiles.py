"""The header of a PMTiles file, version 3 (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md)."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.domain.errors import BasemapRefused

MAGIC: Final = b"PMTiles"
VERSION: Final = 3
LAYOUT: Final = struct.Struct("<7sB11QBBBBBB4iB2i")
"""Magic, version, offset and length of root, metadata, leaves and tiles, three counts, clustered,
two compressions, type of tile, zooms, corners in 1e-7 degrees, centre."""

TILES: Final = {1: "vector", 2: "PNG", 3: "JPEG", 4: "WebP", 5: "AVIF"}
"""What the console can draw of the specification's types of tile."""

DEGREE: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Archive:
    """What a PMTiles file says that it holds; its corners in degrees (west, south, east, north)."""

    tiles: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
    size: int

    @property
    def covers_belgium(self) -> bool:
        """Whether its corners hold the country."""
        west, south, east, north = self.bounds
        return west <= 2.6 and south <= 49.5 and east >= 6.4 and north >= 51.5


def read_header(path: Path) -> Archive:
    """Read what a file holds. Raises ``BasemapRefused``, also when the file was cut short."""
    try:
        with path.open("rb") as file:
            start = file.read(LAYOUT.size)
            size = path.stat().st_size
    except OSError as error:
        raise BasemapRefused(f"{path}: {error.strerror}") from None
    if len(start) < LAYOUT.size or not start.startswith(MAGIC):
        raise BasemapRefused(f"{path} is no PMTiles file")
    _, version, *sections, _clustered, _inside, _tile, kind, low, high, west, south, east, north, _, _, _ = (
        LAYOUT.unpack(start)
    )
    if version != VERSION:
        raise BasemapRefused(f"{path} is PMTiles of version {version}; the console reads version {VERSION}")
    ends = [offset + length for offset, length in zip(sections[0:8:2], sections[1:8:2], strict=True)]
    if max(ends) > size:
        raise BasemapRefused(f"{path} is cut short: {size} bytes of {max(ends)}")
    if kind not in TILES or low > high:
        raise BasemapRefused(f"{path} holds tiles that the console cannot draw")
    corners = (west * DEGREE, south * DEGREE, east * DEGREE, north * DEGREE)
    return Archive(tiles=TILES[kind], min_zoom=low, max_zoom=high, bounds=corners, size=size)
