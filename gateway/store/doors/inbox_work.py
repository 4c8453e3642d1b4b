"""The other end of the inbox: claimed lane by lane under a lease, worked off, put off, put into quarantine.

Several nodes work it off; a lane is held by whoever holds its first event. What a node had claimed that is
gone is free at once (``gateway.store.doors.claimant``); of one that stands still, when its lease is over.
"""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Final
from uuid import UUID

import asyncpg

from gateway.domain.errors import DatabaseUnavailable, SealBroken
from gateway.domain.integrators import Inbound, Integrator
from gateway.domain.rows import Row
from gateway.door_timing import (
    CLAIMANT_LOOK_S,
    EFFECT_AWAY_S,
    EVENT_SEEN_S,
    INBOX_A_LANE,
    INBOX_LEASE_S,
    PRUNE_ROWS,
    QUARANTINE_KEPT_S,
    QUARANTINE_MAX,
)
from gateway.ports import Clock
from gateway.ports.inbox import Claimed, InboxState
from gateway.store.connect import Pool, acquire
from gateway.store.doors.claimant import LIVING, Claimant
from gateway.store.doors.letters import open_event
from gateway.store.row_seal import RowSeal
from gateway.store.sealing import Keyring
from schemas.events import EventType

# What is claimed is no longer the newest of its lane: what comes now is put behind it, and not in its place.
# A type that a later program took in is left to it, and so is what is behind that in its lane.
# Who lives is asked only each second, as the locks of all are looked through for it.
CLAIM: Final = f"""
WITH living AS MATERIALIZED ({LIVING}),
heads AS (
    SELECT e.number, e.lane FROM inbox_event e
     WHERE e.due_at <= statement_timestamp() AND e.type = ANY ($6)
       AND (lease_over(e.claimed_until, $3)
            OR $5 AND e.claimed_by IS NOT NULL AND e.claimed_by NOT IN (SELECT g.claimed_by FROM living g))
       AND NOT EXISTS (SELECT FROM inbox_event b WHERE b.lane = e.lane AND b.number < e.number)
     ORDER BY e.rank, e.due_at LIMIT $1 FOR UPDATE SKIP LOCKED),
lanes AS (
    SELECT n.number FROM heads h CROSS JOIN LATERAL (
        SELECT n.number FROM inbox_event n
         WHERE n.lane = h.lane AND n.number >= h.number
           AND NOT EXISTS (SELECT FROM inbox_event l WHERE l.lane = h.lane AND l.number <= n.number
                              AND (l.due_at > statement_timestamp() OR l.type <> ALL ($6)))
         ORDER BY n.number LIMIT $2) AS n),
claimed AS (
    UPDATE inbox_event e SET claimed_until = statement_timestamp() + make_interval(secs => $3),
           claimed_by = $4, newest = false, tries = e.tries + 1
      FROM lanes l WHERE l.number = e.number RETURNING e.*)
SELECT c.number, c.event_key, c.lane, c.type, c.received_at, c.tries, c.key_id,
       c.row_key AS wrapped_key, c.sealed, c.claimed_by, i.*
  FROM claimed c JOIN integrator i USING (integrator_id)
 ORDER BY c.lane, c.number"""  # noqa: S608 (a statement of the program's own)

FINISH: Final = "DELETE FROM inbox_event WHERE number = ANY ($1)"

# What another has claimed meanwhile is its own.
RELEASE: Final = """
UPDATE inbox_event e SET claimed_until = NULL, claimed_by = NULL, tries = greatest(e.tries - 1, 0)
  FROM unnest($1::bigint[], $2::integer[]) AS g(number, claimed_by)
 WHERE e.number = g.number AND e.claimed_by = g.claimed_by"""

PUT_OFF: Final = """
UPDATE inbox_event SET claimed_until = NULL, claimed_by = NULL,
       due_at = greatest(due_at, statement_timestamp() + make_interval(secs => $2)),
       tries = CASE WHEN number = ANY ($3)
                      OR number = $4 AND received_at > statement_timestamp() - make_interval(secs => $5)
                    THEN tries - 1 ELSE tries END
 WHERE lane = $1 AND EXISTS (SELECT FROM inbox_event h WHERE h.number = $6 AND h.claimed_by = $7)"""

QUARANTINE: Final = """
WITH gone AS (DELETE FROM inbox_event WHERE number = $1 RETURNING *)
INSERT INTO event_quarantine (event_key, integrator_id, centre_id, lane, type, rank, received_at,
                              quarantined_at, reason, tries, key_id, row_key, sealed, registration_id)
SELECT event_key, integrator_id, $3, lane, type, rank, received_at, statement_timestamp(), $2, tries, key_id,
       row_key, sealed, $4 FROM gone
    ON CONFLICT (event_key) DO NOTHING"""

STATE: Final = """
SELECT count(*) AS events,
       coalesce(extract(epoch FROM statement_timestamp() - min(due_at)), 0)::float8 AS oldest_due_s
  FROM inbox_event WHERE due_at <= statement_timestamp()"""
DEPTHS: Final = """
SELECT integrator_id, count(*) AS events FROM inbox_event GROUP BY 1 ORDER BY 2 DESC LIMIT 1000"""
QUARANTINED: Final = "SELECT centre_id, count(*) AS events FROM event_quarantine GROUP BY 1"

