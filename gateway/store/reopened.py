"""Alarms that were closed and are open again: the companions of these victims are told so.

A companion follows its alarm until it is closed, and then asks no more; its next heartbeat is answered
with this. What is known here is some seconds old: a companion that is told too much is told ``closed``
or ``stop`` at its first question.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from gateway.domain.errors import DatabaseUnavailable
from gateway.store.connect import Pool, acquire
from gateway.timing import REOPENED_S

# Where a test is open too, the real alarm is the last of hers, and so the one that is known.
FOLLOWED: Final = """
SELECT registration_id, alarm_id FROM alarm
 WHERE state <> 'closed' AND owner = centre_id AND (life ->> 'reopened')::integer > 0
   AND life ->> 'tracking' IN ('live', 'lost') AND (life ->> 'tracking_until')::timestamptz > now()
 ORDER BY purpose = 'real'"""

NONE: Final[Mapping[UUID, UUID]] = MappingProxyType({})


class Reopened:
    """The reopened alarms for which somebody is to be followed, by registration."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._alarms = NONE

    def of(self, registration_id: UUID) -> UUID | None:
        """Return her reopened alarm, if there is one."""
        return self._alarms.get(registration_id)

    async def run(self) -> None:
        """Keep it fresh until cancelled; what cannot be read is not told."""
        is_read = True
        while True:
            try:
                self._alarms, is_read = await self._read(), True
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                if is_read:
                    structlog.get_logger().warning("reopened_not_read", error=type(error).__name__)
                self._alarms, is_read = NONE, False
            await asyncio.sleep(REOPENED_S)

    async def _read(self) -> Mapping[UUID, UUID]:
        async with acquire(self._pool) as database:
            rows = await database.fetch(FOLLOWED)
        return {row["registration_id"]: row["alarm_id"] for row in rows}
