"""The settings of the map under what the console draws."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from schemas.basemap import BasemapKind, Projection


def urls_in(value: Any) -> Any:
    """Split text at commas into addresses without their last slash; anything else is left as it is."""
    if isinstance(value, str):
        return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    return value


class BasemapSettings(BaseSettings):
    """Where the map comes from; nothing of it is needed for the schematic one."""

    basemap: BasemapKind = Field(
        default=BasemapKind.SCHEMATIC,
        description="Map under what the console draws: schematic (built in, no streets, no network), pmtiles,"
        " xyz, wmts, wms or style (a MapLibre style)",
    )
    basemap_file: Path | None = Field(
        default=None,
        description="A PMTiles file that the gateway serves itself, so that nobody outside sees which area"
        " is looked at",
    )
    basemap_url: str | None = Field(
        default=None,
        description="Where the map is instead, a path on the gateway's own origin or an address: of the"
        " PMTiles file, the tiles' template ({z}, {x}, {y} or {-y}, {a-c} for hosts), the WMTS's"
        " capabilities, the WMS or the style",
    )
    basemap_attribution: str | None = Field(
        default=None, description="Plain text that credits the map's owners, shown on it"
    )
    basemap_layer: str | None = Field(default=None, description="WMTS and WMS: the layer")
    basemap_matrix_set: str | None = Field(default=None, description="WMTS: the tile matrix set")
    basemap_projection: Projection = Field(
        default=Projection.WEB_MERCATOR,
        description="WMTS and WMS: what is asked for, EPSG:3857 or EPSG:4326; the latter is drawn anew in the"
        " former",
    )
    basemap_min_zoom: Annotated[int, Field(ge=0, le=24)] = Field(
        default=0, description="Zoom level below which there are no tiles; a PMTiles file says so itself"
    )
    basemap_max_zoom: Annotated[int, Field(ge=0, le=24)] = Field(
        default=19, description="Zoom level beyond which tiles are enlarged; a PMTiles file says so itself"
    )
    basemap_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Origins besides that of basemap_url from which the map needs something (a style's tiles,"
        " sprites and glyphs, a WMTS's tiles), separated by commas; consoles may fetch from nowhere else",
    )

    @field_validator("basemap_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> Any:
        return urls_in(value)
