"""What writers share that gather what arrives and store it by one statement on a connection they hold."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Generic, TypeVar

import asyncpg
import structlog

from gateway.domain.errors import CannotCommit, GatewayError, PressNotStorable
from gateway.store.connect import Connection
from gateway.timing import COMMIT_DEADLINE_S, COMMIT_STATEMENT_S, RECONNECT_S

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Rows = list[asyncpg.Record]

GONE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    GatewayError,
)
"""The connection is of no more use: lost, shut down, cancelled, or on what became a standby."""

BUSY: Final = (
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
)
"""Somebody else holds the row, or the disk is full for now: try again."""

BAD: Final = asyncpg.PostgresError
"""Anything else that the server refuses: one of the batch cannot be stored, or raced with another node."""


class Waiting(Generic[Item, Answer]):
    """One item on its way, and who waits for it."""

    __slots__ = ("answer", "item")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def settle(self, answer: Answer | CannotCommit) -> None:
        """Tell who waits, if somebody still does."""
        if self.answer.done():
            return
        if isinstance(answer, CannotCommit):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)


async def store_gathered(
    gathered: Sequence[Waiting[Item, Answer]],
    execute: Callable[[Sequence[Item]], Awaitable[Rows]],
    stored: Callable[[Sequence[Waiting[Item, Answer]], Rows], Awaitable[None]],
    unstorable: str,
    **said: str,
) -> None:
    """Store what was gathered as one; where the server refuses that, each alone, in their order.

    So one that cannot be stored ends neither the others nor the writer. ``execute`` runs the statement and
    raises ``CannotCommit`` where the database was away until the deadline; ``stored`` settles what is
    committed; ``unstorable`` is the line of the log, with what is ``said`` besides.
    """
    if not gathered:
        return
    try:
        rows = await execute([waiting.item for waiting in gathered])
    except BAD as error:
        if len(gathered) == 1:
            structlog.get_logger().error(unstorable, error=type(error).__name__, **said)
            gathered[0].settle(PressNotStorable())
        for waiting in gathered if len(gathered) > 1 else ():
            await store_gathered([waiting], execute, stored, unstorable, **said)
    except CannotCommit as error:
        for waiting in gathered:
            waiting.settle(error)
    else:
        await stored(gathered, rows)


class Held:
    """One writer's connection, for statements that may be sent again.

    ``reconnects`` is the line of the log when it is lost, once until it answers again; ``lost`` is called at
    each try that fails, and ``took`` with the seconds of each statement that was answered.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        reconnects: str,
        *,
        lost: Callable[[], None] = lambda: None,
        took: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._connect = connect
        self._reconnects = reconnects
        self._lost = lost
        self._took = took
        self._connection: Connection | None = None
        self._is_lost = False

    async def fetch(self, statement: str, *arguments: Any) -> Rows:
        """Run it until it is known to have committed, or the deadline. Raises ``CannotCommit``."""
        try:
            async with asyncio.timeout(COMMIT_DEADLINE_S):
                while True:
                    try:
                        return await self._call(statement, *arguments)
                    except BUSY:
                        await asyncio.sleep(RECONNECT_S)
                    except GONE as error:
                        self.drop()
                        self._lost()
                        if not self._is_lost:  # once: an outage of minutes is thousands of tries
                            self._is_lost = True
                            structlog.get_logger().warning(self._reconnects, error=type(error).__name__)
                        await asyncio.sleep(RECONNECT_S)
        except TimeoutError:
            self.drop()  # the statement may still be on its way: this connection takes no other
            raise CannotCommit from None

    async def look(self, query: str, *arguments: Any) -> Rows | None:
        """Read once beside what is written; None where that fails, and the connection is let go of."""
        if self._connection is None:
            return None
        try:
            return await self._connection.fetch(query, *arguments, timeout=COMMIT_STATEMENT_S)
        except (BAD, *GONE):
            self.drop()
            return None

    async def _call(self, statement: str, *arguments: Any) -> Rows:
        if self._connection is None:
            self._connection = await self._connect()
        now = asyncio.get_running_loop().time
        began = now()
        rows = await self._connection.fetch(statement, *arguments, timeout=COMMIT_STATEMENT_S)
        self._took(now() - began)
        self._is_lost = False
        return rows

    def drop(self) -> None:
        """Let go of the connection, whatever it is doing."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
