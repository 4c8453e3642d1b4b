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
from gateway.failing import failed
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire
from gateway.timing import REOPENED_S
from schemas.protection import ReopenedAlarm

# Where a test is open too, the real alarm is the last of hers, and so the one that is known.
FOLLOWED: Final = """
SELECT registration_id, alarm_id, (life ->> 'reopened')::integer AS times FROM alarm
 WHERE state <> 'closed' AND owner = centre_id AND (life ->> 'reopened')::integer > 0
   AND life ->> 'tracking' IN ('live', 'lost') AND (life ->> 'tracking_until')::timestamptz > now()
 ORDER BY purpose = 'real'"""

NONE: Final[Mapping[UUID, tuple[UUID, int]]] = MappingProxyType({})


class Reopened:
    """The reopened alarms for which somebody is to be followed, by registration."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._alarms = NONE

    def of(self, registration_id: UUID) -> ReopenedAlarm | None:
        """Return her reopened alarm, if there is one."""
        found = self._alarms.get(registration_id)
        if found is None:
            return None
        return ReopenedAlarm(alarm_id=found[0], times=found[1], said_at=self._clock.now())

    async def run(self) -> None:
        """Keep it fresh until cancelled; what cannot be read is not told."""
        is_read = True
        while True:
            try:
                self._alarms, is_read = await self._read(), True
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("reopened_read")
                if is_read:
                    structlog.get_logger().warning("reopened_not_read", error=type(error).__name__)
                self._alarms, is_read = NONE, False
            await asyncio.sleep(REOPENED_S)

    async def _read(self) -> Mapping[UUID, tuple[UUID, int]]:
        async with acquire(self._pool) as database:
            rows = await database.fetch(FOLLOWED)
        return {row["registration_id"]: (row["alarm_id"], row["times"]) for row in rows}
