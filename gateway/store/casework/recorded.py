"""What was recorded of files and alarms until an instant, read for figures: from the two logs alone.

Rows are a file and an alarm each, with no name and no reference, and leave this process as figures only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.domain.casework.figures import AlarmFacts, Apart, FileFacts, Leaf
from gateway.domain.rows import Row
from gateway.store.connect import Database, Pool, acquire
from schemas.press import Purpose

EVENTS_AT_ONCE: Final = 10_000
"""Events read out of the log in one statement: some 100 ms."""

SETTLED_S: Final = 60.0
"""An event is read this long after it happened: by then every step of before has been committed."""

PATIENCE: Final = "SET LOCAL statement_timeout = '20s'; SET LOCAL work_mem = '64MB'"
ANSWER_S: Final = 25.0

READ_ON: Final = """
SELECT read_alarm_moments($1, statement_timestamp() - make_interval(secs => $2), $3)"""

CENTRES: Final = "SELECT centre_id FROM centre ORDER BY centre_id"

# Only what is nobody's drill: whom a file is about never changes.
FILES: Final = """
SELECT s.registration_id,
       min(s.centre_id) FILTER (WHERE s.number = 1) AS centre,
       min(s.team) FILTER (WHERE s.number = 1) AS team,
       min(s.arrondissement) FILTER (WHERE s.number = 1) AS arrondissement,
       min(s.on_date) FILTER (WHERE s.kind = 'requested') AS requested_on,
       min(s.on_date) FILTER (WHERE s.kind = 'granted') AS granted_on,
       min(s.on_date) FILTER (WHERE s.kind = 'refused') AS refused_on,
       min(s.on_date) FILTER (WHERE s.kind IN ('installed', 'imported')) AS installed_on,
       bool_or(s.kind = 'imported') AS imported,
       max(s.on_date) FILTER (WHERE s.kind = 'closed') AS closed_on,
       max(s.facts ->> 'age_band') FILTER (WHERE s.kind IN ('granted', 'installed')) AS age_band
  FROM registration_step s
 WHERE s.at < $1 AND s.kind IN ('requested', 'granted', 'refused', 'installed', 'imported', 'closed')
   AND s.registration_id NOT IN (SELECT r.registration_id FROM registration r WHERE r.population <> 'real')
 GROUP BY s.registration_id"""

TRANSFERS: Final = """
SELECT DISTINCT ON (s.registration_id) s.registration_id, s.centre_id AS centre, s.team, s.arrondissement
  FROM registration_step s
 WHERE s.at < $1 AND s.kind = 'transferred'
 ORDER BY s.registration_id, s.number DESC"""

ALARMS: Final = """
SELECT m.alarm_id, (array_agg(m.registration_id))[1] AS registration_id,
       (array_agg(m.centre_id ORDER BY m.at DESC, m.kind))[1] AS owner,
       min(m.at) FILTER (WHERE m.kind = 'raised') AS raised_at,
       extract(year FROM min(m.at) FILTER (WHERE m.kind = 'raised') AT TIME ZONE 'Europe/Brussels')::integer
           AS year,
       min(m.at) FILTER (WHERE m.kind = 'answered') AS answered_at,
       min(m.at) FILTER (WHERE m.kind = 'there') AS there_at,
       (array_agg(m.outcome ORDER BY m.at DESC, m.kind) FILTER (WHERE m.kind IN ('ended', 'reopened')))[1]
           AS outcome,
       min(m.file_centre) AS centre, min(m.file_team) AS team, min(m.arrondissement) AS arrondissement
  FROM alarm_moment m
 WHERE m.at < $1 AND m.purpose = 'real'
 GROUP BY m.alarm_id
HAVING bool_or(m.kind = 'raised')"""

APART: Final = """
SELECT m.centre_id AS owner, m.file_centre AS centre, m.file_team AS team, m.arrondissement, m.purpose,
       extract(year FROM m.at AT TIME ZONE 'Europe/Brussels')::integer AS year, count(*) AS number
  FROM alarm_moment m
 WHERE m.at < $1 AND m.purpose <> 'real' AND m.kind = 'raised'
 GROUP BY 1, 2, 3, 4, 5, 6"""

NAMES: Final = """
SELECT 'centre' AS by, centre_id AS code, name FROM centre
 UNION ALL SELECT 'zone', zone_id, name FROM zone
 UNION ALL SELECT 'zone', centre_id, name FROM centre"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Everything that figures are counted from."""

    files: Sequence[FileFacts]
    alarms: Sequence[AlarmFacts]
    apart: Sequence[Apart]


async def read_on(pool: Pool) -> None:
    """Read what is new in the log of alarms; whoever does so at the same time waits for the other."""
    async with acquire(pool) as database:
        centres = [row["centre_id"] for row in await database.fetch(CENTRES)]
        for centre in centres:
            while await database.fetchval(READ_ON, centre, SETTLED_S, EVENTS_AT_ONCE):
                pass


async def recorded(pool: Pool, until: datetime) -> Recorded:
    """Return what was recorded before ``until``. Raises ``DatabaseUnavailable``."""
    async with acquire(pool) as database, database.transaction(readonly=True):
        await database.execute(PATIENCE)
        rows = {
            sql: await database.fetch(sql, until, timeout=ANSWER_S)
            for sql in (FILES, TRANSFERS, ALARMS, APART)
        }
    moved = {row["registration_id"]: _leaf(row) for row in rows[TRANSFERS]}
    return Recorded(
        files=[_file(row, moved.get(row["registration_id"])) for row in rows[FILES]],
        alarms=[_alarm(row) for row in rows[ALARMS]],
        apart=[_apart(row) for row in rows[APART]],
    )


async def names(database: Database) -> dict[tuple[str, str], str]:
    """Return what places are called today."""
    return {(row["by"], row["code"]): row["name"] for row in await database.fetch(NAMES)}


def _leaf(row: Row) -> Leaf:
    return Leaf(row["centre"], row["arrondissement"], row["team"])


def _file(row: Row, moved: Leaf | None) -> FileFacts:
    return FileFacts(
        registration_id=row["registration_id"],
        leaf=moved or _leaf(row),
        requested_on=row["requested_on"],
        granted_on=row["granted_on"],
        refused_on=row["refused_on"],
        installed_on=row["installed_on"],
        closed_on=row["closed_on"],
        age_band=row["age_band"],
        imported=row["imported"],
    )


def _where(row: Row) -> Leaf:
    """Return an alarm's place: its file's team, if that is the owner's; else the owner itself."""
    owner: str = row["owner"]
    return _leaf(row) if row["centre"] == owner and row["team"] else Leaf(owner, None, owner)


def _alarm(row: Row) -> AlarmFacts:
    return AlarmFacts(
        registration_id=row["registration_id"],
        leaf=_where(row),
        year=row["year"],
        raised_at=row["raised_at"],
        answered_at=row["answered_at"],
        there_at=row["there_at"],
        outcome=row["outcome"],
    )


def _apart(row: Row) -> Apart:
    return Apart(_where(row), row["year"], Purpose(row["purpose"]), row["number"])
