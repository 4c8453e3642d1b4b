"""The shapes of a location object, and the circle that stands for each (RFC 5491, 5; RFC 7459, 5).

Every shape comes to a centre and the radius that encloses all of it: never less than was said. Distances
are metres on a plane that touches the Earth at the shape, right to 1 % for shapes of up to 100 km.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.domain.position import EARTH_RADIUS_M

Coordinates = tuple[float, float]
"""Latitude and longitude in degrees."""

RADIUS_MAX_M: Final = 1_000_000.0
"""What ``schemas.position`` takes; beyond it a shape says "anywhere" and is no place."""

_METRES_A_DEGREE: Final = math.radians(1) * EARTH_RADIUS_M


@dataclass(frozen=True, slots=True)
class Circle:
    """A centre and the radius that encloses the shape; None for a point, whose error nobody told."""

    centre: Coordinates
    radius_m: float | None


def of_polygon(corners: Sequence[Coordinates]) -> Circle:
    """Return the centre of area and the farthest corner (RFC 7459, 5.1.1 and 5.1.4).

    Raises ``ValueError`` for fewer than three corners. A polygon without area has its mean corner.
    """
    distinct = corners[:-1] if len(corners) > 1 and corners[0] == corners[-1] else corners
    if len(distinct) < 3:
        raise ValueError("a polygon has three corners or more")
    origin = distinct[0]
    flat = [_to_plane(corner, origin) for corner in distinct]
    middle = _centroid(flat)
    if not _within(middle, flat):  # hardly any area, or lines that cross: its centre would be anywhere
        middle = _mean(flat)
    radius = max(math.dist(middle, corner) for corner in flat)
    return Circle(_from_plane(middle, origin), radius)


def of_arc_band(
    centre: Coordinates, inner_m: float, outer_m: float, start_deg: float, opening_deg: float
) -> Circle:
    """Return the circle around a ring's segment, angles clockwise from north (RFC 7459, 5.1.1.3).

    From half a turn on that is the outer circle itself. Raises ``ValueError`` for radii that are none.
    """
    if not 0 <= inner_m <= outer_m or outer_m == 0:
        raise ValueError("the outer radius is not beyond the inner one")
    opening = min(abs(opening_deg), 360.0)
    if opening >= 180.0:
        return Circle(centre, outer_m)
    half, towards = math.radians(opening / 2), math.radians(start_deg + opening / 2)
    along = _along(inner_m, outer_m, half)
    # The farthest points of a ring's segment from a point on its axis are its corners.
    radius = max(
        math.hypot(ring * math.cos(half) - along, ring * math.sin(half)) for ring in (inner_m, outer_m)
    )
    middle = (along * math.sin(towards), along * math.cos(towards))
    return Circle(_from_plane(middle, centre), max(radius, outer_m - along))


def _along(inner_m: float, outer_m: float, half: float) -> float:
    """Return how far the centre of area of a ring's segment lies from the ring's centre."""
    if half == 0 or inner_m == outer_m:
        return (inner_m + outer_m) / 2
    numerator = 2 * math.sin(half) * (outer_m**2 + outer_m * inner_m + inner_m**2)
    return numerator / (3 * half * (outer_m + inner_m))


def _within(point: tuple[float, float], flat: Sequence[tuple[float, float]]) -> bool:
    """Whether a point lies in the box around the corners."""
    return all(
        min(of_axis) <= place <= max(of_axis)
        for place, of_axis in zip(point, zip(*flat, strict=True), strict=True)
    )


def _mean(flat: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in flat) / len(flat), sum(y for _, y in flat) / len(flat)


def _centroid(flat: Sequence[tuple[float, float]]) -> tuple[float, float]:
    area = east = north = 0.0
    for (one_east, one_north), (other_east, other_north) in zip(flat, [*flat[1:], flat[0]], strict=True):
        cross = one_east * other_north - other_east * one_north
        area += cross
        east += (one_east + other_east) * cross
        north += (one_north + other_north) * cross
    extent = max(math.hypot(*corner) for corner in flat)
    if abs(area) <= 1e-9 * extent**2:
        return _mean(flat)
    return east / (3 * area), north / (3 * area)


def _to_plane(corner: Coordinates, origin: Coordinates) -> tuple[float, float]:
    """Return metres east and north of ``origin``, the short way round the date line."""
    turn = (corner[1] - origin[1] + 180) % 360 - 180
    east = turn * _METRES_A_DEGREE * math.cos(math.radians(origin[0]))
    return east, (corner[0] - origin[0]) * _METRES_A_DEGREE


def _from_plane(place: tuple[float, float], origin: Coordinates) -> Coordinates:
    latitude = max(-90.0, min(90.0, origin[0] + place[1] / _METRES_A_DEGREE))
    narrow = max(math.cos(math.radians(origin[0])), 1e-9)
    longitude = origin[1] + place[0] / (_METRES_A_DEGREE * narrow)
    return latitude, (longitude + 180) % 360 - 180
