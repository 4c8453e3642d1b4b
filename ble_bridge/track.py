"""Positions from a recorded walk, played as if it were walked now; for demos and exercises.

Reads GeoJSON (a LineString with ``properties.coordTimes``, ISO 8601, one for each point) or NMEA
(RMC sentences). Every fix says ``method=recorded``.
"""

import itertools
import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from ble_bridge import timing
from ble_bridge.ports import Clock, Fix
from schemas.position import Method

_KNOT_MPS: Final = 1852 / 3600


class UnreadableTrackError(ValueError):
    """The file is neither a timed GeoJSON LineString nor NMEA with at least one fix."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a walk, ``offset_s`` after its first."""

    latitude: float
    longitude: float
    offset_s: float
    radius_m: float | None = None
    speed_mps: float | None = None


class RecordedTrack:
    """Plays a walk from the moment it is made; at the end it begins again."""

    def __init__(self, points: Sequence[Point], clock: Clock) -> None:
        if not points:
            raise UnreadableTrackError("the track has no points")
        if any(abs(point.latitude) > 90 or abs(point.longitude) > 180 for point in points):
            raise UnreadableTrackError("the track leaves the earth")
        self._points = sorted(points, key=lambda point: point.offset_s)
        self._offsets = [point.offset_s for point in self._points]
        # The last point is held for a second, so that a walk of one point has a length.
        self._length_s = self._offsets[-1] + timing.FIX_SPACING_S
        self._clock = clock
        self._began_s = clock.monotonic()

    @classmethod
    def read(cls, path: Path, clock: Clock) -> Self:
        """Read a file; raises OSError or UnreadableTrackError."""
        text = path.read_text(encoding="utf-8")
        points = read_geojson(text) if text.lstrip().startswith("{") else read_nmea(text)
        return cls(points, clock)

    async def run(self) -> None:
        """Nothing to follow: where she is follows from the time."""

    def latest(self) -> Sequence[Fix]:
        """Return the last points passed, newest first."""
        now = self._clock.monotonic()
        passed_s = (now - self._began_s) % self._length_s
        reached = bisect_right(self._offsets, passed_s)
        points = self._points[max(0, reached - timing.KEPT_FIXES) : reached]
        return tuple(self._fix(point, now - (passed_s - point.offset_s)) for point in reversed(points))

    def _fix(self, point: Point, fixed_s: float) -> Fix:
        ago = timedelta(seconds=self._clock.monotonic() - fixed_s)
        return Fix(
            latitude=point.latitude,
            longitude=point.longitude,
            fixed_s=fixed_s,
            fixed_at=self._clock.now() - ago,
            method=Method.RECORDED,
            radius_m=point.radius_m,
            speed_mps=point.speed_mps,
        )


def read_geojson(text: str) -> Sequence[Point]:
    """Read a Feature, or the first feature of a collection, or raise UnreadableTrackError."""
    try:
        document: Any = json.loads(text)
        feature = document["features"][0] if "features" in document else document
        coordinates, properties = feature["geometry"]["coordinates"], feature["properties"]
        times = [datetime.fromisoformat(time) for time in properties["coordTimes"]]
        radii = properties.get("radius_m") or itertools.repeat(None)
        return [
            Point(
                latitude=float(latitude),
                longitude=float(longitude),
                offset_s=(time - times[0]).total_seconds(),
                radius_m=radius,
            )
            for (longitude, latitude, *_), time, radius in zip(coordinates, times, radii, strict=False)
        ]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UnreadableTrackError("not a GeoJSON LineString with coordTimes") from error


def read_nmea(text: str) -> Sequence[Point]:
    """Read the fixes of RMC sentences; others and those without a fix are skipped."""
    fixes = list(_rmc(text))
    if not fixes:
        raise UnreadableTrackError("no RMC sentence with a fix")
    began = fixes[0][0]
    return [
        Point(latitude, longitude, (at - began).total_seconds(), speed_mps=speed)
        for at, latitude, longitude, speed in fixes
    ]


def _rmc(text: str) -> Iterator[tuple[datetime, float, float, float | None]]:
    for line in text.splitlines():
        fields = line.strip().partition("*")[0].split(",")
        if len(fields) < 10 or not fields[0].endswith("RMC") or fields[2] != "A":
            continue
        try:
            at = datetime.strptime(fields[9] + fields[1][:6], "%d%m%y%H%M%S").replace(tzinfo=UTC)
            latitude = _degrees(fields[3], 2) * (-1 if fields[4] == "S" else 1)
            longitude = _degrees(fields[5], 3) * (-1 if fields[6] == "W" else 1)
            speed = float(fields[7]) * _KNOT_MPS if fields[7] else None
        except ValueError:
            continue
        yield at, latitude, longitude, speed


def _degrees(text: str, whole: int) -> float:
    return int(text[:whole]) + float(text[whole:]) / 60
