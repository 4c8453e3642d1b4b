"""The stage of every acceptance test: a PostgreSQL that may be broken, two nodes, clients, a judge."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from gateway.drill.history import History, Store
from gateway.drill.judging import judge
from gateway.drill.store_reading import read_store
from gateway.drill.verdict import Verdict
from gateway.drill.watching import Watcher, watching
from gateway.store.embedded import EmbeddedPostgres
from schemas.registration import Circumstance
from tests.support import database as databases
from tests.support.pressing import Load, Presser, load
from tests.support.processes import Cluster, Node, cluster
from tests.support.verdicts import keep
from tests.support.wait import comes_true, until

CENTRES: Final = ("BE-VOV", "BE-VAN")
COMPANIONS: Final = 6
CATCH_UP_S: Final = 20.0


@contextmanager
def short_directory() -> Iterator[Path]:
    """A directory whose path is short enough for a unix socket in it, and stays open to PostgreSQL.

    Not below pytest's own, which every run of the same user closes to others again.
    """
    directory = Path(tempfile.mkdtemp(prefix="msa-test-", dir=databases.quick_disk()))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def breakable_postgres() -> Iterator[EmbeddedPostgres]:
    """A server of this worker's own, because these tests kill it.

    Its notification queue is the smallest there is, so that a test can fill it.
    """
    with (
        short_directory() as directory,
        EmbeddedPostgres(directory, options={"max_notify_queue_pages": "64"}) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def breakable_template(breakable_postgres: EmbeddedPostgres) -> str:
    return asyncio.run(databases.make_template(breakable_postgres))


@pytest.fixture
def database(breakable_postgres: EmbeddedPostgres, breakable_template: str) -> Iterator[str]:
    with databases.clone(breakable_postgres, breakable_template) as url:
        yield url


@pytest.fixture
def socket_directory() -> Iterator[Path]:
    """A place for a proxy's socket."""
    with short_directory() as directory:
        yield directory


@dataclass
class Stage:
    """Two nodes, the consoles that watch them, and what everybody was told."""

    cluster: Cluster
    http: httpx.AsyncClient
    request: pytest.FixtureRequest
    history: History = field(default_factory=History)
    watchers: list[Watcher] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def a(self) -> Node:
        return self.cluster.nodes[0]

    @property
    def b(self) -> Node:
        return self.cluster.nodes[1]

    async def presser(
        self, *urls: str, centre: str = CENTRES[0], circumstances: tuple[Circumstance, ...] | None = None
    ) -> Presser:
        """Register a victim and enrol her companion; ``urls`` are its gateways, else all of them."""
        companion = await self.cluster.people.a_companion(centre, circumstances=circumstances)
        return Presser(companion, urls or self.cluster.urls, self.http, self.history)

    async def pressers(self) -> list[Presser]:
        """Companions of both centres, half of them with the other node first."""
        urls = self.cluster.urls
        return [
            await self.presser(*(urls if number % 2 else urls[::-1]), centre=CENTRES[number // 2 % 2])
            for number in range(COMPANIONS)
        ]

    async def watch(self, name: str, *urls: str, centres: tuple[str, ...] = CENTRES) -> Watcher:
        """Attach a console and wait until it is caught up; ``urls`` in the order to try them."""
        watcher = await self._attach(name, *urls, centres=centres)
        heads = await self.heads()
        await until(f"console {name} is attached", lambda: watcher.reached(heads), CATCH_UP_S)
        return watcher

    async def _attach(self, name: str, *urls: str, centres: tuple[str, ...] = CENTRES) -> Watcher:
        token = await self.cluster.people.a_session(*centres)
        watcher = await self._stack.enter_async_context(
            watching(name, urls or self.cluster.urls, token, self.history, centres)
        )
        self.watchers.append(watcher)
        return watcher

    async def watch_both(self) -> None:
        """Attach two consoles to each node first, the other second; one of each follows one centre."""
        urls = self.cluster.urls
        await self.watch("a1", *urls)
        await self.watch("b1", *urls[::-1])
        await self.watch("a2", *urls, centres=CENTRES[:1])
        await self.watch("b2", *urls[::-1], centres=CENTRES[1:])

    @asynccontextmanager
    async def loaded(self) -> AsyncIterator[Load]:
        """Have both centres pressed and both nodes watched while the block runs."""
        await self.watch_both()
        async with load(await self.pressers()) as pressing:
            await pressing.more(10)
            yield pressing
            await pressing.stop()

    async def heads(self) -> dict[str, int]:
        return dict((await read_store(self.cluster.people.database)).heads)

    async def verdict(self, *, resets: frozenset[str] = frozenset()) -> Verdict:
        """Attach a fresh console to each node; wait until all have everything; judge and print.

        A console that does not get there in time is judged all the same: it shows as lost.
        """
        for node in self.cluster.nodes:
            if node.alive:
                await self._attach(f"fresh at {node.name}", node.url)
        verdict = judge(self.history, await self._settled(), resets=resets)
        print(verdict)  # noqa: T201 (pytest -s shows it)
        keep(self.request, verdict)
        return verdict

    async def _settled(self) -> Store:
        """Read the database at an instant when every console is where its streams are, if one comes.

        The streams go on by themselves: what falls due while the database is read is not in it, and is
        no fault of the console that shows it already.
        """
        read: list[Store] = []

        async def settled() -> bool:
            read.append(await read_store(self.cluster.people.database))
            return all(watcher.reached(dict(read[-1].heads)) for watcher in self.watchers)

        await comes_true(settled, CATCH_UP_S)
        return read[-1]

    async def close(self) -> None:
        await self._stack.aclose()


Staged = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def staged(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Staged:
    """Run nodes ``a`` and ``b``; ``changes`` go to ``processes.cluster``."""

    @asynccontextmanager
    async def run(**changes: Any) -> AsyncIterator[Stage]:
        async with cluster(database, tmp_path, **changes) as nodes, httpx.AsyncClient() as http:
            stage = Stage(nodes, http, request)
            try:
                yield stage
            finally:
                await stage.close()

    return run


@pytest.fixture
async def stage(staged: Staged) -> AsyncIterator[Stage]:
    """Two nodes without a fault of their own."""
    async with staged() as ready:
        yield ready
