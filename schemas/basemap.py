"""What lies under the console's map (``GET /v1/basemap``)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import Line, Paragraph, Wire

Zoom = Annotated[int, Field(ge=0, le=24, description="A zoom level of web maps; 0 is the world in one tile")]
Address = Annotated[
    str,
    StringConstraints(max_length=2000),
    Field(description="Absolute, or a path on the gateway itself; may hold a template's braces"),
]


class BasemapKind(StrEnum):
    """How the basemap is fetched and drawn."""

    SCHEMATIC = "schematic"
    PMTILES = "pmtiles"
    XYZ = "xyz"
    WMTS = "wmts"
    WMS = "wms"
    STYLE = "style"


class Projection(StrEnum):
    """What a WMS or WMTS is asked in; the map itself is always in Web Mercator."""

    WEB_MERCATOR = "EPSG:3857"
    WGS84 = "EPSG:4326"


class Basemap(Wire):
    """The basemap that this gateway's consoles show.

    ``schematic``: drawn from the files in ``geodata/``, nothing else is set. Otherwise ``url`` is the
    PMTiles file, the template of the tiles (``{z}``, ``{x}``, ``{y}`` or ``{-y}``, ``{a-c}``), the WMTS's
    capabilities document, the WMS's base, or the MapLibre style.
    """

    kind: BasemapKind = BasemapKind.SCHEMATIC
    url: Address | None = None
    attribution: Paragraph | None = Field(default=None, description="Plain text, shown on the map")
    layer: Line | None = Field(default=None, description="WMTS and WMS: the layer, or several by commas")
    matrix_set: Line | None = Field(default=None, description="WMTS: the tile matrix set")
    projection: Projection = Projection.WEB_MERCATOR
    min_zoom: Zoom = 0
    max_zoom: Zoom = Field(default=19, description="Beyond it, the tiles of this level are enlarged")
