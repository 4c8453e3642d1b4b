"""One fix, judged by one perimeter: how far from its border, how probably inside, nearing or not."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from gateway.domain.perimeters.inside import DEVIATION_OF_95, probability_inside
from gateway.domain.perimeters.machine import CERTAIN, MARGIN_M, POSSIBLE, Sign
from gateway.domain.perimeters.shape import Zone
from gateway.domain.plausibility import FROM_FUTURE, IMPRECISE, JUMP, MOCK, STALE, UNKNOWN_RADIUS_M
from gateway.domain.position import radius_95
from schemas.position import Position

DOUBTFUL: Final = frozenset({MOCK, STALE, JUMP, FROM_FUTURE, IMPRECISE})
"""A fix with one of these leads nowhere away, and makes no breach certain."""

DOUBTED: Final[Mapping[Sign, Sign]] = MappingProxyType(
    {
        Sign.CLEAR: Sign.UNSURE,
        Sign.FRINGE: Sign.UNSURE,
        Sign.RING: Sign.EDGE,
        Sign.CERTAIN: Sign.POSSIBLE,
    }
)
"""What such a fix still says: of the ring, that he may be in it, and never that he is out of the zone."""

WALK_MPS: Final = 1.4
"""How fast she goes from where she was last seen: her fix grows older and its radius wider."""

VICTIM_LOST_S: Final = 900.0
"""Her fix says nothing of where she is after a quarter of an hour: 1.3 km on foot, 15 by car."""

NEARING_S: Final = 300.0
NEARING_M: Final = 25.0
"""He is nearing, or going away, if the distance changed by more than this within the last five minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What a fix says. ``distance_m`` and ``heading_deg`` lead from the place (or her) to him."""

    sign: Sign
    probability: float
    signed_m: float
    distance_m: float
    heading_deg: float
    judged_by: datetime
    doubtful: bool = False


def judge(
    zone: Zone, ring_m: float, fix: Position, flags: Sequence[str], *, victim: Position | None = None
) -> Judgement:
    """Judge a fix. ``victim``: the zone is around her, and how sure her own fix is counts, too."""
    at = zone.plane.place(fix.latitude, fix.longitude)
    signed_m = zone.signed_m(at)
    radius_m = math.hypot(radius_95(fix) or UNKNOWN_RADIUS_M, _victim_radius(victim, fix.fixed_at))
    probability = probability_inside(zone, at, signed_m, radius_m * DEVIATION_OF_95)
    doubtful = not DOUBTFUL.isdisjoint(flags)
    sign = _sign(signed_m, ring_m, radius_m, probability)
    if doubtful:
        sign = DOUBTED.get(sign, sign)
    return Judgement(
        sign=sign,
        probability=probability,
        signed_m=signed_m,
        distance_m=math.hypot(*at),
        heading_deg=math.degrees(math.atan2(at[0], at[1])) % 360,
        judged_by=fix.fixed_at if victim is None else max(fix.fixed_at, victim.fixed_at),
        doubtful=doubtful,
    )


def nearing(distances: Sequence[tuple[datetime, float]]) -> bool | None:
    """Whether he is nearing, from distances in time order; None: it cannot be told, or he stays."""
    if not distances:
        return None
    at, now_m = distances[-1]
    before = [one for then, one in distances[:-1] if at - then <= timedelta(seconds=NEARING_S)]
    if not before or abs(now_m - before[0]) <= NEARING_M:
        return None
    return now_m < before[0]


def _victim_radius(victim: Position | None, at: datetime) -> float:
    if victim is None:
        return 0.0
    apart_s = abs((at - victim.fixed_at).total_seconds())
    return (radius_95(victim) or UNKNOWN_RADIUS_M) + WALK_MPS * min(apart_s, VICTIM_LOST_S)


def _sign(signed_m: float, ring_m: float, radius_m: float, probability: float) -> Sign:
    if probability >= CERTAIN:
        return Sign.CERTAIN
    if probability >= POSSIBLE:
        return Sign.POSSIBLE
    if signed_m <= max(MARGIN_M, radius_m):
        return Sign.EDGE
    if signed_m <= ring_m:
        return Sign.RING
    return Sign.FRINGE if signed_m <= ring_m + MARGIN_M else Sign.CLEAR
