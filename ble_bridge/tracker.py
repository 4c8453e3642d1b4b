"""Sends where she is, from the receipt of a press until her alarm is over.

One task takes the newest fix of the source at the policy's rate, keeps it on the disk and never
waits for the network. Another sends what waits, together, and never holds up a press. One alarm is
tracked at a time, the newest; a test does not end the tracking of a real one.
"""

import asyncio
import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import structlog
from pydantic import ValidationError

from ble_bridge import timing
from ble_bridge.backlog import WaitingFix
from ble_bridge.entry import Entry
from ble_bridge.moment import Moment
from ble_bridge.pace import Pace
from ble_bridge.ports import Clock, Events, Fix, Gateway, PositionSource, Refused, Unknown
from ble_bridge.positions import as_batch, as_position, to_the_centimetre
from ble_bridge.precedence import Precedence
from ble_bridge.track_store import TrackStore
from ble_bridge.tracking import Tracking
from schemas.enrolment import CompanionPolicy
from schemas.track import PositionBatch, PositionsReceipt

_log = structlog.get_logger(__name__)

# What a gateway says of a batch that it can never read; any other refusal is of the asking.
_OF_THE_BATCH = {400, 413, 422}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tracking asks of the rest of the bridge, each at once."""

    policy: Callable[[], CompanionPolicy]
    battery_pct: Callable[[], int | None]
    precedence: Precedence


class Tracker:
    """Tracks the newest alarm."""

    def __init__(
        self,
        store: TrackStore,
        gateway: Gateway,
        clock: Clock,
        events: Events,
        positions: PositionSource | None,
        around: Surroundings,
    ) -> None:
        self._store, self._gateway, self._clock, self._events = store, gateway, clock, events
        self._positions, self._around = positions, around
        self._tracking: Tracking | None = None
        self._is_kept = True
        self._superseded: list[UUID] = []
        self._pace = Pace(random.random)
        self._to_take, self._to_send = asyncio.Event(), asyncio.Event()

    @property
    def alarm_id(self) -> UUID | None:
        """The alarm that fixes are taken for now."""
        tracking = self._tracking
        return None if tracking is None or tracking.left_s(Moment.of(self._clock)) <= 0 else tracking.alarm_id

    def receipted(self, entry: Entry) -> None:
        """Begin, or begin the duration anew, with the receipt of a press."""
        receipt, now = entry.receipt, Moment.of(self._clock)
        if receipt is None:
            return
        tracking, length_s = self._tracking, self._around.policy().tracking_s
        if tracking is not None and tracking.alarm_id == receipt.alarm_id:
            tracking.pressed(receipt, now, length_s)
        elif tracking is not None and tracking.is_real and not entry.is_real and tracking.left_s(now) > 0:
            return
        else:
            if tracking is not None:
                self._superseded.append(tracking.alarm_id)
            self._begin(Tracking.begun(receipt, is_real=entry.is_real, now=now, length_s=length_s), "began")
        self._is_kept = False
        self._to_take.set()
        self.network_works()

    def network_works(self) -> None:
        """Try what failed again now: something else has just got through."""
        if self._pace.is_failing:
            self._pace.due_s = self._clock.monotonic()
            self._to_send.set()

    def closed(self, alarm_id: UUID) -> None:
        """Stop: the alarm is over, and with it the reason to know where she is."""
        if self._tracking is not None and self._tracking.alarm_id == alarm_id:
            self._tracking.stop()
            self._to_take.set()

    async def resume(self, newest: Sequence[Entry]) -> None:
        """Go on where an earlier run ended.

        ``newest`` are the presses receipted last, the real one last: the run may have ended between a
        receipt and the first fix.
        """
        with suppress(sqlite3.Error):
            self._tracking = await self._store.newest()
        if self._tracking is not None:
            self._begin(self._tracking, "resumed")
        for entry in newest:
            await self._resume(entry)

    async def _resume(self, entry: Entry) -> None:
        if entry.receipt is None:
            return
        age_s = (self._clock.now() - entry.receipt.committed_at).total_seconds()
        if age_s > self._around.policy().tracking_s:
            return
        try:
            is_known = await self._store.knows(entry.receipt.alarm_id)
        except sqlite3.Error:
            is_known = False
        if not is_known:
            self.receipted(entry)

    async def run(self) -> None:
        """Take and send until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._take_for_ever(), name="take")
            group.create_task(self._send_for_ever(), name="send")

    def _begin(self, tracking: Tracking, how: str) -> None:
        self._tracking = tracking
        self._pace = Pace(random.random)
        self._tell(tracking, how)

    # --- taking -----------------------------------------------------------------------------

    async def _take_for_ever(self) -> None:
        while True:
            self._to_take.clear()
            tracking = self._tracking
            due_s = None if tracking is None else await self._turn(tracking)
            await _sleep(self._to_take, None if due_s is None else due_s - self._clock.monotonic())

    async def _turn(self, tracking: Tracking) -> float | None:
        """Do what is due of taking; return when to look again, None when only an event can tell."""
        while self._superseded:
            await self._forget(self._superseded.pop())
        if not self._is_kept:
            await self._keep(tracking)
        now = Moment.of(self._clock)
        left_s = tracking.left_s(now)
        if tracking.is_stopped or left_s < -timing.KEEP_UNSENT_S or (left_s <= 0 and not tracking.backlog):
            await self._end(tracking)
            return None
        if left_s <= 0:
            return now.s + timing.TRACK_EVERY_MOST_S
        every_s = tracking.every_s(self._around.policy(), self._around.battery_pct())
        if tracking.due_s(every_s) <= now.s:
            tracking.look(now, every_s)
            await self._take(tracking, now)
        return min(tracking.due_s(every_s), now.s + left_s)

    async def _take(self, tracking: Tracking, now: Moment) -> None:
        fix = self._newest_fix()
        waiting = None if fix is None else tracking.take(fix, now)
        if waiting is None:
            return
        gone = tracking.backlog.add(waiting)
        try:
            await self._store.add(tracking.alarm_id, waiting, gone)
        except sqlite3.Error as error:
            # Then it is sent from memory, and lost only with the process.
            _log.error("tracks.failed", error=str(error))
        self._to_send.set()

    def _newest_fix(self) -> Fix | None:
        fixes = () if self._positions is None else self._positions.latest()
        if not fixes:
            return None
        fix = to_the_centimetre(fixes[0])
        try:
            as_position(fix, None)
        except ValidationError:
            _log.error("position.impossible")
            return None
        return fix

    async def _keep(self, tracking: Tracking) -> None:
        self._is_kept = True
        try:
            await self._store.keep(tracking)
        except sqlite3.Error as error:
            _log.error("tracks.failed", error=str(error))

    async def _end(self, tracking: Tracking) -> None:
        self._tell(tracking, "stopped" if tracking.is_stopped else "ended")
        if self._tracking is tracking:
            self._tracking = None
        await self._forget(tracking.alarm_id)

    async def _forget(self, alarm_id: UUID) -> None:
        try:
            await self._store.over(alarm_id)
        except sqlite3.Error as error:
            _log.error("tracks.failed", error=str(error))

    # --- sending ----------------------------------------------------------------------------

    async def _send_for_ever(self) -> None:
        while True:
            self._to_send.clear()
            tracking = self._tracking
            if tracking is None or tracking.is_stopped or not tracking.backlog:
                await self._to_send.wait()
                continue
            pause_s = self._pace.due_s - self._clock.monotonic()
            if pause_s > 0:
                await _sleep(self._to_send, pause_s)
                continue
            await self._around.precedence.turn()
            await self._send(tracking)

    async def _send(self, tracking: Tracking) -> None:
        fixes = tracking.backlog.batch(self._pace.most)
        began_s = self._clock.monotonic()
        answer = await self._ask(tracking.alarm_id, fixes)
        if isinstance(answer, PositionsReceipt):
            self._pace.arrived(len(fixes), began_s, self._clock.monotonic())
            await self._arrived(tracking, fixes)
            self._heed(tracking, answer)
        else:
            await self._failed(tracking, fixes, answer)

    async def _ask(self, alarm_id: UUID, fixes: Sequence[WaitingFix]) -> PositionsReceipt | Refused | Unknown:
        try:
            return await self._gateway.positions(alarm_id, lambda: self._as_of_now(fixes))
        except Exception:  # noqa: BLE001 (the task's edge: a fault of ours must not end the sending)
            _log.exception("uplink.unexpected")
            return Unknown("unexpected")

    def _as_of_now(self, fixes: Sequence[WaitingFix]) -> PositionBatch:
        return as_batch(fixes, Moment.of(self._clock), self._around.battery_pct())

    async def _arrived(self, tracking: Tracking, fixes: Sequence[WaitingFix]) -> None:
        tracking.backlog.sent(fixes)
        if not tracking.backlog:
            self._to_take.set()  # whose time is up ends with the last of them
        with suppress(sqlite3.Error):  # then they are sent once more after a restart: known there
            await self._store.forget(tracking.alarm_id, fixes)

    def _heed(self, tracking: Tracking, answer: PositionsReceipt) -> None:
        before = (tracking.told_every_s, tracking.length_s)
        tracking.heed(answer.policy)
        if before != (tracking.told_every_s, tracking.length_s):
            self._is_kept = False
            self._to_take.set()
        if tracking.is_stopped:
            self._to_take.set()

    async def _failed(
        self, tracking: Tracking, fixes: Sequence[WaitingFix], answer: Refused | Unknown
    ) -> None:
        is_refused = isinstance(answer, Refused)
        is_of_the_batch = isinstance(answer, Refused) and answer.status in _OF_THE_BATCH
        if not self._pace.is_failing:
            _log.warning("positions.not_sent", reason=answer.reason, waiting=len(tracking.backlog))
        self._pace.failed(self._clock.monotonic(), is_refused=is_refused and not is_of_the_batch)
        if is_of_the_batch and len(fixes) == 1:
            # The one that no gateway can read: it must not hold up the others for ever.
            _log.error("position.refused", reason=answer.reason)
            await self._arrived(tracking, fixes)

    def _tell(self, tracking: Tracking, state: str) -> None:
        _log.info("tracking", state=state, alarm_id=str(tracking.alarm_id), waiting=len(tracking.backlog))
        self._events.emit("tracking", state=state, alarm_id=tracking.alarm_id)


async def _sleep(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for ``event``, or for so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if seconds is None else max(0.0, seconds)):
            await event.wait()
