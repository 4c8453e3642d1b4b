"""Somebody else's map server, on a port of this machine: XYZ, WMTS, WMS and a MapLibre style.

Raster tiles are of one colour, so that a test can find them on a screenshot; what was asked is kept.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.http.server import listening
from tests.support.pmtiles import a_png, a_vector_tile

COLOUR: Final = (200, 30, 200)
"""Of the raster tiles: of nothing else on the screen."""

LAYER: Final = "belgium"
MATRIX_SET: Final = "web-mercator"
LEVELS: Final = 20
WORLD_M: Final = 20037508.342789244
SCALE_0: Final = 559082264.0287178
"""OGC's scale denominator of one tile of 256 pixels for the world."""


@dataclass
class TileServer:
    """Where it is, and the paths it was asked for."""

    url: str
    asked: list[str] = field(default_factory=list)

    @property
    def xyz(self) -> str:
        """The template of its tiles."""
        return f"{self.url}/tiles/{{z}}/{{x}}/{{y}}.png"

    @property
    def wmts(self) -> str:
        """Its WMTS's capabilities."""
        return f"{self.url}/wmts/capabilities.xml"

    @property
    def wms(self) -> str:
        """Its WMS."""
        return f"{self.url}/wms"

    @property
    def style(self) -> str:
        """Its MapLibre style, of vector tiles."""
        return f"{self.url}/style.json"

    def fetched(self, part: str) -> list[str]:
        """The paths asked for that begin with ``/part/`` or are ``/part``."""
        return [path for path in self.asked if path.removeprefix("/").split("/")[0] == part]


@asynccontextmanager
async def tile_server() -> AsyncIterator[TileServer]:
    """Run a map server in this event loop."""
    listener = listening("127.0.0.1", 0)
    made = TileServer(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server = _Server(uvicorn.Config(_application(made), lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield made
    finally:
        server.should_exit = server.force_exit = True
        await serving
        listener.close()


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Leave the test's signals alone."""


def _application(server: TileServer) -> Starlette:
    allowed = {"access-control-allow-origin": "*"}
    png, vector = a_png(*COLOUR), a_vector_tile(("roads",))

    def noted(request: Request) -> None:
        server.asked.append(request.url.path)

    async def raster(request: Request) -> Response:
        noted(request)
        return Response(png, media_type="image/png", headers=allowed)

    async def vectors(request: Request) -> Response:
        noted(request)
        return Response(vector, media_type="application/vnd.mapbox-vector-tile", headers=allowed)

    async def capabilities(request: Request) -> Response:
        noted(request)
        return Response(_capabilities(server.url), media_type="text/xml", headers=allowed)

    async def style(request: Request) -> Response:
        noted(request)
        return JSONResponse(_style(server.url), headers=allowed)

    return Starlette(
        routes=[
            Route("/tiles/{z}/{x}/{y}.png", raster),
            Route("/wmts/capabilities.xml", capabilities),
            Route("/wmts/{z}/{y}/{x}.png", raster),
            Route("/wms", raster),
            Route("/style.json", style),
            Route("/vector/{z}/{x}/{y}.mvt", vectors),
        ]
    )


def _style(url: str) -> dict[str, object]:
    """A style without glyphs or sprites: nothing but lines on a plain ground."""
    source = {"type": "vector", "tiles": [f"{url}/vector/{{z}}/{{x}}/{{y}}.mvt"], "maxzoom": 14}
    red, green, blue = COLOUR
    return {
        "version": 8,
        "sources": {"streets": source},
        "layers": [
            {
                "id": "ground",
                "type": "background",
                "paint": {"background-color": f"rgb({red}, {green}, {blue})"},
            },
            {
                "id": "roads",
                "type": "line",
                "source": "streets",
                "source-layer": "roads",
                "paint": {"line-color": "#ffffff", "line-width": 3},
            },
        ],
    }


def _capabilities(url: str) -> str:
    """A WMTS 1.0.0 with one layer in web Mercator, its tiles by address."""
    matrices = "".join(
        f"<TileMatrix><ows:Identifier>{level}</ows:Identifier>"
        f"<ScaleDenominator>{SCALE_0 / 2**level}</ScaleDenominator>"
        f"<TopLeftCorner>-{WORLD_M} {WORLD_M}</TopLeftCorner><TileWidth>256</TileWidth>"
        f"<TileHeight>256</TileHeight><MatrixWidth>{2**level}</MatrixWidth>"
        f"<MatrixHeight>{2**level}</MatrixHeight></TileMatrix>"
        for level in range(LEVELS)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Capabilities xmlns="http://www.opengis.net/wmts/1.0"'
        ' xmlns:ows="http://www.opengis.net/ows/1.1" version="1.0.0"><Contents>'
        f"<Layer><ows:Title>Belgium</ows:Title><ows:Identifier>{LAYER}</ows:Identifier>"
        '<Style isDefault="true"><ows:Identifier>default</ows:Identifier></Style><Format>image/png</Format>'
        f"<TileMatrixSetLink><TileMatrixSet>{MATRIX_SET}</TileMatrixSet></TileMatrixSetLink>"
        '<ResourceURL format="image/png" resourceType="tile"'
        f' template="{url}/wmts/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.png"/></Layer>'
        f"<TileMatrixSet><ows:Identifier>{MATRIX_SET}</ows:Identifier>"
        f"<ows:SupportedCRS>urn:ogc:def:crs:EPSG::3857</ows:SupportedCRS>{matrices}</TileMatrixSet>"
        "</Contents></Capabilities>"
    )
