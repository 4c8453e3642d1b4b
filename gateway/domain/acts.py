"""What operators do to an alarm: who may, what comes of it. Decided here, committed elsewhere.

Each act takes the alarm, who does it, when, and returns a ``Change``, or raises and changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.domain.alarm import (
    ALL_DEADLINES,
    Change,
    DeadlineKind,
    Due,
    EventKind,
    UnitMove,
    after,
    seen_by,
    step,
)
from gateway.domain.errors import AlreadyTaken, NotAllowedNow, StaleVersion, SupervisorOnly
from gateway.domain.response import Response
from schemas.alarm import AlarmState, AlarmView, Closure, Note, Share, ShareReason, TrackingState
from schemas.commands import AddNote, Assign, Close, ReportUnit, Transfer
from schemas.outcome import NEEDS_SECOND_LOOK
from schemas.press import Purpose
from schemas.session import OperatorName
from schemas.unit import AssignedUnit, UnitStatus, UnitView


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which of the alarm's centres, and whether as a supervisor."""

    name: OperatorName
    supervisor: bool = False


def acknowledge(alarm: AlarmView, actor: Actor, at: datetime, response: Response) -> Change:
    """Take it.

    The version an operator saw does not matter here, only the state: a victim who presses again must
    not make the key fail.

    Raises:
        AlreadyTaken: somebody has it; the error says who.
        NotAllowedNow: it is closed.
    """
    if alarm.acknowledged_by is not None and alarm.state is AlarmState.ACKNOWLEDGED:
        raise AlreadyTaken(alarm.acknowledged_by.name)
    due, lapses_at = _lapse(alarm, at, response)
    changed = step(
        alarm,
        EventKind.ACKNOWLEDGED,
        acknowledged_by=actor.name,
        acknowledged_at=at,
        escalates_at=None,
        lapses_at=lapses_at,
    )
    settled = frozenset({DeadlineKind.ESCALATE})
    return Change(kind=EventKind.ACKNOWLEDGED, alarm=changed, by=actor.name, due=due, settled=settled)


def assign(alarm: AlarmView, command: Assign, unit: UnitView, actor: Actor, at: datetime) -> Change:
    """Send a unit of one of the alarm's centres. That it is free is certain only at the commit.

    By force it is taken from the open alarm it serves, which has to be told with ``take_away``.

    Raises:
        NotAllowedNow: nobody has the alarm yet, the unit is of another centre, off duty, or on its way
            already.
    """
    if unit.centre not in seen_by(alarm) or unit.unit_id in _serving(alarm):
        raise NotAllowedNow
    if not unit.on_duty:
        raise NotAllowedNow("the unit is off duty")
    sent = AssignedUnit(
        unit_id=unit.unit_id,
        centre=unit.centre,
        name=unit.name,
        status=UnitStatus.DISPATCHED,
        assigned_at=at,
        assigned_by=actor.name,
        status_at=at,
        eta_s=command.eta_s,
    )
    others = tuple(one for one in alarm.units if one.unit_id != unit.unit_id)
    changed = step(
        alarm,
        EventKind.UNIT_ASSIGNED,
        units=(*others, sent),
        lapses_at=None,
        assigned_position=alarm.positions[0] if alarm.positions else None,
        moved_m=None,
    )
    return Change(
        kind=EventKind.UNIT_ASSIGNED,
        alarm=changed,
        by=actor.name,
        settled=frozenset({DeadlineKind.LAPSE}),
        units=(UnitMove(unit.unit_id, UnitStatus.DISPATCHED, command.force, unit.alarm_id),),
    )


def report_unit(
    alarm: AlarmView, command: ReportUnit, actor: Actor, at: datetime, response: Response
) -> Change:
    """Say where an assigned unit stands. When the last one is cleared, the acknowledgement may lapse again.

    Raises:
        NotAllowedNow: the unit is not serving this alarm, or the alarm is closed.
    """
    eta_s = command.eta_s if command.status in {UnitStatus.DISPATCHED, UnitStatus.EN_ROUTE} else None
    draft = _stands(alarm, command.unit_id, {"status": command.status, "eta_s": eta_s}, at, response)
    move = UnitMove(command.unit_id, None if command.status is UnitStatus.CLEARED else command.status)
    return replace(draft, by=actor.name, units=(move,))


