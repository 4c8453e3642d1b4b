"""Whose area holds a position, which areas are near it, and which centres are neighbours.

An area is a polygon in degrees (WGS84), as GeoJSON has it, and holds what it holds in degrees.
Metres are measured on the ellipsoid's Mercator plane, which stretches all directions alike: a
distance in it, divided by the stretch at the position, is right to 0.5 % within 20 km.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from schemas.position import Position

SEMI_MAJOR_M: Final = 6_378_137.0
ECCENTRICITY: Final = math.sqrt(0.006_694_379_990_14)
"""The WGS84 ellipsoid."""

LATITUDE_MAX: Final = 89.0
"""Beyond it the plane has no end; no centre is there."""

EDGE_MAX_DEG: Final = 0.05
"""Longer edges are cut before they are projected: an edge that is straight in degrees is not on the plane."""

DEGREE_M: Final = 110_574.0
"""The shortest degree of latitude there is, at the equator."""

CORE_M: Final = 500.0
"""A circle of at most this radius around a position in an area's core reaches no other area, so no
distance need be measured. Phones give 5-50 m under the sky and 20-500 m by Wi-Fi; nine tenths of the
country lie in a core."""

OUTLINE_M: Final = 150.0
BESIDE_M: Final = 500.0
"""How coarse outlines may be, and how far apart, for two areas to share a border; on the plane, where
a metre in Belgium is 1.6. Only the order of the neighbours follows from it."""

SLIVER_M: Final = 50.0
"""Two areas that overlap by no more than this share a border that was drawn twice: rounded to four decimals
of a degree (11 m), or smoothed apart. An alarm there is told to both. Wider, it is a mistake: an alarm
may ring where nobody meant it to."""

SLIVER_OUTLINE_M: Final = 25.0
"""How coarse the outlines are in which overlaps are looked for: what is wider than
SLIVER_M + 2 * SLIVER_OUTLINE_M is surely found."""


class Overlap(NamedTuple):
    """What two centres' areas both hold."""

    first: str
    second: str
    km2: float


class CentreMap:
    """The areas of centres. ``default`` gets what no area is near to.

    Nothing changes after it was made. A map without areas holds nothing. Where areas overlap by a
    sliver, the first centre by its code has it.
    """

    def __init__(self, areas: Mapping[str, BaseGeometry], default: str) -> None:
        self.default = default
        self.centres = tuple(sorted(areas))
        shapes = [areas[centre] for centre in self.centres]
        self._areas = _prepared([*shapes, *(_inside(shape, CORE_M, OUTLINE_M) for shape in shapes)])
        self._plane = _prepared([_on_plane(shape) for shape in shapes])
        self._neighbours = _neighbours(dict(zip(self.centres, self._plane, strict=True)))

    @property
    def areas(self) -> dict[str, BaseGeometry]:
        """The area of each centre, in degrees."""
        return dict(zip(self.centres, self._areas, strict=False))

    def around(self, position: Position, reach_m: float) -> tuple[str | None, tuple[str, ...]]:
        """Return the centre that holds the position, and the others at most so many metres away."""
        count = len(self.centres)
        held = shapely.intersects_xy(self._areas, position.longitude, position.latitude).tolist()
        centre = self.centres[held.index(True)] if True in held[:count] else None
        if reach_m <= CORE_M and True in held[count:]:
            return centre, ()
        return centre, tuple(near for near in self.within(position, reach_m) if near != centre)

    def centre_of(self, position: Position) -> str | None:
        """Return the centre whose area holds the position, its border included; None outside all."""
        held = shapely.intersects_xy(self._areas, position.longitude, position.latitude).tolist()
        return self.centres[held.index(True)] if True in held else None

    def holds(self, centre: str, position: Position) -> bool:
        """Whether the centre's area holds the position; a centre without an area holds none."""
        if centre not in self.centres:
            return False
        area = self._areas[self.centres.index(centre)]
        return bool(shapely.intersects_xy(area, position.longitude, position.latitude))

    def within(self, position: Position, reach_m: float) -> tuple[str, ...]:
        """Return the centres whose areas are at most so many metres away, by code."""
        point, stretch = _placed(position)
        near = shapely.dwithin(self._plane, point, reach_m * stretch).tolist()
        return tuple(centre for centre, is_near in zip(self.centres, near, strict=True) if is_near)

    def nearest(self, position: Position, reach_m: float) -> str | None:
        """Return the centre whose area is nearest and at most so many metres away."""
        near = self.within(position, reach_m)
        if len(near) < 2:
            return near[0] if near else None
        point, _ = _placed(position)
        return min(near, key=lambda centre: shapely.distance(self._plane[self.centres.index(centre)], point))

    def neighbours(self, centre: str) -> tuple[str, ...]:
        """Return the centres that share a border with this one, the longest border first."""
        return self._neighbours.get(centre, ())


