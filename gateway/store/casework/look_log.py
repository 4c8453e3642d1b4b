"""The log of looks: what the journal says people did with files, and what consoles were shown of alarms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.looking import LOOKS, LooksQuery, place_of
from gateway.domain.casework.scope import Scope
from gateway.domain.casework.victim_telling import telling
from gateway.domain.errors import NotFound
from gateway.domain.rows import Row
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool
from schemas.access import LooksPage, LookView
from schemas.session import OperatorName, Role

# Each half is read in its own order, and so far only.
LOOKS_OF: Final = """
SELECT * FROM (
    (SELECT j.at, 'j' || j.entry AS look_id, j.kind, j.done_by, j.roles, j.registration_id, j.alarm_id,
            j.centre_id, j.team, j.reason, coalesce(j.facts ->> 'what', j.facts ->> 'reason') AS what
       FROM journal j
      WHERE j.kind = ANY ($1) AND j.done_by IS NOT NULL
        AND ($2::uuid IS NULL OR j.registration_id = $2)
        AND ($3::uuid IS NULL OR (j.done_by ->> 'operator_id')::uuid = $3)
        AND j.at >= $4 AND j.at < $5 AND (j.at, 'j' || j.entry) < ($6, $7)
      ORDER BY j.at DESC, look_id DESC LIMIT $8)
    UNION ALL
    (SELECT c.at, 'c' || c.alarm_id || c.operator_id || c.centre_id, 'console.shown',
            jsonb_build_object('operator_id', c.operator_id, 'name', c.name), c.roles, c.registration_id,
            c.alarm_id, c.centre_id, c.team, 'alarm', NULL
       FROM console_look c
      WHERE ($2::uuid IS NULL OR c.registration_id = $2) AND ($3::uuid IS NULL OR c.operator_id = $3)
        AND c.at >= $4 AND c.at < $5
        AND (c.at, 'c' || c.alarm_id || c.operator_id || c.centre_id) < ($6, $7)
      ORDER BY 1 DESC, 2 DESC LIMIT $8)
) AS looks ORDER BY at DESC, look_id DESC LIMIT $8"""

FILES: Final = """
SELECT f.id, file_reference(f.id) AS reference,
       EXISTS (SELECT FROM honeytoken h WHERE h.registration_id = f.id) AS honeytoken
  FROM unnest($1::uuid[]) AS f (id)"""
FILE: Final = "SELECT FROM registration WHERE registration_id = $1"
IN_MY_CENTRES: Final = "SELECT FROM centre_of($1) AS c WHERE c = ANY (my_centres())"
SERVICES: Final = """
SELECT centre_id AS id, name FROM centre UNION ALL SELECT zone_id, name FROM zone"""
TOLD_MAX: Final = 10_000
"""Looks that are told to one victim: some years of several a day."""

EVER: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
NEVER: Final = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class PostgresLookLog:
    """``gateway.http.casework.services.LookLog``."""

    pool: Pool

    async def audit(self, scope: Scope, query: LooksQuery) -> LooksPage:
        """Return looks in this auditor's centres. That she read them is written down first."""
        async with scoped(self.pool, scope) as database:
            page = await _page(database, query)
            facts = {"rows": len(page.looks), "of": str(query.operator_id) if query.operator_id else None}
            await record(
                database,
                scope,
                Entry(
                    kind=Kind.LOOKS_READ,
                    why=Why.OVERSIGHT,
                    registration_id=query.registration_id,
                    centre=next(iter(sorted(scope.centres)), None),
                    facts=facts,
                ),
            )
        return page

    async def of_file(self, scope: Scope, query: LooksQuery) -> LooksPage:
        """Return who looked at a file, to its case team. Raises ``NotFound``."""
        async with scoped(self.pool, scope) as database:
            if await database.fetchrow(FILE, query.registration_id) is None:
                raise NotFound
            page = await _page(database, query)
            why = Why.CASE if Role.CASE_OFFICER in scope.roles else Why.DECISION
            entry = Entry(kind=Kind.LOOKS_READ, why=why, registration_id=query.registration_id)
            await record(database, scope, entry)
        return page

    async def told(
        self, scope: Scope, registration_id: UUID, language: str, made: datetime, *, names: bool
    ) -> str:
        """Return who looked at her file, for the victim herself. Raises ``NotFound``."""
        async with scoped(self.pool, scope) as database:
            if await database.fetchrow(IN_MY_CENTRES, registration_id) is None:
                raise NotFound
            looks = await _looks(database, LooksQuery(registration_id=registration_id, limit=TOLD_MAX))
            services = {row["id"]: row["name"] for row in await database.fetch(SERVICES)}
            facts = {"what": "looks_for_victim", "names": names}
            entry = Entry(
                kind=Kind.LOOKS_READ, why=Why.OVERSIGHT, registration_id=registration_id, facts=facts
            )
            await record(database, scope, entry)
        return telling(looks, services, language, made, names=names)


async def _page(database: Database, query: LooksQuery) -> LooksPage:
    looks = await _looks(database, query, beyond=1)
    shown = tuple(looks[: query.limit])
    more = len(looks) > query.limit
    return LooksPage(looks=shown, next=place_of(shown[-1].at, shown[-1].look_id) if more else None)


async def _looks(database: Database, query: LooksQuery, beyond: int = 0) -> list[LookView]:
    at, look_id = query.after or (NEVER, "")
    rows = await database.fetch(
        LOOKS_OF,
        sorted(LOOKS),
        query.registration_id,
        query.operator_id,
        query.since or EVER,
        query.until or NEVER,
        at,
        look_id,
        query.limit + beyond,
    )
    named = {row["registration_id"] for row in rows} - {None}
    files = {row["id"]: row for row in await database.fetch(FILES, list(named))}
    return [_view(row, files.get(row["registration_id"])) for row in rows]


def _view(row: Row, file: Row | None) -> LookView:
    return LookView(
        look_id=row["look_id"],
        at=row["at"],
        kind=row["kind"],
        by=OperatorName.model_validate(row["done_by"]),
        roles=tuple(row["roles"]),
        why=row["reason"],
        registration_id=row["registration_id"],
        reference=None if file is None else file["reference"],
        alarm_id=row["alarm_id"],
        centre=row["centre_id"],
        team=row["team"],
        what=row["what"],
        honeytoken=file is not None and file["honeytoken"],
    )
