"""Follows the newest alarm, so that the victim can feel how far it got."""

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog

from ble_bridge import timing
from ble_bridge.decoding import Step
from ble_bridge.entry import Entry
from ble_bridge.ports import Clock, Events, Gateway, Refused, Unknown
from ble_bridge.reference_service import Stage
from schemas.signals import Signal, SignalKind

_FELT: Final = {SignalKind.SEEN: Stage.SEEN, SignalKind.UNIT_ON_THE_WAY: Stage.UNIT_ON_THE_WAY}

_log = structlog.get_logger(__name__)


class Follow:
    """Asks for the signals of one alarm until it is closed or a newer one supersedes it."""

    def __init__(
        self, gateway: Gateway, clock: Clock, events: Events, feel: Callable[[Step | None, Stage], None]
    ) -> None:
        self._gateway, self._clock, self._events, self._feel = gateway, clock, events, feel
        self._alarm_id: UUID | None = None
        self._step: Step | None = None
        self._reached: Stage | None = None
        self._changed = asyncio.Event()

    def follow(self, entry: Entry) -> None:
        """Follow the alarm of a receipted press.

        A further press on the same alarm is the one that is told from now on, and at once how far
        the alarm has got already.
        """
        if entry.receipt is None or not entry.is_real:
            return
        self._step = entry.step
        if entry.receipt.alarm_id != self._alarm_id:
            self._alarm_id, self._reached = entry.receipt.alarm_id, None
            self._changed.set()
        elif self._reached is not None:
            self._feel(self._step, self._reached)

    def resume(self, entry: Entry | None) -> None:
        """Follow the newest alarm of an earlier run, unless it is long past."""
        if entry is None or entry.receipt is None:
            return
        age_s = (self._clock.now() - entry.receipt.committed_at).total_seconds()
        if age_s < timing.FOLLOW_AFTER_RESTART_S:
            self.follow(entry)

    async def run(self) -> None:
        """Follow until cancelled; a newer alarm ends the wait for an older one's news."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            alarm_id = self._alarm_id
            if alarm_id is None:
                continue
            following = asyncio.ensure_future(self._until_closed(alarm_id))
            superseded = asyncio.ensure_future(self._changed.wait())
            try:
                await asyncio.wait({following, superseded}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (following, superseded):
                    task.cancel()
                await asyncio.gather(following, superseded, return_exceptions=True)

    async def _until_closed(self, alarm_id: UUID) -> None:
        after = 0
        while True:
            asked_s = self._clock.monotonic()
            answer = await self._gateway.signals(alarm_id, after)
            if isinstance(answer, Refused):
                _log.info("signals.refused", alarm_id=str(alarm_id), reason=answer.reason)
                return
            signals = () if isinstance(answer, Unknown) else answer.signals
            for signal in signals:
                after = max(after, signal.index)
                self._tell(alarm_id, signal)
            if any(signal.kind is SignalKind.CLOSED for signal in signals):
                return
            if not signals:
                # The gateway holds a poll open by itself; one that comes back at once must not spin.
                waited_s = self._clock.monotonic() - asked_s
                await asyncio.sleep(max(0.0, timing.SIGNALS_PAUSE_S - waited_s))

    def _tell(self, alarm_id: UUID, signal: Signal) -> None:
        self._events.emit("signal", alarm_id=alarm_id, kind=signal.kind, at=signal.at)
        stage = _FELT.get(signal.kind)
        if stage is not None:
            self._reached = stage
            self._feel(self._step, stage)
