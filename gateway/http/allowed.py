"""Which methods a path allows, as a 405 must say (RFC 9110 section 15.5.6).

A router knows the methods of the first route alone that has the path; the document knows them all.
"""

import re
from functools import lru_cache
from typing import Any, Final

from fastapi import FastAPI

PARAMETER: Final = re.compile(r"\\\{[^}]+\\\}")


def allowed_on(app: FastAPI, path: str) -> list[str]:
    """Return the methods of a path, sorted; none for one that is in no document.

    One that stands there word for word is that one, whatever templates it also fits (OpenAPI 3.1, 4.8.8.2).
    """
    paths = app.openapi()["paths"]
    fitting = [path] if path in paths else [one for one in paths if _pattern(one).fullmatch(path)]
    return sorted({method.upper() for one in fitting for method in _methods(paths[one])})


def _methods(operations: dict[str, Any]) -> list[str]:
    return [name for name in operations if name != "parameters"]


@lru_cache(maxsize=512)
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(PARAMETER.sub("[^/]+", re.escape(template)))
