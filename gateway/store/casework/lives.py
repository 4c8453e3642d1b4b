"""Steps that people take on files: decided in the domain, committed with the row of the file held."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from gateway.domain.casework.case import Case, Found, Life, Moment
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.life import Taken, take
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotFound, RegistrationConflict, StaleVersion
from gateway.domain.rows import Row
from gateway.ports import Clock
from gateway.store.casework.ages import with_age
from gateway.store.casework.scoped import record, scoped
from gateway.store.casework.steps import Written, read, write
from gateway.store.connect import Database, Pool
from gateway.store.sealing import Keyring
from schemas.life import FileState, StepKind, StepsView, StepView
from schemas.session import Role
from schemas.steps import HeardStep, StepRequest

LOCK: Final = """
SELECT registration_id, centre_id, team, reference, state, life, life_version, ends_on, decide_by
  FROM registration WHERE registration_id = $1 AND population = 'real' FOR NO KEY UPDATE"""

FOUND: Final = "SELECT * FROM file_found($1)"

KEEP: Final = """
UPDATE registration
   SET state = $2, life = $3, life_version = $4, ends_on = $5, decide_by = $6, updated_at = $7
 WHERE registration_id = $1"""

HEAD: Final = """
SELECT registration_id, centre_id, team, life_version FROM registration
 WHERE registration_id = $1 AND population = 'real'"""

TEAM: Final = """
SELECT EXISTS (SELECT FROM zone WHERE zone_id = $1) OR EXISTS (SELECT FROM centre WHERE centre_id = $1)"""

TRANSFER: Final = "SELECT transfer_file($1, $2)"

REVOKE: Final = "SELECT revoke_phones_of($1, $2) AS companion_id"

Forget = Callable[[UUID], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What can be configured of the procedure."""

    urgent_decision_days: int

    def moment(self, clock: Clock) -> Moment:
        """Return this moment, and the terms that hold in it."""
        return Moment(now=clock.now(), urgent_decision_days=self.urgent_decision_days)


class PostgresLives:
    """Steps of files. All raise ``DatabaseUnavailable``, and ``NotFound`` for what is not in scope."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock, terms: Terms, forget: Forget) -> None:
        self._pool = pool
        self._keyring = keyring
        self._clock = clock
        self._terms = terms
        self._forget = forget

    async def steps(self, scope: Scope, registration_id: UUID) -> StepsView:
        """Return a file's life; that she looked is written down."""
        async with scoped(self._pool, scope) as database:
            row = await database.fetchrow(HEAD, registration_id)
            if row is None:
                raise NotFound
            await record(database, scope, looked(scope, row, "steps"))
            steps = await read(database, self._keyring, registration_id)
        return StepsView(registration_id=registration_id, version=row["life_version"], steps=steps)

    async def take(self, scope: Scope, registration_id: UUID, wanted: StepRequest) -> StepView:
        """Take a step.

        Raises:
            StaleVersion: somebody took one meanwhile.
            NotYours, NotAllowedNow, FieldInvalid: as ``gateway.domain.casework.life`` says.
        """
        moment, revoked = self._terms.moment(self._clock), list[UUID]()
        async with scoped(self._pool, scope) as database:
            row = await database.fetchrow(LOCK, registration_id)
            if row is None:
                raise NotFound
            if row["life_version"] != wanted.expected_version:
                raise StaleVersion(f"the file has version {row['life_version']}")
            case, found = case_of(row), await found_of(database, registration_id)
            taken = take(case, wanted.step, scope.roles, found, moment)
            if taken.kind is StepKind.TRANSFERRED and not await database.fetchval(TEAM, taken.case.team):
                raise FieldInvalid("to", "there is no such team")
            taken = await with_age(database, self._keyring, registration_id, taken)
            written = self._written(scope, row, wanted, moment)
            step = await write(database, self._keyring, taken, written)
            await record(database, scope, stepped(scope, row, step))
            await keep(database, registration_id, taken, written)
            if taken.kind is StepKind.TRANSFERRED:
                await _transfer(database, registration_id, taken)
            if taken.case.state is FileState.CLOSED and case.state is not FileState.CLOSED:
                rows = await database.fetch(REVOKE, registration_id, moment.now)
                revoked = [one["companion_id"] for one in rows]
        for companion_id in revoked:
            self._forget(companion_id)
        return step

    def _written(self, scope: Scope, row: Row, wanted: StepRequest, moment: Moment) -> Written:
        step = wanted.step
        number = step.pv_number if isinstance(step, HeardStep) else None
        return Written(
            registration_id=row["registration_id"],
            number=row["life_version"] + 1,
            at=moment.now,
            by=scope.who,
            document=step.document or number,
            ground=step.ground,
        )


def case_of(row: Row) -> Case:
    """Return a file as its life sees it."""
    return Case(
        state=FileState(row["state"]),
        life=Life.read(row["life"]),
        team=row["team"],
        ends_on=row["ends_on"],
        decide_by=row["decide_by"],
    )


async def found_of(database: Database, registration_id: UUID) -> Found:
    """Look up what nobody's word is taken for."""
    row = await database.fetchrow(FOUND, registration_id)
    return Found() if row is None else Found(**dict(row))


async def keep(database: Database, registration_id: UUID, taken: Taken, written: Written) -> None:
    """Keep the file as it is after a step."""
    await database.execute(
        KEEP,
        registration_id,
        taken.case.state,
        taken.case.life.kept(),
        written.number,
        taken.case.ends_on,
        taken.case.decide_by,
        written.at,
    )


def why_of(scope: Scope) -> Why:
    """Return on what ground somebody is at a file: as its team, or to decide."""
    return Why.CASE if Role.CASE_OFFICER in scope.roles else Why.DECISION


def looked(scope: Scope, row: Row, part: str) -> Entry:
    """Return what the journal keeps of a look at a part of a file."""
    return Entry(
        kind=Kind.LOOKED,
        why=why_of(scope),
        registration_id=row["registration_id"],
        centre=row["centre_id"],
        team=row["team"],
        facts={"part": part},
    )


def stepped(scope: Scope, row: Row, step: StepView) -> Entry:
    """Return what the journal keeps of a step; ``row``: the file as it was before."""
    return Entry(
        kind=Kind.STEPPED,
        why=why_of(scope),
        registration_id=row["registration_id"],
        centre=row["centre_id"],
        team=row["team"],
        facts={"step": step.kind, "number": step.number},
    )


async def _transfer(database: Database, registration_id: UUID, taken: Taken) -> None:
    try:
        await database.execute(TRANSFER, registration_id, taken.case.team)
    except asyncpg.UniqueViolationError:
        raise RegistrationConflict("the other centre has a file of this reference") from None
