"""Sends the fixes that wait, together, and never holds up a press."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import structlog

from ble_bridge.backlog import WaitingFix
from ble_bridge.moment import Moment
from ble_bridge.pace import Pace
from ble_bridge.ports import Clock, Gateway, Refused, Unknown
from ble_bridge.positions import as_batch
from ble_bridge.precedence import Precedence
from ble_bridge.tracking import Tracking
from schemas.enrolment import CompanionPolicy
from schemas.track import PositionBatch, PositionsReceipt, TrackingPolicy

_log = structlog.get_logger(__name__)

# What a gateway says of a batch that it can never read; any other refusal is of the asking.
_OF_THE_BATCH = {400, 413, 422}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tracking asks of the rest of the bridge, each at once."""

    policy: Callable[[], CompanionPolicy]
    battery_pct: Callable[[], int | None]
    precedence: Precedence


class TrackSender:
    """Sends what waits of the tracking that ``current`` returns.

    ``settled`` is called with fixes that arrived and what the answer says, or with fixes that no gateway
    can ever read and None.
    """

    def __init__(
        self,
        gateway: Gateway,
        clock: Clock,
        around: Surroundings,
        current: Callable[[], Tracking | None],
        settled: Callable[[Tracking, Sequence[WaitingFix], TrackingPolicy | None], Awaitable[None]],
    ) -> None:
        self._gateway, self._clock, self._around = gateway, clock, around
        self._current, self._settled = current, settled
        self._pace = Pace(random.random)
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look at what waits: there is more of it."""
        self._wake.set()

    def network_works(self) -> None:
        """Try what failed again now: something else has just got through."""
        if self._pace.is_failing:
            self._pace.due_s = self._clock.monotonic()
            self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._around.precedence.turn()
            self._wake.clear()
            tracking = self._current()
            pause_s = self._pace.due_s - self._clock.monotonic()
            if tracking is None or not tracking.may_send:
                await self._wake.wait()
            elif pause_s > 0:
                await wait_for(self._wake, pause_s)
            else:
                await self._send(tracking)

    async def _send(self, tracking: Tracking) -> None:
        fixes = tracking.backlog.batch(self._pace.most)
        began_s = self._clock.monotonic()
        answer = await self._ask(tracking.alarm_id, fixes)
        if isinstance(answer, PositionsReceipt):
            self._pace.arrived(len(fixes), began_s, self._clock.monotonic())
            await self._settled(tracking, fixes, answer.policy)
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
            await self._settled(tracking, fixes, None)


async def wait_for(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for ``event``, or for so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(None if seconds is None else max(0.0, seconds)):
            await event.wait()
