"""PostgreSQL NOTIFY as the doorbell between nodes: a hint, on a connection of its own.

It is rung after the commit and beside it, never inside: a NOTIFY serialises commits, a full
notification queue makes them fail, and neither may happen to a press.

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
from gateway.timing import ANNOUNCE_PAUSE_S, DOORBELL_PROBE_DEADLINE_S, DOORBELL_PROBE_S

CHANNEL: Final = "msa_stream"
ANNOUNCE: Final = "SELECT pg_notify($1, hint) FROM unnest($2::text[]) AS hint"
PROBE: Final = "SELECT pg_notification_queue_usage()"


class PostgresDoorbell:
    """Calls ``ring(centre, sequence)`` for every commit that another node announces."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        ring: Callable[[str, int], None],
        metrics: Metrics,
    ) -> None:
        self._connect = connect
        self._ring = ring
        self._metrics = metrics
        self._own_pid = 0
        self._to_announce: dict[str, int] = {}
        self._some = asyncio.Event()

    def announce(self, centre: str, sequence: int) -> None:
        """Tell the other nodes, soon, that ``sequence`` is committed. Never blocks and never fails."""
        self._to_announce[centre] = max(sequence, self._to_announce.get(centre, 0))
        self._some.set()

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
                await self._tend(connection)
            except (*AWAY, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                self._metrics.doorbell_up.set(0)
                log.warning("doorbell_lost", error=type(error).__name__)
                lost = True
            finally:
                connection.terminate()

    async def _tend(self, connection: Connection) -> None:
        """Announce what there is; each second at least, ask whether the connection lives."""
        self._own_pid = connection.get_server_pid()
        while True:
            try:
                async with asyncio.timeout(DOORBELL_PROBE_S):
                    await self._some.wait()
            except TimeoutError:
                usage = await connection.fetchval(PROBE, timeout=DOORBELL_PROBE_DEADLINE_S)
                self._metrics.notify_queue.set(usage)
                continue
            self._some.clear()
            hints = [f"{centre}:{sequence}" for centre, sequence in self._to_announce.items()]
            self._to_announce.clear()
            await connection.execute(ANNOUNCE, CHANNEL, hints, timeout=DOORBELL_PROBE_DEADLINE_S)
            await asyncio.sleep(ANNOUNCE_PAUSE_S)

    def _heard(self, _connection: Any, pid: int, _channel: str, payload: Any) -> None:
        if pid == self._own_pid:
            return
        centre, _, sequence = str(payload).partition(":")
        if sequence.isdigit():
            self._ring(centre, int(sequence))
