"""Daily reports as a person may read them: the files she may see, with the names that belong to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.report import totals_of, window_of
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound, SealBroken
from gateway.ports import Clock
from gateway.ports.reports import ReportTeam
from gateway.store.casework.reports import ASK, BEFORE, PostgresReports, made_report
from gateway.store.casework.scoped import record, scoped
from gateway.store.casework.telling import Reach
from gateway.store.connect import Database, Pool
from gateway.store.registrations import open_row
from gateway.store.sealing import Keyring
from schemas.report import DailyReport, ReportFormat, SendingView

TEAMS: Final = "SELECT my_teams()"

SEALED: Final = """
SELECT registration_id, centre_id, reference, key_id, wrapped_key, person_sealed, circumstances_sealed,
       sealed_version, policy, population
  FROM registration WHERE registration_id = ANY ($1) AND wrapped_key IS NOT NULL"""

SENDINGS: Final = "SELECT * FROM report_sending WHERE team = $1 AND day = $2 ORDER BY number"


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresReportReading:
    """Reports of somebody's teams. All raise ``DatabaseUnavailable``."""

    pool: Pool
    reports: PostgresReports
    keyring: Keyring
    clock: Clock
    reach: Reach

    async def read(
        self, scope: Scope, team: str | None, day: date, form: ReportFormat
    ) -> tuple[DailyReport, ReportTeam]:
        """Return a team's day with names; every file in it is recorded as read.

        Raises ``NotFound`` for another's team or a day that has not begun; ``FieldInvalid`` where several
        teams are hers and none is named.
        """
        async with scoped(self.pool, scope) as database:
            whose = await self._team(database, team)
            report = await made_report(database, whose.team, day) or await self._so_far(database, whose, day)
            names = await self._names(database, [file.registration_id for file in report.files])
            files = tuple(
                file.model_copy(update={"name": names[file.registration_id]})
                for file in report.files
                if file.registration_id in names
            )
            await record(database, scope, *_looks(whose, day, form, names))
        if len(files) < len(report.files):  # what is not hers to see is not hers to count
            report = report.model_copy(update={"totals": totals_of(files)})
        return report.model_copy(update={"files": files}), whose

    async def resend(self, scope: Scope, team: str | None, day: date) -> tuple[SendingView, ...]:
        """Have a report sent once more; return all of its mails.

        Raises ``NotFound`` where none was made, ``NotAllowedNow`` while a mail of it is under way or nobody
        can be reached.
        """
        async with scoped(self.pool, scope) as database:
            whose = await self._team(database, team)
            if await made_report(database, whose.team, day) is None:
                raise NotFound
            if not self.reach.mail or not whose.mail:
                raise NotAllowedNow("no mail server is set up, or the team has no address")
            try:
                number = await database.fetchval(ASK, whose.team, day, scope.who.model_dump(mode="json"))
            except asyncpg.UniqueViolationError:
                raise NotAllowedNow("a mail of this report is under way") from None
            facts = {"day": day.isoformat(), "number": number, "state": "asked"}
            asked = Entry(
                kind=Kind.REPORT_SENT, why=Why.CASE, centre=whose.centre, team=whose.team, facts=facts
            )
            await record(database, scope, asked)
            rows = await database.fetch(SENDINGS, whose.team, day)
        return tuple(SendingView.model_validate(dict(row)) for row in rows)

    async def _team(self, database: Database, team: str | None) -> ReportTeam:
        mine: list[str] = [one for one in await database.fetchval(TEAMS) if one]
        if team is None and len(mine) != 1:
            raise FieldInvalid("team", "name one of your teams")
        wanted = mine[0] if team is None else team
        found = await self.reports.find_team(database, wanted) if wanted in mine else None
        if found is None:
            raise NotFound
        return found

    async def _so_far(self, database: Database, team: ReportTeam, day: date) -> DailyReport:
        """Make up a day of which no report was made: it goes on, or was before there were any."""
        now = self.clock.now()
        if window_of(day, team.report_at, await database.fetchval(BEFORE, team.team, day)).from_at > now:
            raise NotFound
        report = await self.reports.report_of(database, team, day, now)
        return report.model_copy(update={"final": False})

    async def _names(self, database: Database, ids: Sequence[UUID]) -> dict[UUID, str | None]:
        """Open the files of a report that she may see; one that does not open has no name."""
        names: dict[UUID, str | None] = {}
        for row in await database.fetch(SEALED, list(ids)):
            try:
                names[row["registration_id"]] = open_row(self.keyring, row).person.victim.name
            except SealBroken:
                names[row["registration_id"]] = None
        return names


def _looks(team: ReportTeam, day: date, form: ReportFormat, read: Collection[UUID]) -> list[Entry]:
    """Return what the journal says: the report was read, and each file that was in it."""
    facts = {"day": day.isoformat(), "format": form.value}
    return [
        Entry(
            kind=Kind.REPORT_READ,
            why=Why.CASE,
            registration_id=registration_id,
            centre=team.centre,
            team=team.team,
            facts=facts if registration_id else {**facts, "files": len(read)},
        )
        for registration_id in (None, *read)
    ]
