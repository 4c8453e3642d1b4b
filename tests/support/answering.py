"""Timers on a real database without a gateway around them, and a way to let time pass in it."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from gateway.clock import SystemClock
from gateway.commands import AlarmCommands
from gateway.domain.provinces import Provinces
from gateway.domain.response import Response
from gateway.follow_ups import FollowUpService
from gateway.store import attendance as attendance_store
from gateway.store import follow_ups as follow_ups_store
from gateway.store.alarms import PostgresAlarms
from gateway.store.attendance import PostgresAttendance
from gateway.store.changes import PostgresChanges
from gateway.store.connect import Database, Pool, connected, create_pool
from gateway.store.deadlines import PostgresDeadlines
from gateway.store.follow_ups import PostgresFollowUps
from gateway.store.notices import PostgresNotices
from gateway.store.registrations import Registrations
from gateway.store.sealing import Keyring
from gateway.store.units import PostgresUnits
from gateway.store.view import Viewer
from gateway.store.webhook_calls import PostgresCalls
from gateway.telemetry import Metrics
from gateway.timers import Timers
from schemas.session import OperatorView, Role
from tests.support.build import a_registration
from tests.support.records import ENROL, NOW

PASS: Final = (
    """
UPDATE deadline SET made_at = made_at - make_interval(secs => $1),
       due_at = due_at - make_interval(secs => $1),
       claimed_until = claimed_until - make_interval(secs => $1)""",
    """
UPDATE attendance SET vacant_since = vacant_since - make_interval(secs => $1),
       unattended_since = unattended_since - make_interval(secs => $1)""",
    "UPDATE follow_up SET claimed_until = claimed_until - make_interval(secs => $1)",
    """
UPDATE webhook_call SET made_at = made_at - make_interval(secs => $1),
       due_at = due_at - make_interval(secs => $1),
       claimed_until = claimed_until - make_interval(secs => $1)""",
)

EVENTS: Final = """
SELECT kind, image FROM stream_event WHERE centre_id = $2 AND alarm_id = $1 ORDER BY sequence"""


NOTICES: Final = """
SELECT centre_id AS centre, kind, subject, detail, audience, cleared_at IS NULL AS open FROM notice
 ORDER BY raised_at, centre_id"""


async def time_passes(database: Database | str, seconds: float) -> None:
    """Let so much time pass for everything that waits: deadlines, leases, grace, calls.

    What is written all along (that a node lives) is as it was: nobody was away.
    """
    if isinstance(database, str):
        async with connected(database, application_name="time") as connection:
            return await time_passes(connection, seconds)
    for statement in PASS:
        await database.execute(statement, float(seconds))
    return None


@dataclass(frozen=True, kw_only=True)
class Station:
    """What a node answers with: its timers and its commands, run by hand."""

    pool: Pool
    timers: Timers
    attendance: PostgresAttendance
    changes: PostgresChanges
    commands: AlarmCommands
    deadlines: PostgresDeadlines
    follow_ups: FollowUpService
    registrations: Registrations
    published: list[Any] = field(default_factory=list)

    async def answer(self) -> None:
        """Let everything happen that is due: twice, as one thing leads to another."""
        for _ in range(2):
            await self.timers.sweep()
            await self.follow_ups.look()


@asynccontextmanager
async def a_station(
    database: str,
    *,
    respond: Callable[[str], Response] = lambda _: Response(),
    deadlines: Callable[[Pool], PostgresDeadlines] = PostgresDeadlines,
) -> AsyncIterator[Station]:
    """Put a node's answering half together, with a pool of its own."""
    async with create_pool(database, application_name="test station") as pool:
        clock, metrics, published = SystemClock(), Metrics(), list[Any]()
        keyring = Keyring("kek-1", {"kek-1": bytes(32)})
        viewer = Viewer(keyring, lambda _: None)
        alarms = PostgresAlarms(pool, viewer)
        changes = PostgresChanges(pool, viewer, keyring, published.extend, metrics)
        attendance = PostgresAttendance(pool, "test")
        notices = PostgresNotices(pool, viewer, published.extend)
        units = PostgresUnits(pool, viewer, published.extend)
        claims = deadlines(pool)
        timers = Timers(
            deadlines=claims,
            alarms=alarms,
            changes=changes,
            attendances=attendance,
            neighbourhood=Provinces(),
            respond=respond,
            clock=clock,
            metrics=metrics,
        )
        yield Station(
            pool=pool,
            timers=timers,
            attendance=attendance,
            changes=changes,
            commands=AlarmCommands(alarms, changes, units, notices, respond, clock),
            deadlines=claims,
            follow_ups=FollowUpService(
                follow_ups=PostgresFollowUps(pool), notices=notices, calls=PostgresCalls(pool)
            ),
            registrations=Registrations(pool, keyring, clock),
            published=published,
        )


@asynccontextmanager
async def an_attended_station(database: str, consoles: Mapping[str, int]) -> AsyncIterator[Station]:
    """A station with these consoles. It says so once, as a node does each second; it counts all the while."""
    with pytest.MonkeyPatch.context() as patch:
        for store in (attendance_store, follow_ups_store):
            patch.setattr(store, "NODE_HEARD_S", 3600.0)
        async with a_station(database) as node:
            await node.attendance.beat(consoles)
            yield node


async def a_sealed_companion(station: Station, centre: str = "BE-VOV") -> tuple[UUID, UUID]:
    """Register a victim whose file this station can open, so that notes can be written; enrol her phone."""
    registration, companion_id = a_registration(centre=centre), uuid4()
    await station.registrations.save([registration])
    async with station.pool.acquire() as database:
        await database.execute(ENROL, companion_id, registration.registration_id, NOW)
    return registration.registration_id, companion_id


def an_operator_view(operator_id: UUID, centres: Iterable[str] = ("BE-VOV",)) -> OperatorView:
    """Return an operator as commands know one."""
    return OperatorView(operator_id=operator_id, name="Op", roles=(Role.OPERATOR,), centres=tuple(centres))


async def life_of(database: Database, alarm_id: UUID, centre: str = "BE-VOV") -> list[tuple[str, Any]]:
    """Return what happened to an alarm as a centre's stream has it: kinds and images, in order."""
    return [(row["kind"], row["image"]) for row in await database.fetch(EVENTS, alarm_id, centre)]


async def kinds_of(database: Database, alarm_id: UUID, centre: str = "BE-VOV") -> list[str]:
    """Return the kinds alone, without ``alarm.``."""
    return [kind.removeprefix("alarm.") for kind, _ in await life_of(database, alarm_id, centre)]


async def notices_of(database: Database, *, only_open: bool = True) -> list[tuple[str, str, str]]:
    """Return the notices as (centre, kind, subject), in the order in which they were raised."""
    rows = await database.fetch(NOTICES)
    return [(row["centre"], row["kind"], row["subject"]) for row in rows if row["open"] or not only_open]


async def details_of(database: Database, kind: str) -> list[Any]:
    """Return the details of the open notices of a kind."""
    return [row["detail"] for row in await database.fetch(NOTICES) if row["open"] and row["kind"] == kind]
