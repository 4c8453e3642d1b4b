"""Breaking the glass: to ask, to be let in by a second person, to look for an hour.

Who asks is told nothing of whether there is such a file: an asking about none, or about one that is kept
from her, is stored and answered alike, shown to nobody who could allow it, and lapses.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from gateway.domain.casework.access import Asked
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound
from gateway.domain.notice import Notice
from gateway.domain.rows import Row
from gateway.ports import Notices
from gateway.store.casework.scoped import record, scoped
from gateway.store.casework.words import opened, sealed
from gateway.store.connect import Database, Pool
from gateway.store.sealing import Keyring
from gateway.timing import GLASS_ANSWER_S, GLASS_OPEN_S
from schemas.access import FileGlassWish, GlassReason, GlassState, GlassView, GlassWish
from schemas.protection import NoticeKind
from schemas.session import OperatorName

SHOWN: Final = 100
"""The newest; older ones stand in the log of looks."""

# What the function finds goes into a row that who asks is shown without it.
ASK: Final = """
INSERT INTO glass (glass_id, registration_id, centre_id, asked_at, asked_by, reason, key_id, wrapped_key,
                   words_sealed, answer_by)
VALUES ($1, file_to_ask_for($2, $3, $4), $3, now(), $5, $6, $7, $8, $9,
        now() + make_interval(secs => $10))"""

GLASS: Final = """
SELECT g.*, now() AS now, a.name AS asked_name, b.name AS answered_name,
       file_reference(g.registration_id) AS reference
  FROM glass g
  LEFT JOIN LATERAL named(g.asked_by) AS a (name) ON true
  LEFT JOIN LATERAL named(g.answered_by) AS b (name) ON true"""
ONE: Final = f"{GLASS} WHERE g.glass_id = $1"
NEWEST: Final = f"{GLASS} ORDER BY g.asked_at DESC, g.glass_id LIMIT $1"
OF_FILE: Final = f"{GLASS} WHERE g.registration_id = $1 ORDER BY g.asked_at DESC, g.glass_id LIMIT $2"

CENTRE: Final = "SELECT FROM centre WHERE centre_id = $1"

ANSWER: Final = """
UPDATE glass
   SET answered_at = now(), answered_by = $2, allowed = $3,
       until = CASE WHEN $3 THEN now() + make_interval(secs => $4) END
 WHERE glass_id = $1 AND answered_at IS NULL AND answer_by >= now()"""


@dataclass(frozen=True, slots=True)
class PostgresGlass:
    """``gateway.http.casework.services.Glass``."""

    pool: Pool
    keyring: Keyring
    notices: Notices

    async def ask(
        self,
        scope: Scope,
        wish: FileGlassWish | GlassWish,
        registration_id: UUID | None = None,
    ) -> GlassView:
        """Ask to see a file of a centre, by its id or by its reference. Raises ``FieldInvalid``."""
        glass_id = uuid4()
        reference = wish.reference if isinstance(wish, GlassWish) else None
        columns = sealed(self.keyring, "glass", glass_id, wish.words)
        async with scoped(self.pool, scope) as database:
            if await database.fetchrow(CENTRE, wish.centre) is None:
                raise FieldInvalid("centre", "there is no such centre")
            asked = registration_id, wish.centre, reference
            given = (scope.operator_id, wish.reason, *columns, GLASS_ANSWER_S)
            await database.execute(ASK, glass_id, *asked, *given)
            row = await _one(database, glass_id)
            await record(database, scope, _entry(Kind.GLASS_ASKED, row))
        await self._tell(row, GlassState.ASKED)
        return self._view(row, scope)

    async def answer(self, scope: Scope, glass_id: UUID, *, allowed: bool) -> GlassView:
        """Let her in for an hour, or not. Raises ``NotFound`` and ``NotAllowedNow``."""
        async with scoped(self.pool, scope) as database:
            row = await _one(database, glass_id)
            if scope.operator_id == row["asked_by"]:
                raise NotAllowedNow("another person than who asked answers")
            if not asked_of(row).may_be_answered_by(scope, row["now"]):
                raise NotAllowedNow("it is answered already, or its time is over")
            done = await database.execute(ANSWER, glass_id, scope.operator_id, allowed, GLASS_OPEN_S)
            if done != "UPDATE 1":
                raise NotAllowedNow("it is answered already, or its time is over")
            row = await _one(database, glass_id)
            kind = Kind.GLASS_ALLOWED if allowed else Kind.GLASS_REFUSED
            await record(database, scope, _entry(kind, row))
        await self._tell(row, GlassState.ALLOWED if allowed else GlassState.REFUSED)
        return self._view(row, scope)

    async def newest(self, scope: Scope) -> tuple[GlassView, ...]:
        """Return what this person asked for, may answer, or audits."""
        async with scoped(self.pool, scope) as database:
            rows = await database.fetch(NEWEST, SHOWN)
        return tuple(self._view(row, scope) for row in rows)

    async def of_file(self, database: Database, scope: Scope, registration_id: UUID) -> tuple[GlassView, ...]:
        """Return who asked to see a file, within a transaction of hers."""
        rows = await database.fetch(OF_FILE, registration_id, SHOWN)
        return tuple(self._view(row, scope) for row in rows)

    async def _tell(self, row: Row, state: GlassState) -> None:
        """Tell the supervisors of the centre that somebody asked, and what became of it."""
        detail = {"state": state.value, "until": _at(row["until"] or row["answer_by"])}
        notice = Notice(kind=NoticeKind.GLASS, subject=str(row["glass_id"]), detail=dict(detail))
        await self.notices.tell(row["centre_id"], [notice])

    def _view(self, row: Row, scope: Scope) -> GlassView:
        asked, mine = asked_of(row), row["asked_by"] == scope.operator_id
        state = asked.state(row["now"])
        hidden = mine and state is not GlassState.ALLOWED
        return GlassView(
            glass_id=row["glass_id"],
            centre=row["centre_id"],
            reason=GlassReason(row["reason"]),
            state=state,
            asked_at=row["asked_at"],
            answer_by=row["answer_by"],
            asked_by=OperatorName(operator_id=row["asked_by"], name=row["asked_name"]),
            mine=mine,
            may_answer=asked.may_be_answered_by(scope, row["now"]) and row["registration_id"] is not None,
            registration_id=None if hidden else row["registration_id"],
            reference=None if hidden else row["reference"],
            words=opened(self.keyring, "glass", row["glass_id"], row),
            answered_by=None
            if row["answered_by"] is None
            else OperatorName(operator_id=row["answered_by"], name=row["answered_name"]),
            answered_at=row["answered_at"],
            until=row["until"],
        )


def asked_of(row: Row) -> Asked:
    """Return the asking of a row of ``glass``."""
    return Asked(
        asked_by=row["asked_by"],
        centre=row["centre_id"],
        answer_by=row["answer_by"],
        allowed=row["allowed"],
        until=row["until"],
    )


async def _one(database: Database, glass_id: UUID) -> Row:
    row = await database.fetchrow(ONE, glass_id)
    if row is None:
        raise NotFound
    return row


def _entry(kind: Kind, row: Row) -> Entry:
    return Entry(
        kind=kind,
        why=Why.BREAK_GLASS,
        registration_id=row["registration_id"],
        subject=str(row["glass_id"]),
        centre=row["centre_id"],
        facts={"reason": row["reason"], "asked_by": str(row["asked_by"])},
    )


def _at(instant: datetime) -> str:
    return instant.isoformat()
