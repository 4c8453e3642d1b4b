"""What other nodes change and ring no bell for, looked for each second.

A look goes back a little further than the one before, because what was changed before it may be committed
after it; who is told twice keeps the newer. What this node changes it tells itself, so it is left out.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from dispatch.ports import LogUnavailable
from gateway.domain.errors import DatabaseUnavailable
from gateway.store.connect import Pool, acquire
from gateway.timing import LAST_FIX_OVERLAP_S

NOBODY: Final = UUID(int=0)


class ChangedElsewhere:
    """Looks by ``statement``: changed since ``$1``, not by node ``$2``; a row at least, with ``at``."""

    def __init__(self, pool: Pool, node: UUID, statement: str) -> None:
        self._pool = pool
        self._node = node
        self._statement = statement
        self._since: datetime | None = None

    def forget(self) -> None:
        """Find all of them next time: something that this node changed may not have been told."""
        self._since = None

    async def rows(self) -> list[asyncpg.Record]:
        """Return what changed since the last look, everything the first time. Raises ``LogUnavailable``."""
        since, self._since = self._since, None
        asked = (datetime.min.replace(tzinfo=UTC), NOBODY) if since is None else (since, self._node)
        try:
            async with acquire(self._pool) as database:
                rows: list[asyncpg.Record] = await database.fetch(self._statement, *asked)
        except (DatabaseUnavailable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self._since = since
            raise LogUnavailable(type(error).__name__) from error
        self._since = rows[0]["at"] - timedelta(seconds=LAST_FIX_OVERLAP_S)
        return rows
