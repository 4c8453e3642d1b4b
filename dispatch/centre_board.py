"""One centre of a console's picture: its cursor, and what is open there. Part of ``dispatch.board``."""

from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

from schemas.alarm import AlarmState, AlarmView
from schemas.frames import Cursor, Event, PositionFrame, Snapshot
from schemas.protection import NoticeView, ProtectionState, ProtectionView
from schemas.unit import UnitView

REPLACED_BY_SNAPSHOT: Final = ("alarms", "units", "notices", "protections")
Whose = tuple[UUID, Literal["victim", "offender"], int]
"""The victim of an alarm, or which of its offenders."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """How a centre last caught up: by a snapshot for ``reason``, else by ``replayed`` events."""

    replayed: int
    reason: str | None = None


@dataclass(slots=True)
class CentreBoard:
    """What is open at one centre as its stream tells it, and whether that is all there is.

    ``notices`` are those nobody cleared, ``protections`` those that are not ``protected``,
    ``positions`` the newest frame of whoever of each alarm has one: the victim, each offender in a breach.
    """

    cursor: Cursor | None = None
    alarms: dict[UUID, AlarmView] = field(default_factory=dict)
    units: dict[UUID, UnitView] = field(default_factory=dict)
    notices: dict[UUID, NoticeView] = field(default_factory=dict)
    protections: dict[UUID, ProtectionView] = field(default_factory=dict)
    positions: dict[Whose, PositionFrame] = field(default_factory=dict)
    caught_up: bool = False
    resumption: Resumption | None = None
    asked_at: float | None = None  # when it was attached, or last moved on its way to caught up
    _parts: list[Snapshot] = field(default_factory=list)
    _moved: Resumption = Resumption(0)

    def ask(self, now: float) -> None:
        """Note that an attach is on its way."""
        self.caught_up = False
        self.asked_at = now
        self._parts.clear()
        self._moved = Resumption(0)

    def let_go(self) -> None:
        """Expect nothing that was on its way: the link is gone."""
        self.caught_up = False
        self.asked_at = None
        self._parts.clear()

    def is_next(self, cursor: Cursor) -> bool:
        """Whether an event at ``cursor`` follows what is held."""
        held = self.cursor
        return held is not None and cursor.epoch == held.epoch and cursor.sequence == held.sequence + 1

    def has(self, cursor: Cursor) -> bool:
        """Whether everything up to ``cursor`` is held."""
        held = self.cursor
        return held is not None and cursor.epoch == held.epoch and cursor.sequence <= held.sequence

    def apply(self, event: Event, now: float) -> None:
        """Apply the next event, of whatever kind: what it carries replaces what was held of it."""
        self.cursor = event.cursor
        if event.alarm is not None:
            self._put_alarm(event.alarm)
        if event.unit is not None:
            self.units[event.unit.unit_id] = event.unit
        if event.notice is not None:
            self._put_notice(event.notice)
        if event.protection is not None:
            self._put_protection(event.protection)
        if not self.caught_up:
            self.asked_at = now
            self._moved = Resumption(self._moved.replayed + 1, self._moved.reason)

    def place(self, frame: PositionFrame) -> bool:
        """Keep a position that is the newest of an alarm that is open here; tell whether it was."""
        key = (frame.alarm_id, frame.who, frame.number)
        held = self.positions.get(key)
        if frame.alarm_id not in self.alarms:
            return False
        if held is not None and frame.position.fixed_at <= held.position.fixed_at:
            return False
        self.positions[key] = frame
        return True

    def collect(self, part: Snapshot, now: float) -> Snapshot | None:
        """Keep one part of a snapshot; return the whole once the last is here and has replaced the centre."""
        if part.first:
            self._parts.clear()
        elif not self._parts or self._parts[-1].cursor != part.cursor:
            self._parts.clear()
            return None
        self._parts.append(part)
        self.asked_at = now
        if part.more:
            return None
        held = {
            name: tuple(thing for each in self._parts for thing in getattr(each, name))
            for name in REPLACED_BY_SNAPSHOT
        }
        self._parts.clear()
        self._replace(part.model_copy(update=held))
        return part.model_copy(update=held | {"alarms": tuple(self.alarms.values()), "first": True})

    def complete(self) -> None:
        """Note that the gateway has sent all there is."""
        if not self.caught_up:
            self.resumption = self._moved
        self.caught_up = True
        self.asked_at = None

    def _replace(self, whole: Snapshot) -> None:
        self.cursor = whole.cursor
        self.alarms, self.units, self.notices, self.protections = {}, {}, {}, {}
        positions, self.positions = self.positions, {}
        for alarm in whole.alarms:
            self._put_alarm(alarm)
        for unit in whole.units:
            self.units[unit.unit_id] = unit
        for notice in whole.notices:
            self._put_notice(notice)
        for protection in whole.protections:
            self._put_protection(protection)
        self.positions = {key: frame for key, frame in positions.items() if key[0] in self.alarms}
        self._moved = Resumption(0, whole.reason)

    def _put_alarm(self, alarm: AlarmView) -> None:
        if alarm.state is AlarmState.CLOSED:
            self.alarms.pop(alarm.alarm_id, None)
            for key in [key for key in self.positions if key[0] == alarm.alarm_id]:
                del self.positions[key]
        else:
            self.alarms[alarm.alarm_id] = alarm

    def _put_notice(self, notice: NoticeView) -> None:
        if notice.cleared_at is None:
            self.notices[notice.notice_id] = notice
        else:
            self.notices.pop(notice.notice_id, None)

    def _put_protection(self, protection: ProtectionView) -> None:
        if protection.state is ProtectionState.PROTECTED:
            self.protections.pop(protection.registration_id, None)
        else:
            self.protections[protection.registration_id] = protection