def take_away(alarm: AlarmView, unit_id: UUID, actor: Actor, at: datetime, response: Response) -> Change:
    """Tell an alarm that its unit is being sent to another one by force.

    The unit itself is moved by the assignment that this is committed with, so it is told once.

    Raises:
        NotAllowedNow: the unit is not serving this alarm any more.
    """
    gone = {"status": UnitStatus.CLEARED, "eta_s": None, "taken_away": True}
    return replace(_stands(alarm, unit_id, gone, at, response), by=actor.name)


def add_note(alarm: AlarmView, command: AddNote, actor: Actor, at: datetime) -> Change:
    """Write something down; always allowed once there is an alarm."""
    changed = step(alarm, EventKind.NOTED)
    note = _note(EventKind.NOTED, command.text, actor, at)
    return Change(kind=EventKind.NOTED, alarm=changed, by=actor.name, note=note)


def transfer(
    alarm: AlarmView, command: Transfer, actor: Actor, own_centres: frozenset[str], at: datetime, to: Response
) -> Change:
    """Hand it over, or take it over where the new centre is the operator's own; both go on seeing it.

    Raises:
        NotAllowedNow: it is there already, or the alarm is closed.
    """
    if command.to == alarm.centre:
        raise NotAllowedNow
    taking = command.to in own_centres
    kind = EventKind.TAKEN_OVER if taking else EventKind.TRANSFERRED
    before = Share(centre=alarm.centre, reason=ShareReason.TRANSFERRED, since=at)
    others = tuple(share for share in alarm.shared if share.centre != command.to)
    changes: dict[str, Any] = {"centre": command.to, "shared": (*others, before), "crossed_to": None}
    note = None if command.note is None else _note(kind, command.note, actor, at)
    if taking:
        due, lapses_at = _lapse(alarm, at, to)
        mine = actor.name.model_copy(update={"centre": command.to})
        taken = {"acknowledged_by": mine, "acknowledged_at": at, "escalates_at": None, "lapses_at": lapses_at}
        changed = step(alarm, kind, **changes, **taken)
        settled = frozenset({DeadlineKind.ESCALATE})
        return Change(kind=kind, alarm=changed, by=mine, note=note, due=due, settled=settled)
    return _raised_there(
        alarm, kind, changes, Change(kind=kind, alarm=alarm, by=actor.name, note=note), at, to
    )


def close(alarm: AlarmView, command: Close, actor: Actor, at: datetime) -> Change:
    """End it with an outcome and a note; its units are free.

    Raises:
        NotAllowedNow: nobody has it, or it is closed.
        StaleVersion: she pressed again, or asked to cancel, after what the operator saw.
    """
    after(alarm.state, EventKind.CLOSED)
    if command.expected_version < alarm.news_version:
        raise StaleVersion
    second_look = command.outcome in NEEDS_SECOND_LOOK and alarm.purpose is Purpose.REAL
    closure = Closure(at=at, by=actor.name, outcome=command.outcome, needs_second_look=second_look)
    changed, moves = ended(alarm, EventKind.CLOSED, closure, at)
    note = _note(EventKind.CLOSED, command.note, actor, at)
    return Change(
        kind=EventKind.CLOSED, alarm=changed, by=actor.name, note=note, settled=ALL_DEADLINES, units=moves
    )


def review(alarm: AlarmView, note: str | None, actor: Actor, at: datetime) -> Change:
    """Agree with an outcome that needs a second look: from now on it counts.

    Raises:
        SupervisorOnly: by somebody else than a supervisor, or by who closed it.
        NotAllowedNow: there is nothing to look at twice.
    """
    closure = alarm.closure
    after(alarm.state, EventKind.REVIEWED)
    if closure is None or not closure.needs_second_look:
        raise NotAllowedNow
    if not actor.supervisor or (closure.by is not None and closure.by.operator_id == actor.name.operator_id):
        raise SupervisorOnly
    looked = closure.model_copy(
        update={"needs_second_look": False, "reviewed_by": actor.name, "reviewed_at": at}
    )
    changed = step(alarm, EventKind.REVIEWED, closure=looked)
    written = None if note is None else _note(EventKind.REVIEWED, note, actor, at)
    return Change(kind=EventKind.REVIEWED, alarm=changed, by=actor.name, note=written)


