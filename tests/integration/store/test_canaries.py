"""Canaries are deleted once nobody replays them, and nothing else ever is."""

from uuid import UUID, uuid4

import pytest

from gateway.domain import acts, happenings
from gateway.domain.acts import Actor
from gateway.domain.response import Response
from gateway.store.canaries import forget_canaries
from gateway.store.connect import Connection, Pool
from gateway.store.sealing import Keyring
from gateway.store.stream import PostgresLog
from gateway.store.view import Viewer
from schemas.alarm import AlarmView
from schemas.commands import Close
from schemas.outcome import Outcome
from schemas.press import Purpose
from schemas.session import OperatorName
from tests.support.changing import changed, pressed
from tests.support.records import NOW, a_companion, an_operator

POPULATION = "UPDATE registration SET population = 'canary' WHERE registration_id = $1"
ROWS = "SELECT (SELECT count(*) FROM alarm), (SELECT count(*) FROM press), (SELECT count(*) FROM deadline)"
SEQUENCES = "SELECT sequence FROM stream_event WHERE centre_id = 'BE-VOV' ORDER BY sequence"
BOUNDS = "SELECT first_kept, last_sequence FROM centre_stream WHERE centre_id = 'BE-VOV'"


@pytest.fixture
async def canary(connection: Connection) -> tuple[UUID, UUID]:
    companion = await a_companion(connection)
    await connection.execute(POPULATION, companion[0])
    return companion


async def seen(connection: Connection, companion: tuple[UUID, UUID]) -> AlarmView:
    """A canary that was raised and has expired: two events."""
    alarm = await pressed(connection, companion)
    return await changed(connection, happenings.expire(alarm, NOW))


async def sequences(connection: Connection) -> list[int]:
    return [row["sequence"] for row in await connection.fetch(SEQUENCES)]


async def test_canaries_behind_what_is_kept_are_gone_with_all_their_rows(
    connection: Connection, pool: Pool, canary: tuple[UUID, UUID]
) -> None:
    real = await pressed(connection, await a_companion(connection))  # 1
    for _ in range(3):
        await seen(connection, canary)  # 2 to 7
    assert await forget_canaries(pool, keep=2) == 2
    assert await sequences(connection) == [1, 6, 7], "what is real stays, also below what is kept"
    assert tuple(await connection.fetchrow(ROWS) or ()) == (2, 2, 3)
    assert tuple(await connection.fetchrow(BOUNDS) or ()) == (6, 7)
    assert await connection.fetchval("SELECT state FROM alarm WHERE alarm_id = $1", real.alarm_id) == "raised"
    assert await forget_canaries(pool, keep=2) == 0


async def test_no_reader_of_the_stream_sees_a_gap(
    connection: Connection, pool: Pool, canary: tuple[UUID, UUID]
) -> None:
    for _ in range(4):
        await seen(connection, canary)
        await pressed(connection, await a_companion(connection))
    await forget_canaries(pool, keep=4)
    log = PostgresLog(pool, Viewer(Keyring("k", {"k": b"k" * 32}), lambda _: None))
    bounds = (await log.bounds())["BE-VOV"]
    assert bounds.first_kept > 1
    events = await log.read("BE-VOV", after=bounds.first_kept - 1, up_to=bounds.head, limit=100)
    assert [event.sequence for event in events] == list(range(bounds.first_kept, bounds.head + 1))


async def test_an_open_canary_and_one_that_a_second_centre_sees_are_left(
    connection: Connection, pool: Pool, canary: tuple[UUID, UUID]
) -> None:
    shared = await seen(connection, canary)
    await connection.execute("SELECT share_alarm($1, ARRAY['BE-WBR'])", shared.alarm_id)
    still_open = await pressed(connection, canary)
    before = await sequences(connection)
    assert await forget_canaries(pool, keep=0) == 0
    assert await sequences(connection) == before
    left = {row["alarm_id"] for row in await connection.fetch("SELECT alarm_id FROM alarm")}
    assert left == {shared.alarm_id, still_open.alarm_id}


async def test_the_other_purposes_are_never_deleted(connection: Connection, pool: Pool) -> None:
    operator = Actor(OperatorName(operator_id=await an_operator(connection), name="Op", centre="BE-VOV"))
    for purpose in (Purpose.REAL, Purpose.TEST, Purpose.EXERCISE):
        companion = await a_companion(connection)
        if purpose is Purpose.EXERCISE:
            await connection.execute(
                "UPDATE registration SET population = 'exercise' WHERE registration_id = $1", companion[0]
            )
        alarm = await pressed(
            connection, companion, purpose=Purpose.TEST if purpose is Purpose.TEST else Purpose.REAL
        )
        assert alarm.purpose is purpose
        alarm = await changed(connection, acts.acknowledge(alarm, operator, NOW, Response()))
        command = Close(
            request_id=uuid4(),
            alarm_id=alarm.alarm_id,
            expected_version=alarm.version,
            outcome=Outcome.TEST,
            note="x",
        )
        await changed(connection, acts.close(alarm, command, operator, NOW))
    before = await sequences(connection)
    assert await forget_canaries(pool, keep=0) == 0
    assert await sequences(connection) == before