FORGET: Final = """
DELETE FROM inbox_seen WHERE event_key IN (
    SELECT event_key FROM inbox_seen WHERE first_at < statement_timestamp() - make_interval(secs => $1)
     ORDER BY first_at LIMIT $2 FOR UPDATE SKIP LOCKED)"""
DISCARD: Final = """
DELETE FROM event_quarantine WHERE event_key IN (
    SELECT event_key FROM event_quarantine
     WHERE quarantined_at < statement_timestamp() - make_interval(secs => $1) LIMIT $2
       FOR UPDATE SKIP LOCKED)"""
DISCARD_OLDEST: Final = """
DELETE FROM event_quarantine WHERE event_key IN (
    SELECT event_key FROM (
        SELECT event_key, row_number() OVER (PARTITION BY integrator_id ORDER BY quarantined_at DESC) AS place
          FROM event_quarantine) AS q WHERE q.place > $1 LIMIT $2)"""


class PostgresInboxWork:
    """``gateway.ports.inbox.InboxWork``."""

    def __init__(self, pool: Pool, keyring: Keyring, claimant: Claimant, clock: Clock) -> None:
        self._pool = pool
        self._keyring = keyring
        self._claimant = claimant
        self._clock = clock
        self._looked_at = -CLAIMANT_LOOK_S

    async def stand(self) -> int:
        """Return the number that is claimed under."""
        return await self._claimant.stand()

    def leave(self) -> None:
        """Claim no more: what is still claimed is anybody's."""
        self._claimant.leave()

    async def claim(self, lanes: int, claimant: int) -> list[list[Claimed]]:
        """Claim the next events of so many lanes that are due."""
        now = self._clock.monotonic()
        look = now - self._looked_at >= CLAIMANT_LOOK_S
        async with acquire(self._pool) as database:
            try:
                bounds = (lanes, INBOX_A_LANE, INBOX_LEASE_S)
                rows = await database.fetch(CLAIM, *bounds, claimant, look, list(EventType))
            except asyncpg.TransactionRollbackError as error:  # locked crosswise with what just comes in
                raise DatabaseUnavailable from error
        self._looked_at = now if look else self._looked_at
        return [
            [self._claimed(row) for row in lane] for _, lane in groupby(rows, key=lambda row: row["lane"])
        ]

    async def finish(self, numbers: Sequence[int]) -> None:
        """Say that these are done."""
        async with acquire(self._pool) as database:
            await database.execute(FINISH, numbers)

    async def release(self, begun: Sequence[Claimed]) -> None:
        """Give back what was claimed and is not done: whoever looks next has it."""
        numbers, claimants = [one.number for one in begun], [one.claimed_by for one in begun]
        async with acquire(self._pool) as database:
            await database.execute(RELEASE, numbers, claimants)

    async def put_off(self, claimed: Claimed, rest: Sequence[int], pause_s: float, *, counted: bool) -> None:
        """Try one again after a pause, and its lane after that."""
        number, uncounted = claimed.number, None if counted else claimed.number
        given = (claimed.lane, pause_s, rest, uncounted, EFFECT_AWAY_S, number, claimed.claimed_by)
        async with acquire(self._pool) as database:
            await database.execute(PUT_OFF, *given)

    async def quarantine(
        self, claimed: Claimed, reason: str, centre: str, registration_id: UUID | None
    ) -> None:
        """Take one out of its lane until somebody has looked at it, or the file it is about is erased."""
        async with acquire(self._pool) as database:
            await database.execute(QUARANTINE, claimed.number, reason, centre, registration_id)

    async def state(self) -> InboxState:
        """Return how much waits; quarantined by centre."""
        async with acquire(self._pool) as database:
            (now,) = await database.fetch(STATE)
            depths = await database.fetch(DEPTHS)
            quarantined = await database.fetch(QUARANTINED)
        return InboxState(
            events=now["events"],
            oldest_due_s=now["oldest_due_s"],
            quarantined={row["centre_id"]: row["events"] for row in quarantined},
            depths={row["integrator_id"]: row["events"] for row in depths},
        )

    async def prune(self) -> None:
        """Forget what was seen, and discard what was in quarantine, for long enough; some at a time."""
        async with acquire(self._pool) as database:
            await database.execute(FORGET, EVENT_SEEN_S, PRUNE_ROWS)
            await database.execute(DISCARD, QUARANTINE_KEPT_S, PRUNE_ROWS)
            await database.execute(DISCARD_OLDEST, QUARANTINE_MAX, PRUNE_ROWS)

    def _claimed(self, row: Row) -> Claimed:
        return Claimed(
            number=row["number"],
            key=row["event_key"],
            lane=row["lane"],
            type=EventType(row["type"]),
            integrator_id=row["integrator_id"],
            received_at=row["received_at"],
            tries=row["tries"],
            claimed_by=row["claimed_by"],
            read=partial(self._read, row),
        )

    def _read(self, row: Row) -> Inbound | None:
        seal = RowSeal.of(row, "sealed")
        try:
            return open_event(self._keyring, row["event_key"], row["type"], Integrator.from_row(row), seal)
        except SealBroken:
            return None
