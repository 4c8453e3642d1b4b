"""What follows from where she is: another centre's area, a move, a position lost and found again.

Nothing is decided by one fix. A fix that is odd decides nothing at all, and a border is crossed only
well beyond it: whoever walks along one, or whose phone wavers, is offered to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from gateway.domain import happenings
from gateway.domain.alarm import Change
from gateway.domain.plausibility import UNKNOWN_RADIUS_M
from gateway.domain.position import distance_m, radius_95
from gateway.domain.response import POSITION_LOST_S, Response
from gateway.domain.routing import DOUBTS
from gateway.domain.track import ShownFix, with_jump
from schemas.alarm import AlarmState, AlarmView, Life, TrackingState
from schemas.position import Position
from schemas.unit import UnitStatus

CONFIRMING_FIXES: Final = 3
"""So many fixes in a row must agree that she is in an area: one may be a reflection, two may stand on
either side of it. Three seconds at the usual rate."""

BEYOND_BORDER_M: Final = 200.0
"""So far beyond a border, besides the fix's own radius, she is in the next area, and so far on this side
home again: between them lies a band in which nothing changes, wider than phones waver in a street
(5-50 m) and than a road beside a border. A car is through it in six seconds."""

MOVED_AGAIN_S: Final = 30.0
"""A move is told at most this often: units have the position live, an event is for their dispatcher."""


class Areas(Protocol):
    """The areas of the centres."""

    def around(self, position: Position, reach_m: float) -> tuple[str | None, tuple[str, ...]]:
        """Return the centre that holds the position, and the others at most so many metres away."""


@dataclass(frozen=True, slots=True)
class Move:
    """She is elsewhere than where the last unit was sent; so far, where that is known."""

    by_m: float | None


def follow(
    alarm: AlarmView, newest: Sequence[ShownFix], areas: Areas, response: Response, at: datetime
) -> Change | None:
    """Return the next thing to be said of an alarm, if any. Ask again after it.

    ``newest`` are its last fixes, newest first, on our clock; the alarm's own positions begin with them.
    """
    if alarm.state is AlarmState.CLOSED:
        return None
    if is_restored(alarm, newest, at):
        return happenings.restore_position(alarm)
    if is_lost(alarm, at):
        return happenings.lose_position(alarm)
    area = crossed_into(alarm.centre, alarm, newest, areas)
    if area is not None:
        home = area == alarm.centre
        return happenings.return_home(alarm) if home else happenings.cross(alarm, area, at)
    moved = moved_away(alarm, newest, response)
    return None if moved is None else happenings.move(alarm, moved.by_m)


def calls_for_a_look(
    owner: str, life: Life, newest: Sequence[ShownFix], areas: Areas, response: Response, at: datetime
) -> bool:
    """Whether ``follow`` may have something to say; cheaper, and without the alarm."""
    return (
        is_restored(life, newest, at)
        or crossed_into(owner, life, newest, areas) is not None
        or moved_away(life, newest, response) is not None
    )


def is_restored(life: Life, newest: Sequence[ShownFix], at: datetime) -> bool:
    """Whether a position that was lost is there again; an old fix that comes late restores nothing."""
    if life.tracking is not TrackingState.LOST or not newest:
        return False
    return (at - newest[0].position.fixed_at).total_seconds() <= POSITION_LOST_S


def is_lost(alarm: AlarmView, at: datetime) -> bool:
    """Whether nothing has come for too long, though she is followed; also when nothing ever came."""
    if alarm.tracking is not TrackingState.LIVE:
        return False
    heard = [alarm.raised_at, alarm.last_pressed_at, *(position.fixed_at for position in alarm.positions)]
    return (at - max(heard)).total_seconds() > POSITION_LOST_S


def crossed_into(owner: str, life: Life, newest: Sequence[ShownFix], areas: Areas) -> str | None:
    """Return the centre in whose area she is by now, if that is news; the owner, if she is home again."""
    known = life.crossed_to or owner
    if len(newest) < CONFIRMING_FIXES:
        return None
    found = None
    for fix in _judged(newest[:CONFIRMING_FIXES]):
        area = _deep_in(fix, areas)
        if area in {None, known} or found not in {None, area}:
            return None
        found = area
    return found


def moved_away(life: Life, newest: Sequence[ShownFix], response: Response) -> Move | None:
    """Return how far she is from where the last unit was sent, if that is to be told.

    Only what is surely a move: farther than either position's radius.
    """
    if not newest or all(unit.status is UnitStatus.CLEARED for unit in life.units):
        return None
    fix, told = _judged(newest)[0], life.assigned_position
    if DOUBTS.intersection(fix.flags):
        return None
    if told is None:
        return Move(None)
    if (fix.position.fixed_at - told.fixed_at).total_seconds() < MOVED_AGAIN_S:
        return None
    apart_m = distance_m(fix.position, told)
    sure_m = max(radius_95(one) or UNKNOWN_RADIUS_M for one in (fix.position, told))
    return Move(apart_m) if apart_m > max(response.moved_m, sure_m) else None


def _judged(newest: Sequence[ShownFix]) -> list[ShownFix]:
    """Return the fixes each judged by the one before it."""
    befores = [*(fix.position for fix in newest[1:]), None]
    return [
        ShownFix(fix.position, with_jump(fix.flags, fix.position, before))
        for fix, before in zip(newest, befores, strict=True)
    ]


def _deep_in(fix: ShownFix, areas: Areas) -> str | None:
    """Return the centre whose area surely holds the fix, far from any other's."""
    if DOUBTS.intersection(fix.flags):
        return None
    reach_m = (radius_95(fix.position) or UNKNOWN_RADIUS_M) + BEYOND_BORDER_M
    centre, others = areas.around(fix.position, reach_m)
    return None if others else centre
