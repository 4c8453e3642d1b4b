"""Fixtures everyone may use: a database of one's own, connections to it, a clock."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from gateway.store.connect import Connection, Pool, connected, create_pool
from gateway.store.embedded import EmbeddedPostgres
from tests.support import database as databases
from tests.support.clock import VirtualClock
from tests.support.quick import make_cheap
from tests.support.verdicts import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

# A machine that is busy is no fault of the code: no deadline, no complaint that drawing is slow.
settings.register_profile("msa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("msa")

HEAVY = {Path(__file__).parent / folder for folder in ("acceptance", "integration/loadtests")}
DIRECTORY = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Choose where this run's server lives; workers are told by the controller.

    Not below pytest's own directory: each pytest that starts closes that one to other accounts,
    and where the tests run as root the server has an account of its own.
    """
    given = getattr(config, "workerinput", {}).get("postgres")
    config.stash[DIRECTORY] = Path(given or tempfile.mkdtemp(prefix="msa-tests-", dir=databases.quick_disk()))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist."""
    node.workerinput["postgres"] = str(node.config.stash[DIRECTORY])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the heaviest tests evenly among the others, so that they do not meet at the end.

    They start nodes and browsers, some ten processes each; all workers at once with such a test stop
    each other for seconds.
    """
    heavy = [item for item in items if HEAVY.intersection(item.path.parents)]
    light = [item for item in items if not HEAVY.intersection(item.path.parents)]
    placed = [((rank + 0.5) / len(kind), item) for kind in (heavy, light) for rank, item in enumerate(kind)]
    items[:] = [item for _, item in sorted(placed, key=lambda one: one[0])]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A choice of tests that has none to be run alone is no failure."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.option.markexpr == "alone":
        session.exitstatus = pytest.ExitCode.OK


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the server's directory when all workers are done."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[DIRECTORY], ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def cheap() -> Iterator[None]:
    """What tests do more often than anybody else costs little."""
    with pytest.MonkeyPatch.context() as patch:
        make_cheap(patch)
        yield


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[EmbeddedPostgres]:
    """One server for all workers of this run; the last worker to leave stops it."""
    with EmbeddedPostgres(pytestconfig.stash[DIRECTORY]) as server:
        yield server


@pytest.fixture
def cluster_directory() -> Iterator[Path]:
    """A directory for a server of this test's own (see ``pytest_configure`` for why not ``tmp_path``)."""
    with tempfile.TemporaryDirectory(prefix="msa-test-", dir=databases.quick_disk()) as directory:
        yield Path(directory)


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
