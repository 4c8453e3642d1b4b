"""From what a button says to presses on the disk: the path every alarm takes first.

The callback of a notification only queues. One loop then decodes, detects, asks the policy, keeps
the press in the outbox and wakes the sender. When the disk fails the press is sent all the same.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Literal

import structlog
from pydantic import ValidationError

from ble_bridge.counting import Counting
from ble_bridge.decoding import Act, Battery, Drained, Edge, Raw, Reading, battery_level
from ble_bridge.detection import Detector, Repeats, is_alarm
from ble_bridge.entry import Entry
from ble_bridge.outbox import Outbox
from ble_bridge.ports import Clock, Events, LinkFacts, PositionSource, Profile
from ble_bridge.positions import as_positions
from ble_bridge.press_id import press_id_of
from ble_bridge.reference_service import BATTERY_LEVEL, Stage
from schemas.position import Position
from schemas.press import ButtonReading, Press, Purpose
from schemas.registration import ButtonPolicy

# Far more than a finger can do while the disk is busy; a forger's flood is cut off here.
_MOST_QUEUED = 1024

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Ears:
    """What hearing asks of the link and its driver, and what it sets in motion."""

    profile: Profile
    decode: Callable[[Raw], Sequence[Reading]]
    button_id: Callable[[], str]
    facts: Callable[[], LinkFacts]
    kept: Callable[[Entry], None]
    settle: Callable[[Act, Stage], None]
    battery_changed: Callable[[], None] = lambda: None
    phone_battery_pct: Callable[[], int | None] = lambda: None


class Hearing:
    """One button's acts. ``purpose`` is why its presses exist: real, or a test."""

    def __init__(
        self,
        ears: Ears,
        policy: ButtonPolicy,
        clock: Clock,
        outbox: Outbox,
        positions: PositionSource | None,
        events: Events,
        purpose: Literal[Purpose.REAL, Purpose.TEST] = Purpose.REAL,
    ) -> None:
        self._ears, self._policy, self._clock, self._outbox = ears, policy, clock, outbox
        self._positions, self._events, self._purpose = positions, events, purpose
        self._queue: asyncio.Queue[Raw | Sequence[Reading]] = asyncio.Queue(_MOST_QUEUED)
        self._detector = Detector.under(policy)
        self._repeats = Repeats()
        self._counting: dict[str, Counting] = {}
        self.battery_pct: int | None = None
        self._is_flooded = False
        self._version = version("msa-gateway")

    def hear(self, heard: Raw | Sequence[Reading]) -> None:
        """Queue what was heard. Safe in a callback: no wait, no I/O."""
        try:
            self._queue.put_nowait(heard)
            self._is_flooded = False
        except asyncio.QueueFull:
            if not self._is_flooded:
                _log.error("hearing.flooded")
            self._is_flooded = True

    async def run(self) -> None:
        """Turn what is heard into presses until cancelled."""
        while True:
            heard = await self._next()
            try:
                for act in await self._acts_of(heard):
                    await self._take(act)
            except Exception:  # noqa: BLE001 (the task's edge: one odd value must not deafen the bridge)
                _log.exception("hearing.failed")

    async def _next(self) -> Raw | Sequence[Reading] | None:
        """Return what was heard next; None when the detector's deadline comes first."""
        deadline_s = self._detector.deadline
        if deadline_s is None:
            return await self._queue.get()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, deadline_s - self._clock.monotonic())):
                return await self._queue.get()
        return None

    async def _acts_of(self, heard: Raw | Sequence[Reading] | None) -> Sequence[Act]:
        if heard is None:
            return self._detector.due(self._clock.monotonic())
        return [act for reading in self._readings(heard) for act in await self._acts(reading)]

    def _readings(self, heard: Raw | Sequence[Reading]) -> Sequence[Reading]:
        if not isinstance(heard, Raw):
            return heard
        if not heard.asked and self._repeats.is_repeat(heard.uuid, heard.value, heard.heard_s):
            return ()
        if heard.uuid == BATTERY_LEVEL:
            return battery_level(heard)
        return self._ears.decode(heard)

    async def _acts(self, reading: Reading) -> Sequence[Act]:
        match reading:
            case Edge():
                return self._detector.edge(reading)
            case Act():
                await self._count(reading)
                return self._detector.told(reading)
            case Battery(pct):
                if pct != self.battery_pct:
                    self.battery_pct = pct
                    self._events.emit("battery", pct=pct)
                    self._ears.battery_changed()
            case Drained():
                self._tell_missed()
        return ()

    async def _count(self, act: Act) -> None:
        if act.step is None or not self._ears.profile.counts:
            return
        button_id = self._ears.button_id()
        if button_id not in self._counting:
            highest = None
            with suppress(sqlite3.Error):  # without the disk the count starts here
                highest = await self._outbox.highest_step(button_id)
            self._counting[button_id] = Counting(highest)
        self._counting[button_id].heard(act.step)

    def _tell_missed(self) -> None:
        for button_id, counting in self._counting.items():
            for gap in counting.missed():
                _log.error("press.missed", button_id=button_id, boot=gap.boot, first=gap.first, last=gap.last)
                self._events.emit("missed", boot=gap.boot, first=gap.first, last=gap.last)

    async def _take(self, act: Act) -> None:
        if not is_alarm(act.pattern, self._policy):
            _log.info("press.no_alarm", pattern=act.pattern.value)
            self._events.emit("dismissed", pattern=act.pattern.value)
            await self._note_step(act)
            self._ears.settle(act, Stage.DISMISSED)
            return
        entry = self._entry(act)
        press_id = entry.press.press_id
        try:
            is_new = await self._outbox.put(entry, self._ears.button_id())
        except sqlite3.Error as error:
            # An alarm that is not on the disk is still an alarm.
            _log.critical("outbox.failed", error=str(error), press_id=str(press_id))
            is_new = True
        if is_new:
            self._ears.kept(entry)
            self._tell_heard(entry)
        else:
            await self._settle_again(entry, act)

    async def _settle_again(self, entry: Entry, act: Act) -> None:
        """Tell the button again: it shows a press that the gateway has, so it does not know."""
        with suppress(sqlite3.Error):  # the next reading asks again
            known = await self._outbox.get(entry.press.press_id)
            if known is not None and known.receipt is not None:
                self._ears.settle(act, Stage.COMMITTED)

    async def _note_step(self, act: Act) -> None:
        if act.step is not None:
            with suppress(sqlite3.Error):  # a lost count is told as a gap, no more
                await self._outbox.note_step(self._ears.button_id(), act.step)

    def _tell_heard(self, entry: Entry) -> None:
        press = entry.press
        _log.info(
            "press.heard", press_id=str(press.press_id), pattern=press.pattern.value, latched=press.latched
        )
        self._events.emit(
            "heard",
            press_id=press.press_id,
            pattern=press.pattern,
            pressed_at=press.pressed_at,
            heard_at=press.heard_at,
        )

    def _entry(self, act: Act) -> Entry:
        now, now_s = self._clock.now(), self._clock.monotonic()
        pressed_at = None
        if act.completed_s is not None:
            with suppress(OverflowError):  # an age beyond the calendar is no age
                pressed_at = now - timedelta(seconds=now_s - act.completed_s)
        facts, profile = self._ears.facts(), self._ears.profile
        counted = act.step if profile.counts else None
        press = Press(
            press_id=press_id_of(self._ears.button_id(), act.step, now),
            purpose=self._purpose,
            pattern=act.pattern,
            pressed_at=pressed_at,
            heard_at=now - timedelta(seconds=now_s - act.heard_s),
            latched=act.latched,
            button=ButtonReading(
                button_id=self._ears.button_id(),
                driver=profile.name,
                bonded=facts.bonded,
                encrypted=facts.encrypted,
                forgeable=profile.forgeable,
                counter=counted.counter if counted else None,
                boot=counted.boot if counted else None,
                battery_pct=self.battery_pct,
            ),
            phone_battery_pct=self._ears.phone_battery_pct(),
            positions=self._positions_at(act.heard_s),
            companion_version=self._version,
        )
        return Entry(press, self._clock.era, act.heard_s, act.completed_s, act.step)

    def _positions_at(self, heard_s: float) -> tuple[Position, ...]:
        if self._positions is None:
            return ()
        try:
            return as_positions(self._positions.latest(), heard_s)
        except ValidationError:
            # An impossible fix is dropped, not the press.
            _log.error("position.impossible")
            return ()
