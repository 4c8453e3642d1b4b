"""The deny list of a file: from whom it is kept, by one person, until a second one lifts it.

It holds from the commit on, as hours may matter; lifting it takes another person than who set it and than
whom it is about. Nobody learns from it that she stands on one: a file that is kept from her is not there.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from gateway.domain.casework.access import Near, leaves_somebody
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound
from gateway.domain.rows import Row
from gateway.store.casework.glass import PostgresGlass
from gateway.store.casework.scoped import record, scoped
from gateway.store.casework.words import opened, sealed
from gateway.store.connect import Database, Pool
from gateway.store.sealing import Keyring
from schemas.access import DenialReason, DenialView, DenialWish, FileAccess, NearPerson
from schemas.session import OperatorName, Role

# Two who keep a file from each other at once would leave nobody: one after the other.
IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended('denial:' || $1::uuid, 0))"
MINE: Final = "SELECT FROM registration WHERE registration_id = $1 AND team = ANY (my_case_teams())"
NEAR: Final = "SELECT * FROM people_near($1) ORDER BY on_case DESC, name, operator_id"
DENY: Final = """
INSERT INTO denial (denial_id, registration_id, operator_id, reason, denied_by, key_id, wrapped_key,
                    words_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""
DENIALS: Final = """
SELECT d.*, o.name, b.name AS denied_name, a.name AS admitted_name
  FROM denial d
  LEFT JOIN LATERAL named(d.operator_id) AS o (name) ON true
  LEFT JOIN LATERAL named(d.denied_by) AS b (name) ON true
  LEFT JOIN LATERAL named(d.admitted_by) AS a (name) ON true
 WHERE d.registration_id = $1
 ORDER BY d.admitted_at IS NOT NULL, d.denied_at DESC"""
ADMIT: Final = """
UPDATE denial SET admitted_at = now(), admitted_by = $3
 WHERE denial_id = $1 AND registration_id = $2 AND admitted_at IS NULL
RETURNING operator_id"""


@dataclass(frozen=True, slots=True)
class PostgresDenials:
    """``gateway.http.casework.services.Denials``."""

    pool: Pool
    keyring: Keyring
    glass: PostgresGlass

    async def of(self, scope: Scope, registration_id: UUID) -> FileAccess:
        """Return who may not see a file, who asked to, and who there is. Raises ``NotFound``."""
        async with scoped(self.pool, scope) as database:
            await _check_mine(database, registration_id)
            found = FileAccess(
                denials=await self._denials(database, registration_id),
                asked=await self.glass.of_file(database, scope, registration_id),
                people=tuple(
                    NearPerson(
                        operator_id=row["operator_id"],
                        name=row["name"],
                        roles=tuple(Role(role) for role in row["roles"]),
                        on_case=row["on_case"],
                    )
                    for row in await database.fetch(NEAR, registration_id)
                    if not row["denied"]
                ),
            )
            looked = Entry(
                kind=Kind.LOOKED,
                why=_why(scope),
                registration_id=registration_id,
                facts={"what": "access"},
            )
            await record(database, scope, looked)
        return found

    async def deny(self, scope: Scope, registration_id: UUID, wish: DenialWish) -> DenialView:
        """Keep it from somebody, at once. Raises ``NotFound``, ``FieldInvalid``, ``NotAllowedNow``."""
        denial_id = uuid4()
        async with scoped(self.pool, scope) as database:
            await database.execute(IN_TURN, registration_id)
            await _check_mine(database, registration_id)
            near = [_near(row) for row in await database.fetch(NEAR, registration_id)]
            whom = next((one for one in near if one.operator_id == wish.operator_id), None)
            if whom is None:
                raise FieldInvalid("operator_id", "nobody of this centre or team")
            if whom.denied:
                raise NotAllowedNow("it is kept from this person already")
            if not leaves_somebody(near, whom.operator_id, scope.operator_id):
                raise NotAllowedNow("nobody else who works on this file would be left")
            columns = sealed(self.keyring, "denial", denial_id, wish.words)
            await database.execute(
                DENY, denial_id, registration_id, whom.operator_id, wish.reason, scope.operator_id, *columns
            )
            denials = {one.denial_id: one for one in await self._denials(database, registration_id)}
            await record(database, scope, _entry(Kind.DENIED, scope, registration_id, whom.operator_id, wish))
        if denial_id not in denials:  # she keeps it from herself, and does not see it any more
            raise NotFound
        return denials[denial_id]

    async def admit(self, scope: Scope, registration_id: UUID, denial_id: UUID) -> None:
        """Lift it, as a second person. Raises ``NotFound`` and ``NotAllowedNow``."""
        async with scoped(self.pool, scope) as database:
            found = {one.denial_id: one for one in await self._denials(database, registration_id)}
            denial = found.get(denial_id)
            if denial is None:
                raise NotFound
            if scope.operator_id in {denial.denied_by.operator_id, denial.operator.operator_id}:
                raise NotAllowedNow("another person than who set it lifts it")
            whom = await database.fetchval(ADMIT, denial_id, registration_id, scope.operator_id)
            if whom is None:
                raise NotAllowedNow("it is lifted already")
            await record(database, scope, _entry(Kind.ADMITTED, scope, registration_id, whom, None))

    async def _denials(self, database: Database, registration_id: UUID) -> tuple[DenialView, ...]:
        rows = await database.fetch(DENIALS, registration_id)
        return tuple(self._view(row) for row in rows)

    def _view(self, row: Row) -> DenialView:
        admitted = row["admitted_by"]
        return DenialView(
            denial_id=row["denial_id"],
            operator=OperatorName(operator_id=row["operator_id"], name=row["name"]),
            reason=DenialReason(row["reason"]),
            words=opened(self.keyring, "denial", row["denial_id"], row),
            denied_at=row["denied_at"],
            denied_by=OperatorName(operator_id=row["denied_by"], name=row["denied_name"]),
            admitted_at=row["admitted_at"],
            admitted_by=None
            if admitted is None
            else OperatorName(operator_id=admitted, name=row["admitted_name"]),
        )


async def _check_mine(database: Database, registration_id: UUID) -> None:
    if await database.fetchrow(MINE, registration_id) is None:
        raise NotFound


def _near(row: Row) -> Near:
    return Near(operator_id=row["operator_id"], on_case=row["on_case"], denied=row["denied"])


def _why(scope: Scope) -> Why:
    return Why.CASE if Role.CASE_OFFICER in scope.roles else Why.DECISION


def _entry(kind: Kind, scope: Scope, registration_id: UUID, whom: UUID, wish: DenialWish | None) -> Entry:
    return Entry(
        kind=kind,
        why=_why(scope),
        registration_id=registration_id,
        subject=str(whom),
        facts={} if wish is None else {"reason": wish.reason},
    )
