"""The centres' areas for tests: a plain country of squares, and Belgium as the build derives it."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from shapely import Polygon, box

from gateway.domain.centres import CentreMap
from gateway.geography import DERIVED, load_centres
from gateway.settings import Settings
from hatch_build import MAP_DATA, build_geodata, build_map_data

LOCK: Final = Path(__file__).parents[2] / "gateway" / ".geodata.lock"

DEGREE_M: Final = 111_250.0
"""One degree of latitude at 51 N."""

SQUARES: Final[dict[str, Polygon]] = {
    "BE-VWV": box(3.0, 51.0, 3.5, 51.3),
    "BE-VOV": box(3.5, 51.0, 4.0, 51.3),
    "BE-VAN": box(4.0, 51.0, 4.5, 51.3),
    "BE-WHT": box(3.0, 50.8, 3.6, 51.0),
}
"""Three in a row, 35 km by 33 km, and one below the first two."""


def squares(default: str = "BE-BRU") -> CentreMap:
    """The country of squares."""
    return CentreMap(SQUARES, default)


def belgium() -> CentreMap:
    """Belgium; derived now where the checkout was not built."""
    with _alone():
        if not (DERIVED / "ATTRIBUTION.txt").exists():
            build_geodata()
    return load_centres(Settings())


def map_data() -> Path:
    """The directory of the schematic map's data; derived now where they are missing or old."""
    with _alone():
        build_map_data()
    return MAP_DATA


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one worker derive while the others wait."""
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            LOCK.unlink(missing_ok=True)
