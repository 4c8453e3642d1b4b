"""Knows where she is, from a press until its alarm is over, and again when it was reopened.

What is taken before the receipt is gathered and sent with it. The newest fix of the source is taken
at the policy's rate, kept on the disk, and never waits for the network; ``track_sender`` sends what
waits. One alarm is tracked at a time, the newest; a test does not end the tracking of a real one.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from pydantic import ValidationError

from ble_bridge import timing
from ble_bridge.backlog import WaitingFix
from ble_bridge.entry import Entry
from ble_bridge.moment import Moment
from ble_bridge.ports import Clock, Events, Fix, Gateway, PositionSource
from ble_bridge.positions import as_position, to_the_centimetre
from ble_bridge.track_sender import Surroundings, TrackSender, wait_for
from ble_bridge.track_store import TrackStore
from ble_bridge.tracking import Tracking
from schemas.protection import ReopenedAlarm
from schemas.track import TrackingPolicy

_log = structlog.get_logger(__name__)


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
        self._store, self._clock, self._events = store, clock, events
        self._positions, self._around = positions, around
        self._tracking: Tracking | None = None
        self._is_kept = True
        self._superseded: list[UUID] = []
        self._to_take = asyncio.Event()
        self._sender = TrackSender(gateway, clock, around, lambda: self._tracking, self._settled)

    @property
    def alarm_id(self) -> UUID | None:
        """The alarm that fixes are taken for now."""
        tracking = self._tracking
        if tracking is None or tracking.is_early or tracking.left_s(Moment.of(self._clock)) <= 0:
            return None
        return tracking.alarm_id

    def heard(self, entry: Entry) -> None:
        """Gather from now on: this press has no receipt yet, and may have none for hours."""
        tracking, now, length_s = self._tracking, Moment.of(self._clock), self._around.policy().tracking_s
        if tracking is None or (entry.is_real and not tracking.is_real):
            early = Tracking.early(entry.press.press_id, is_real=entry.is_real, now=now, length_s=length_s)
            self._supersede(early)
        elif tracking.left_s(now) <= 0 and entry.is_real:
            tracking.prolong(now, length_s)
        self._to_take.set()

    def receipted(self, entry: Entry) -> None:
        """Begin, or begin the duration anew, with the receipt of a press."""
        receipt, now = entry.receipt, Moment.of(self._clock)
        if receipt is None:
            return
        tracking, length_s = self._tracking, self._around.policy().tracking_s
        if tracking is not None and tracking.is_early and tracking.is_real is entry.is_real:
            tracking.receipted(receipt, now, length_s)
            self._tell(tracking, "began")
        elif tracking is not None and tracking.alarm_id == receipt.alarm_id:
            tracking.pressed(receipt, now, length_s)
        elif tracking is not None and tracking.is_real and not entry.is_real and tracking.left_s(now) > 0:
            return
        else:
            begun = Tracking.begun(receipt, is_real=entry.is_real, now=now, length_s=length_s)
            self._supersede(begun)
            self._tell(begun, "began")
        self._is_kept = False
        self._to_take.set()
        self.network_works()

    def reopened(self, alarm: ReopenedAlarm, *, is_real: bool) -> None:
        """Take fixes again for an alarm that was over, going on with its indexes; may be told repeatedly.

        Nothing changes where fixes are taken for it, or for a real alarm or a newer press.
        """
        tracking, now = self._tracking, Moment.of(self._clock)
        same = tracking is not None and tracking.alarm_id == alarm.alarm_id
        takes = tracking is not None and not tracking.is_stopped and tracking.left_s(now) > 0
        if takes and (same or not is_real or (tracking is not None and tracking.is_real)):
            return
        if tracking is None or not same:
            tracking = Tracking(alarm.alarm_id, is_real, now, alarm.said_at, 0.0)
            self._supersede(tracking)
        tracking.anew(alarm.said_at, now, self._around.policy().tracking_s)
        self._tell(tracking, "reopened")
        self._is_kept = False
        self._to_take.set()

    def network_works(self) -> None:
        """Try what failed again now: something else has just got through."""
        self._sender.network_works()

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
            self._tell(self._tracking, "resumed")
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
            group.create_task(self._sender.run(), name="send")

    def _supersede(self, tracking: Tracking) -> None:
        if self._tracking is not None and not self._tracking.is_early:
            self._superseded.append(self._tracking.alarm_id)
        self._tracking, self._is_kept = tracking, True

    # --- taking -----------------------------------------------------------------------------

    async def _take_for_ever(self) -> None:
        while True:
            self._to_take.clear()
            tracking = self._tracking
            due_s = None if tracking is None else await self._turn(tracking)
            await wait_for(self._to_take, None if due_s is None else due_s - self._clock.monotonic())

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
        if not tracking.is_early:
            await self._shelve(tracking.alarm_id, (waiting,), gone)

    async def _shelve(self, alarm_id: UUID, fixes: Sequence[WaitingFix], gone: Sequence[int] = ()) -> None:
        try:
            await self._store.add(alarm_id, fixes, gone)
        except sqlite3.Error as error:
            # Then they are sent from memory, and lost only with the process.
            _log.error("tracks.failed", error=str(error))
        self._sender.wake()

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
        if tracking.is_unnumbered:
            await self._shelve(tracking.alarm_id, tracking.number_anew(tracking.next_index))

    async def _end(self, tracking: Tracking) -> None:
        if not tracking.is_early:
            self._tell(tracking, "stopped" if tracking.is_stopped else "ended")
        if self._tracking is tracking:
            self._tracking = None
        await self._forget(tracking.alarm_id)

    async def _forget(self, alarm_id: UUID) -> None:
        try:
            await self._store.over(alarm_id)
        except sqlite3.Error as error:
            _log.error("tracks.failed", error=str(error))

    # --- what became of it ------------------------------------------------------------------

    async def _settled(
        self, tracking: Tracking, fixes: Sequence[WaitingFix], said: TrackingPolicy | None
    ) -> None:
        """Forget fixes that arrived, or never can, and do what the answer says."""
        tracking.backlog.sent(fixes)
        with suppress(sqlite3.Error):  # then they are sent once more after a restart: known there
            await self._store.forget(tracking.alarm_id, fixes)
        before = tracking.length_s
        if said is not None:
            tracking.heed(said)
        if tracking is self._tracking and tracking.length_s != before:
            self._is_kept = False
        # Its rate may be another now, or it may have ended with the last of its fixes.
        self._to_take.set()

    def _tell(self, tracking: Tracking, state: str) -> None:
        _log.info("tracking", state=state, alarm_id=str(tracking.alarm_id), waiting=len(tracking.backlog))
        self._events.emit("tracking", state=state, alarm_id=tracking.alarm_id)
