"""What writers do about a batch that cannot be stored, a row that is held and a database that is away."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from gateway.domain.errors import CannotCommit, DatabaseUnavailable
from gateway.store.held import Held, Waiting, store_gathered
from gateway.timing import COMMIT_DEADLINE_S, RECONNECT_S
from tests.support.virtual_time import run_virtually

STORE = "SELECT store($1)"


@dataclass
class Server:
    """Stores text; refuses what is ``bad``, and fails first as it is told to."""

    bad: str = "bad"
    failures: list[Exception] = field(default_factory=list)
    batches: list[list[str]] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    connections: int = 0
    let_go: int = 0
    takes_s: float = 0.1

    async def connect(self) -> Any:
        self.connections += 1
        return self

    async def fetch(self, _: str, items: list[str], **_limits: float) -> list[dict[str, str]]:
        self.batches.append(items)
        await asyncio.sleep(self.takes_s)
        if self.failures:
            raise self.failures.pop(0)
        if self.bad in items:
            raise asyncpg.CheckViolationError
        self.stored += items
        return [{"stored": item} for item in items]

    def terminate(self) -> None:
        self.let_go += 1


async def answers(server: Server, held: Held, items: list[str]) -> list[str | BaseException]:
    """Return what each of them is answered when they are stored as one."""
    gathered = [Waiting[str, str](item) for item in items]

    async def execute(given: Any) -> Any:
        return await held.fetch(STORE, list(given))

    async def stored(batch: Any, rows: Any) -> None:
        for waiting, row in zip(batch, rows, strict=True):
            waiting.settle(row["stored"])

    await store_gathered(gathered, execute, stored, "text_not_storable", centre="BE-VOV")
    return await asyncio.gather(*(waiting.answer for waiting in gathered), return_exceptions=True)


def told(story: Callable[[], Coroutine[Any, Any, list[str | BaseException]]]) -> list[str]:
    """Return what a story's items are answered, and nothing but ``CannotCommit`` where that is an error."""
    found = run_virtually(story())
    assert all(isinstance(one, str | CannotCommit) for one in found)
    return [one if isinstance(one, str) else "cannot commit" for one in found]


def test_one_that_cannot_be_stored_ends_neither_those_beside_it_nor_the_writer() -> None:
    server = Server()
    held = Held(server.connect, "reconnects")
    with capture_logs() as logs:
        assert told(lambda: answers(server, held, ["a", "bad", "b"])) == ["a", "cannot commit", "b"]
    assert server.batches == [["a", "bad", "b"], ["a"], ["bad"], ["b"]]
    assert [(line["event"], line["error"], line["centre"]) for line in logs] == [
        ("text_not_storable", "CheckViolationError", "BE-VOV")
    ]
    assert server.let_go == 0
    assert told(lambda: answers(server, held, ["c"])) == ["c"]
    assert told(lambda: answers(server, held, [])) == []


@pytest.mark.parametrize(
    "busy", [asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.DiskFullError]
)
def test_what_somebody_holds_for_now_is_tried_again_whole_on_the_same_connection(
    busy: type[Exception],
) -> None:
    server = Server(failures=[busy(), busy()])
    held = Held(server.connect, "reconnects")
    assert told(lambda: answers(server, held, ["a", "b"])) == ["a", "b"]
    assert (server.batches, server.connections, server.let_go) == ([["a", "b"]] * 3, 1, 0)


@pytest.mark.parametrize(
    "gone",
    [
        asyncpg.ConnectionDoesNotExistError,
        asyncpg.AdminShutdownError,
        asyncpg.ReadOnlySQLTransactionError,
        ConnectionResetError,
        TimeoutError,
        DatabaseUnavailable,
    ],
)
def test_what_a_lost_connection_had_under_way_is_sent_again_whole_on_a_new_one(gone: type[Exception]) -> None:
    server, lost, took = Server(failures=[gone()]), list[int](), list[float]()
    held = Held(server.connect, "reconnects", lost=lambda: lost.append(server.let_go), took=took.append)
    with capture_logs() as logs:
        assert told(lambda: answers(server, held, ["a", "b"])) == ["a", "b"]
    assert (server.batches, server.connections) == ([["a", "b"]] * 2, 2)
    assert lost == [1], "told once the connection is let go of"
    assert [(line["event"], line["error"]) for line in logs] == [("reconnects", gone.__name__)]
    assert len(took) == 1, "only what was answered is measured"


def test_everybody_is_told_where_the_database_is_away_until_the_deadline() -> None:
    server = Server(failures=[ConnectionResetError() for _ in range(int(COMMIT_DEADLINE_S / RECONNECT_S))])
    held = Held(server.connect, "reconnects")
    with capture_logs() as logs:
        assert told(lambda: answers(server, held, ["a", "b"])) == ["cannot commit"] * 2
        assert not server.stored
        server.failures.clear()
        assert told(lambda: answers(server, held, ["c"])) == ["c"]
        server.failures = [ConnectionResetError()]
        assert told(lambda: answers(server, held, ["d"])) == ["d"]
    assert [line["event"] for line in logs] == ["reconnects"] * 2, "once a loss, not once a try"


def test_a_connection_with_a_statement_that_may_be_on_its_way_takes_no_other() -> None:
    server = Server(takes_s=2 * COMMIT_DEADLINE_S)
    held = Held(server.connect, "reconnects")
    assert told(lambda: answers(server, held, ["a", "b"])) == ["cannot commit"] * 2
    assert (server.connections, server.let_go) == (1, 1)


def test_who_has_given_up_is_told_nothing() -> None:
    async def story() -> None:
        waiting = Waiting[str, str]("a")
        waiting.answer.cancel()
        waiting.settle("stored")
        waiting.settle(CannotCommit())

    run_virtually(story())


def test_a_look_that_fails_is_none_and_lets_go_of_the_connection() -> None:
    server = Server()
    held = Held(server.connect, "reconnects")

    async def looks() -> list[Any]:
        found = [await held.look(STORE, ["never connected"])]
        await held.fetch(STORE, ["a"])
        found.append(await held.look(STORE, ["b"]))
        server.failures = [asyncpg.QueryCanceledError()]
        found.append(await held.look(STORE, ["c"]))
        return found

    assert run_virtually(looks()) == [None, [{"stored": "b"}], None]
    assert (server.connections, server.let_go) == (1, 1)
