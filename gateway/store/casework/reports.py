"""Daily reports in PostgreSQL: made once a team and day by whichever node comes first, sent by one at a time.

A mail is claimed, sent, and what became of it is written down. A node that dies between the two leaves a
claim that ends; the mail is then sent again, with the same Message-ID, so that the receiver can tell.
"""

from datetime import date, datetime, time
from typing import Final

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.report import window_of
from gateway.domain.casework.review import Intervals
from gateway.domain.rows import Row
from gateway.ports.reports import ReportTeam, Sending
from gateway.settings import Settings
from gateway.store.casework.report_facts import reported
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool, acquire
from gateway.timing import REPORT_LEASE_S, REPORT_RETRY_S
from schemas.report import DailyReport, SendingState

# A zone with an address hears of an empty day too; without one it hears where it has files.
TEAMS: Final = """
SELECT t.*, l.day AS last, l.until_at AS told_until
  FROM (SELECT z.zone_id AS team, z.name, z.centre_id AS centre, z.language, z.mail, z.report_at
          FROM zone z
         WHERE z.mail <> '{}' OR EXISTS (SELECT FROM registration r WHERE r.zone_id = z.zone_id
               AND r.population = 'real' AND r.wrapped_key IS NOT NULL)
         UNION ALL
        SELECT c.centre_id, c.name, c.centre_id, NULL, '{}', NULL
          FROM centre c
         WHERE EXISTS (SELECT FROM registration r WHERE r.team = c.centre_id
               AND r.population = 'real' AND r.wrapped_key IS NOT NULL)) AS t
  LEFT JOIN LATERAL (SELECT d.day, d.until_at FROM daily_report d WHERE d.team = t.team
                      ORDER BY d.day DESC LIMIT 1) AS l ON true
 ORDER BY t.team"""

TEAM: Final = """
SELECT z.zone_id AS team, z.name, z.centre_id AS centre, z.language, z.mail, z.report_at,
       NULL::date AS last, NULL::timestamptz AS told_until
  FROM zone z WHERE z.zone_id = $1
 UNION ALL
SELECT c.centre_id, c.name, c.centre_id, NULL, '{}', NULL, NULL, NULL FROM centre c WHERE c.centre_id = $1"""

BEFORE: Final = "SELECT until_at FROM daily_report WHERE team = $1 AND day < $2 ORDER BY day DESC LIMIT 1"

MAKE: Final = """
INSERT INTO daily_report (team, day, centre_id, from_at, until_at, made_at, body)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING 1"""

ASK: Final = """
INSERT INTO report_sending (team, day, number, asked_at, asked_by, due_at)
SELECT $1, $2, coalesce(max(s.number) + 1, 0), now(), $3, now()
  FROM report_sending s WHERE s.team = $1 AND s.day = $2
RETURNING number"""

# Due later than any pause is long was due before the clock was set back; so was a claim of twice its length,
# and not of once: another's statement that began after this one may have claimed before it.
CLAIM: Final = """
WITH wanted AS (
    SELECT s.team, s.day, s.number FROM report_sending s
     WHERE s.state = 'due' AND lease_over(s.claimed_until, 2 * $2)
       AND (s.due_at <= statement_timestamp()
            OR s.due_at > statement_timestamp() + make_interval(secs => $3))
     ORDER BY s.due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE report_sending s
   SET claimed_until = statement_timestamp() + make_interval(secs => $2), tries = s.tries + 1
  FROM wanted w WHERE (s.team, s.day, s.number) = (w.team, w.day, w.number)
RETURNING s.team, s.day, s.number, s.tries, s.asked_at, s.claimed_until"""

MADE: Final = """
SELECT d.body || jsonb_build_object('sendings', (
           SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.number), '[]') FROM report_sending s
            WHERE s.team = d.team AND s.day = d.day)) AS body
  FROM daily_report d WHERE d.team = $1 AND d.day = $2"""

END: Final = """
UPDATE report_sending SET state = $5, ended_at = statement_timestamp(), claimed_until = NULL,
       recipients = $6, refused = $7, error = NULL
 WHERE team = $1 AND day = $2 AND number = $3 AND claimed_until = $4 AND state = 'due' RETURNING 1"""

PUT_OFF: Final = """
UPDATE report_sending SET claimed_until = NULL, error = $6,
       due_at = statement_timestamp() + make_interval(secs => $5)
 WHERE team = $1 AND day = $2 AND number = $3 AND claimed_until = $4 AND state = 'due'"""

UNSENT: Final = """
SELECT d.centre_id, min(s.asked_at) AS since
  FROM report_sending s JOIN daily_report d USING (team, day) WHERE s.state = 'due' GROUP BY 1"""