def overridden(
    areas: Mapping[str, BaseGeometry], overrides: Sequence[tuple[str, BaseGeometry]]
) -> dict[str, BaseGeometry]:
    """Return the areas after each override's area went to its centre, from whoever had it."""
    changed = dict(areas)
    for owner, area in overrides:
        for centre, had in changed.items():
            if centre != owner and shapely.intersects(had, area):
                changed[centre] = shapely.difference(had, area)
        changed[owner] = shapely.union(changed[owner], area) if owner in changed else area
    return changed


def overlaps(areas: Mapping[str, BaseGeometry]) -> tuple[Overlap, ...]:
    """Return the pairs of areas that overlap by more than a sliver (``SLIVER_M``), the largest overlap first.

    Outlines tell which pairs may (0.1 s for the country in full detail); only these are intersected.
    """
    centres, shapes = list(areas), list(areas.values())
    inner = np.array([_inside(shape, SLIVER_M, SLIVER_OUTLINE_M) for shape in shapes], dtype=object)
    shapely.prepare(inner)
    deep = shapely.STRtree(shapes).query(inner, predicate="intersects").T.tolist()
    found = []
    for one, other in sorted({(min(pair), max(pair)) for pair in deep if pair[0] != pair[1]}):
        shared = shapely.intersection(shapes[one], shapes[other])
        if not _inside(shared, SLIVER_M / 2, 0.0).is_empty:
            first, second = sorted((centres[one], centres[other]))
            found.append(Overlap(first, second, _km2(shared)))
    return tuple(sorted(found, key=lambda overlap: overlap.km2, reverse=True))


def _prepared(shapes: Sequence[BaseGeometry]) -> Any:
    """Return them as an array for shapely, indexed now and not at the first press."""
    array = np.array(shapes, dtype=object)
    shapely.prepare(array)
    shapely.intersects_xy(array, 0.0, 0.0)
    shapely.dwithin(array, Point(0.0, 0.0), 1.0)
    return array


def _inside(area: BaseGeometry, depth_m: float, coarse_m: float) -> BaseGeometry:
    """Return a part of the area that is farther than ``depth_m`` from its border; it may be empty.

    Measured in degrees of latitude, with longitudes shortened as where they are shortest: so
    every distance counts as at most what it is. The border may be off by ``coarse_m``.
    """
    shortest = math.cos(math.radians(max(map(abs, area.bounds[1::2]), default=0.0)))

    def narrow(degrees: Any) -> Any:
        return degrees * (shortest, 1.0)

    def widen(degrees: Any) -> Any:
        return degrees / (shortest, 1.0)

    coarse = coarse_m / DEGREE_M
    outline = shapely.simplify(shapely.transform(area, narrow), coarse, preserve_topology=False)
    return shapely.transform(shapely.buffer(outline, -(depth_m / DEGREE_M + coarse), quad_segs=2), widen)


def _km2(area: BaseGeometry) -> float:
    """Return its size, right to a percent where it is no more than a degree high."""
    return float(_on_plane(area).area / _stretch(area.centroid.y) ** 2 / 1e6)


def _on_plane(area: BaseGeometry) -> BaseGeometry:
    def project(degrees: Any) -> Any:
        limited = np.clip(degrees[:, 1], -LATITUDE_MAX, LATITUDE_MAX)
        sine = np.sin(np.radians(limited))
        north = np.arctanh(sine) - ECCENTRICITY * np.arctanh(ECCENTRICITY * sine)
        return SEMI_MAJOR_M * np.column_stack([np.radians(degrees[:, 0]), north])

    return shapely.transform(shapely.segmentize(area, EDGE_MAX_DEG), project)


def _placed(position: Position) -> tuple[Point, float]:
    """Return the position on the plane, and how much longer a metre there is than on the ground."""
    sine = _sine(position.latitude)
    north = math.atanh(sine) - ECCENTRICITY * math.atanh(ECCENTRICITY * sine)
    east = math.radians(position.longitude)
    return Point(SEMI_MAJOR_M * east, SEMI_MAJOR_M * north), _stretch(position.latitude)


def _stretch(latitude: float) -> float:
    """Return how much longer a metre on the plane is than on the ground."""
    sine = _sine(latitude)
    return math.sqrt((1 - (ECCENTRICITY * sine) ** 2) / (1 - sine * sine))


def _sine(latitude: float) -> float:
    return math.sin(math.radians(max(-LATITUDE_MAX, min(LATITUDE_MAX, latitude))))


def _neighbours(plane: Mapping[str, BaseGeometry]) -> dict[str, tuple[str, ...]]:
    """Order who borders whom by the length of the border, from outlines that need not fit exactly."""
    outlines = {
        centre: shapely.simplify(area, OUTLINE_M, preserve_topology=False) for centre, area in plane.items()
    }
    lines = {centre: shapely.boundary(outline) for centre, outline in outlines.items()}
    beside = {centre: shapely.buffer(outline, BESIDE_M, quad_segs=2) for centre, outline in outlines.items()}
    found = {}
    for centre, line in lines.items():
        shared = {
            other: shapely.intersection(line, beside[other]).length for other in plane if other != centre
        }
        bordering = [other for other, length in shared.items() if length > BESIDE_M]
        found[centre] = tuple(sorted(bordering, key=shared.__getitem__, reverse=True))
    return found
