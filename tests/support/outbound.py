"""What sends to receivers, on a real database without a gateway around it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry

from gateway.clock import SystemClock
from gateway.domain.integrators import Integrator
from gateway.domain.receivers import NewReceiver
from gateway.outbound.calling import Calls
from gateway.outbound.engine import Engine
from gateway.outbound.instruments import SendingInstruments
from gateway.outbound.payload import Bodies
from gateway.store.connect import Database, Pool, create_pool
from gateway.store.doors.gaps import PostgresGaps
from gateway.store.doors.receivers import PostgresReceivers
from gateway.store.doors.sendings import PostgresSendings
from gateway.store.doors.streams import PostgresStreams
from gateway.store.notices import PostgresNotices
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from gateway.webhook_signature import Algorithm, Secret
from schemas.receivers import ReceiverFormat, ReceiverView

KEYRING: Final = Keyring("kek-1", {"kek-1": bytes(32)})
SCOPES: Final = ("streams:read", "persons:read")

ADD_INTEGRATOR: Final = """
INSERT INTO integrator (integrator_id, name, scopes, centres, sandbox, events_per_s, created_at)
VALUES ($1, $2, $3, $4, $5, 50, now()) RETURNING *"""

PASS: Final = (
    """
UPDATE receiver_line SET due_at = due_at - make_interval(secs => $1),
       claimed_until = claimed_until - make_interval(secs => $1)""",
    "UPDATE sending SET made_at = made_at - make_interval(secs => $1)",
)


async def time_passes(database: Database, seconds: float) -> None:
    """Let so much time pass for what is on its way."""
    for statement in PASS:
        await database.execute(statement, float(seconds))


async def an_integrator(
    database: Database, *centres: str, scopes: tuple[str, ...] = SCOPES, sandbox: bool = False
) -> Integrator:
    """Add an integrator who may read these streams."""
    name = f"cad {uuid4()}"
    rows = await database.fetch(
        ADD_INTEGRATOR, uuid4(), name, list(scopes), list(centres or ("BE-VOV",)), sandbox
    )
    return Integrator.from_row(rows[0])


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A node's sending half, run by hand."""

    pool: Pool
    engine: Engine
    sendings: PostgresSendings
    receivers: PostgresReceivers
    streams: PostgresStreams
    published: list[Any] = field(default_factory=list)

    async def receiver(
        self, url: str, of: Integrator, *, algorithm: Algorithm = Algorithm.HMAC, **changes: Any
    ) -> tuple[ReceiverView, Secret]:
        """Add a receiver."""
        values: dict[str, Any] = {
            "integrator_id": of.integrator_id,
            "name": f"receiver {uuid4()}",
            "url": url,
            "format": ReceiverFormat.CLOUDEVENTS,
            "centres": (),
            "purposes": (),
            **changes,
        }
        return await self.receivers.add(NewReceiver(**values), of, algorithm)

    async def look(self) -> int:
        """Feed and send what is due, once; return how many calls were made."""
        while await self.sendings.feed():
            pass
        claimed = await self.sendings.claim({})
        await asyncio.gather(*(self.engine.send(one) for one in claimed))
        return len(claimed)

    async def send_all(self) -> None:
        """Send until nothing is due."""
        while await self.look():
            pass


@asynccontextmanager
async def a_sender(database: str) -> AsyncIterator[Sender]:
    """Put a node's sending half together, with a pool of its own."""
    async with create_pool(database, application_name="test sender") as pool:
        viewer, published = Viewer(KEYRING, lambda _: None), list[Any]()
        sendings, calls = PostgresSendings(pool, KEYRING, viewer), Calls(loopback=True)
        engine = Engine(
            sendings=sendings,
            gaps=PostgresGaps(pool, KEYRING),
            notices=PostgresNotices(pool, viewer, published.extend),
            calls=calls,
            clock=SystemClock(),
            metrics=SendingInstruments(CollectorRegistry()),
            news=asyncio.Event,
            bodies=Bodies("msa.example"),
        )
        yield Sender(
            pool=pool,
            engine=engine,
            sendings=sendings,
            receivers=PostgresReceivers(pool, KEYRING),
            streams=PostgresStreams(pool, viewer),
            published=published,
        )
        await calls.close()


async def sendings_of(database: Database, receiver_id: UUID) -> list[tuple[int, str]]:
    """Return a receiver's sendings as (sequence, state), in the order in which they were made."""
    rows = await database.fetch(
        "SELECT sequence, state FROM sending WHERE receiver_id = $1 ORDER BY number", receiver_id
    )
    return [(row["sequence"], row["state"]) for row in rows]
