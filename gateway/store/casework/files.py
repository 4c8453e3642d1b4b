"""Files of case teams: opened, listed, read. Every look is written down with it."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from gateway.domain.casework.asked import FilesAsked
from gateway.domain.casework.case import Moment
from gateway.domain.casework.journal import Entry, Kind
from gateway.domain.casework.life import Taken, begin
from gateway.domain.casework.scope import Scope
from gateway.domain.casework.terms import EVALUATION_DAYS
from gateway.domain.errors import FieldInvalid, NotFound, RegistrationConflict
from gateway.domain.uuid7 import uuid7
from gateway.ports import Clock
from gateway.store.casework.file_views import Cursor, line_of, view_of
from gateway.store.casework.lives import Terms, looked, stepped, why_of
from gateway.store.casework.reviews import keep_review
from gateway.store.casework.scoped import record, scoped
from gateway.store.casework.steps import Written, write
from gateway.store.connect import Database, Pool
from gateway.store.sealing import Keyring
from schemas.life import FilesPage, FileView, NewFile
from schemas.registration import ButtonPolicy, Registration

# Worst protection first; then who is to get an alarm; who is protected; what is over.
PAGE: Final = """
WITH mine AS (
    SELECT r.registration_id, r.reference, CASE
               WHEN r.state = 'installed' THEN CASE coalesce(p.state, 'unprotected')
                   WHEN 'unprotected' THEN 0 WHEN 'degraded' THEN 1 ELSE 3 END
               WHEN r.state IN ('refused', 'closed', 'archived') THEN 4 ELSE 2 END AS rank,
           CASE WHEN r.state = 'installed' AND coalesce(r.life ->> 'turn', 'nobody') = 'nobody'
                     AND r.ends_on <= $3::date THEN 'officer'
                ELSE coalesce(r.life ->> 'turn', 'nobody') END AS turn
      FROM registration r LEFT JOIN protection p USING (registration_id)
     WHERE r.population = 'real' AND r.team = ANY ((SELECT my_case_teams())::text[])
       AND ($1::text[] IS NULL OR r.state = ANY ($1))),
page AS (
    SELECT * FROM mine m
     WHERE ($2::text IS NULL OR m.turn = $2)
       AND ($4::integer IS NULL OR (m.rank, m.reference, m.registration_id) > ($4, $5, $6::uuid))
     ORDER BY m.rank, m.reference, m.registration_id LIMIT $7)
