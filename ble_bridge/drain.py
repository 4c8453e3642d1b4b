"""Sends what waits in the outbox until each press has its receipt."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import structlog

from ble_bridge import timing
from ble_bridge.entry import Entry
from ble_bridge.outbox import Outbox
from ble_bridge.ports import Answer, Clock, Events, Gateway, Kept, Receipted, Refused, Unknown
from ble_bridge.precedence import Precedence
from ble_bridge.schedule import Schedule
from schemas.press import Press

_log = structlog.get_logger(__name__)


class Drain:
    """One sender: real presses first, oldest first, the same ``press_id`` on every try.

    ``receipted`` is called with each entry and its receipt. The waiting presses are held in memory
    as well, so that a failing disk stops no alarm.
    """

    def __init__(
        self,
        outbox: Outbox,
        gateway: Gateway,
        clock: Clock,
        events: Events,
        retry_max_s: float,
        receipted: Callable[[Entry], None],
        precedence: Precedence | None = None,
    ) -> None:
        self._outbox, self._gateway, self._clock, self._events = outbox, gateway, clock, events
        self._receipted = receipted
        self._precedence = precedence or Precedence()
        self._schedule = Schedule(retry_max_s, random.random)
        self._waiting: list[Entry] = []
        self._kept: set[UUID] = set()
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many presses have no receipt."""
        return len(self._waiting)

    def add(self, entry: Entry) -> None:
        """Send a press that was just kept."""
        self._insert(entry)
        self._wake.set()

    async def run(self) -> None:
        """Send, until cancelled; begins with what an earlier run left."""
        for entry in await self._outbox.waiting():
            self._insert(entry)
        if self._waiting:
            _log.warning("outbox.waiting_from_before", presses=len(self._waiting))
        await self.send_added()

    async def send_added(self) -> None:
        """Send what is added and nothing else, until cancelled: beside another process on this outbox."""
        while True:
            self._wake.clear()
            due = self._schedule.next(self._waiting, self._clock.monotonic())
            if due is None:
                await self._rest()
            else:
                await self._send(due)

    async def prune(self) -> None:
        """Forget old receipts at intervals."""
        while True:
            try:
                await self._outbox.prune()
            except sqlite3.Error as error:
                _log.error("outbox.prune_failed", error=str(error))
            await asyncio.sleep(timing.PRUNE_S)

    def _insert(self, entry: Entry) -> None:
        if any(known.press.press_id == entry.press.press_id for known in self._waiting):
            return
        self._waiting.append(entry)
        self._waiting.sort(key=lambda waiting: not waiting.is_real)  # stable: the order heard remains

    async def _rest(self) -> None:
        wake_s = self._schedule.wake_at(self._waiting)
        seconds = None if wake_s is None else max(0.0, wake_s - self._clock.monotonic())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _send(self, entry: Entry) -> None:
        answer = await self._ask(entry)
        if isinstance(answer, Receipted):
            await self._done(entry, answer)
        elif isinstance(answer, Kept):
            await self._not_done_yet(entry, answer)
        else:
            await self._failed(entry, answer)

    async def _ask(self, entry: Entry) -> Answer:
        try:
            with self._precedence.press():
                return await self._gateway.post(lambda: self._as_of_now(entry))
        except Exception:  # noqa: BLE001 (the task's edge: a fault of ours must not end the sending)
            _log.exception("uplink.unexpected")
            return Unknown("unexpected")

    def _as_of_now(self, entry: Entry) -> Press:
        # The wall clock first: an age a hair too long puts no press after its own hearing.
        now, now_s = self._clock.now(), self._clock.monotonic()
        return entry.as_sent(era=self._clock.era, monotonic=now_s, now=now)

    async def _done(self, entry: Entry, answer: Receipted) -> None:
        receipt = answer.receipt
        try:
            await self._outbox.receipted(receipt)
        except sqlite3.Error as error:
            # Then it is sent once more after a restart, and gets the same receipt.
            _log.critical("outbox.failed", error=str(error), press_id=str(receipt.press_id))
        self._waiting = [waiting for waiting in self._waiting if waiting.press.press_id != receipt.press_id]
        self._schedule.receipted(receipt.press_id)
        self._kept.discard(receipt.press_id)
        _log.info("press.receipted", press_id=str(receipt.press_id), alarm_id=str(receipt.alarm_id))
        self._events.emit(
            "receipt",
            press_id=receipt.press_id,
            alarm_id=receipt.alarm_id,
            centre=receipt.centre,
            sequence=receipt.sequence,
            committed_at=receipt.committed_at,
            seen_before=receipt.seen_before,
            sent_at=answer.sent_at,
            received_at=answer.received_at,
        )
        self._receipted(replace(entry, receipt=receipt))

    async def _not_done_yet(self, entry: Entry, answer: Kept) -> None:
        press_id, after = entry.press.press_id, entry.failed(None)
        self._put_back(after)
        self._schedule.kept(press_id, self._clock.monotonic(), answer.again_after_s)
        if press_id not in self._kept:
            self._kept.add(press_id)
            _log.warning("press.kept", press_id=str(press_id))
            self._events.emit("kept", press_id=press_id)
        with suppress(sqlite3.Error):  # the count of tries is not worth an alarm
            await self._outbox.failed(after)

    def _put_back(self, after: Entry) -> None:
        press_id = after.press.press_id
        self._waiting = [after if one.press.press_id == press_id else one for one in self._waiting]

    async def _failed(self, entry: Entry, answer: Refused | Unknown) -> None:
        press_id, reason = entry.press.press_id, answer.reason
        is_refused = isinstance(answer, Refused)
        after = entry.failed(reason if is_refused else None)
        self._put_back(after)
        is_way = isinstance(answer, Unknown) and answer.is_way
        self._schedule.failed(after, self._clock.monotonic(), is_way=is_way)
        with suppress(sqlite3.Error):  # the count of tries is not worth an alarm
            await self._outbox.failed(after)
        if is_refused and entry.parked is None:
            _log.error("press.parked", press_id=str(press_id), reason=reason)
            self._events.emit("parked", press_id=press_id, reason=reason)
        elif after.attempts == 1:
            _log.warning("press.not_receipted", press_id=str(press_id), reason=reason)
