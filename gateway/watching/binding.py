"""Which perimeters bind a tracker, and which of many are near enough to a fix to be judged at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

import numpy as np

from gateway.domain.perimeters.machine import MARGIN_M
from gateway.domain.perimeters.shape import Zone
from gateway.domain.plausibility import UNKNOWN_RADIUS_M
from gateway.domain.position import radius_95
from gateway.ports.perimeters import JudgingPerimeter
from schemas.perimeters import VictimArea
from schemas.position import Position

FEW: Final = 8
"""So many perimeters are judged one by one; of more, boxes are looked at first."""

DEGREE_M: Final = 110_574.0
"""The shortest degree of latitude there is."""

Zones = Mapping[tuple[UUID, int], Zone]
"""Where perimeters lie that do not move, by id and version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """What binds one tracker. ``boxes`` (south, west, north, east) where there are many."""

    perimeters: tuple[JudgingPerimeter, ...]
    boxes: Any = None

    @classmethod
    def by(cls, perimeters: Sequence[JudgingPerimeter], zones: Zones) -> Self:
        """Put perimeters together that bind the same tracker."""
        if len(perimeters) <= FEW:
            return cls(perimeters=tuple(perimeters))
        boxes = np.array([_box(perimeter, zones) for perimeter in perimeters]).T
        return cls(perimeters=tuple(perimeters), boxes=boxes)

    def near(
        self, position: Position, is_awake: Callable[[JudgingPerimeter], bool]
    ) -> Sequence[JudgingPerimeter]:
        """Return those that are not surely far from a fix, and those by which he is known to be near."""
        if self.boxes is None:
            return self.perimeters
        slack = (radius_95(position) or UNKNOWN_RADIUS_M) / DEGREE_M
        south, west, north, east = self.boxes
        wide = slack / max(0.05, np.cos(np.radians(position.latitude)))
        near = (
            (position.latitude >= south - slack)
            & (position.latitude <= north + slack)
            & (position.longitude >= west - wide)
            & (position.longitude <= east + wide)
        )
        return [
            perimeter
            for perimeter, is_near in zip(self.perimeters, near.tolist(), strict=True)
            if is_near or is_awake(perimeter)
        ]


def _box(perimeter: JudgingPerimeter, zones: Zones) -> tuple[float, float, float, float]:
    """Return the box of all that is not clear of a perimeter (south, west, north, east)."""
    if isinstance(perimeter.area, VictimArea):
        return -90.0, -180.0, 90.0, 180.0
    zone = zones[perimeter.perimeter_id, perimeter.version]
    reach = 1.01 * (zone.reach_m + perimeter.ring_m + MARGIN_M)
    south, west = zone.plane.back(-reach, -reach)
    north, east = zone.plane.back(reach, reach)
    return south, west, north, east
