"""What happens to an alarm without an operator: time passes, the phone moves, the victim asks, others tell.

Each takes the alarm and when, and returns a ``Change``, or raises ``NotAllowedNow`` and changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from gateway.domain.acts import ended
from gateway.domain.alarm import ALL_DEADLINES, Change, DeadlineKind, EventKind, step
from gateway.domain.errors import NotAllowedNow, TooMany
from gateway.domain.response import Response
from schemas.alarm import (
    AlarmView,
    Breach,
    CancelRequest,
    Closure,
    DeviceReport,
    Note,
    Share,
    ShareReason,
    TrackingState,
)
from schemas.outcome import Outcome
from schemas.press import Purpose
from schemas.session import OperatorName
from schemas.unit import UnitStatus

COUNTED_AS: Final[Mapping[EventKind, str]] = MappingProxyType(
    {
        EventKind.CALL_RECEIVED: "calls",
        EventKind.MESSAGE_RECEIVED: "messages",
        EventKind.MEDICAL_RECEIVED: "medical",
    }
)
"""Where an alarm counts what other systems said to it."""

RECEIVED_MAX: Final = 500
"""So much of one kind is taken for one alarm: all its notes are opened and sealed anew with each, which by
then (300 kB) keeps everything else on the node waiting for 2 ms."""

BATTERY_TOLD_PCT: Final = 5
"""A battery's level is news when it differs by so many percent: readings jump by two or three."""


def lapse(alarm: AlarmView, at: datetime, response: Response) -> Change:
    """Let an acknowledgement without a unit fall back to raised; the ladder starts anew.

    Raises:
        NotAllowedNow: it is not acknowledged, a unit is on its way, or it is not real.
    """
    serving = any(unit.status is not UnitStatus.CLEARED for unit in alarm.units)
    if serving or alarm.purpose is not Purpose.REAL:
        raise NotAllowedNow
    first = response.ladder.due(1)
    changed = step(
        alarm,
        EventKind.ACKNOWLEDGEMENT_LAPSED,
        escalation=None,
        escalates_at=at + timedelta(seconds=first.after_s),
        lapses_at=None,
        lapses=alarm.lapses + 1,
    )
    settled = frozenset({DeadlineKind.LAPSE})
    return Change(kind=EventKind.ACKNOWLEDGEMENT_LAPSED, alarm=changed, due=(first,), settled=settled)


def cross(alarm: AlarmView, to: str, at: datetime) -> Change:
    """Offer the alarm to the centre in whose area she is now; it sees the alarm from here on.

    Raises:
        NotAllowedNow: she is where the alarm is owned, or it is offered there already.
    """
    if to in {alarm.centre, alarm.crossed_to}:
        raise NotAllowedNow
    known = any(share.centre == to for share in alarm.shared)
    share = Share(centre=to, reason=ShareReason.CROSSED, since=at)
    changed = step(
        alarm, EventKind.CROSSED, crossed_to=to, shared=alarm.shared if known else (*alarm.shared, share)
    )
    return Change(kind=EventKind.CROSSED, alarm=changed)


def return_home(alarm: AlarmView) -> Change:
    """Withdraw the offer: she is back in the area of the centre that owns the alarm."""
    if alarm.crossed_to is None:
        raise NotAllowedNow
    return Change(kind=EventKind.CROSSED, alarm=step(alarm, EventKind.CROSSED, crossed_to=None))


def move(alarm: AlarmView, moved_m: float | None) -> Change:
    """Say that she has moved from where the last unit was sent; the next move is measured from here.

    None: the unit was sent without a position, and now there is one.
    """
    changed = step(
        alarm,
        EventKind.VICTIM_MOVED,
        moved_m=None if moved_m is None else round(moved_m, 1),
        assigned_position=alarm.positions[0] if alarm.positions else alarm.assigned_position,
    )
    return Change(kind=EventKind.VICTIM_MOVED, alarm=changed)


def judge_breach(alarm: AlarmView, breach: Breach) -> Change:
    """Say that the offender is, or may be, inside a perimeter, or that he has left it.

    Only when that changes, and when it becomes certain or possible: each is a version of the alarm. Where he
    is from one fix to the next, position frames tell.

    Raises:
        NotAllowedNow: that is what the alarm says already.
    """
    known = alarm.breach
    if known is not None and _standing(known) == _standing(breach):
        raise NotAllowedNow
    kind = EventKind.BREACHED if breach.inside else EventKind.RETREATED
    news = {"news_version": alarm.version + 1} if breach.inside else {}
    return Change(kind=kind, alarm=step(alarm, kind, breach=breach, **news))


def lose_position(alarm: AlarmView) -> Change:
    """Say that fixes have stopped coming though they should."""
    if alarm.tracking is not TrackingState.LIVE:
        raise NotAllowedNow
    changed = step(alarm, EventKind.POSITION_LOST, tracking=TrackingState.LOST)
    return Change(kind=EventKind.POSITION_LOST, alarm=changed)


