"""PostgreSQL NOTIFY as the doorbell between nodes: a hint, on a connection of its own.

TCP does not tell that a listening connection is dead, so it is asked each second; while it is down
the hub's poll carries everything, one second later. Looking at the notification queue also moves
its tail on, without which commits that notify can fail long after a stuck listener has gone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import structlog

from gateway.domain.errors import GatewayError
from gateway.store.connect import AWAY, Connection
from gateway.telemetry import Metrics
from gateway.timing import DOORBELL_PROBE_DEADLINE_S, DOORBELL_PROBE_S

CHANNEL: Final = "msa_stream"
PROBE: Final = "SELECT pg_notification_queue_usage()"


class PostgresDoorbell:
    """Calls ``ring(centre, sequence)`` for every commit that any node announces."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        ring: Callable[[str, int], None],
        metrics: Metrics,
    ) -> None:
        self._connect = connect
        self._ring = ring
        self._metrics = metrics

    async def run(self) -> None:
        """Listen for ever; log once when lost and once when back."""
        log = structlog.get_logger()
        lost = False
        while True:
            try:
                connection = await self._connect()
            except GatewayError:
                await asyncio.sleep(DOORBELL_PROBE_S)
                continue
            try:
                await connection.add_listener(CHANNEL, self._heard)
                self._metrics.doorbell_up.set(1)
                if lost:
                    log.info("doorbell_restored")
                    lost = False
                await self._probe(connection)
            except (*AWAY, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                self._metrics.doorbell_up.set(0)
                log.warning("doorbell_lost", error=type(error).__name__)
                lost = True
            finally:
                connection.terminate()

    async def _probe(self, connection: Connection) -> None:
        while True:
            await asyncio.sleep(DOORBELL_PROBE_S)
            usage = await connection.fetchval(PROBE, timeout=DOORBELL_PROBE_DEADLINE_S)
            self._metrics.notify_queue.set(usage)

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: Any) -> None:
        centre, _, sequence = str(payload).partition(":")
        if sequence.isdigit():
            self._ring(centre, int(sequence))
