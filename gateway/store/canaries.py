"""Deleting canaries once nobody replays them; what they leave behind would fill the database."""

import asyncio
from contextlib import suppress
from typing import Final

import asyncpg
import structlog

from gateway.domain.errors import DatabaseUnavailable
from gateway.failing import failed
from gateway.store.connect import Pool, acquire
from gateway.timing import CANARIES_AT_ONCE, CANARY_EVENTS_KEPT, CANARY_SWEEP_S

CENTRES: Final = """
SELECT DISTINCT centre_id FROM alarm WHERE purpose = 'canary' AND state = 'closed' ORDER BY 1"""

FORGETTABLE: Final = "SELECT alarm_id, last_sequence FROM forgettable_canaries($1, $2, $3)"

# In a statement of its own, before anything goes: whoever reads the stream then knows.
KEEP_FROM: Final = """
UPDATE centre_stream SET first_kept = greatest(first_kept, $2) WHERE centre_id = $1"""

DELETE: Final = "SELECT delete_canaries($1, $2)"

log = structlog.get_logger()


async def keep_canaries_few(pool: Pool) -> None:
    """Delete old canaries, now and every few minutes, until cancelled; every node does it."""
    while True:
        try:
            await forget_canaries(pool)
        except (DatabaseUnavailable, asyncpg.PostgresError) as error:
            failed("canaries_deleted")
            log.warning("canaries_not_deleted", error=type(error).__name__)
        await asyncio.sleep(CANARY_SWEEP_S)


async def forget_canaries(pool: Pool, keep: int = CANARY_EVENTS_KEPT) -> int:
    """Delete canaries that are ``keep`` events behind the head of their stream; return how many."""
    async with acquire(pool) as database:
        centres = [row["centre_id"] for row in await database.fetch(CENTRES)]
    deleted = 0
    for centre in centres:
        with suppress(asyncpg.LockNotAvailableError):  # a centre whose row is held: the next sweep comes
            while some := await _forget_some(pool, centre, keep):
                deleted += some
    return deleted


async def _forget_some(pool: Pool, centre: str, keep: int) -> int:
    async with acquire(pool) as database:
        rows = await database.fetch(FORGETTABLE, centre, keep, CANARIES_AT_ONCE)
        if not rows:
            return 0
        await database.execute(KEEP_FROM, centre, max(row["last_sequence"] for row in rows) + 1)
        gone: int = await database.fetchval(DELETE, centre, [row["alarm_id"] for row in rows])
        return gone
