"""Who claims: a number whose lock the database holds for it, for as long as its session lives.

A process that is killed loses its sessions within milliseconds, and a machine that vanishes within some 11 s
(``gateway.store.connect.Role``): whoever looks sees that its lock is gone, and waits for no lease.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg

from gateway.domain.errors import DatabaseUnavailable
from gateway.door_timing import CLAIMANT_LOOK_S
from gateway.ports import Clock
from gateway.store.connect import AWAY, Connection
from gateway.timing import COMMIT_STATEMENT_S

CLAIMANTS: Final = 0x6D7361  # its first half of two keeps the locks apart from others'
HIGHEST: Final = 2**31 - 1
STAND: Final = "SELECT pg_try_advisory_lock($1, $2)"
THERE: Final = "SELECT 1"

LIVING: Final = f"""
SELECT l.objid::bigint AS claimed_by FROM pg_locks l
 WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {CLAIMANTS} AND l.objsubid = 2
   AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())"""  # noqa: S608 (a number of the program's own)
"""The numbers of all that live, of this database."""


class Claimant:
    """One node's, on a connection that does nothing else."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], clock: Clock) -> None:
        self._connect = connect
        self._clock = clock
        self._connection: Connection | None = None
        self._number = 0
        self._looked_at = 0.0

    async def stand(self) -> int:
        """Return the number it claims under; a new one: what was claimed under the last is not its any more.

        Its session is looked at each ``CLAIMANT_LOOK_S``. Raises ``DatabaseUnavailable``.
        """
        if self._connection is not None and not await self._there(self._connection):
            self.leave()
        if self._connection is None:
            await self._begin()
        return self._number

    def leave(self) -> None:
        """Live no more: what it has claimed is anybody's."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _there(self, connection: Connection) -> bool:
        now = self._clock.monotonic()
        if connection.is_closed():
            return False
        if now - self._looked_at < CLAIMANT_LOOK_S:
            return True
        try:
            await connection.fetchval(THERE, timeout=COMMIT_STATEMENT_S)
        except (*AWAY, asyncpg.InterfaceError):
            return False
        self._looked_at = now
        return True

    async def _begin(self) -> None:
        connection = await self._connect()
        try:
            async with asyncio.timeout(COMMIT_STATEMENT_S):
                number = 0
                while not number or not await connection.fetchval(STAND, CLAIMANTS, number):
                    number = secrets.randbelow(HIGHEST) + 1  # never one of before: it may have claims
        except (*AWAY, asyncpg.InterfaceError) as error:
            connection.terminate()
            raise DatabaseUnavailable(type(error).__name__) from error
        except BaseException:
            connection.terminate()
            raise
        self._connection, self._number, self._looked_at = connection, number, self._clock.monotonic()
