"""The console's files: compressed where the build left a ``.gz`` beside one, kept while they are true.

A browser asks anew for every file but those in ``assets/``, whose names change with their content.
"""

import mimetypes
import os
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Scope

ASSETS: Final = "assets"
FOREVER: Final = "public, max-age=31536000, immutable"
ASK_FIRST: Final = "no-cache"
"""Kept, and used only after the gateway has said by the ETag that it is still the one."""


class ConsoleFiles(StaticFiles):
    """Static files with a compressed twin each."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with the file, or its twin where the browser takes gzip."""
        request = Headers(scope=scope)
        path = Path(full_path)
        headers = {
            "cache-control": FOREVER if path.parent.name == ASSETS else ASK_FIRST,
            "vary": "Accept-Encoding",
        }
        kind = mimetypes.guess_type(path.name)[0]
        twin = path.with_name(f"{path.name}.gz")
        if takes_gzip(request.get("accept-encoding", "")) and twin.is_file():
            path, stat_result = twin, twin.stat()
            headers["content-encoding"] = "gzip"
        response = FileResponse(path, status_code, headers, kind, stat_result=stat_result)
        if self.is_not_modified(response.headers, request):
            return NotModifiedResponse(response.headers)
        return response


def takes_gzip(accepted: str) -> bool:
    """Read Accept-Encoding (RFC 9110, 12.5.3): whether gzip, or ``*``, is named and not refused."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        try:
            weights[coding] = float(weight or 1)
        except ValueError:
            weights[coding] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0
