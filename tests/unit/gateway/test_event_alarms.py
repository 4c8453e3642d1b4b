"""Alarms of other systems on fakes of the ports: what a fault around them does, and whose file they reach."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.domain.centres import CentreMap
from gateway.domain.errors import CannotCommit, DatabaseUnavailable, GatewayError
from gateway.domain.event_keys import event_key
from gateway.domain.integrators import Inbound, Integrator, Linked
from gateway.domain.response import Response
from gateway.door_timing import ALARMS_OF_ONE_COMMITTED, ALARMS_OF_ONE_LOOKED_UP
from gateway.ingest.accept import Ingest
from gateway.ingest.event_alarms import EventAlarms
from gateway.ports import Committed, PressRecord
from gateway.ports.inbox import Held
from schemas.events import AlarmCause, AlarmRaised, EventFate, EventType
from schemas.integrators import IntegratorScope
from schemas.position import Position
from schemas.registration import Population
from tests.support.clock import START, VirtualClock
from tests.support.events import stand_in_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
INTEGRATOR = Integrator(integrator_id=uuid4(), name="App", scopes=frozenset(IntegratorScope), created_at=NOW)
REAL = Linked(registration_id=uuid4(), centre="BE-VOV", population=Population.REAL)


@dataclass
class World:
    """Every port of it; each fails as it is told."""

    linked_to: Linked | None = REAL
    keys_fail: GatewayError | None = None
    presses_fail: GatewayError | None = None
    made: list[str] = field(default_factory=list)
    held: dict[UUID, UUID] = field(default_factory=dict)
    pressed: list[PressRecord] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)
    freed: asyncio.Event = field(default_factory=asyncio.Event)
    looking: int = 0
    committing: int = 0

    async def linked(self, integrator: Integrator, subject: str) -> Linked | None:
        if integrator.name in self.locked:
            self.looking += 1
            await self.freed.wait()
        return self.linked_to

    def may_be(self, event: Inbound) -> list[UUID]:
        return [stand_in_of(event).registration_id]

    async def ensure(self, event: Inbound, centre: str) -> Linked:
        self.made.append(event.subject)
        return stand_in_of(event, centre)

    async def hold(self, key: UUID, registration_id: UUID, digest: bytes, at: datetime) -> Held:
        if self.keys_fail:
            raise self.keys_fail
        return Held(registration_id=self.held.setdefault(key, registration_id), differs=False)

    async def commit(self, record: PressRecord) -> Committed:
        if self.presses_fail:
            raise self.presses_fail
        if record.centre in self.locked and record.companion_id == INTEGRATOR.integrator_id:
            self.committing += 1
            await self.freed.wait()
        self.pressed.append(record)
        return Committed(
            press_id=record.press_id,
            alarm_id=record.alarm_id,
            centre=record.centre,
            sequence=len(self.pressed),
            committed_at=NOW,
            seen_before=False,
            purpose=record.purpose,
        )

    @property
    def alarms(self) -> EventAlarms:
        ports: Any = self
        areas = CentreMap({}, "BE-BRU")
        respond: Callable[[str], Response] = lambda _: Response()  # noqa: E731 (a port of one line)
        ingest = Ingest(ports, VirtualClock(START), respond, areas)
        return EventAlarms(ingest, ports, ports, ports, areas)


def an_alarm(**data: Any) -> Inbound:
    return Inbound(
        integrator=INTEGRATOR,
        type=EventType.ALARM_RAISED,
        source="//app",
        event_id="e1",
        subject="acc-1",
        time=NOW - timedelta(seconds=4),
        data=AlarmRaised(**data),
        raw=b"{}",
    )


async def test_an_alarm_is_a_press_of_the_file_its_subject_means_at_the_time_it_says() -> None:
    world = World()
    fix = Position(latitude=51, longitude=3.7, radius_m=9, fixed_at=NOW - timedelta(seconds=5))
    told = await world.alarms.raise_one(an_alarm(cause=AlarmCause.BUTTON, positions=(fix,)), NOW)
    (pressed,) = world.pressed
    assert told.fate is EventFate.COMMITTED
    assert pressed.press_id == event_key(INTEGRATOR.integrator_id, "//app", "e1")
    assert pressed.registration_id == REAL.registration_id
    assert pressed.pressed_at == NOW - timedelta(seconds=4)
    assert pressed.facts["source"] == {"kind": "device", "name": "App"}
    assert pressed.facts["positions"][0]["fixed_at"] == "2026-03-02T08:59:55Z"
    assert pressed.facts["flags"] == []


async def test_a_sandbox_never_reaches_a_real_file_whatever_its_subject_is_linked_with() -> None:
    world = World()
    event = replace(an_alarm(), integrator=replace(INTEGRATOR, sandbox=True))
    await world.alarms.raise_one(event, NOW)
    assert world.made == ["acc-1"]
    assert world.pressed[0].registration_id == stand_in_of(event).registration_id != REAL.registration_id


async def test_bookkeeping_that_fails_holds_up_no_alarm() -> None:
    told = await World(keys_fail=DatabaseUnavailable()).alarms.raise_one(an_alarm(), NOW)
    assert told.fate is EventFate.COMMITTED


@pytest.mark.parametrize("error", [CannotCommit(), DatabaseUnavailable()])
async def test_an_alarm_that_is_not_known_to_be_committed_is_to_be_sent_again(error: GatewayError) -> None:
    told = await World(presses_fail=error).alarms.raise_one(an_alarm(), NOW)
    assert told.fate is EventFate.UNKNOWN
    assert told.problem is not None
    assert told.problem.status == 503


async def test_an_event_stays_with_the_file_it_was_first_raised_for() -> None:
    world = World(linked_to=None)
    alarms = world.alarms
    await alarms.raise_one(an_alarm(), NOW)
    world.linked_to = REAL
    await alarms.raise_one(an_alarm(), NOW)
    assert len({one.registration_id for one in world.pressed}) == 1
    assert all("no_file" in one.facts["flags"] for one in world.pressed)


async def test_what_was_tried_out_in_a_sandbox_never_swallows_the_real_alarm_of_the_same_id() -> None:
    world = World()
    alarms = world.alarms
    await alarms.raise_one(replace(an_alarm(), integrator=replace(INTEGRATOR, sandbox=True)), NOW)
    await alarms.raise_one(an_alarm(), NOW)
    tried, real = world.pressed
    assert real.registration_id == REAL.registration_id != tried.registration_id
    assert real.press_id != tried.press_id


OTHER = replace(INTEGRATOR, integrator_id=uuid4(), name="Other")


@pytest.mark.parametrize("locked", [INTEGRATOR.name, REAL.centre])
async def test_whatever_one_system_sends_alarms_of_others_and_presses_pass(locked: str) -> None:
    world = World(locked={locked})
    alarms = world.alarms
    flood = [asyncio.ensure_future(alarms.raise_one(an_alarm(), NOW)) for _ in range(250)]
    told = await asyncio.wait_for(alarms.raise_one(replace(an_alarm(), integrator=OTHER), NOW), 2)
    assert told.fate is EventFate.COMMITTED
    assert {world.looking, world.committing} in (
        {ALARMS_OF_ONE_LOOKED_UP, 0},
        {ALARMS_OF_ONE_COMMITTED, 0},
    )
    world.freed.set()
    assert {one.fate for one in await asyncio.gather(*flood)} == {EventFate.COMMITTED}
