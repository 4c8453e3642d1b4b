"""A unit leaves one alarm in the very commit that gives it to another."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from gateway.domain import acts
from gateway.domain.acts import Actor
from gateway.domain.response import Response
from gateway.ports import Proposal
from gateway.store.changes import COMMIT, as_json
from gateway.store.connect import Connection
from schemas.alarm import AlarmView
from schemas.commands import Assign
from schemas.session import OperatorName
from schemas.unit import UnitView
from tests.support.changing import changed, pressed
from tests.support.records import NOW, a_companion, an_operator

ADD = "SELECT image FROM commit_unit('BE-VOV', $1, $2, true, NULL, NULL, NULL)"
UNIT = "SELECT unit_image(u) FROM unit u WHERE unit_id = $1"
VERSIONS = "SELECT version FROM alarm WHERE alarm_id = ANY ($1) ORDER BY version"
EVENTS = "SELECT count(*) FROM stream_event"


@pytest.fixture
async def actor(connection: Connection) -> Actor:
    return Actor(OperatorName(operator_id=await an_operator(connection), name="Op", centre="BE-VOV"))


@pytest.fixture
async def unit(connection: Connection) -> UnitView:
    return UnitView.model_validate(await connection.fetchval(ADD, uuid4(), "ALPHA 3"))


async def taken(connection: Connection, actor: Actor) -> AlarmView:
    """An alarm that the actor has."""
    alarm = await pressed(connection, await a_companion(connection))
    return await changed(connection, acts.acknowledge(alarm, actor, NOW, Response()))


def sent(alarm: AlarmView, unit: UnitView, actor: Actor, *, force: bool = False) -> Any:
    command = Assign(
        request_id=uuid4(),
        alarm_id=alarm.alarm_id,
        expected_version=1,
        unit_id=unit.unit_id,
        force=force,
    )
    return acts.assign(alarm, command, unit, actor, NOW)


async def commit(connection: Connection, *proposals: Proposal) -> list[str]:
    rows = await connection.fetch(COMMIT, [as_json(one) for one in proposals], [None] * len(proposals))
    return [row["outcome"] for row in rows]


async def unit_now(connection: Connection, unit_id: UUID) -> UnitView:
    return UnitView.model_validate(await connection.fetchval(UNIT, unit_id))


async def test_half_of_what_belongs_together_is_undone(
    connection: Connection, actor: Actor, unit: UnitView
) -> None:
    first = await changed(connection, sent(await taken(connection, actor), unit, actor))
    second = await taken(connection, actor)
    unit = await unit_now(connection, unit.unit_id)
    away = acts.take_away(first, unit.unit_id, actor, NOW, Response())
    stale = second.model_copy(update={"version": second.version + 1})
    there = sent(stale, unit, actor, force=True)
    before = await connection.fetchval(EVENTS)
    with pytest.raises(asyncpg.SerializationError):
        await commit(connection, Proposal(away), Proposal(there, with_previous=True))
    assert await connection.fetchval(EVENTS) == before
    assert await unit_now(connection, unit.unit_id) == unit


async def test_what_follows_something_that_did_not_happen_does_not_happen_either(
    connection: Connection, actor: Actor, unit: UnitView
) -> None:
    first = await changed(connection, sent(await taken(connection, actor), unit, actor))
    second = await taken(connection, actor)
    unit = await unit_now(connection, unit.unit_id)
    stale = first.model_copy(update={"version": first.version + 1})
    away = acts.take_away(stale, unit.unit_id, actor, NOW, Response())
    there = sent(second, unit, actor, force=True)
    outcomes = await commit(connection, Proposal(away), Proposal(there, with_previous=True))
    assert outcomes == ["changed", "changed"]
    assert await unit_now(connection, unit.unit_id) == unit


async def test_force_takes_a_unit_only_from_the_alarm_that_is_told(
    connection: Connection, actor: Actor, unit: UnitView
) -> None:
    """Seen free, sent by force, and meanwhile on its way to a third alarm: decided anew."""
    third = await changed(connection, sent(await taken(connection, actor), unit, actor))
    second = await taken(connection, actor)
    assert await commit(connection, Proposal(sent(second, unit, actor, force=True))) == ["changed"]
    assert (await unit_now(connection, unit.unit_id)).alarm_id == third.alarm_id
