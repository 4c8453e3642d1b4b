"""Whether something grows: readings of a process over time, and the slope through them."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Final

_PROC: Final = Path("/proc")

POINTS_MAX: Final = 200
"""A slope is taken through so many points, medians of more: 20,000 pairs."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a process held at an instant (s since the first)."""

    at_s: float
    rss_mb: float
    descriptors: int
    threads: int


def read_process(pid: int | None, at_s: float) -> Reading | None:
    """Read it now; None where it cannot be read."""
    if pid is None or not sys.platform.startswith("linux"):
        return None
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
        found = dict(line.split(":", 1) for line in lines if ":" in line)
        descriptors = len(os.listdir(_PROC / str(pid) / "fd"))  # noqa: PTH208 (a count of names is all)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    return Reading(at_s, int(found["VmRSS"].split()[0]) / 1024, descriptors, int(found["Threads"]))


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the median of the slopes between any two points (Theil-Sen); None for fewer than three.

    Up to a quarter of the points may be anything at all without moving it.
    """
    thinned = _thinned(points)
    if len(thinned) < 3:
        return None
    rises = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(thinned, 2) if x2 > x1]
    return median(rises) if rises else None


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(points) <= POINTS_MAX:
        return list(points)
    size = -(-len(points) // POINTS_MAX)
    chunks = [points[start : start + size] for start in range(0, len(points), size)]
    return [(median(x for x, _ in chunk), median(y for _, y in chunk)) for chunk in chunks]