def reopen(alarm: AlarmView, note: str, actor: Actor, at: datetime, response: Response) -> Change:
    """Raise a closed alarm again: somebody has to take it, and she is followed as after a press.

    Her phone stopped when it was closed: until it sends again, her position is lost. That no newer one is
    open is certain only at the commit.

    Raises:
        NotAllowedNow: it is not closed.
    """
    changes: dict[str, Any] = {"closure": None, "reopened": alarm.reopened + 1}
    followed = response.due_when_pressed(alarm.purpose)
    if followed:
        until = at + timedelta(seconds=response.tracking_s)
        changes |= {"tracking": TrackingState.LOST, "tracking_until": until}
    written = _note(EventKind.REOPENED, note, actor, at)
    draft = Change(kind=EventKind.REOPENED, alarm=alarm, by=actor.name, note=written)
    change = _raised_there(alarm, EventKind.REOPENED, changes, draft, at, response)
    return replace(change, due=(*change.due, *followed))


def ended(
    alarm: AlarmView, kind: EventKind, closure: Closure, at: datetime
) -> tuple[AlarmView, tuple[UnitMove, ...]]:
    """Return the alarm ended by ``kind`` and its units on their way home."""
    serving = _serving(alarm)
    home = {"status": UnitStatus.CLEARED, "status_at": at, "eta_s": None}
    changed = step(
        alarm,
        kind,
        closure=closure,
        units=tuple(one.model_copy(update=home) if one.unit_id in serving else one for one in alarm.units),
        escalates_at=None,
        lapses_at=None,
        crossed_to=None,
        tracking=TrackingState.OFF if alarm.tracking is TrackingState.OFF else TrackingState.ENDED,
        tracking_until=None,
    )
    return changed, tuple(UnitMove(unit_id, None) for unit_id in serving)


def _serving(alarm: AlarmView) -> dict[UUID, AssignedUnit]:
    """Return the units that are on their way to the alarm or there."""
    return {one.unit_id: one for one in alarm.units if one.status is not UnitStatus.CLEARED}


def _stands(
    alarm: AlarmView, unit_id: UUID, fields: dict[str, Any], at: datetime, response: Response
) -> Change:
    """Say how a serving unit stands now; when the last one goes, the acknowledgement may lapse again.

    Raises:
        NotAllowedNow: the unit is not serving this alarm, or the alarm is closed.
    """
    serving = _serving(alarm)
    if unit_id not in serving:
        raise NotAllowedNow
    moved = serving[unit_id].model_copy(update={"status_at": at, **fields})
    units = tuple(moved if one.unit_id == unit_id else one for one in alarm.units)
    changed = step(alarm, EventKind.UNIT_STATUS, units=units)
    due: tuple[Due, ...] = ()
    if alarm.state is AlarmState.ACKNOWLEDGED and not _serving(changed):
        due, lapses_at = _lapse(changed, at, response)
        changed = changed.model_copy(update={"lapses_at": lapses_at})
    return Change(kind=EventKind.UNIT_STATUS, alarm=changed, due=due)


def _raised_there(
    alarm: AlarmView,
    kind: EventKind,
    changes: dict[str, Any],
    draft: Change,
    at: datetime,
    response: Response,
) -> Change:
    """Complete a change after which nobody has the alarm: the ladder starts anew."""
    real = alarm.purpose is Purpose.REAL
    first = response.ladder.due(1)
    changed = step(
        alarm,
        kind,
        **changes,
        escalation=None,
        escalates_at=at + timedelta(seconds=first.after_s) if real else None,
        lapses_at=None,
    )
    due = (first,) if real else response.due_when_raised(alarm.purpose)[:1]
    return replace(draft, alarm=changed, due=due, settled=frozenset({DeadlineKind.LAPSE}))


def _lapse(alarm: AlarmView, at: datetime, response: Response) -> tuple[tuple[Due, ...], datetime | None]:
    """Return the deadline by which a unit must be sent; none for what is not real, or has a unit."""
    if alarm.purpose is not Purpose.REAL or _serving(alarm):
        return (), None
    return (Due(DeadlineKind.LAPSE, response.lapse_s),), at + timedelta(seconds=response.lapse_s)


def _note(kind: EventKind, text: str, actor: Actor, at: datetime) -> Note:
    return Note(at=at, by=actor.name, text=text, about=kind)
