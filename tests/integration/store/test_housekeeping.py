"""What has expired is forgotten after a day; what still counts, and what just expired, is kept."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from gateway.store.connect import Connection, Pool, acquire, connected, create_pool
from gateway.store.housekeeping import keep_house
from gateway.store.operators import Operators
from tests.support.clock import START, VirtualClock
from tests.support.gateway import running
from tests.support.records import a_companion, an_operator
from tests.support.wait import until

TABLES: Final = ("operator_session", "sign_in_link", "enrolment_code")
SESSION: Final = "INSERT INTO operator_session VALUES ($1, $2, $3, $3)"
LINK: Final = "INSERT INTO sign_in_link VALUES ($1, $2, $3)"
CODE: Final = "INSERT INTO enrolment_code VALUES ($1, $2, $3, $3)"
LONG_AGO: Final = START - timedelta(days=1, seconds=1)
KEPT: Final = (START - timedelta(hours=23), START + timedelta(hours=1))


async def expire(connection: Connection, *instants: datetime) -> None:
    operator_id = await an_operator(connection)
    registration_id, _ = await a_companion(connection)
    for instant in instants:
        for insert, whose in ((SESSION, operator_id), (LINK, operator_id), (CODE, registration_id)):
            await connection.execute(insert, uuid4().bytes * 2, whose, instant)


async def left(connection: Connection) -> dict[str, list[datetime]]:
    return {
        table: [
            row["expires_at"] for row in await connection.fetch(f"SELECT * FROM {table} ORDER BY expires_at")
        ]
        for table in TABLES
    }


async def test_what_expired_more_than_a_day_ago_is_forgotten(
    pool: Pool, connection: Connection, clock: VirtualClock
) -> None:
    await expire(connection, LONG_AGO, *KEPT)
    await Operators(pool, clock, session_hours=12).forget_expired()
    assert await left(connection) == {table: list(KEPT) for table in TABLES}


async def test_a_node_does_so_by_itself(database: str, tmp_path: Path) -> None:
    async with connected(database, application_name="test") as connection:
        await expire(connection, datetime.fromisoformat("2001-01-01T00:00:00Z"))

        async def forgotten() -> bool:
            return await left(connection) == {table: [] for table in TABLES}

        assert not await forgotten()
        async with running(database, tmp_path):
            await until("what has expired is forgotten", forgotten, 60.0)  # at once, or after one failure


async def test_what_a_busy_database_put_off_is_done_soon(
    database: str, connection: Connection, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await expire(connection, LONG_AGO)
    monkeypatch.setattr("gateway.store.connect.ACQUIRE_SECONDS", 0.05)
    monkeypatch.setattr("gateway.store.housekeeping.HOUSEKEEPING_AGAIN_S", 0.01)
    async with create_pool(database, application_name="test", max_size=1) as pool:
        with capture_logs() as said:
            async with acquire(pool):
                keeping = asyncio.create_task(keep_house(Operators(pool, clock, session_hours=12)))
                await until("it is put off", lambda: bool(said))

            async def forgotten() -> bool:
                return await left(connection) == {table: [] for table in TABLES}

            await until("it is done all the same", forgotten)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
    assert {one["event"] for one in said} == {"housekeeping_put_off"}
