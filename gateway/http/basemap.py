"""The console's basemap: which it is, and the file of it that this gateway serves, by ranges of bytes."""

import asyncio
import hashlib
import stat
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from starlette.requests import Request

from gateway.basemap import FILE_URL
from gateway.domain.errors import NotFound
from gateway.http.principal import CurrentOperator
from gateway.http.services import services_of
from gateway.http.static import ASK_FIRST, takes_gzip
from schemas.basemap import Basemap

AREAS_URL: Final = "/geodata/centres.json"

KEPT: Final = "max-age=3600"
"""A browser asks for the same tile again after an hour; whoever reads a replaced file notices by its ETag."""

DIRECTORY_BYTES: Final = 16_384
"""A PMTiles file's header and root directory end before this: with other tiles they differ."""

router: Final = APIRouter(tags=["basemap"])


@router.get("/v1/basemap")
async def basemap(request: Request, _operator: CurrentOperator) -> Basemap:
    """Say which map lies under what the console draws, and where it is fetched."""
    return services_of(request).basemap.view


@router.api_route(FILE_URL, methods=["GET", "HEAD"], include_in_schema=False)
async def file(request: Request) -> Response:
    """Serve the map file of the settings; it is public and says nothing about anybody."""
    path = services_of(request).basemap.file
    if path is None:
        raise NotFound
    try:
        found = await asyncio.to_thread(path.stat)
        if not stat.S_ISREG(found.st_mode):
            raise NotFound
        tag = await asyncio.to_thread(entity_tag, path, found.st_size, found.st_mtime_ns)
    except OSError:
        raise NotFound from None
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag, "cache-control": KEPT})
    return FileResponse(
        path,
        headers={"etag": tag, "cache-control": KEPT},
        media_type="application/vnd.pmtiles",
        stat_result=found,
    )


async def areas(request: Request) -> Response:
    """Serve the areas of this installation, as ``geodata/centres.json`` has those of the build."""
    drawn = services_of(request).drawn_areas
    if drawn is None:
        raise NotFound
    smaller = takes_gzip(request.headers.get("accept-encoding", ""))
    tag = f'"{drawn.digest}{"-gz" if smaller else ""}"'
    headers = {"etag": tag, "cache-control": ASK_FIRST, "vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if not smaller:
        return Response(drawn.plain, headers=headers, media_type="application/json")
    headers["content-encoding"] = "gzip"
    return Response(drawn.compressed, headers=headers, media_type="application/json")


@lru_cache(maxsize=4)
def entity_tag(path: Path, size: int, _mtime_ns: int) -> str:
    """Name a file by its content, so that copies on several nodes are one. Raises ``OSError``."""
    with path.open("rb") as opened:
        start = opened.read(DIRECTORY_BYTES)
    return f'"{hashlib.sha256(start + size.to_bytes(8)).hexdigest()[:32]}"'
