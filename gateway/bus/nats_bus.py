"""NATS core as the doorbell and the way to the neighbours, on one connection.

Subjects: ``msa.doorbell`` (payload ``centre:sequence``), ``msa.provisional.<centre>`` (sealed bytes),
``msa.ask`` (empty: tell again what you still keep) and ``msa.reach`` (sealed: the database answers me).
Core NATS keeps nothing and promises nothing; neither is asked of it. What is told while the way is down is
not kept here: whoever told it is asked when it is up.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from gateway.bus.connecting import Connection
from gateway.domain.errors import BusFileRefused, BusUnreachable
from gateway.ports import Asked, Heard, HeardReach
from gateway.settings import Settings
from gateway.telemetry import Metrics
from gateway.timing import (
    ANNOUNCE_PAUSE_S,
    BUS_ASKED_S,
    BUS_LOOK_S,
    BUS_WAITING_BYTES,
    DOORBELL_PROBE_S,
    TOLD_BYTES_MAX,
)

Ring = Callable[[str, int], None]

DOORBELL: Final = "msa.doorbell"
PROVISIONAL: Final = "msa.provisional."
ASK: Final = "msa.ask"
REACH: Final = "msa.reach"
SEQUENCE_DIGITS: Final = 18
"""A bigint has 19: nobody's hint makes the hub wait for what no database can count to."""


class NatsBus:
    """``gateway.ports.Doorbell`` and ``gateway.ports.Neighbours``."""

    def __init__(self, settings: Settings, ring: Ring, metrics: Metrics) -> None:
        self._settings = settings
        self._ring = ring
        self._metrics = metrics
        self._to_announce: dict[str, int] = {}
        self._to_tell: deque[tuple[str, bytes]] = deque()
        self._waiting_bytes = 0
        self._some = asyncio.Event()
        self._up = False
        self._listeners: list[tuple[Heard, Asked]] = []
        self._reach_heard: list[HeardReach] = []
        self._reach_to_tell: bytes | None = None
        self._asked_soon: asyncio.TimerHandle | None = None

    # --- what this node says ----------------------------------------------------------------

    def announce(self, centre: str, sequence: int) -> None:
        """Tell the other nodes, soon, that ``sequence`` is committed. Never blocks and never fails."""
        self._to_announce[centre] = max(sequence, self._to_announce.get(centre, 0))
        self._some.set()

    def listen(self, heard: Heard, asked: Asked) -> None:
        """Say who hears what other nodes tell, and who tells again. Before ``run``."""
        self._listeners.append((heard, asked))

    def listen_reach(self, heard: HeardReach) -> None:
        """Say who hears that another node reaches the database. Before ``run``."""
        self._reach_heard.append(heard)

    def tell_reach(self, told: bytes) -> None:
        """Tell the other nodes, soon, that this one does; not while the way is down: it would be old."""
        if self._up:
            self._reach_to_tell = told
            self._some.set()

    def tell(self, centre: str, told: bytes) -> None:
        """Tell the other nodes, soon; not while the way is down, nor more than the way takes."""
        if not self._up or len(told) > TOLD_BYTES_MAX or self._waiting_bytes > BUS_WAITING_BYTES:
            self._count("provisional", "dropped")
            return
        self._to_tell.append((centre, told))
        self._waiting_bytes += len(told)
        self._some.set()

    # --- the loop ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, listen and tell, for ever; log once when lost and once when back."""
        log = structlog.get_logger()
        lost = False
        while True:
            connection = None
            try:
                connection = await Connection.to(self._settings)
                await self._begin(connection)
                if lost:
                    log.info("doorbell_restored")
                    lost = False
                await self._tend(connection)
            except (BusUnreachable, BusFileRefused) as error:
                if not lost:
                    log.warning("doorbell_lost", error=str(error))
                    lost = True
            finally:
                self._end()
                if connection is not None:
                    await connection.close()
            await asyncio.sleep(DOORBELL_PROBE_S)

    async def _begin(self, connection: Connection) -> None:
        await connection.subscribe(DOORBELL, self._heard_ring)
        await connection.subscribe(f"{PROVISIONAL}*", self._heard_told)
        await connection.subscribe(ASK, self._heard_ask)
        await connection.subscribe(REACH, self._heard_reach)
        await connection.publish(ASK, b"")
        self._count("ask", "sent")
        self._up = True
        self._metrics.doorbell_up.set(1)
        self._tell_again()

    def _end(self) -> None:
        self._up = False
        self._metrics.doorbell_up.set(0)
        self._to_tell.clear()
        self._reach_to_tell = None
        self._waiting_bytes = 0
        if self._asked_soon is not None:
            self._asked_soon.cancel()
            self._asked_soon = None

    async def _tend(self, connection: Connection) -> None:
        """Send what there is; look each ``BUS_LOOK_S`` at least whether the server still answers."""
        while connection.lives:
            await _set_within(self._some, BUS_LOOK_S)
            self._some.clear()
            await self._send(connection)
            await asyncio.sleep(ANNOUNCE_PAUSE_S)
        raise BusUnreachable("silent")

    async def _send(self, connection: Connection) -> None:
        hints, self._to_announce = self._to_announce, {}
        for centre, sequence in hints.items():
            await connection.publish(DOORBELL, f"{centre}:{sequence}".encode())
            self._count("doorbell", "sent")
        reach, self._reach_to_tell = self._reach_to_tell, None
        if reach is not None:
            await connection.publish(REACH, reach)
            self._count("reach", "sent")
        while self._to_tell and connection.lives:
            centre, told = self._to_tell.popleft()
            self._waiting_bytes -= len(told)
            await connection.publish(f"{PROVISIONAL}{centre}", told)
            self._count("provisional", "sent")

    # --- what others say --------------------------------------------------------------------

    def _heard_ring(self, _subject: str, payload: bytes) -> None:
        centre, _, sequence = payload.decode("ascii", "replace").partition(":")
        if sequence.isascii() and sequence.isdigit() and len(sequence) <= SEQUENCE_DIGITS:
            self._count("doorbell", "heard")
            self._ring(centre, int(sequence))
        else:
            self._count("doorbell", "refused")

    def _heard_told(self, subject: str, payload: bytes) -> None:
        if len(payload) > TOLD_BYTES_MAX:
            self._count("provisional", "refused")
            return
        self._count("provisional", "heard")
        for heard, _ in self._listeners:
            heard(subject.removeprefix(PROVISIONAL), payload)

    def _heard_reach(self, _subject: str, payload: bytes) -> None:
        self._count("reach", "heard")
        for heard in self._reach_heard:
            heard(payload)

    def _heard_ask(self, _subject: str, _payload: bytes) -> None:
        """Tell again a little later, once for all who ask by then."""
        self._count("ask", "heard")
        if self._asked_soon is None:
            self._asked_soon = asyncio.get_running_loop().call_later(BUS_ASKED_S, self._tell_again)

    def _tell_again(self) -> None:
        self._asked_soon = None
        for _, asked in self._listeners:
            asked()

    def _count(self, subject: str, outcome: str) -> None:
        self._metrics.nats_messages.labels(subject, outcome).inc()


async def _set_within(some: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await some.wait()
    except TimeoutError:
        return
