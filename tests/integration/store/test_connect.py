import asyncio
import re

import asyncpg
import pytest

from gateway.domain.errors import DatabaseInRecovery, DatabaseNotDurable, DatabaseUnavailable
from gateway.store.connect import (
    Connection,
    Pool,
    acquire,
    connect,
    connected,
    create_pool,
    epoch,
    one_url_a_host,
)
from gateway.store.embedded import EmbeddedPostgres


async def test_the_servers_deadlines_are_set(connection: Connection):
    shown = {
        name: await connection.fetchval(f"SHOW {name}")
        for name in (
            "lock_timeout",
            "statement_timeout",
            "transaction_timeout",
            "idle_in_transaction_session_timeout",
            "synchronous_commit",
        )
    }
    assert shown == {
        "lock_timeout": "1s",
        "statement_timeout": "2s",
        "transaction_timeout": "5s",
        "idle_in_transaction_session_timeout": "1s",
        "synchronous_commit": "on",
    }


async def test_jsonb_is_python(connection: Connection):
    assert await connection.fetchval("SELECT $1::jsonb", {"a": [1, None]}) == {"a": [1, None]}


@pytest.mark.parametrize("level", ["off", "local", "remote_write"])
async def test_a_server_that_answers_before_the_disk_is_refused(database, connection: Connection, level):
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = {level}")
    with pytest.raises(DatabaseNotDurable, match=level):
        await connect(database, application_name="test")


async def test_lowering_the_level_later_does_not_reach_a_connection(database, connection: Connection):
    name = await connection.fetchval("SELECT current_database()")
    async with create_pool(database, application_name="test") as pool:
        await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        for _ in range(2):
            async with acquire(pool) as borrowed:
                assert await borrowed.fetchval("SHOW synchronous_commit") == "on"


@pytest.fixture
def careless(cluster_directory):
    with EmbeddedPostgres(cluster_directory, options={"fsync": "off"}) as server:
        yield server


async def test_a_server_without_fsync_is_refused(careless):
    with pytest.raises(DatabaseNotDurable, match="fsync"):
        await connect(careless.dsn(), application_name="test")


async def test_a_standby_is_refused_and_its_primary_found_beside_it(database, cluster_directory):
    standby = EmbeddedPostgres(cluster_directory)
    with standby:
        pass
    (cluster_directory / "cluster" / "standby.signal").touch()
    with standby:
        with pytest.raises(DatabaseInRecovery):
            await connect(standby.dsn(), application_name="test")
        both = _both(standby.dsn(), database)
        async with connected(both, application_name="test") as connection:
            assert await connection.fetchval("SELECT NOT pg_is_in_recovery()")


@pytest.mark.alone
async def test_a_frozen_host_does_not_delay_the_other(database, cluster_directory):
    with EmbeddedPostgres(cluster_directory) as frozen:
        frozen.freeze()
        try:
            async with (
                asyncio.timeout(1.5),
                connected(_both(frozen.dsn(), database), application_name="test"),
            ):
                pass
            with pytest.raises(DatabaseUnavailable):
                await connect(frozen.dsn(), application_name="test")
        finally:
            frozen.thaw()


async def test_a_host_that_is_not_there_is_unavailable(cluster_directory):
    with pytest.raises(DatabaseUnavailable):
        await connect(f"postgresql://postgres@/x?host={cluster_directory}&port=5432", application_name="test")


async def test_an_empty_pool_says_so_within_its_deadline(database, monkeypatch):
    monkeypatch.setattr("gateway.store.connect.ACQUIRE_SECONDS", 0.05)
    async with create_pool(database, application_name="test", max_size=1) as pool, acquire(pool):
        with pytest.raises(DatabaseUnavailable):
            async with acquire(pool):
                pass


@pytest.mark.parametrize("statement", ["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT pg_sleep(3)"])
async def test_a_database_that_goes_away_or_hangs_is_unavailable(pool: Pool, statement):
    with pytest.raises(DatabaseUnavailable):
        await _run(pool, statement)
    await _run(pool, "SELECT 1")


async def test_a_connection_that_breaks_between_two_statements_is_unavailable(pool: Pool):
    taken_away = asyncio.Event()

    async def breaks_while_held():
        async with acquire(pool) as held:
            held.add_termination_listener(lambda _: taken_away.set())
            backend = await held.fetchval("SELECT pg_backend_pid()")
            await _run(pool, "SELECT pg_terminate_backend($1)", backend)
            await taken_away.wait()
            await held.execute("SELECT 1")

    with pytest.raises(DatabaseUnavailable):
        await breaks_while_held()


async def test_a_wrong_statement_is_not_called_an_outage(pool: Pool):
    with pytest.raises(asyncpg.DataError):
        await _run(pool, "SELECT $1::int", "one")


async def _run(pool: Pool, statement: str, *arguments: object) -> None:
    async with acquire(pool) as borrowed:
        await borrowed.execute(statement, *arguments)


async def test_a_transaction_that_failed_does_not_reach_the_next_borrower(pool: Pool):
    async with acquire(pool) as borrowed:
        await borrowed.execute("CREATE TABLE kept (n int)")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await _insert_and_fail(pool)
    async with acquire(pool) as borrowed:
        assert await borrowed.fetchval("SELECT count(*) FROM kept") == 0


async def _insert_and_fail(pool: Pool) -> None:
    async with acquire(pool) as borrowed, borrowed.transaction():
        await borrowed.execute("INSERT INTO kept VALUES (1)")
        await borrowed.execute("SELECT 1 / 0")


async def test_the_epoch_is_the_same_for_all_and_fits_a_cursor(database, connection: Connection):
    async with connected(database, application_name="other") as other:
        assert await epoch(other) == await epoch(connection)
    assert re.fullmatch(r"[0-9a-f]{1,32}00000001", await epoch(connection))


@pytest.mark.parametrize(
    ("url", "urls"),
    [
        ("postgresql://u:p@a:1,b:2/d", ("postgresql://u:p@a:1/d", "postgresql://u:p@b:2/d")),
        ("postgresql://a/d?ssl=require", ("postgresql://a/d?ssl=require",)),
        (
            "postgresql://u@/d?host=a,b&port=1,2",
            ("postgresql://u@/d?host=a&port=1", "postgresql://u@/d?host=b&port=2"),
        ),
        (
            "postgresql://u@/d?host=a,b&port=1",
            ("postgresql://u@/d?host=a&port=1", "postgresql://u@/d?host=b&port=1"),
        ),
    ],
)
def test_each_host_gets_a_url(url, urls):
    assert one_url_a_host(url) == urls


def _both(first: str, second: str) -> str:
    sockets = [url.partition("host=")[2].partition("&")[0] for url in (first, second)]
    return second.replace(sockets[1], ",".join(sockets))
