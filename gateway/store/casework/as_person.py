"""A pool as a person has it: what is read by its connections is read under the database's policies."""

from typing import Any, cast

from gateway.domain.casework.scope import Scope
from gateway.store.casework.scoped import become
from gateway.store.connect import Database, Pool


class PersonsPool:
    """Lends each connection within a transaction of this person's, which ends when it is given back.

    So a store that reads for the gateway reads for a person by being made with it; ``of`` says so to the
    type checker. One borrower after another only, which is how stores borrow.
    """

    def __init__(self, pool: Pool, scope: Scope) -> None:
        self._pool = pool
        self._scope = scope
        self._transactions: dict[int, Any] = {}

    @classmethod
    def of(cls, pool: Pool, scope: Scope) -> Pool:
        """Return the pool as this person has it."""
        return cast("Pool", cls(pool, scope))

    async def acquire(self, *, timeout: float) -> Database:  # noqa: ASYNC109 (as asyncpg's pool has it)
        """Borrow a connection and become this person in it."""
        connection = await self._pool.acquire(timeout=timeout)
        try:
            transaction = connection.transaction()
            await transaction.start()
            await become(connection, self._scope)
        except BaseException:
            await self._pool.release(connection, timeout=timeout)
            raise
        self._transactions[id(connection)] = transaction
        return connection

    async def release(self, connection: Any, *, timeout: float) -> None:  # noqa: ASYNC109 (likewise)
        """End the transaction and give it back. What failed meanwhile is undone by the same commit."""
        try:
            await self._transactions.pop(id(connection)).commit()
        finally:
            await self._pool.release(connection, timeout=timeout)
