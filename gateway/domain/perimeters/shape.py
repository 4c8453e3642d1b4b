"""A perimeter on the ground: metres around a place, and the signed distance to its border.

The plane is equirectangular around the place: east and north in metres by the ellipsoid's radii of
curvature there (WGS84). Its error grows with how far one looks north or south: at 51 degrees a distance
is right to 0.02 % within 1 km of the place, to 0.1 % within 5 km and to 0.4 % (80 m) within 20 km, which
is as far as an alarm zone reaches.
"""

import math
from dataclasses import dataclass
from typing import Final, Self

import shapely
from shapely import LinearRing, Polygon
from shapely.geometry.base import BaseGeometry

from schemas.perimeters import RADIUS_MAX_M, Area, CircleArea, PolygonArea
from schemas.position import Position

SEMI_MAJOR_M: Final = 6_378_137.0
ECCENTRICITY_SQUARED: Final = 0.006_694_379_990_14
"""The WGS84 ellipsoid."""

Point = tuple[float, float]
"""East and north of the plane's centre, in m."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Metres around a place."""

    latitude: float
    longitude: float
    east_m: float
    north_m: float

    @classmethod
    def around(cls, latitude: float, longitude: float) -> Self:
        """Return the plane that touches the ground here; ``east_m``, ``north_m`` are metres a degree."""
        sine = math.sin(math.radians(latitude))
        curve = 1 - ECCENTRICITY_SQUARED * sine * sine
        prime = SEMI_MAJOR_M / math.sqrt(curve)
        meridian = prime * (1 - ECCENTRICITY_SQUARED) / curve
        degree = math.radians(1)
        east_m = max(1.0, prime * math.cos(math.radians(latitude)) * degree)
        return cls(latitude, longitude, east_m, meridian * degree)

    def place(self, latitude: float, longitude: float) -> Point:
        """Return where something is; a longitude is taken the short way round."""
        east = (longitude - self.longitude + 180) % 360 - 180
        return east * self.east_m, (latitude - self.latitude) * self.north_m

    def back(self, east: float, north: float) -> Point:
        """Return latitude and longitude of a point of the plane."""
        return self.latitude + north / self.north_m, self.longitude + east / self.east_m


@dataclass(frozen=True, slots=True)
class Zone:
    """An alarm zone on its plane. ``corners`` empty: the circle of ``radius_m`` around the origin.

    ``reach_m`` is how far it reaches from its place: a circle's radius, or a polygon's farthest corner from
    the middle of its box.
    """

    plane: Plane
    radius_m: float
    reach_m: float
    corners: tuple[Point, ...] = ()
    outline: BaseGeometry | None = None
    inside: BaseGeometry | None = None

    @classmethod
    def circle(cls, latitude: float, longitude: float, radius_m: float) -> Self:
        """Return a circle around a place."""
        return cls(Plane.around(latitude, longitude), radius_m, radius_m)

    @classmethod
    def polygon(cls, area: PolygonArea) -> Self:
        """Return a polygon, its plane around the middle of its box."""
        latitudes = [corner.latitude for corner in area.corners]
        longitudes = [corner.longitude for corner in area.corners]
        plane = Plane.around((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
        corners = tuple(plane.place(one.latitude, one.longitude) for one in area.corners)
        ring = LinearRing(corners)
        if not ring.is_ccw:
            corners = corners[::-1]
        reach_m = max(math.hypot(*corner) for corner in corners)
        solid = Polygon(corners)
        shapely.prepare(solid)
        shapely.prepare(ring)
        return cls(plane, 0.0, reach_m, corners, ring, solid)

    def signed_m(self, at: Point) -> float:
        """Return how far the border is, in m: negative inside."""
        if self.outline is None:
            return math.hypot(*at) - self.radius_m
        point = shapely.Point(at)
        off = float(shapely.distance(self.outline, point))
        return -off if shapely.intersects_xy(self.inside, *at) else off


def zone_of(area: Area, victim: Position | None) -> Zone | None:
    """Return an area's zone; None: it is around a victim of whom no place is known."""
    if isinstance(area, CircleArea):
        return Zone.circle(area.latitude, area.longitude, area.radius_m)
    if isinstance(area, PolygonArea):
        return Zone.polygon(area)
    return None if victim is None else Zone.circle(victim.latitude, victim.longitude, area.radius_m)


def reach_of(area: Area) -> float | None:
    """Return how far an area reaches, in m; None: it is no area, or too large for one."""
    if not isinstance(area, PolygonArea):
        return area.radius_m
    corners = [(corner.longitude, corner.latitude) for corner in area.corners]
    if not Polygon(corners).is_valid or Polygon(corners).area == 0:
        return None
    reach_m = Zone.polygon(area).reach_m
    return reach_m if reach_m <= RADIUS_MAX_M else None


def ring_of(area: Area, ring_m: float | None) -> float:
    """Return the width of the ring: what was said, or as much as the zone reaches."""
    return ring_m if ring_m is not None else (reach_of(area) or RADIUS_MAX_M)
