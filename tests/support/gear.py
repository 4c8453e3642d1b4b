"""Doors for alarm gear on fakes of the ports: what was handed on, and what became of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry

from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.gear import GearAccount
from gateway.domain.integrators import Inbound, Integrator, Linked
from gateway.door_metrics import DoorMetrics
from gateway.door_settings import DoorSettings
from gateway.gear.dc09.door import Dc09Door
from gateway.gear.dc09.server import Dc09Server
from schemas.events import EventFate, EventResult, EventType
from schemas.integrators import IntegratorScope
from schemas.problems import Problem, ProblemKind
from schemas.registration import Population
from tests.support.clock import START, VirtualClock
from tests.support.dc09_sender import Connection
from tests.support.wait import until

OWNER = Integrator(
    integrator_id=UUID("0197c6a0-0000-7000-8000-0000000000aa"),
    name="Gear",
    scopes=frozenset(IntegratorScope),
    created_at=START,
)
KEY = bytes(range(16))


class FakeIntake:
    """Takes everything in, once by its key, unless it is told otherwise."""

    def __init__(self) -> None:
        self.taken: list[Inbound] = []
        self.seen: set[tuple[str, str]] = set()
        self.fate: EventFate | None = None
        self.before: Callable[[], Any] | None = None

    async def take(self, events: Sequence[Inbound], received_at: datetime) -> tuple[EventResult, ...]:
        if self.before is not None:
            await self.before()
        results = []
        for event in events:
            key = (event.source, event.event_id)
            again = key in self.seen
            fate = self.fate or (
                EventFate.COMMITTED if event.type is EventType.ALARM_RAISED else EventFate.ACCEPTED
            )
            problem = {
                EventFate.REFUSED: Problem.of(ProblemKind.NOT_YOURS),
                EventFate.UNKNOWN: Problem.of(ProblemKind.UNAVAILABLE),
            }.get(fate)
            if problem is None and not again:
                self.seen.add(key)
                self.taken.append(event)
            results.append(
                EventResult(
                    id=event.event_id, source=event.source, fate=fate, seen_before=again, problem=problem
                )
            )
        return tuple(results)


@dataclass
class FakeIntegrators:
    """One integrator, and the subjects that are linked."""

    links: dict[str, Linked] = field(default_factory=dict)
    away: bool = False

    def link(self, subject: str) -> None:
        self.links[subject] = Linked(registration_id=uuid4(), centre="BE-VOV", population=Population.REAL)

    async def find(self, integrator_id: UUID) -> Integrator | None:
        return OWNER if integrator_id == OWNER.integrator_id else None

    def vouched(self, token: str) -> bool:
        return token == "right"

    async def of_token(self, token: str) -> Integrator | None:
        return OWNER if token == "right" else None

    async def linked(self, integrator: Integrator, subject: str) -> Linked | None:
        if self.away:
            raise DatabaseUnavailable
        return self.links.get(subject)


@dataclass
class FakeAccounts:
    """The accounts of a test: 1234 with a key, C1EA in clear."""

    known: dict[str, GearAccount] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.add("1234", KEY)
        self.add("C1EA", None)

    def add(self, account: str, key: bytes | None) -> None:
        self.known[account] = GearAccount(
            account_id=uuid4(),
            integrator_id=OWNER.integrator_id,
            account=account,
            key=key,
            created_at=START,
        )

    async def find(self, account: str, line: str) -> GearAccount | None:
        return self.known.get(account)


@dataclass
class GearStage:
    """A door with everything behind it in a test's hands."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    intake: FakeIntake = field(default_factory=FakeIntake)
    integrators: FakeIntegrators = field(default_factory=FakeIntegrators)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    metrics: DoorMetrics = field(default_factory=lambda: DoorMetrics(CollectorRegistry()))

    @property
    def types(self) -> list[EventType]:
        return [event.type for event in self.intake.taken]

    def dc09(self) -> Dc09Door:
        return Dc09Door(
            accounts=self.accounts,
            integrators=self.integrators,
            intake=self.intake,
            clock=self.clock,
            metrics=self.metrics,
        )

    @asynccontextmanager
    async def listening(self, **settings: Any) -> AsyncIterator[Dc09Server]:
        """Run the TCP door."""
        server = Dc09Server(self.dc09(), DoorSettings(dc09_port=0, **settings), self.metrics)
        task = asyncio.create_task(server.run())
        await server.listening.wait()
        try:
            yield server
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def connected(port: int) -> Connection:
    """Connect as soon as the door is open: it opens beside the node's own."""
    made: list[Connection] = []

    async def opened() -> bool:
        with suppress(OSError):
            made.append(await Connection.to(port))
        return bool(made)

    await until("the door for gear is open", opened)
    return made[0]
