"""Proof of life: tells the gateway at intervals how this companion is, and at once what cannot wait.

A heartbeat that fails is not kept: the next says it all. Heartbeats go over the connection of the
presses and keep it warm; where they are further apart than that needs, it is touched in between.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from ble_bridge import timing
from ble_bridge.condition import Facts, Urgent, heartbeat_of, urgent
from ble_bridge.moment import Moment
from ble_bridge.policy import LivePolicy
from ble_bridge.ports import Clock, Events, Gateway, Refused, Unknown
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer

_log = structlog.get_logger(__name__)


class Heartbeats:
    """``arrived`` is called with the answer to each, after its policy was adopted."""

    def __init__(
        self,
        gateway: Gateway,
        clock: Clock,
        events: Events,
        facts: Facts,
        policy: LivePolicy,
        arrived: Callable[[HeartbeatAnswer], None] = lambda _answer: None,
    ) -> None:
        self._gateway, self._clock, self._events = gateway, clock, events
        self._facts, self._policy, self._arrived = facts, policy, arrived
        self._told: Urgent | None = None
        self._is_reached: bool | None = None
        self._urgent = asyncio.Event()

    def look(self) -> None:
        """Send one at once if something changed that cannot wait."""
        if self._told is not None and urgent(self._now()) != self._told:
            self._urgent.set()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            began_s = self._clock.monotonic()
            await self._beat()
            await self._rest(began_s)

    async def _beat(self) -> None:
        self._urgent.clear()
        heartbeat = self._now()
        self._told = urgent(heartbeat)
        try:
            answer = await self._gateway.heartbeat(heartbeat)
        except Exception:  # noqa: BLE001 (the task's edge: a fault of ours must not end the beating)
            _log.exception("heartbeat.unexpected")
            answer = Unknown("unexpected")
        if isinstance(answer, HeartbeatAnswer):
            self._note(reached=True)
            await self._policy.adopt(answer.policy)
            self._arrived(answer)
        else:
            self._note(reached=False, answer=answer)

    def _now(self) -> CompanionHeartbeat:
        return heartbeat_of(self._facts, Moment.of(self._clock))

    async def _rest(self, began_s: float) -> None:
        """Wait for the next one; what is urgent comes earlier, but not in a stream."""
        due_s = began_s + self._every_s()
        while (left_s := due_s - self._clock.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, timing.KEEP_WARM_S)):
                    await self._urgent.wait()
            if self._urgent.is_set():
                due_s = min(due_s, began_s + timing.HEARTBEAT_LEAST_S)
                await asyncio.sleep(max(0.0, due_s - self._clock.monotonic()))
            elif due_s > self._clock.monotonic():
                await self._gateway.keep_warm()

    def _every_s(self) -> float:
        return min(max(self._policy.now.heartbeat_s, timing.HEARTBEAT_LEAST_S), timing.HEARTBEAT_MOST_S)

    def _note(self, *, reached: bool, answer: Refused | Unknown | None = None) -> None:
        """Tell, once, that the gateway cannot be reached, or can again."""
        if reached is self._is_reached:
            return
        self._is_reached = reached
        if answer is not None:
            _log.warning("heartbeat.failed", reason=answer.reason)
        self._events.emit("gateway", state="reached" if reached else "lost")
