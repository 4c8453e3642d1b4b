"""Ending what has no more ground to be kept: each hour, some at a time, by whichever node comes first."""

import asyncio
from dataclasses import dataclass
from typing import Final

import asyncpg
import structlog

from gateway.domain.casework.retention import DataClass, Retention
from gateway.domain.errors import DatabaseUnavailable, GatewayError
from gateway.failing import failed
from gateway.ports import Clock
from gateway.store.casework.keeping import erase_by_system
from gateway.store.connect import Pool, acquire
from gateway.timing import JOURNAL_MONTHS, RETENTION_AT_ONCE, RETENTION_FIRST_S, RETENTION_S
from schemas.keeping import ErasureGround

OF_ALARMS: Final = frozenset({DataClass.POSITIONS, DataClass.ALARMS})

EXPIRE_ALARMS: Final = "SELECT expire_alarms($1, $2, $3)"
EXPIRE_ROWS: Final = "SELECT expire_rows($1, $2, $3)"
EXPIRE_JOURNAL: Final = "SELECT expire_journal($1)"
KEEP_MONTHS: Final = "SELECT keep_journal_months($1)"
A_MONTH_TAKES: Final = "SET LOCAL statement_timeout = '60s'; SET LOCAL transaction_timeout = '90s'"

FILES_DUE: Final = "SELECT f FROM files_due($1) AS f LIMIT $2"
FILES: Final = "SELECT count(*) FROM files_due($1)"
ALARMS: Final = "SELECT count(*) FROM alarms_due($1, $2)"
MONTHS: Final = "SELECT count(*) FROM months_due($1)"
ROWS: Final = "SELECT named, condition FROM rows_due($1)"
COUNT: Final = "SELECT count(*) FROM {} d WHERE {}"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retaining:
    """Ends retentions. Raises ``DatabaseUnavailable``."""

    pool: Pool
    clock: Clock
    retention: Retention

    async def run(self) -> None:
        """End them, first a minute after the start and then each hour, until cancelled."""
        await asyncio.sleep(RETENTION_FIRST_S)
        while True:
            try:
                await self.end()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("retention")
                log.warning("retention_put_off", error=type(error).__name__)
            await asyncio.sleep(RETENTION_S)

    async def due(self) -> dict[DataClass, int]:
        """Count what has no more ground to be kept, without touching it; of the journal, whole months."""
        return {one: await self._due(one) for one in DataClass}

    async def end(self) -> dict[DataClass, int]:
        """End what is due, each batch in a transaction of its own; return how much that was."""
        try:
            async with acquire(self.pool) as database:
                await database.execute(KEEP_MONTHS, JOURNAL_MONTHS)
        except asyncpg.PostgresError as error:  # entries go beside the months until there is one
            log.warning("months_not_made", error=type(error).__name__)
        return {one: await self._end_if_possible(one) for one in DataClass}

    async def _end_if_possible(self, of: DataClass) -> int:
        """End one class; what goes wrong with it holds up no other. Raises ``DatabaseUnavailable``."""
        try:
            return await self._end(of)
        except asyncpg.PostgresError as error:
            log.warning("class_not_ended", data_class=of, error=type(error).__name__)
            return 0

    async def _end(self, of: DataClass) -> int:
        if of is DataClass.FILES:
            return await self._erase()
        total = 0
        while some := await self._end_some(of):
            total += some
        return total

    async def _end_some(self, of: DataClass) -> int:
        before = self.retention.before(of, self.clock.now())
        async with acquire(self.pool) as database, database.transaction():
            if of is DataClass.JOURNAL:
                await database.execute(A_MONTH_TAKES)
                months: int = await database.fetchval(EXPIRE_JOURNAL, before)
                return months
            query = EXPIRE_ALARMS if of in OF_ALARMS else EXPIRE_ROWS
            ended: int = await database.fetchval(query, of, before, RETENTION_AT_ONCE)
            return ended

    async def _erase(self) -> int:
        """Erase files one by one; one that cannot be erased holds up no other."""
        before, erased = self.retention.before(DataClass.FILES, self.clock.now()), 0
        async with acquire(self.pool) as database:
            due = [row["f"] for row in await database.fetch(FILES_DUE, before, RETENTION_AT_ONCE)]
        for registration_id in due:
            try:
                await erase_by_system(self.pool, registration_id, ErasureGround.RETENTION)
            except DatabaseUnavailable:
                raise
            except (GatewayError, asyncpg.PostgresError) as error:
                log.warning("file_not_erased", error=type(error).__name__)
            else:
                erased += 1
        return erased

    async def _due(self, of: DataClass) -> int:
        before = self.retention.before(of, self.clock.now())
        async with acquire(self.pool) as database:
            if of is DataClass.FILES:
                return int(await database.fetchval(FILES, before))
            if of is DataClass.JOURNAL:
                return int(await database.fetchval(MONTHS, before))
            if of in OF_ALARMS:
                return int(await database.fetchval(ALARMS, of, before))
            total = 0
            for row in await database.fetch(ROWS, of):  # names and conditions of the schema's own
                total += await database.fetchval(COUNT.format(row["named"], row["condition"]), before)
            return total
