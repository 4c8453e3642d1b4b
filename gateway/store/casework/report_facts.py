"""What a daily report is made of: a team's files at the end of a stretch of time, and what was in it."""

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.casework.report import Window, position_of, tasks_of, totals_of, worst_first
from gateway.domain.casework.review import Intervals, ReviewDue
from gateway.domain.rows import Row
from gateway.ingest.heartbeat import heartbeat_of
from gateway.store.casework.board import NOT_FOLLOWED, stretch, sums
from gateway.store.casework.reviews import reviews_due
from gateway.store.connect import Database
from schemas.protection import Fault, FaultKind
from schemas.protection_board import ProtectionTime
from schemas.report import ReportedAlarm, ReportedFile, ReportTotals

KINDS: Final = frozenset(FaultKind)

# Protection as it stands, which is at the end of the day when a report is made in time. A file that is over
# is in the report of its last alarm's day.
FILES: Final = f"""
WITH mine AS MATERIALIZED (
    SELECT r.*, p.state AS protection, p.since, p.faults, c.enrolled_at, c.heard_at, c.facts,
           r.state NOT IN {NOT_FOLLOWED} AS followed
      FROM registration r
      LEFT JOIN protection p USING (registration_id)
      LEFT JOIN LATERAL (
           SELECT k.enrolled_at, s.received_at AS heard_at, s.facts
             FROM companion k LEFT JOIN companion_state s USING (companion_id)
            WHERE k.registration_id = r.registration_id AND k.revoked_at IS NULL
            ORDER BY s.received_at DESC NULLS LAST LIMIT 1) AS c ON true
     WHERE r.team = $1 AND r.population = 'real' AND r.wrapped_key IS NOT NULL AND r.erased_at IS NULL
       AND (r.state NOT IN ('refused', 'closed', 'archived') OR r.registration_id IN (
            SELECT a.registration_id FROM alarm a
             WHERE a.owner = a.centre_id AND a.purpose = 'real' AND a.raised_at < $3
               AND (a.raised_at >= $2 OR (a.life #>> '{{closure,at}}')::timestamptz >= $2))))
SELECT r.registration_id, r.reference, r.risk, r.state AS life_state, r.life, r.ends_on, r.decide_by,
       CASE WHEN r.followed THEN coalesce(r.protection, 'unprotected') END AS protection,
       coalesce(r.since, r.created_at) AS since, r.heard_at, r.facts,
       coalesce(r.faults, CASE WHEN r.enrolled_at IS NULL
           THEN jsonb_build_array(jsonb_build_object('kind', 'no_companion', 'since', r.created_at))
           ELSE '[]'::jsonb END) AS faults,
       {stretch("n", "d")}::jsonb AS time,
       ARRAY(SELECT DISTINCT f.kind FROM protection_change c, unnest(c.faults) AS f (kind)
              WHERE c.registration_id = r.registration_id AND c.at < $3
                AND c.at >= coalesce((SELECT max(b.at) FROM protection_change b
                     WHERE b.registration_id = r.registration_id AND b.at <= $2), $2)) AS faults_seen
  FROM mine r
  LEFT JOIN LATERAL {sums("$3::timestamptz")} AS n ON true
  LEFT JOIN LATERAL {sums("$2::timestamptz")} AS d ON true"""  # noqa: S608 (the parts are the board's)

ALARMS: Final = """
SELECT a.registration_id, a.alarm_id, a.purpose, a.raised_at, a.state, a.press_count,
       a.life #>> '{closure,outcome}' AS outcome,
       greatest(0, extract(epoch FROM a.acknowledged_at - a.raised_at))::float8 AS answered_s
  FROM alarm a
 WHERE a.registration_id = ANY ($1) AND a.owner = a.centre_id AND a.purpose IN ('real', 'test')
   AND a.raised_at < $3
   AND (a.raised_at >= $2 OR (a.purpose = 'real'
        AND (a.state <> 'closed' OR (a.life #>> '{closure,at}')::timestamptz >= $2)))
 ORDER BY a.raised_at"""


async def reported(
    database: Database, team: str, window: Window, now: datetime, intervals: Intervals
) -> tuple[ReportTotals, tuple[ReportedFile, ...]]:
    """Return a team's day, without names: as the system, or in a transaction as a person."""
    rows = await database.fetch(FILES, team, window.from_at, window.until_at)
    ids = [row["registration_id"] for row in rows]
    alarms: dict[UUID, list[Row]] = defaultdict(list)
    for alarm in await database.fetch(ALARMS, ids, window.from_at, window.until_at):
        alarms[alarm["registration_id"]].append(alarm)
    reviews = {one.registration_id: one for one in await reviews_due(database, team, now, intervals)}
    files = worst_first(
        _file(row, alarms[row["registration_id"]], reviews.get(row["registration_id"]), window, now)
        for row in rows
    )
    return totals_of(files), files


def _file(
    row: Row, alarms: list[Row], review: ReviewDue | None, window: Window, now: datetime
) -> ReportedFile:
    said = None if row["facts"] is None else heartbeat_of(row["facts"]).heartbeat
    heard_at = row["heard_at"]
    followed = row["protection"] is not None
    tasks = tasks_of(row["life_state"], row["life"], row["ends_on"], row["decide_by"], review, now)
    return ReportedFile(
        registration_id=row["registration_id"],
        reference=row["reference"],
        risk=row["risk"],
        life=row["life_state"],
        state=row["protection"],
        since=row["since"] if followed else None,
        faults=tuple(Fault.model_validate(one) for one in row["faults"] if one["kind"] in KINDS and followed),
        faults_seen=tuple(kind for kind in FaultKind if kind in row["faults_seen"]),
        time=ProtectionTime.model_validate(row["time"]),
        alarms=tuple(_alarm(one) for one in alarms if one["purpose"] == "real"),
        tests=sum(one["purpose"] == "test" for one in alarms),
        button_battery_pct=None if said is None else said.button_battery_pct,
        phone_battery_pct=None if said is None else said.phone_battery_pct,
        position=position_of(said, heard_at, min(now, window.until_at)),
        heard_at=heard_at,
        tasks=tuple(tasks),
    )


def _alarm(row: Row) -> ReportedAlarm:
    return ReportedAlarm(
        alarm_id=row["alarm_id"],
        purpose=row["purpose"],
        raised_at=row["raised_at"],
        state=row["state"],
        outcome=row["outcome"],
        answered_s=row["answered_s"],
        press_count=row["press_count"],
    )