def restore_position(alarm: AlarmView) -> Change:
    """Say that fixes come again."""
    if alarm.tracking is not TrackingState.LOST:
        raise NotAllowedNow
    changed = step(alarm, EventKind.POSITION_RESTORED, tracking=TrackingState.LIVE)
    return Change(kind=EventKind.POSITION_RESTORED, alarm=changed)


def tracking_ending(alarm: AlarmView) -> Change:
    """Say that her position will soon be followed no longer."""
    if alarm.tracking not in {TrackingState.LIVE, TrackingState.LOST}:
        raise NotAllowedNow
    changed = step(alarm, EventKind.TRACKING_ENDING)
    settled = frozenset({DeadlineKind.TRACKING_ENDING})
    return Change(kind=EventKind.TRACKING_ENDING, alarm=changed, settled=settled)


def end_tracking(alarm: AlarmView) -> Change:
    """Stop following her position."""
    if alarm.tracking not in {TrackingState.LIVE, TrackingState.LOST}:
        raise NotAllowedNow
    changed = step(alarm, EventKind.TRACKING_ENDED, tracking=TrackingState.ENDED, tracking_until=None)
    settled = frozenset({DeadlineKind.TRACKING_ENDING, DeadlineKind.TRACKING_END})
    return Change(kind=EventKind.TRACKING_ENDED, alarm=changed, settled=settled)


def request_cancel(
    alarm: AlarmView, word: Literal["none", "safe", "duress", "unknown"], at: datetime
) -> Change:
    """Note that her phone asked to cancel. It lowers nothing; coercion once seen stays on the alarm."""
    before = alarm.cancel
    coerced = word == "duress" or (before is not None and before.coerced)
    wish = CancelRequest(at=at, coerced=coerced, word=word, count=1 if before is None else before.count + 1)
    changed = step(alarm, EventKind.CANCEL_REQUESTED, cancel=wish, news_version=alarm.version + 1)
    return Change(kind=EventKind.CANCEL_REQUESTED, alarm=changed)


def receive(alarm: AlarmView, note: Note) -> Change:
    """Write down what another system said: a call, a line of chat, medical fields (``note.about``).

    Raises:
        NotAllowedNow: the alarm is closed.
        TooMany: ``RECEIVED_MAX`` of the kind are there already.
    """
    kind = EventKind(note.about)
    counted_as = COUNTED_AS[kind]
    so_far = getattr(alarm, counted_as)
    if so_far >= RECEIVED_MAX:
        raise TooMany
    return Change(kind=kind, alarm=step(alarm, kind, **{counted_as: so_far + 1}), by=note.by, note=note)


def note_late(alarm: AlarmView, note: Note) -> Change:
    """Write down with an alarm that is closed what another system said; it stays closed."""
    written = note.model_copy(update={"about": EventKind.NOTED})
    return Change(kind=EventKind.NOTED, alarm=step(alarm, EventKind.NOTED), by=note.by, note=written)


def report_device(alarm: AlarmView, report: DeviceReport, by: OperatorName) -> Change | None:
    """Say how her device is; None where that says nothing new, or is older than what is known.

    Raises:
        NotAllowedNow: the alarm is closed.
    """
    before = alarm.device
    if before is not None and report.battery_pct is None:
        report = report.model_copy(update={"battery_pct": before.battery_pct})
    if before is not None and (report.at < before.at or not _differs(before, report)):
        return None
    changed = step(alarm, EventKind.DEVICE_REPORTED, device=report)
    return Change(kind=EventKind.DEVICE_REPORTED, alarm=changed, by=by)


def _differs(before: DeviceReport, now: DeviceReport) -> bool:
    if before.condition is not now.condition or (before.battery_pct is None) != (now.battery_pct is None):
        return True
    return abs((now.battery_pct or 0) - (before.battery_pct or 0)) >= BATTERY_TOLD_PCT


def enrich(alarm: AlarmView) -> Change:
    """Say that her file, which could not be opened, now is with the alarm."""
    return Change(kind=EventKind.ENRICHED, alarm=step(alarm, EventKind.ENRICHED))


def expire(alarm: AlarmView, at: datetime) -> Change:
    """Close by itself what is not real and nobody closed.

    Raises:
        NotAllowedNow: it is real: that one only an operator closes.
    """
    if alarm.purpose is Purpose.REAL:
        raise NotAllowedNow
    changed, moves = ended(alarm, EventKind.EXPIRED, Closure(at=at, by=None, outcome=Outcome.TEST), at)
    return Change(kind=EventKind.EXPIRED, alarm=changed, settled=ALL_DEADLINES, units=moves)


def _standing(breach: Breach) -> tuple[UUID, bool, bool]:
    return breach.perimeter_id, breach.inside, breach.inside and breach.certain
