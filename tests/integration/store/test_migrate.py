import asyncio

import pytest

from gateway.domain.errors import SchemaTooNew, SchemaTooOld
from gateway.store import forward, migrate
from gateway.store.connect import Connection, connected


async def test_an_empty_database_is_brought_to_the_head(empty_database):
    assert await migrate.upgrade(empty_database) == migrate.head()
    async with connected(empty_database, application_name="test") as connection:
        assert await migrate.current(connection) == migrate.head()
        await migrate.check(connection)
        assert await connection.fetchval("SELECT count(*) FROM centre") == 11


async def test_a_second_upgrade_changes_nothing(database, connection: Connection):
    before = await connection.fetchval("SELECT max(oid) FROM pg_class")
    await migrate.upgrade(database)
    assert await connection.fetchval("SELECT max(oid) FROM pg_class") == before


async def test_two_nodes_that_start_at_once_migrate_once(empty_database):
    heads = await asyncio.gather(*(migrate.upgrade(empty_database) for _ in range(2)))
    assert heads == [migrate.head()] * 2


async def test_a_schema_that_was_never_made_is_refused(empty_database):
    async with connected(empty_database, application_name="test") as connection:
        with pytest.raises(SchemaTooOld):
            await migrate.check(connection)


async def test_a_newer_schema_is_refused_and_left_alone(database, connection: Connection):
    await connection.execute("UPDATE msa_schema SET version_num = '9999'")
    with pytest.raises(SchemaTooNew):
        await migrate.check(connection)
    with pytest.raises(SchemaTooNew):
        await migrate.upgrade(database)
    assert await migrate.current(connection) == "9999"


def test_the_files_numbers_are_the_revisions_in_alembics_order() -> None:
    assert migrate.revisions() == forward.revisions()
