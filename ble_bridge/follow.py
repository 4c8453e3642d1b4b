"""Follows the newest alarm and the newest test, so that the victim can feel how far they got."""

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
from schemas.protection import ReopenedAlarm
from schemas.signals import Signal, SignalKind

_FELT: Final = {SignalKind.SEEN: Stage.SEEN, SignalKind.UNIT_ON_THE_WAY: Stage.UNIT_ON_THE_WAY}

_log = structlog.get_logger(__name__)


class Follow:
    """Asks for the signals of an alarm until it is closed or a newer one supersedes it.

    A test is followed beside a real alarm: at installation she feels what she would feel, and no
    test takes the news of an alarm from her. ``closed`` is called with an alarm that is over; only a
    heartbeat's answer can tell that it is open again.
    """

    def __init__(
        self,
        gateway: Gateway,
        clock: Clock,
        events: Events,
        feel: Callable[[Step | None, Stage], None],
        closed: Callable[[UUID], None] = lambda _alarm_id: None,
    ) -> None:
        self._clock = clock
        real, test = (_Newest(gateway, clock, events, feel, closed) for _ in range(2))
        self._newest = {True: real, False: test}

    def follow(self, entry: Entry) -> None:
        """Follow the alarm of a receipted press.

        A further press on the same alarm is the one that is told from now on, and at once how far
        the alarm has got already.
        """
        if entry.receipt is not None:
            self._newest[entry.is_real].follow(entry.receipt.alarm_id, entry.step)

    def resume(self, entry: Entry | None) -> None:
        """Follow an alarm of an earlier run, unless it is long past: then it is only known."""
        if entry is None or entry.receipt is None:
            return
        age_s = (self._clock.now() - entry.receipt.committed_at).total_seconds()
        if age_s < timing.FOLLOW_AFTER_RESTART_S:
            self.follow(entry)
        else:
            self._newest[entry.is_real].know(entry.receipt.alarm_id, entry.step)

    def again(self, alarm: ReopenedAlarm) -> bool | None:
        """Follow an alarm that was over and is open again; return whether it is a real one.

        Also where nobody here heard that it was over: what was reached before counts no more. None: it is
        not the newest alarm that was pressed for here, and is another companion's to follow.
        """
        for is_real, newest in self._newest.items():
            if newest.again(alarm.alarm_id, alarm.times):
                return is_real
        return None

    async def run(self) -> None:
        """Follow until cancelled."""
        async with asyncio.TaskGroup() as group:
            for newest in self._newest.values():
                group.create_task(newest.run())


class _Newest:
    """The newest alarm of one kind."""

    def __init__(
        self,
        gateway: Gateway,
        clock: Clock,
        events: Events,
        feel: Callable[[Step | None, Stage], None],
        closed: Callable[[UUID], None],
    ) -> None:
        self._gateway, self._clock, self._events = gateway, clock, events
        self._feel, self._closed = feel, closed
        self._alarm_id: UUID | None = None
        self._step: Step | None = None
        self._reached: Stage | None = None
        self._is_over = False
        self._times = 0
        self._changed = asyncio.Event()

    def follow(self, alarm_id: UUID, step: Step | None) -> None:
        """Follow an alarm, if it is another one or was over; tell of it to the press of ``step``."""
        self._step = step
        if alarm_id != self._alarm_id:
            self._alarm_id, self._times = alarm_id, 0
            self._begin()
        elif self._is_over:
            self._begin()
        elif self._reached is not None:
            self._feel(self._step, self._reached)

    def know(self, alarm_id: UUID, step: Step | None) -> None:
        """Know an alarm that is over."""
        self._alarm_id, self._step, self._is_over = alarm_id, step, True

    def again(self, alarm_id: UUID, times: int) -> bool:
        """Follow this alarm from its beginning if it was over, or is newly reopened; False for any other."""
        if alarm_id != self._alarm_id:
            return False
        if self._is_over or times > self._times:
            self._begin()
        self._times = times
        return True

    def _begin(self) -> None:
        self._reached, self._is_over = None, False
        self._changed.set()

    async def run(self) -> None:
        """Follow until cancelled; a newer alarm ends the wait for an older one's news."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            alarm_id = self._alarm_id
            if alarm_id is None:
                continue
            following = asyncio.ensure_future(self._until_over(alarm_id))
            superseded = asyncio.ensure_future(self._changed.wait())
            try:
                await asyncio.wait({following, superseded}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (following, superseded):
                    task.cancel()
                await asyncio.gather(following, superseded, return_exceptions=True)

    async def _until_over(self, alarm_id: UUID) -> None:
        await self._until_closed(alarm_id)
        if alarm_id == self._alarm_id:
            self._is_over = True

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
                self._closed(alarm_id)
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
