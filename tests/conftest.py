"""Fixtures everyone may use: a database of one's own, connections to it, a clock."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.store.connect import Connection, Pool, connected, create_pool
from gateway.store.embedded import EmbeddedPostgres
from tests.support import database as databases
from tests.support.clock import VirtualClock


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[EmbeddedPostgres]:
    """One server for all workers of this run; the last worker to leave stops it."""
    root = tmp_path_factory.getbasetemp()
    shared = root if worker_id == "master" else root.parent
    with EmbeddedPostgres(Path(shared) / "postgres") as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """A migrated database to copy."""
    return asyncio.run(databases.make_template(postgres))


@pytest.fixture
def database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """The URL of a migrated database of this test's own."""
    with databases.clone(postgres, template) as url:
        yield url


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    with databases.clone(postgres, None) as url:
        yield url


@pytest.fixture
async def connection(database: str) -> AsyncIterator[Connection]:
    """A connection as the gateway makes them."""
    async with connected(database, application_name="test") as held:
        yield held


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    """A pool as the gateway makes them."""
    async with create_pool(database, application_name="test") as held:
        yield held


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that this test moves."""
    return VirtualClock()
