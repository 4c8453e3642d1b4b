"""Test windows and exercises: opened by somebody, ended by themselves; each shows as an open notice."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import DatabaseUnavailable, NotAllowedNow, NotFound
from gateway.failing import failed
from gateway.store.casework.scoped import record
from gateway.store.connect import Pool, acquire
from gateway.store.notices import Notice, PostgresNotices
from gateway.timing import WINDOW_SWEEP_S
from schemas.protection import Audience, NoticeKind
from schemas.registration import Population
from schemas.session import OperatorName, Role
from schemas.window import WindowView

FIND: Final = """
SELECT r.centre_id, r.reference, r.population,
       EXISTS (SELECT FROM alarm a WHERE a.registration_id = r.registration_id AND a.purpose = 'real'
                  AND a.state <> 'closed' AND a.owner = a.centre_id) AS in_alarm
  FROM registration r WHERE r.registration_id = $1"""

# Whoever may set it could keep her from being heard: nobody of another team, nor on her deny list.
HERS: Final = """
SELECT EXISTS (SELECT FROM registration r
                WHERE r.registration_id = $1 AND r.registration_id <> ALL (denied_to($2))
                  AND (r.team = ANY (case_teams_of($3::text[], $4::text[], $5::text[]))
                       OR ('supervisor' = ANY ($5::text[]) AND r.centre_id = ANY ($4::text[]))))"""

# By the database's clock, as every press is judged.
OPEN: Final = """
UPDATE registration SET test_from = now(), test_until = now() + make_interval(mins => $2)
 WHERE registration_id = $1 RETURNING test_until"""

END: Final = "UPDATE registration SET test_until = NULL WHERE registration_id = $1"

OVER: Final = """
SELECT n.centre_id, n.kind, n.subject FROM notice n
 WHERE n.cleared_at IS NULL
   AND CASE n.kind
       WHEN 'exercise' THEN (n.detail ->> 'until')::timestamptz <= now()
       WHEN 'test_window' THEN NOT EXISTS (
            SELECT FROM registration r
             WHERE r.registration_id = CASE n.kind WHEN 'test_window' THEN n.subject::uuid END
               AND tested_until(r, now()) IS NOT NULL)
       END"""

EXERCISES: Final = """
SELECT n.centre_id AS centre, (n.detail ->> 'until')::timestamptz AS until,
       (SELECT count(*) FROM alarm a WHERE a.centre_id = n.centre_id AND a.owner = a.centre_id
           AND a.state <> 'closed' AND a.purpose = 'exercise') AS open_alarms
  FROM notice n
 WHERE n.kind = 'exercise' AND n.cleared_at IS NULL AND (n.detail ->> 'until')::timestamptz > now()
 ORDER BY n.centre_id"""

UNTIL: Final = "SELECT now() + make_interval(mins => $1)"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RunningExercise:
    """An exercise of a centre."""

    centre: str
    until: datetime
    open_alarms: int


class PostgresWindows:
    """``gateway.ports.Windows``, and exercises."""

    def __init__(self, pool: Pool, notices: PostgresNotices) -> None:
        self._pool = pool
        self._notices = notices

    async def find(self, scope: Scope, registration_id: UUID) -> WindowView:
        """Return whose registration it is, as if without a window.

        Raises ``NotFound``, too, for who neither works on it nor supervises its centre.
        """
        given = (scope.operator_id, sorted(scope.zones), sorted(scope.centres), sorted(scope.roles))
        async with acquire(self._pool) as database:
            if not await database.fetchval(HERS, registration_id, *given):
                raise NotFound
        row = await self._row(registration_id)
        return _view(registration_id, row, None)

    async def open(
        self, registration_id: UUID, minutes: int, by: OperatorName | None, scope: Scope | None = None
    ) -> WindowView:
        """Take her real presses as tests for some minutes; 0 ends that at once. The journal says who did.

        Raises:
            NotFound: there is no such registration.
            NotAllowedNow: her real alarm is open, or the file is no victim's.
        """
        row = await self._row(registration_id)
        if minutes and row["population"] != Population.REAL:
            raise NotAllowedNow("its presses are never real")
        if minutes and row["in_alarm"]:
            raise NotAllowedNow("her real alarm is open")
        async with acquire(self._pool) as database, database.transaction():
            await record(database, scope, _entry(registration_id, minutes, scope))
            if minutes:
                until: datetime | None = await database.fetchval(OPEN, registration_id, minutes)
            else:
                until = None
                await database.execute(END, registration_id)
        await self._notices.tell(row["centre_id"], [_of_window(registration_id, row, until, by)])
        return _view(registration_id, row, until)

    async def start_exercise(self, centre: str, minutes: int) -> datetime:
        """Show a centre's consoles that an exercise runs; return until when. Again moves its end."""
        async with acquire(self._pool) as database:
            until: datetime = await database.fetchval(UNTIL, minutes)
        told = {"until": until.isoformat()}
        everybody = (Audience.EVERYBODY,)
        notice = Notice(kind=NoticeKind.EXERCISE, subject=centre, audience=everybody, detail={**told})
        await self._notices.tell(centre, [notice])
        return until

    async def stop_exercise(self, centre: str) -> bool:
        """End a centre's exercise; False when none was running."""
        over = Notice(kind=NoticeKind.EXERCISE, subject=centre, open=False)
        return bool(await self._notices.tell(centre, [over]))

    async def exercises(self) -> list[RunningExercise]:
        """Return the exercises that run, by centre."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(EXERCISES)
        return [RunningExercise(row["centre"], row["until"], row["open_alarms"]) for row in rows]

    async def run(self) -> None:
        """Clear the notices of what is over, every few seconds, until cancelled."""
        while True:
            try:
                await self.sweep()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("windows_swept")
                log.warning("windows_not_swept", error=type(error).__name__)
            await asyncio.sleep(WINDOW_SWEEP_S)

    async def sweep(self) -> int:
        """Clear the notices of what is over; return how many."""
        async with acquire(self._pool) as database:
            rows = await database.fetch(OVER)
        cleared = 0
        for row in rows:
            over = Notice(kind=NoticeKind(row["kind"]), subject=row["subject"], open=False)
            cleared += await self._notices.tell(row["centre_id"], [over])
        return cleared

    async def _row(self, registration_id: UUID) -> asyncpg.Record:
        async with acquire(self._pool) as database:
            row = await database.fetchrow(FIND, registration_id)
        if row is None:
            raise NotFound
        return row


def _entry(registration_id: UUID, minutes: int, scope: Scope | None) -> Entry:
    why = Why.SYSTEM if scope is None else Why.CASE if Role.CASE_OFFICER in scope.roles else Why.OVERSIGHT
    facts = {"part": "test_window", "minutes": minutes}
    return Entry(kind=Kind.CHANGED, why=why, registration_id=registration_id, facts=facts)


def _of_window(
    registration_id: UUID, row: asyncpg.Record, until: datetime | None, by: OperatorName | None
) -> Notice:
    return Notice(
        kind=NoticeKind.TEST_WINDOW,
        subject=str(registration_id),
        open=until is not None,
        audience=(Audience.EVERYBODY,),
        reference=row["reference"],
        detail={"until": None if until is None else until.isoformat()},
        by=by,
    )


def _view(registration_id: UUID, row: asyncpg.Record, until: datetime | None) -> WindowView:
    return WindowView(
        registration_id=registration_id, centre=row["centre_id"], reference=row["reference"], until=until
    )
