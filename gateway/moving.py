"""A node that alone is cut from the database: not ready, and its consoles go where there is news.

Nodes that reach the database say so to each other. Without NATS nobody says it, and nobody is moved.
"""

import asyncio
from datetime import UTC, datetime

import structlog

from dispatch.websocket import Endpoint
from gateway.domain.errors import SealBroken
from gateway.domain.moving import NEIGHBOUR_FRESH_S, Reach
from gateway.http.live import Health
from gateway.ports import Clock
from gateway.store.neighbour_seal import NeighbourSeal
from gateway.streaming import Streaming
from gateway.telemetry import Metrics
from gateway.timing import MOVE_SPREAD_S, REACH_LOOK_S

WHERE = "reach"
"""Bound to what is sealed in the place of a centre, so that no other message passes for one of these."""


class Moving:
    """Watches this node's way to the database, and says to the neighbours while it holds."""

    def __init__(
        self, streaming: Streaming, endpoint: Endpoint, health: Health, clock: Clock, metrics: Metrics
    ) -> None:
        self._log = streaming.log
        self._neighbours = streaming.neighbours
        self._seal = NeighbourSeal(streaming.keyring)
        self._endpoint = endpoint
        self._health = health
        self._clock = clock
        self._metrics = metrics
        self._answers = streaming.log.answers
        self._reach = Reach(answered_at=clock.monotonic())
        self._neighbours.listen_reach(self.heard)

    def heard(self, message: bytes) -> None:
        """Hear that a neighbour reaches the database; what is old, or not ours, says nothing."""
        try:
            said_at = datetime.fromtimestamp(float(self._seal.open(WHERE, message)), UTC)
        except (SealBroken, ValueError, OverflowError, OSError):
            structlog.get_logger().warning("neighbour_not_understood", centre=WHERE)
            return
        if abs((self._clock.now() - said_at).total_seconds()) <= NEIGHBOUR_FRESH_S:
            self._reach = self._reach.heard(self._clock.monotonic())

    async def run(self) -> None:
        """Look, say and move, for ever; a node that is leaving has its own way to send consoles off."""
        while True:
            self._look()
            if self._reach.moves(self._clock.monotonic()) and not self._health.draining:
                await self._move()
            await asyncio.sleep(REACH_LOOK_S)

    def _look(self) -> None:
        now = self._clock.monotonic()
        if self._log.answers != self._answers:
            self._answers = self._log.answers
            self._reach = self._reach.answered(now)
            said = f"{self._clock.now().timestamp():.3f}".encode()
            self._neighbours.tell_reach(self._seal.seal(WHERE, said))
        elif not self._log.reachable:
            self._reach = self._reach.judged(now)
        is_cut = self._reach.cut_since is not None
        if is_cut != self._health.cut_off:
            self._health.cut_off = is_cut
            structlog.get_logger().warning("alone_without_database" if is_cut else "no_longer_alone")

    async def _move(self) -> None:
        self._reach = self._reach.moved(self._clock.monotonic())
        number = await self._endpoint.move(MOVE_SPREAD_S)
        self._metrics.of_node.moved.inc(number)
        structlog.get_logger().warning("consoles_moved", consoles=number)
