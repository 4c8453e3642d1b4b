"""The store's two committing functions in a few lines of Python: what the SQL is compared with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from uuid import UUID

from gateway.domain.alarm import Change, DeadlineKind, Due, EventKind
from gateway.domain.errors import NotAllowedNow
from gateway.domain.response import Response
from gateway.domain.uuid7 import uuid7
from gateway.ports import Claimed, Fate
from schemas.alarm import AlarmState, AlarmView, TrackingState, Trail
from schemas.press import Purpose
from schemas.unit import UnitView
from tests.support.clock import VirtualClock

CENTRES: Final = ("BE-VOV", "BE-VAN", "BE-VBR", "BE-BRU")


@dataclass
class MemoryStore:
    """Alarms, deadlines and units; one clock for the gateway and the database."""

    clock: VirtualClock
    alarms: dict[UUID, AlarmView] = field(default_factory=dict)
    deadlines: dict[tuple[UUID, DeadlineKind], Claimed] = field(default_factory=dict)
    units: dict[UUID, UnitView] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def find(self, alarm_id: UUID) -> AlarmView:
        return self.alarms[alarm_id]

    def open_alarm(self, registration_id: UUID, purpose: Purpose) -> AlarmView | None:
        """The one open alarm of a registration and purpose."""
        return next((alarm for alarm in self.alarms.values() if _open(alarm, registration_id, purpose)), None)

    def press(
        self, registration_id: UUID, purpose: Purpose, centre: str, alarm_id: UUID | None = None
    ) -> AlarmView:
        """Open an alarm, or add a press to the open one."""
        now, response = self.clock.now(), Response()
        was = self.open_alarm(registration_id, purpose)
        alarm = (
            _raised(registration_id, purpose, centre, now, alarm_id or uuid7(now))
            if was is None
            else was.model_copy(update={"version": was.version + 1, "press_count": was.press_count + 1})
        )
        changes: dict[str, object] = {"news_version": alarm.version, "last_pressed_at": now}
        if purpose is not Purpose.CANARY:
            until = now + timedelta(seconds=response.tracking_s)
            changes |= {"tracking": TrackingState.LIVE, "tracking_until": until}
        if was is None and purpose is Purpose.REAL:
            changes["escalates_at"] = now + timedelta(seconds=response.ladder.due(1).after_s)
        alarm = self.alarms[alarm.alarm_id] = alarm.model_copy(update=changes)
        due = response.due_when_raised(purpose) if was is None else response.due_when_pressed(purpose)
        self._owe(alarm.alarm_id, due, now)
        return alarm

    def commit(self, change: Change, claim: Claimed | None = None, told: Change | None = None) -> Fate:
        """Do what ``commit_changes`` does, in its order; ``told`` goes before it, or neither."""
        alarm = change.alarm
        key = None if claim is None else (alarm.alarm_id, claim.kind)
        if key is not None and self.deadlines.get(key) != claim:
            return Fate.GONE
        if any(self._changed(one) for one in (told, change) if one is not None):
            return Fate.CHANGED
        if alarm.centre not in CENTRES:
            return Fate.NO_CENTRE
        if any(move.status is not None and not self._free(move.unit_id, change) for move in change.units):
            return Fate.UNIT_TAKEN
        if change.kind is EventKind.REOPENED and self.open_alarm(alarm.registration_id, alarm.purpose):
            raise NotAllowedNow
        if told is not None:
            self._apply(told, None)
        self._apply(change, claim)
        return Fate.COMMITTED

    def _changed(self, change: Change) -> bool:
        return self.alarms[change.alarm.alarm_id].version != change.alarm.version - 1

    def _apply(self, change: Change, claim: Claimed | None) -> None:
        alarm = change.alarm
        self.alarms[alarm.alarm_id] = alarm
        for move in change.units:
            unit = self.units[move.unit_id]
            if move.status is not None or unit.alarm_id == alarm.alarm_id:
                where = None if move.status is None else alarm.alarm_id
                self.units[move.unit_id] = unit.model_copy(update={"alarm_id": where, "status": move.status})
        for kind in {*change.settled, *(() if claim is None else (claim.kind,))}:
            self.deadlines.pop((alarm.alarm_id, kind), None)
        self._owe(alarm.alarm_id, change.due, self.clock.now())

    def set_duty(self, unit_id: UUID, *, on_duty: bool) -> bool:
        """Put a unit on or off duty; False while it serves."""
        unit = self.units[unit_id]
        if unit.alarm_id is not None and not on_duty:
            return False
        self.units[unit_id] = unit.model_copy(update={"on_duty": on_duty})
        return True

    def owed(self, alarm_id: UUID) -> dict[DeadlineKind, Claimed]:
        return {kind: due for (owner, kind), due in self.deadlines.items() if owner == alarm_id}

    def _free(self, unit_id: UUID, change: Change) -> bool:
        unit, forced = self.units[unit_id], any(move.force for move in change.units)
        return unit.on_duty and (forced or unit.alarm_id in {None, change.alarm.alarm_id})

    def _owe(self, alarm_id: UUID, due: tuple[Due, ...], now: datetime) -> None:
        for one in due:
            self.deadlines[alarm_id, one.kind] = Claimed(
                deadline_id=next(self._ids),
                alarm_id=alarm_id,
                kind=one.kind,
                level=one.level,
                due_at=now + timedelta(seconds=one.after_s),
            )


def _open(alarm: AlarmView, registration_id: UUID, purpose: Purpose) -> bool:
    return (alarm.registration_id, alarm.purpose) == (registration_id, purpose) and (
        alarm.state is not AlarmState.CLOSED
    )


def _raised(registration_id: UUID, purpose: Purpose, centre: str, now: datetime, alarm_id: UUID) -> AlarmView:
    return AlarmView(
        alarm_id=alarm_id,
        centre=centre,
        registration_id=registration_id,
        purpose=purpose,
        state=AlarmState.RAISED,
        version=1,
        raised_at=now,
        last_pressed_at=now,
        verified=True,
        trail=Trail(received_at=now, committed_at=now),
    )
