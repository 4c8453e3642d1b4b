"""What is odd about one fix, given the one before it on the same track.

Whoever holds the phone can simulate a position, and a phone that lost the sky repeats an old one.
A fix is never refused for that: it is flagged, and nothing is decided by it alone.
"""

from datetime import datetime
from typing import Final

from gateway.domain.position import distance_m, radius_95
from schemas.position import Position

MOCK: Final = "mock"
"""The phone says that the fix is simulated."""

STALE: Final = "stale"
JUMP: Final = "jump"
IMPRECISE: Final = "imprecise"
FROM_FUTURE: Final = "from_future"

STALE_S: Final = 120.0
"""An older fix says where she was, not where she is: a car makes 4 km in that time, which is where
the next centre may begin. Longer than a phone indoors takes for a new fix (30-60 s)."""

FUTURE_S: Final = 5.0
"""Clocks that are placed by ages agree better than this."""

JUMP_MPS: Final = 100.0
"""360 km/h: faster than any train here (300 km/h), and nobody presses in an aeroplane."""

SHORTEST_S: Final = 1.0
"""Two fixes closer in time are judged as if so far apart: instants may be rounded to the second."""

UNKNOWN_RADIUS_M: Final = 100.0
"""What a fix is off by where the source did not say: half a street for a phone in a town."""

IMPRECISE_M: Final = 20_000.0
"""A 95 % radius beyond this holds most of a province and says nothing of which; a mobile network's
largest cells are given with less."""


def judge_fix(fix: Position, before: Position | None, at: datetime) -> tuple[str, ...]:
    """Return codes for what is odd about ``fix`` as seen at ``at``; () for a plausible one.

    ``before`` is the fix before it on the same track, from whichever side in time.
    """
    age_s = (at - fix.fixed_at).total_seconds()
    radius_m = radius_95(fix) or UNKNOWN_RADIUS_M
    found = (
        (MOCK, fix.mock),
        (STALE, age_s > STALE_S),
        (FROM_FUTURE, age_s < -FUTURE_S),
        (IMPRECISE, radius_m > IMPRECISE_M),
        (JUMP, before is not None and _jumped(before, fix)),
    )
    return tuple(code for code, is_so in found if is_so)


def _jumped(before: Position, fix: Position) -> bool:
    """Whether no vehicle gets from one to the other, both taken at the near edge of their circles."""
    took_s = max(abs((fix.fixed_at - before.fixed_at).total_seconds()), SHORTEST_S)
    beyond_m = distance_m(before, fix) - JUMP_MPS * took_s
    return beyond_m > 0 and beyond_m > sum(radius_95(one) or UNKNOWN_RADIUS_M for one in (before, fix))
