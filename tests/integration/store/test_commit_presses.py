"""The one statement that makes presses durable, on real PostgreSQL."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from gateway.ports import PressRecord
from gateway.store.connect import Connection, Database, Pool
from gateway.store.writer import COMMIT, as_json
from schemas.alarm import AlarmView
from tests.support.records import a_companion, a_record, press_facts

FIXED_AT = "2026-03-02T09:00:00Z"


async def commit(database: Any, *records: PressRecord, centre: str = "BE-VOV") -> Sequence[asyncpg.Record]:
    presses = [as_json(record) for record in records]
    rows: Sequence[asyncpg.Record] = await database.fetch(
        COMMIT, centre, presses, [record.raw for record in records]
    )
    return rows


async def sequences(connection: Database, centre: str = "BE-VOV") -> list[int]:
    rows = await connection.fetch(
        "SELECT sequence FROM stream_event WHERE centre_id = $1 ORDER BY sequence", centre
    )
    return [row["sequence"] for row in rows]


async def test_a_press_opens_an_alarm_and_takes_the_next_sequence(connection: Connection) -> None:
    record = a_record(await a_companion(connection))
    (row,) = await commit(connection, record)
    alarm = AlarmView.model_validate_json(row["image"])
    assert (row["kind"], row["sequence"], row["seen_before"]) == ("alarm.raised", 1, False)
    assert (alarm.alarm_id, alarm.state, alarm.version) == (record.alarm_id, "raised", 1)
    assert alarm.trail.committed_at == row["at"] == alarm.raised_at


async def test_the_same_press_gets_its_first_answer_and_changes_nothing(connection: Connection) -> None:
    companion = await a_companion(connection)
    record = a_record(companion)
    (first,) = await commit(connection, record)
    (again,) = await commit(connection, a_record(companion, press_id=record.press_id))
    assert again["seen_before"]
    for column in ("alarm_id", "sequence", "at", "centre_id"):
        assert again[column] == first[column]
    assert again["image"] is None
    assert await sequences(connection) == [1]


async def test_the_same_press_twice_in_one_batch_is_one_event(connection: Connection) -> None:
    companion = await a_companion(connection)
    record = a_record(companion)
    first, second = await commit(connection, record, record)
    assert (first["seen_before"], second["seen_before"]) == (False, True)
    assert first["alarm_id"] == second["alarm_id"]
    assert await sequences(connection) == [1]


async def test_a_new_press_on_an_open_alarm_is_an_event_on_it(connection: Connection) -> None:
    companion = await a_companion(connection)
    fix = {"latitude": 51.05, "longitude": 3.72, "fixed_at": "2026-03-02T09:00:00Z"}
    (first,) = await commit(
        connection,
        a_record(companion, facts=press_facts(verified=False, flags=["late"], positions=[fix])),
    )
    (second,) = await commit(
        connection, a_record(companion, facts=press_facts(flags=["no_position"], phone_battery_pct=3))
    )
    alarm = AlarmView.model_validate_json(second["image"])
    assert second["kind"] == "alarm.pressed_again"
    assert second["alarm_id"] == first["alarm_id"]
    assert (alarm.press_count, alarm.version) == (2, 2)
    assert set(alarm.flags) == {"late", "no_position"}
    assert alarm.verified
    assert alarm.phone_battery_pct == 3
    assert alarm.positions[0].latitude == 51.05
    assert alarm.trail == AlarmView.model_validate_json(first["image"]).trail


@pytest.mark.parametrize("known", [True, False])
async def test_an_unverified_press_moves_nobody_whose_place_is_known(
    connection: Connection, *, known: bool
) -> None:
    companion = await a_companion(connection)
    hers, forged = ({"latitude": at, "longitude": 3.72, "fixed_at": FIXED_AT} for at in (51.05, 50.85))
    await commit(connection, a_record(companion, facts=press_facts(positions=[hers] if known else [])))
    lie = press_facts(
        verified=False,
        flags=["signature_invalid"],
        positions=[forged],
        phone_battery_pct=99,
        pattern="double",
    )
    (second,) = await commit(connection, a_record(companion, facts=lie))
    alarm = AlarmView.model_validate_json(second["image"])
    assert (second["kind"], alarm.press_count, alarm.verified) == ("alarm.pressed_again", 2, True)
    assert alarm.flags == ("signature_invalid",)
    assert [one.latitude for one in alarm.positions] == ([51.05] if known else [50.85])
    assert (alarm.phone_battery_pct, alarm.pattern) == (press_facts()["phone_battery_pct"], "hold")


async def test_a_test_press_never_joins_a_real_alarm(connection: Connection) -> None:
    companion = await a_companion(connection)
    (real,) = await commit(connection, a_record(companion))
    (test,) = await commit(connection, a_record(companion, purpose="test"))
    assert test["kind"] == "alarm.raised"
    assert test["alarm_id"] != real["alarm_id"]


async def test_a_press_of_another_centre_is_handed_back(connection: Connection) -> None:
    record = a_record(await a_companion(connection, centre="BE-VAN"))
    (row,) = await commit(connection, record)
    assert row["moved_to"] == "BE-VAN"
    assert await sequences(connection) == []
    (row,) = await commit(connection, record, centre="BE-VAN")
    assert row["moved_to"] is None
    assert await sequences(connection, "BE-VAN") == [1]


async def test_a_press_joins_its_open_alarm_where_that_is(connection: Connection) -> None:
    companion = await a_companion(connection)
    (first,) = await commit(connection, a_record(companion))
    await connection.execute("UPDATE registration SET centre_id = 'BE-VAN'")
    (row,) = await commit(connection, a_record(companion), centre="BE-VAN")
    assert row["moved_to"] == "BE-VOV"
    (row,) = await commit(connection, a_record(companion))
    assert (row["kind"], row["alarm_id"]) == ("alarm.pressed_again", first["alarm_id"])


async def test_a_batch_that_fails_leaves_no_gap(connection: Connection) -> None:
    companion = await a_companion(connection)
    stranger = a_record((uuid4(), uuid4()))
    with pytest.raises(asyncpg.NoDataFoundError):
        await commit(connection, a_record(companion), stranger)
    assert await sequences(connection) == []
    (row,) = await commit(connection, a_record(companion))
    assert row["sequence"] == 1


async def test_many_writers_number_a_stream_without_a_gap_and_in_commit_order(
    connection: Connection, pool: Pool
) -> None:
    companions = [await a_companion(connection) for _ in range(8)]
    seen: list[int] = []

    async def write(companion: Any) -> None:
        for _ in range(10):
            await commit(pool, a_record(companion))
            async with pool.acquire() as reader:
                seen.extend(await sequences(reader))

    async with asyncio.TaskGroup() as tasks:
        for companion in companions:
            tasks.create_task(write(companion))
    assert await sequences(connection) == list(range(1, 81))


async def test_a_reader_never_sees_a_sequence_before_a_smaller_one(
    connection: Connection, pool: Pool
) -> None:
    companions = [await a_companion(connection) for _ in range(4)]
    done = asyncio.Event()

    async def write(companion: Any) -> None:
        for _ in range(25):
            await commit(pool, a_record(companion))

    async def read() -> None:
        last = 0
        while not done.is_set():
            for sequence in await sequences(connection):
                if sequence > last:
                    assert sequence == last + 1
                    last = sequence
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        reader = tasks.create_task(read())
        async with asyncio.TaskGroup() as writers:
            for companion in companions:
                writers.create_task(write(companion))
        done.set()
        await reader
    assert await sequences(connection) == list(range(1, 101))
