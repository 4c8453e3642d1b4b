"""The inbox and who works it off, on a real database; what an event does is a fake of the port."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.clock import SystemClock
from gateway.domain.integrators import Inbound, Integrator, Linked
from gateway.door_metrics import DoorMetrics
from gateway.ingest.event_results import told
from gateway.ingest.intake import EventIntake, NoTrackers
from gateway.ingest.presses_ahead import UnderWay, presses_ahead
from gateway.ports import Clock
from gateway.store.connect import Pool, connect
from gateway.store.doors.claimant import Claimant
from gateway.store.doors.inbox import PostgresInbox
from gateway.store.doors.inbox_work import PostgresInboxWork
from gateway.store.doors.stand_in_names import StandInNames
from gateway.store.doors.stand_ins import PostgresStandIns
from gateway.store.sealing import Keyring
from gateway.working_off import WorkingOff
from schemas.events import ChatSaid, EventFate, EventResult, EventType, PositionUpdated
from schemas.position import Position

KEYRING = Keyring("k", {"k": b"k" * 32})
CLOCK = SystemClock()


def a_claimant(database: str) -> Claimant:
    """Return one that no other node is."""
    return Claimant(lambda: connect(database, application_name="test"), CLOCK)


@dataclass
class Effects:
    """Remembers what it was asked to do; fails as it is told."""

    begun: set[str] = field(default_factory=set)
    done: list[tuple[str, str]] = field(default_factory=list)
    fault: Callable[[Inbound], Exception | None] = lambda _: None
    held_up: dict[str, asyncio.Event] = field(default_factory=dict)

    async def apply(self, event: Inbound, linked: Linked, received_at: datetime) -> None:
        error = self.fault(event)
        if error is not None:
            raise error
        self.begun.add(event.event_id)
        if event.event_id in self.held_up:
            await self.held_up[event.event_id].wait()
        self.done.append((event.subject, event.event_id))


class Raised:
    """Raises every alarm."""

    async def raise_one(self, event: Inbound, received_at: datetime) -> EventResult:
        return told(event, EventFate.COMMITTED)


@dataclass
class Links:
    """Which subjects are linked: none but these. While ``held`` is set nobody is told."""

    files: dict[str, Linked] = field(default_factory=dict)
    held: asyncio.Event | None = None
    asking: int = 0

    async def linked(self, integrator: Integrator, subject: str) -> Linked | None:
        self.asking += 1
        if self.held is not None:
            await self.held.wait()
        self.asking -= 1
        return self.files.get(subject)


@dataclass
class InboxStage:
    """A node's inbox, and what its events did."""

    database: str
    pool: Pool
    integrator: Integrator
    effects: Effects
    presses: UnderWay = field(default_factory=UnderWay)
    work: type[PostgresInboxWork] = PostgresInboxWork
    links: Links = field(default_factory=Links)
    clock: Clock = CLOCK

    @asynccontextmanager
    async def node(self, *, works: bool = True) -> AsyncIterator[EventIntake]:
        work = self.work(self.pool, KEYRING, a_claimant(self.database), CLOCK)
        integrators: Any = self.links
        ahead = presses_ahead(self.presses)
        stand_ins = PostgresStandIns(self.pool, KEYRING, CLOCK)
        worker = WorkingOff(
            work, integrators, stand_ins, self.effects, "BE-VOV", DoorMetrics(CollectorRegistry()), ahead
        )
        inbox = PostgresInbox(
            lambda: connect(self.database, application_name="test"), KEYRING, worker.filled, ahead
        )
        alarms: Any = Raised()
        tasks = [asyncio.create_task(inbox.run())]
        if works:
            tasks.append(asyncio.create_task(worker.run()))
        try:
            yield EventIntake(alarms, inbox, NoTrackers(), StandInNames(KEYRING).lane, self.clock)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def chat(self, event_id: str, subject: str = "acc-1") -> Inbound:
        return Inbound(
            integrator=self.integrator,
            type=EventType.CHAT_SAID,
            source="//app",
            event_id=event_id,
            subject=subject,
            time=None,
            data=ChatSaid(text=f"said {event_id}"),
            raw=b"{}",
        )

    def position(self, event_id: str, subject: str = "acc-1") -> Inbound:
        fix = Position(latitude=51, longitude=3, fixed_at=CLOCK.now())
        return replace(
            self.chat(event_id, subject),
            type=EventType.POSITION_UPDATED,
            data=PositionUpdated(positions=(fix,)),
        )

    async def put_off(self) -> bool:
        tried = "SELECT bool_or(tries > 0 AND claimed_by IS NULL) FROM inbox_event"
        return bool(await self.pool.fetchval(tried))

    async def waiting(self) -> int:
        return int(await self.pool.fetchval("SELECT count(*) FROM inbox_event"))


def fates(results: tuple[EventResult, ...]) -> list[str]:
    """Return what the answers say became of the events."""
    return [one.fate for one in results]
