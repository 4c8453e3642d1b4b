"""Events in quarantine, as whoever looks after the doors sees and settles them.

To look into one is to read what may be personal: it is written into the journal, as is what is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.errors import NotFound
from gateway.domain.integrators import Inbound, Integrator
from gateway.domain.rows import Row
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool, acquire
from gateway.store.doors.letters import open_event
from gateway.store.row_seal import RowSeal
from gateway.store.sealing import Keyring

LIST: Final = """
SELECT q.event_key, q.type, q.centre_id, q.reason, q.tries, q.received_at, q.quarantined_at, i.name
  FROM event_quarantine q JOIN integrator i USING (integrator_id)
 WHERE ($1::text IS NULL OR i.name = $1 OR i.integrator_id::text = $1)
   AND ($2::text IS NULL OR q.reason = $2) AND ($3::uuid[] IS NULL OR q.event_key = ANY ($3))
 ORDER BY q.quarantined_at, q.event_key LIMIT $4"""

SHOW: Final = """
SELECT q.event_key, q.type, q.centre_id, q.reason, q.key_id, q.row_key AS wrapped_key, q.sealed, i.*
  FROM event_quarantine q JOIN integrator i USING (integrator_id) WHERE q.event_key = $1"""

# Behind what waits of its subject by now, and tried as if for the first time.
REPLAY: Final = """
WITH gone AS (DELETE FROM event_quarantine WHERE event_key = ANY ($1) RETURNING *)
INSERT INTO inbox_event (event_key, integrator_id, lane, type, rank, received_at, due_at, key_id, row_key,
                         sealed)
SELECT event_key, integrator_id, lane, type, rank, received_at, statement_timestamp(), key_id, row_key, sealed
  FROM gone ORDER BY received_at, event_key RETURNING event_key"""

DISCARD: Final = "DELETE FROM event_quarantine WHERE event_key = ANY ($1) RETURNING event_key"

STATISTICS: Final = """
SELECT i.name, 'inbox' AS place, e.type, NULL AS reason, count(*) AS events, min(e.received_at) AS oldest
  FROM inbox_event e JOIN integrator i USING (integrator_id) GROUP BY 1, 3
 UNION ALL
SELECT i.name, 'quarantine', q.type, q.reason, count(*), min(q.received_at)
  FROM event_quarantine q JOIN integrator i USING (integrator_id) GROUP BY 1, 3, 4
 ORDER BY 1, 2, 3, 4"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One event in quarantine, without what it says."""

    key: UUID
    integrator: str
    type: str
    centre: str
    reason: str
    tries: int
    received_at: datetime
    quarantined_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "Quarantined":
        """Make it from a row of ``LIST``."""
        return cls(
            key=row["event_key"],
            integrator=row["name"],
            type=row["type"],
            centre=row["centre_id"],
            reason=row["reason"],
            tries=row["tries"],
            received_at=row["received_at"],
            quarantined_at=row["quarantined_at"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many events of a type an integrator has in the inbox, or in quarantine for a reason."""

    integrator: str
    place: str
    type: str
    reason: str | None
    events: int
    oldest: datetime


class PostgresQuarantine:
    """Lists, shows, replays, discards. All raise ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool, keyring: Keyring) -> None:
        self._pool = pool
        self._keyring = keyring

    async def list(
        self,
        *,
        integrator: str | None = None,
        reason: str | None = None,
        keys: Sequence[UUID] | None = None,
        most: int = 1000,
    ) -> tuple[Quarantined, ...]:
        """List them, those that came first first."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(LIST, integrator, reason, keys, most)
        return tuple(map(Quarantined.from_row, rows))

    async def show(self, key: UUID) -> Inbound:
        """Open one; the journal says so. Raises ``NotFound`` and ``SealBroken``."""
        async with acquire(self._pool) as database, database.transaction():
            row = await database.fetchrow(SHOW, key)
            if row is None:
                raise NotFound(f"no event {key} is in quarantine")
            await _recorded(database, Kind.EVENT_LOOKED, [key])
        seal = RowSeal.of(row, "sealed")
        return open_event(self._keyring, key, row["type"], Integrator.from_row(row), seal)

    async def replay(self, keys: Sequence[UUID]) -> int:
        """Put them back into the inbox; return how many."""
        return await self._settle(REPLAY, Kind.EVENT_REPLAYED, keys)

    async def discard(self, keys: Sequence[UUID]) -> int:
        """Delete them for good; return how many."""
        return await self._settle(DISCARD, Kind.EVENT_DISCARDED, keys)

    async def statistics(self) -> tuple[Waiting, ...]:
        """Count what waits and what is in quarantine."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(STATISTICS)
        return tuple(
            Waiting(
                integrator=row["name"],
                place=row["place"],
                type=row["type"],
                reason=row["reason"],
                events=row["events"],
                oldest=row["oldest"],
            )
            for row in rows
        )

    async def _settle(self, statement: str, kind: Kind, keys: Sequence[UUID]) -> int:
        async with acquire(self._pool) as database, database.transaction():
            settled = [row["event_key"] for row in await database.fetch(statement, keys)]
            await _recorded(database, kind, settled)
        return len(settled)


async def _recorded(database: Database, kind: Kind, keys: Sequence[UUID]) -> None:
    for key in keys:
        await record(database, None, Entry(kind=kind, why=Why.SYSTEM, subject=str(key)))
