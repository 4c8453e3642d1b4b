"""Whose alarms are open, and how files are named: what events ask the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.door_timing import OPEN_GATHER_S
from gateway.ports.effects import ClosedAlarm, NamedFile
from gateway.store.connect import Pool, acquire
from gateway.store.gathered import Gathered

OPEN: Final = """
SELECT registration_id, alarm_id FROM alarm
 WHERE registration_id = ANY ($1) AND state <> 'closed' AND owner = centre_id AND purpose <> 'canary'
 ORDER BY purpose = 'real' DESC, raised_at DESC, alarm_id"""

CLOSED_SINCE: Final = """
SELECT EXISTS (SELECT FROM press p JOIN alarm a USING (alarm_id)
                WHERE p.registration_id = $1 AND a.state = 'closed' AND a.owner = a.centre_id
                  AND (a.life #>> '{closure,at}')::timestamptz >= $2)"""

CLOSED_LAST: Final = """
SELECT a.alarm_id, (a.life #>> '{closure,at}')::timestamptz AS at
  FROM press p JOIN alarm a USING (alarm_id)
 WHERE p.registration_id = ANY ($1) AND a.state = 'closed' AND a.owner = a.centre_id
   AND a.purpose <> 'canary' AND (a.life #>> '{closure,at}')::timestamptz >= $2
 ORDER BY a.purpose = 'real' DESC, at DESC LIMIT 1"""

NAMED: Final = """
SELECT registration_id, centre_id, reference FROM registration WHERE registration_id = ANY ($1)"""


class PostgresOpenAlarms:
    """``gateway.ports.effects.OpenAlarms``."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._open: Gathered[UUID, list[UUID]] = Gathered(self._all_open, OPEN_GATHER_S)

    async def open_of(self, registration_id: UUID) -> Sequence[UUID]:
        """Return a registration's open alarms, the real one first, then the newest."""
        return await self._open.get(registration_id) or ()

    async def _all_open(self, registration_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        async with acquire(self.pool) as database:
            rows = await database.fetch(OPEN, registration_ids)
        found: dict[UUID, list[UUID]] = {}
        for row in rows:
            found.setdefault(row["registration_id"], []).append(row["alarm_id"])
        return found

    async def closed_since(self, registration_id: UUID, at: datetime) -> bool:
        """Whether an alarm of hers was closed since then."""
        async with acquire(self.pool) as database:
            return bool(await database.fetchval(CLOSED_SINCE, registration_id, at))

    async def closed_last(self, registration_ids: Sequence[UUID], since: datetime) -> ClosedAlarm | None:
        """Return the alarm of any of these that was closed last since then, a real one before any other."""
        async with acquire(self.pool) as database:
            row = await database.fetchrow(CLOSED_LAST, list(registration_ids), since)
        return None if row is None else ClosedAlarm(alarm_id=row["alarm_id"], at=row["at"])

    async def named(self, registration_ids: Sequence[UUID]) -> dict[UUID, NamedFile]:
        """Return how the files are named; those that are gone are left out."""
        if not registration_ids:
            return {}
        async with acquire(self.pool) as database:
            rows = await database.fetch(NAMED, list(registration_ids))
        return {
            row["registration_id"]: NamedFile(
                registration_id=row["registration_id"], centre=row["centre_id"], reference=row["reference"]
            )
            for row in rows
        }
