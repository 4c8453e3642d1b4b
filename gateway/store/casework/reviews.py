"""Which files want to be gone through again; found by days alone, without opening any."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.casework.days import day_of
from gateway.domain.casework.review import INTERVALS, Intervals, ReviewDue, checked_days
from gateway.domain.rows import Row
from gateway.store.connect import Database
from schemas.circumstances import RiskLevel
from schemas.registration import Circumstance, Person

KEEP: Final = """
INSERT INTO registration_review VALUES ($1, $2, $3)
    ON CONFLICT (registration_id) DO UPDATE
   SET sealed_version = EXCLUDED.sealed_version, checked_on = EXCLUDED.checked_on"""

# A file that is over wants nothing; whatever else it may be, its circumstances have to be right.
DUE: Final = """
WITH file AS (
    SELECT r.registration_id, r.reference, r.risk, r.team,
           coalesce(v.checked_on, ARRAY[NULL]::date[]) AS checked_on, ($3::jsonb ->> r.risk)::int AS days
      FROM registration r LEFT JOIN registration_review v USING (registration_id)
     WHERE ($1::text IS NULL OR r.team = $1) AND r.population = 'real' AND r.wrapped_key IS NOT NULL
       AND r.state NOT IN ('refused', 'closed', 'archived')),
due AS (
    SELECT f.registration_id, f.reference, f.risk, f.team, count(*) AS entries, min(c.day + f.days) AS since,
           bool_or(c.day IS NULL) AS never
      FROM file f, unnest(f.checked_on) AS c (day)
     WHERE c.day IS NULL OR c.day + f.days <= $2::date
     GROUP BY f.registration_id, f.reference, f.risk, f.team)"""

LISTED: Final = (
    DUE
    + """
SELECT registration_id, reference, risk, entries, CASE WHEN never THEN NULL ELSE since END AS since FROM due
 ORDER BY never DESC, since, reference"""
)

COUNTED: Final = (
    DUE
    + """
SELECT coalesce(z.centre_id, d.team) AS centre, d.team, count(*) AS files
  FROM due d LEFT JOIN zone z ON z.zone_id = d.team
 GROUP BY 1, 2"""
)


async def keep_review(
    database: Database,
    registration_id: UUID,
    version: int,
    person: Person,
    circumstances: Iterable[Circumstance],
) -> None:
    """Keep when each entry of a version was last confirmed, in the transaction that saves it."""
    await database.execute(KEEP, registration_id, version, checked_days(person, circumstances))


async def reviews_due(
    database: Database, team: str, now: datetime, intervals: Intervals = INTERVALS
) -> tuple[ReviewDue, ...]:
    """Return the files of a team of which something is due on this day, the longest overdue first.

    As the system, or in a transaction as a person (``gateway.store.casework.scoped``).
    """
    rows = await database.fetch(LISTED, team, day_of(now), _days(intervals))
    return tuple(_due(row) for row in rows)


async def teams_due(
    database: Database, now: datetime, intervals: Intervals = INTERVALS
) -> list[tuple[str, str, int]]:
    """Return the teams with files of which something is due, as (centre, team, files)."""
    rows = await database.fetch(COUNTED, None, day_of(now), _days(intervals))
    return [(row["centre"], row["team"], row["files"]) for row in rows]


def _days(intervals: Intervals) -> dict[str, int]:
    return {str(level): days for level, days in intervals.items()}


def _due(row: Row) -> ReviewDue:
    return ReviewDue(
        registration_id=row["registration_id"],
        reference=row["reference"],
        level=RiskLevel(row["risk"]),
        entries=row["entries"],
        since=row["since"],
    )