SELECT r.*, page.rank, p.state AS protection, p.since AS protection_since, p.faults, f.*
  FROM page
  JOIN registration r USING (registration_id)
  LEFT JOIN protection p USING (registration_id)
 CROSS JOIN LATERAL file_found(r.registration_id) AS f
 ORDER BY page.rank, r.reference, r.registration_id"""

ONE: Final = """
SELECT r.*, p.state AS protection, p.since AS protection_since, p.faults, f.*,
       coalesce(z.name, c.name) AS team_name
  FROM registration r
  JOIN centre c USING (centre_id)
  LEFT JOIN zone z USING (zone_id)
  LEFT JOIN protection p USING (registration_id)
 CROSS JOIN LATERAL file_found(r.registration_id) AS f
 WHERE r.registration_id = $1 AND r.population = 'real'"""

TEAMS: Final = """
SELECT t.team, coalesce(z.centre_id, c.centre_id) AS centre_id, z.zone_id
  FROM unnest(my_case_teams()) AS t (team)
  LEFT JOIN zone z ON z.zone_id = t.team
  LEFT JOIN centre c ON c.centre_id = t.team
 WHERE coalesce(z.centre_id, c.centre_id) IS NOT NULL"""

OPEN: Final = """
INSERT INTO registration (registration_id, centre_id, zone_id, reference, key_id, wrapped_key, person_sealed,
                          circumstances_sealed, sealed_version, policy, created_at, updated_at, state, life,
                          life_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, 1)"""

KEEP_VERSION: Final = """
INSERT INTO registration_version
SELECT registration_id, sealed_version, $2, $3, key_id, wrapped_key, person_sealed, circumstances_sealed
  FROM registration WHERE registration_id = $1"""


class PostgresFiles:
    """Files of case teams. All raise ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock, terms: Terms) -> None:
        self._pool = pool
        self._keyring = keyring
        self._clock = clock
        self._terms = terms

    async def page(self, scope: Scope, asked: FilesAsked) -> FilesPage:
        """Return a page of the files in scope; that they were listed, and which, is written down.

        Raises ``FieldInvalid`` for a cursor that is none.
        """
        moment = self._terms.moment(self._clock)
        soon = moment.today + timedelta(days=EVALUATION_DAYS[0])
        given = _page_of(asked, soon)
        async with scoped(self._pool, scope) as database:
            rows = await database.fetch(PAGE, *given)
            shown = rows[: asked.limit]
            facts = {"count": len(shown), "files": [str(row["registration_id"]) for row in shown]}
            await record(database, scope, Entry(kind=Kind.LISTED, why=why_of(scope), facts=facts))
        more = len(rows) > asked.limit
        return FilesPage(
            files=tuple(line_of(row, self._keyring, moment) for row in shown),
            after=Cursor.of(shown[-1]).text if more else None,
        )

    async def get(self, scope: Scope, registration_id: UUID) -> FileView:
        """Return a file, opened; the look is written down. Raises ``NotFound`` for what is not in scope."""
        async with scoped(self._pool, scope) as database:
            row = await database.fetchrow(ONE, registration_id)
            if row is None:
                raise NotFound
            await record(database, scope, looked(scope, row, "file"))
        return view_of(row, self._keyring, self._terms.moment(self._clock))

    async def create(self, scope: Scope, new: NewFile) -> FileView:
        """Open a file with its first step.

        Raises:
            FieldInvalid: no team of hers, no reference, too large, a date that cannot be.
            NotAllowedNow: the urgent procedure lacks the PV number.
            RegistrationConflict: another file of the centre has the reference.
        """
        moment = self._terms.moment(self._clock)
        async with scoped(self._pool, scope) as database:
            team = _team_of(new, await database.fetch(TEAMS))
            taken = begin(
                new.procedure, team["team"], new.on_date, moment, pv_number=new.pv_number is not None
            )
            file = _registration(new, uuid7(moment.now), team["centre_id"])
            await self._insert(database, scope, file, team["zone_id"], taken, moment)
            written = Written(
                registration_id=file.registration_id,
                number=1,
                at=moment.now,
                by=scope.who,
                document=new.pv_number,
                ground=new.ground,
            )
            taken.facts["requested_by"] = new.requested_by
            step = await write(database, self._keyring, taken, written)
            row = await database.fetchrow(ONE, file.registration_id)
            if row is None:
                raise NotFound
            await record(database, scope, stepped(scope, row, step))
        return view_of(row, self._keyring, moment)

    async def _insert(
        self,
        database: Database,
        scope: Scope,
        file: Registration,
        zone_id: str | None,
        taken: Taken,
        moment: Moment,
    ) -> None:
        sealed = self._keyring.seal(file.registration_id, 1, file.person, ())
        try:
            await database.execute(
                OPEN,
                file.registration_id,
                file.centre,
                zone_id,
                file.reference,
                sealed.key_id,
                sealed.wrapped_key,
                sealed.person_sealed,
                sealed.circumstances_sealed,
                sealed.sealed_version,
                ButtonPolicy().model_dump(mode="json"),
                moment.now,
                taken.case.state,
                taken.case.life.kept(),
            )
        except asyncpg.UniqueViolationError:
            raise RegistrationConflict("another file of the centre has this reference") from None
        await database.execute(
            KEEP_VERSION, file.registration_id, moment.now, scope.who.model_dump(mode="json")
        )
        await keep_review(database, file.registration_id, 1, file.person, ())


def _page_of(asked: FilesAsked, soon: date) -> tuple[Any, ...]:
    after = None if asked.after is None else Cursor.read(asked.after)
    return (
        list(asked.states) or None,
        asked.turn,
        soon,
        after and after.rank,
        after and after.reference,
        after and after.registration_id,
        asked.limit + 1,
    )


def _team_of(new: NewFile, mine: list[asyncpg.Record]) -> asyncpg.Record:
    if new.team is None:
        if len(mine) != 1:
            raise FieldInvalid("team", "say which of yours it is for")
        return mine[0]
    for one in mine:
        if one["team"] == new.team:
            return one
    raise FieldInvalid("team", "is none of yours")


def _registration(new: NewFile, registration_id: UUID, centre: str) -> Registration:
    reference = new.reference or new.pv_number
    if reference is None:
        raise FieldInvalid("reference", "is needed where there is no PV number")
    try:
        return Registration(
            registration_id=registration_id, centre=centre, reference=reference, person=new.person
        )
    except ValidationError:
        # not chained: a validation error holds what it judged
        raise FieldInvalid("person", "is too large to travel with an alarm") from None
