"""The far sides of dispatch's ports, in memory: a log, consoles that remember what they were sent."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from dispatch.lane import Console
from dispatch.ports import Bounds, Logged, LogUnavailable, Shown
from schemas.alarm import AlarmState, AlarmView, Trail
from schemas.frames import Cursor, Event
from schemas.press import Purpose

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def an_alarm(
    alarm_id: UUID | None = None, *, version: int = 1, centre: str = "BE-VOV", **changes: Any
) -> AlarmView:
    """The smallest alarm."""
    values: dict[str, Any] = {
        "alarm_id": alarm_id or uuid4(),
        "centre": centre,
        "registration_id": uuid4(),
        "purpose": Purpose.REAL,
        "state": AlarmState.RAISED,
        "version": version,
        "raised_at": AT,
        "last_pressed_at": AT,
        "verified": True,
        "trail": Trail(received_at=AT, committed_at=AT),
        **changes,
    }
    return AlarmView(**values)


class MemoryLog:
    """``dispatch.ports.StreamLog`` of one centre."""

    def __init__(self, centre: str = "BE-VOV", epoch: str = "a1") -> None:
        self.centre = centre
        self.epoch = epoch
        self.first_kept = 1
        self.events: list[Logged] = []
        self.alarms: list[Shown] = []
        self.away = False

    @property
    def head(self) -> int:
        return self.events[-1].sequence if self.events else 0

    def commit(self, count: int = 1) -> list[Logged]:
        """Append events, as any node's commit does."""
        fresh = []
        for _ in range(count):
            cursor = Cursor(epoch=self.epoch, sequence=self.head + 1)
            alarm = an_alarm()
            frame = Event(centre=self.centre, cursor=cursor, kind="alarm.raised", at=AT, alarm=alarm)
            event = Logged(
                centre=self.centre,
                epoch=cursor.epoch,
                sequence=cursor.sequence,
                kind=frame.kind,
                at=AT,
                alarm_id=alarm.alarm_id,
                payload=frame.model_dump_json().encode(),
            )
            self.alarms.append(Shown("alarms", alarm.model_dump_json().encode()))
            self.events.append(event)
            fresh.append(event)
        return fresh

    async def bounds(self) -> dict[str, Bounds]:
        self._check()
        return {self.centre: Bounds(epoch=self.epoch, first_kept=self.first_kept, head=self.head)}

    async def read(self, centre: str, *, after: int, up_to: int, limit: int) -> Sequence[Logged]:
        self._check()
        return [event for event in self.events if after < event.sequence <= up_to][:limit]

    async def snapshot(self, centre: str) -> tuple[Cursor, Sequence[Shown]]:
        self._check()
        return Cursor(epoch=self.epoch, sequence=self.head), self.alarms

    def _check(self) -> None:
        if self.away:
            raise LogUnavailable("away")


class MemoryOutlet:
    """Stands where ``dispatch.outlet.Outlet`` does; keeps what it was given."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.backlog = 0
        self.closed: tuple[int, str] | None = None
        self.is_open = True

    @property
    def transport(self) -> "MemoryOutlet":
        return self

    def write(self, data: bytes) -> None:
        while data:
            length, start = data[1], 2
            if length == 126:
                length, start = int.from_bytes(data[2:4]), 4
            elif length == 127:
                length, start = int.from_bytes(data[2:10]), 10
            self.frames.append(json.loads(data[start : start + length]))
            data = data[start + length :]

    def unsent(self) -> int:
        return self.backlog

    async def drained(self, within_s: float) -> None:
        if self.backlog:
            raise TimeoutError

    def close(self, code: int, reason: str, grace_s: float) -> None:
        self.closed = (code, reason)
        self.is_open = False

    def sequences(self) -> list[int]:
        return [frame["cursor"]["sequence"] for frame in self.frames if frame["type"] == "event"]

    def types(self) -> list[str]:
        return [frame["type"] for frame in self.frames]


def a_console() -> tuple[Console, MemoryOutlet, list[str]]:
    """A console, what it was sent, and the centres it was told to restart."""
    outlet = MemoryOutlet()
    restarted: list[str] = []
    return Console(outlet, restarted.append), outlet, restarted  # type: ignore[arg-type] # a fake of the socket


class Counts:
    """``dispatch.ports.HubMetrics`` and ``dispatch.provisional.ProvisionalMetrics``."""

    def __init__(self) -> None:
        self.fanned = 0
        self.slow = 0
        self.filled = 0
        self.resyncs: list[str] = []
        self.shown: list[str] = []
        self.took_s: list[float] = []
        self.open: dict[str, int] = {}

    def provisional_shown(self, by: str) -> None:
        self.shown.append(by)

    def provisional_delivered(self, took_s: float) -> None:
        self.took_s.append(took_s)

    def provisionals_open(self, centre: str, number: int) -> None:
        self.open[centre] = number

    def fanned_out(self, event: Logged, consoles: int, at: datetime) -> None:
        self.fanned += 1

    def slow_console(self, centre: str) -> None:
        self.slow += 1

    def gap_filled_by(self, centre: str, events: int) -> None:
        self.filled += events

    def resynced(self, reason: str) -> None:
        self.resyncs.append(reason)
