"""How trackers are, and which are silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.ports.perimeters import Heard
from gateway.store.connect import Pool, acquire

# What is older than what is known says nothing.
HEARD: Final = """
WITH given AS (
    SELECT DISTINCT ON (g.tracker_id) g.*
      FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::integer[])
           AS g(tracker_id, at, condition, battery_pct)
      JOIN tracker t USING (tracker_id)
     ORDER BY g.tracker_id, g.at DESC, g.condition IS NULL),
was AS (
    SELECT s.tracker_id FROM tracker_state s JOIN given g USING (tracker_id)
     WHERE s.silent_at IS NOT NULL ORDER BY s.tracker_id FOR UPDATE OF s),
put AS (
    INSERT INTO tracker_state AS s (tracker_id, heard_at, condition, battery_pct)
    SELECT tracker_id, at, coalesce(condition, 'ok'), battery_pct FROM given ORDER BY tracker_id
        ON CONFLICT (tracker_id) DO UPDATE
       SET heard_at = greatest(s.heard_at, EXCLUDED.heard_at), silent_at = NULL,
           condition = coalesce(
               (SELECT g.condition FROM given g WHERE g.tracker_id = s.tracker_id), s.condition),
           battery_pct = coalesce(EXCLUDED.battery_pct, s.battery_pct))
SELECT tracker_id FROM was"""

# One that was never heard counts from when it was put on. Two nodes may find the same one: telling it twice
# is telling it once, and what was told and not noted is told again.
SILENT: Final = """
SELECT t.tracker_id FROM tracker t LEFT JOIN tracker_state s USING (tracker_id)
 WHERE t.ended_at IS NULL AND s.silent_at IS NULL
   AND coalesce(s.heard_at, t.added_at) < now() - make_interval(secs => t.supervised_s)
 ORDER BY coalesce(s.heard_at, t.added_at) LIMIT $1"""

NOTE: Final = """
INSERT INTO tracker_state AS s (tracker_id, heard_at, silent_at)
SELECT t.tracker_id, t.added_at, now() FROM tracker t WHERE t.tracker_id = ANY ($1)
    ON CONFLICT (tracker_id) DO UPDATE SET silent_at = now()
 WHERE s.heard_at < now() - make_interval(secs =>
       (SELECT t.supervised_s FROM tracker t WHERE t.tracker_id = s.tracker_id))
RETURNING tracker_id"""


@dataclass(frozen=True, slots=True)
class PostgresTrackerStates:
    """``gateway.ports.perimeters.TrackerStates``."""

    pool: Pool

    async def heard(self, heard: Sequence[Heard]) -> frozenset[UUID]:
        """Write down that they were heard; return those that had been silent."""
        if not heard:
            return frozenset()
        async with acquire(self.pool) as database:
            rows = await database.fetch(
                HEARD,
                [one.tracker_id for one in heard],
                [one.at for one in heard],
                [one.condition for one in heard],
                [one.battery_pct for one in heard],
            )
        return frozenset(row["tracker_id"] for row in rows)

    async def silent(self, limit: int) -> Sequence[UUID]:
        """Return trackers that are silent and were not said to be."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(SILENT, limit)
        return [row["tracker_id"] for row in rows]

    async def note_silent(self, tracker_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Note that their silence was told; return those that are silent still."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(NOTE, list(tracker_ids))
        return frozenset(row["tracker_id"] for row in rows)
