"""Deadlines: claimed by one node at a time, for as long as its lease; consumed by the commit they lead to.

A claim is one statement and waits for nobody (``SKIP LOCKED``). A lease that ends later than any that
is given was given before the clock was set back, and is none.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from gateway.domain.alarm import DeadlineKind
from gateway.ports import Claimed
from gateway.store.connect import Pool, acquire
from gateway.timing import DEADLINE_LEASE_S, PUT_OFF_S

# A kind that a later version of this program knows is left to it.
DUE: Final = """
WITH wanted AS (
    SELECT d.deadline_id FROM deadline d
     WHERE d.due_at <= statement_timestamp() AND d.kind = ANY ($4) AND lease_over(d.claimed_until, $2)
     ORDER BY d.due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE deadline d SET claimed_until = statement_timestamp() + make_interval(secs => $3)
  FROM wanted WHERE d.deadline_id = wanted.deadline_id
RETURNING d.deadline_id, d.alarm_id, d.kind, d.level, d.due_at, d.tries"""

# Only what wakes somebody is hastened: to stop following her too soon would be no help.
HASTENED: Final = """
WITH wanted AS (
    SELECT d.deadline_id FROM deadline d
     WHERE d.kind IN ('escalate', 'lapse') AND lease_over(d.claimed_until, $2)
       AND (d.made_at > statement_timestamp() OR d.due_at <= statement_timestamp() + make_interval(secs => (
            SELECT coalesce(sum(s.by_s), 0) FROM unnest($4::bigint[], $5::float8[]) AS s(last_id, by_s)
             WHERE d.deadline_id <= s.last_id)))
     ORDER BY d.due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE deadline d SET claimed_until = statement_timestamp() + make_interval(secs => $3)
  FROM wanted WHERE d.deadline_id = wanted.deadline_id
RETURNING d.deadline_id, d.alarm_id, d.kind, d.level, d.due_at, d.tries"""

# Those that were diverted already are beyond these levels: looked through first, they cost nothing more.
DESERTED: Final = """
WITH low AS MATERIALIZED (
    SELECT d.deadline_id, d.alarm_id, d.level FROM deadline d
     WHERE d.kind = 'escalate' AND lease_over(d.claimed_until, $2)
       AND d.level <= (SELECT max(level) FROM unnest($5::integer[]) AS level)),
deserted AS MATERIALIZED (
    SELECT l.deadline_id FROM low l
      JOIN alarm a ON a.alarm_id = l.alarm_id AND a.owner = a.centre_id
                  AND a.state = 'raised' AND a.purpose = 'real'
      JOIN unnest($4::text[], $5::integer[]) AS c(centre_id, level)
        ON c.centre_id = a.centre_id AND l.level <= c.level
     LIMIT $1),
wanted AS (
    SELECT d.deadline_id FROM deadline d JOIN deserted USING (deadline_id)
     WHERE lease_over(d.claimed_until, $2) FOR UPDATE OF d SKIP LOCKED)
UPDATE deadline d SET claimed_until = statement_timestamp() + make_interval(secs => $3)
  FROM wanted WHERE d.deadline_id = wanted.deadline_id
RETURNING d.deadline_id, d.alarm_id, d.kind, d.level, d.due_at, d.tries"""

# Set anew, a deadline has another id. One that is locked is being carried out, or settled.
DROP: Final = """
DELETE FROM deadline WHERE deadline_id IN (
    SELECT deadline_id FROM deadline WHERE deadline_id = ANY ($1) FOR UPDATE SKIP LOCKED)"""

PUT_OFF: Final = """
WITH ours AS (
    SELECT d.deadline_id, p.by_s FROM unnest($1::bigint[], $2::float8[]) AS p(deadline_id, by_s)
      JOIN deadline d USING (deadline_id) FOR UPDATE OF d SKIP LOCKED)
UPDATE deadline d SET tries = d.tries + 1,
       claimed_until = statement_timestamp() + make_interval(secs => ours.by_s)
  FROM ours WHERE d.deadline_id = ours.deadline_id"""

CLOCK: Final = "SELECT clock_timestamp() AS now, coalesce(max(deadline_id), 0) AS newest FROM deadline"

COUNT: Final = "SELECT kind, count(*) AS open FROM deadline GROUP BY kind"

MEND: Final = """
WITH silent AS (
    SELECT a.alarm_id, coalesce((a.life #>> '{escalation,level}')::integer, 0) + 1 AS level
      FROM alarm a
     WHERE a.state = 'raised' AND a.purpose = 'real' AND a.owner = a.centre_id
       AND NOT EXISTS (SELECT FROM deadline d WHERE d.alarm_id = a.alarm_id AND d.kind = 'escalate')),
mended AS (
    INSERT INTO deadline (alarm_id, kind, level, made_at, due_at)
    SELECT alarm_id, 'escalate', level, statement_timestamp(), statement_timestamp() FROM silent
        ON CONFLICT (alarm_id, kind) DO NOTHING RETURNING 1)
SELECT count(*) FROM mended"""

LONGEST_LEASE_S: Final = max(DEADLINE_LEASE_S, *PUT_OFF_S)


class PostgresDeadlines:
    """``gateway.ports.Deadlines``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def clock(self) -> tuple[datetime, int]:
        """Return the database's time, and the newest ``deadline_id`` there is."""
        async with acquire(self._pool) as database:
            (row,) = await database.fetch(CLOCK)
        return row["now"], row["newest"]

    async def due(self, limit: int) -> tuple[Claimed, ...]:
        """Claim what has fallen due, the longest overdue first."""
        return await self._claim(DUE, limit, list(DeadlineKind))

    async def hastened(self, limit: int, steps: Sequence[tuple[int, float]]) -> tuple[Claimed, ...]:
        """Claim what would have fallen due had the clock not been set back."""
        return await self._claim(HASTENED, limit, [last for last, _ in steps], [by_s for _, by_s in steps])

    async def deserted(self, limit: int, levels: Mapping[str, int]) -> tuple[Claimed, ...]:
        """Claim the escalations, up to these levels, of alarms that these centres own."""
        return await self._claim(DESERTED, limit, list(levels), list(levels.values()))

    async def drop(self, claimed: Sequence[Claimed]) -> None:
        """Forget deadlines whose act is not allowed any more, unless they were set anew."""
        async with acquire(self._pool) as database:
            await database.execute(DROP, [one.deadline_id for one in claimed])

    async def put_off(self, claimed: Sequence[Claimed], by_s: Sequence[float]) -> None:
        """Let go of deadlines that could not be carried out, each for so many seconds."""
        async with acquire(self._pool) as database:
            await database.execute(PUT_OFF, [one.deadline_id for one in claimed], list(by_s))

    async def mend(self) -> int:
        """Give each real raised alarm without a next level one that is due now; return how many."""
        async with acquire(self._pool) as database:
            mended: int = await database.fetchval(MEND)
        return mended

    async def count(self) -> dict[DeadlineKind, int]:
        """Return how many are open, by kind."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(COUNT)
        return {DeadlineKind(row["kind"]): row["open"] for row in rows if row["kind"] in set(DeadlineKind)}

    async def _claim(self, statement: str, limit: int, *arguments: Any) -> tuple[Claimed, ...]:
        async with acquire(self._pool) as database:
            rows = await database.fetch(statement, limit, LONGEST_LEASE_S, DEADLINE_LEASE_S, *arguments)
        return tuple(_claimed(row) for row in rows)


def _claimed(row: asyncpg.Record) -> Claimed:
    return Claimed(
        deadline_id=row["deadline_id"],
        alarm_id=row["alarm_id"],
        kind=DeadlineKind(row["kind"]),
        level=row["level"],
        due_at=row["due_at"],
        tries=row["tries"],
    )