class PostgresReports:
    """``gateway.ports.reports.Reports``."""

    def __init__(self, pool: Pool, settings: Settings, intervals: Intervals) -> None:
        self._pool = pool
        self._settings = settings
        self._intervals = intervals

    async def teams(self) -> list[ReportTeam]:
        """Return the teams that get a report."""
        async with acquire(self._pool) as database:
            return [self.team_of(row) for row in await database.fetch(TEAMS)]

    async def make(self, team: ReportTeam, day: date, now: datetime) -> bool:
        """Make one, and its mail, in one transaction: of two nodes one has done it."""
        async with acquire(self._pool) as database, database.transaction():
            report = await self.report_of(database, team, day, now)
            body = report.model_dump(mode="json", exclude={"sendings"})
            window = (report.from_at, report.until_at, report.made_at)
            made = await database.fetchval(MAKE, team.team, day, team.centre, *window, body)
            if made is not None:
                await database.fetchval(ASK, team.team, day, None)
        return made is not None

    async def claim(self, limit: int) -> list[Sending]:
        """Claim mails that are due."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(CLAIM, limit, REPORT_LEASE_S, max(REPORT_RETRY_S))
            return [await self._sending(database, row) for row in rows]

    async def made(self, team: str, day: date) -> DailyReport | None:
        """Return a report as it was made."""
        async with acquire(self._pool) as database:
            return await made_report(database, team, day)

    async def end(self, sending: Sending, state: SendingState, recipients: int, refused: int) -> None:
        """Say that nothing remains to be done about a mail."""
        which = (sending.team.team, sending.day, sending.number, sending.claimed_until)
        facts = {"day": sending.day.isoformat(), "number": sending.number, "state": state.value}
        entry = Entry(
            kind=Kind.REPORT_SENT,
            why=Why.SYSTEM,
            centre=sending.team.centre,
            team=sending.team.team,
            facts={**facts, "recipients": recipients, "refused": refused},
        )
        async with acquire(self._pool) as database, database.transaction():
            ended = await database.fetchval(END, *which, state, recipients, refused)
            if ended and state is not SendingState.UNADDRESSED:
                await record(database, None, entry)

    async def put_off(self, sending: Sending, by_s: float, error: str) -> None:
        """Try again in so many seconds."""
        which = (sending.team.team, sending.day, sending.number, sending.claimed_until)
        async with acquire(self._pool) as database:
            await database.execute(PUT_OFF, *which, by_s, error)

    async def unsent_since(self) -> dict[str, datetime]:
        """Return since when mail of each centre has not gone out."""
        async with acquire(self._pool) as database:
            return {row["centre_id"]: row["since"] for row in await database.fetch(UNSENT)}

    async def find_team(self, database: Database, team: str) -> ReportTeam | None:
        """Return a zone's or a centre's team."""
        row = await database.fetchrow(TEAM, team)
        return None if row is None else self.team_of(row)

    async def report_of(self, database: Database, team: ReportTeam, day: date, now: datetime) -> DailyReport:
        """Make a report up, without keeping it; what a day that is not over will bring is not in it."""
        told_until: datetime | None = await database.fetchval(BEFORE, team.team, day)
        window = window_of(day, team.report_at, told_until)
        totals, files = await reported(database, team.team, window, now, self._intervals)
        return DailyReport(
            team=team.team,
            team_name=team.name,
            centre=team.centre,
            day=day,
            from_at=window.from_at,
            until_at=window.until_at,
            made_at=now,
            final=window.until_at <= now,
            totals=totals,
            files=files,
        )

    def team_of(self, row: Row) -> ReportTeam:
        """Return the team of a row; what a centre's own team lacks is from the settings."""
        report_at: time | None = row["report_at"]
        given = dict(self._settings.report_mail).get(row["team"], ())
        return ReportTeam(
            team=row["team"],
            name=row["name"],
            centre=row["centre"],
            language=row["language"] or self._settings.report_language,
            mail=tuple(row["mail"]) or given,
            report_at=report_at or self._settings.report_at,
            last=row["last"],
            told_until=row["told_until"],
        )

    async def _sending(self, database: Database, row: Row) -> Sending:
        team = await self.find_team(database, row["team"])
        if team is None:
            raise LookupError(row["team"])
        return Sending(
            team=team,
            day=row["day"],
            number=row["number"],
            tries=row["tries"],
            asked_at=row["asked_at"],
            claimed_until=row["claimed_until"],
        )


async def made_report(database: Database, team: str, day: date) -> DailyReport | None:
    """Return a report as it was made, and its mails."""
    body = await database.fetchval(MADE, team, day)
    return None if body is None else DailyReport.model_validate(body)
