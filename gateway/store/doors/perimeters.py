"""Perimeters as people have them: drafted, decided, changed, ended; each look and act is recorded with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from gateway.domain.casework.days import day_of
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound, NotYours, StaleVersion
from gateway.domain.perimeters.shape import reach_of
from gateway.domain.rows import Row
from gateway.domain.uuid7 import uuid7
from gateway.ports import Clock
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool
from gateway.store.doors.perimeter_rows import FILE, FIND, KEEP, MINE, view_of
from gateway.store.doors.perimeter_seal import SealedTerms, open_terms, seal_terms, terms_of
from gateway.store.sealing import Keyring
from schemas.perimeters import (
    Decision,
    NewPerimeter,
    PerimeterChange,
    PerimeterDecided,
    PerimeterEnded,
    PerimeterList,
    PerimeterState,
    PerimeterTerms,
    PerimeterView,
)
from schemas.session import Role

SHOWN: Final = 100

LOCK: Final = "SELECT version FROM perimeter WHERE perimeter_id = $1 FOR NO KEY UPDATE"

ADD: Final = """
INSERT INTO perimeter (perimeter_id, registration_id, version, state, starts_on, ends_on, trackers,
                       victim_told, tampered_near, key_id, wrapped_key, terms_sealed, made_at,
                       made_by, changed_at, changed_by, decided_by)
VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $13, $14)"""

SAVE: Final = """
UPDATE perimeter SET version = $2, state = $3, starts_on = $4, ends_on = $5, trackers = $6, victim_told = $7,
       tampered_near = $8, key_id = $9, wrapped_key = $10, terms_sealed = $11, changed_at = $12,
       changed_by = $13, decided_by = coalesce($14, decided_by), ended_at = $15, ended_by = $16
 WHERE perimeter_id = $1"""

# Whoever swaps a tracker touches nothing that is sealed.
SWAP: Final = """
UPDATE perimeter SET version = version + 1, trackers = $2, changed_at = $3, changed_by = $4
 WHERE perimeter_id = $1"""

BINDABLE: Final = """
SELECT count(*) FROM tracker
 WHERE registration_id = $1 AND tracker_id = ANY ($2) AND role = 'offender' AND ended_at IS NULL"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresPerimeters:
    """All raise ``DatabaseUnavailable``, and ``NotFound`` beyond the scope."""

    pool: Pool
    keyring: Keyring
    clock: Clock

    async def listed(self, scope: Scope, before: UUID | None, *, ended: bool) -> PerimeterList:
        """Return those of all files in scope, the newest first; the look is recorded."""
        async with scoped(self.pool, scope) as database:
            rows = await database.fetch(FIND, None, None, ended, before, SHOWN + 1)
            shown = tuple(self._view(row) for row in rows[:SHOWN])
            files = sorted({str(one.registration_id) for one in shown})
            facts = {"shown": len(shown), "files": files}
            await record(
                database, scope, Entry(kind=Kind.LISTED, why=_why(scope), subject="perimeters", facts=facts)
            )
        return PerimeterList(perimeters=shown, more=len(rows) > SHOWN)

    async def of_file(self, scope: Scope, registration_id: UUID) -> PerimeterList:
        """Return a file's, those that ended among them; the look is recorded."""
        async with scoped(self.pool, scope) as database:
            file = await database.fetchrow(FILE, registration_id)
            if file is None:
                raise NotFound
            rows = await database.fetch(FIND, registration_id, None, True, None, SHOWN + 1)
            await record(database, scope, _entry(Kind.LOOKED, scope, file, {"part": "perimeters"}, None))
        return PerimeterList(perimeters=tuple(self._view(row) for row in rows), more=len(rows) > SHOWN)

    async def get(self, scope: Scope, perimeter_id: UUID) -> PerimeterView:
        """Return one; the look is recorded."""
        async with scoped(self.pool, scope) as database:
            row = await self._row(database, perimeter_id)
            await record(
                database, scope, _entry(Kind.LOOKED, scope, row, {"part": "perimeter"}, perimeter_id)
            )
        return self._view(row)

    async def create(self, scope: Scope, registration_id: UUID, new: NewPerimeter) -> PerimeterView:
        """Draft one, or (a magistrate, with a decision) put it into force at once.

        Raises ``NotYours``: a decision by who is no magistrate; ``FieldInvalid``.
        """
        now = self.clock.now()
        perimeter_id = uuid7(now)
        state = PerimeterState.DRAFT if new.decision is None else PerimeterState.IN_FORCE
        _may(scope, decides=new.decision is not None)
        async with scoped(self.pool, scope) as database:
            file = await database.fetchrow(MINE, registration_id)
            if file is None:
                raise NotFound
            await self._judge(database, registration_id, new, new.decision)
            by = scope.who.model_dump(mode="json")
            decided = None if new.decision is None else by
            given = self._columns(perimeter_id, new, new.decision, None)
            await database.execute(ADD, perimeter_id, registration_id, state, *given, now, by, decided)
            return await self._kept(database, scope, perimeter_id, Kind.PERIMETER_SET, {"version": 1})

    async def change(self, scope: Scope, perimeter_id: UUID, change: PerimeterChange) -> PerimeterView:
        """Change the terms, or swap trackers.

        Raises ``StaleVersion``; ``NotAllowedNow``: it has ended; ``NotYours``: that is a magistrate's.
        """
        async with scoped(self.pool, scope) as database:
            row = await self._locked(database, perimeter_id, change.expected_version)
            if row["state"] == PerimeterState.ENDED:
                raise NotAllowedNow("it has ended")
            sealed = open_terms(self.keyring, row)
            if sealed is None:
                raise NotAllowedNow("it does not open here, or was erased")
            if change.terms is None:
                return await self._swap(database, scope, row, change.trackers or ())
            in_force = row["state"] == PerimeterState.IN_FORCE or change.decision is not None
            if in_force and change.decision is None:
                raise NotYours("what is in force changes by a magistrate's decision")
            _may(scope, decides=in_force)
            decision = change.decision or sealed.decision
            await self._judge(database, row["registration_id"], change.terms, decision)
            state = PerimeterState.IN_FORCE if in_force else PerimeterState.DRAFT
            return await self._save(
                database, scope, row, change.terms, decision, state, Kind.PERIMETER_CHANGED
            )

    async def decide(self, scope: Scope, perimeter_id: UUID, decided: PerimeterDecided) -> PerimeterView:
        """Put a draft into force. Raises ``StaleVersion``, ``NotAllowedNow``, ``NotYours``."""
        _may(scope, decides=True)
        async with scoped(self.pool, scope) as database:
            row = await self._locked(database, perimeter_id, decided.expected_version)
            sealed = open_terms(self.keyring, row)
            if row["state"] != PerimeterState.DRAFT or sealed is None:
                raise NotAllowedNow("it is no draft any more")
            terms = terms_of(row, sealed)
            await self._judge(database, row["registration_id"], terms, decided.decision)
            state = PerimeterState.IN_FORCE
            return await self._save(
                database, scope, row, terms, decided.decision, state, Kind.PERIMETER_DECIDED
            )

    async def end(self, scope: Scope, perimeter_id: UUID, ended: PerimeterEnded) -> PerimeterView:
        """End it. Raises ``StaleVersion``, ``NotAllowedNow``; ``NotYours``: that is a magistrate's."""
        async with scoped(self.pool, scope) as database:
            row = await self._locked(database, perimeter_id, ended.expected_version)
            if row["state"] == PerimeterState.ENDED:
                raise NotAllowedNow("it has ended already")
            _may(scope, decides=row["state"] == PerimeterState.IN_FORCE)
            sealed = open_terms(self.keyring, row)
            if sealed is None:
                raise NotAllowedNow("it does not open here, or was erased")
            terms = terms_of(row, sealed)
            state = PerimeterState.ENDED
            return await self._save(
                database, scope, row, terms, sealed.decision, state, Kind.PERIMETER_ENDED, ended.ground
            )

    async def _swap(
        self, database: Database, scope: Scope, row: Row, trackers: Sequence[UUID]
    ) -> PerimeterView:
        await self._bindable(database, row["registration_id"], trackers)
        by = scope.who.model_dump(mode="json")
        await database.execute(SWAP, row["perimeter_id"], list(trackers), self.clock.now(), by)
        facts = {"version": row["version"] + 1, "trackers": [str(one) for one in trackers]}
        return await self._kept(database, scope, row["perimeter_id"], Kind.PERIMETER_CHANGED, facts)

    async def _save(
        self,
        database: Database,
        scope: Scope,
        row: Row,
        terms: PerimeterTerms,
        decision: Decision | None,
        state: PerimeterState,
        kind: Kind,
        ground: str | None = None,
    ) -> PerimeterView:
        now, by = self.clock.now(), scope.who.model_dump(mode="json")
        perimeter_id, version = row["perimeter_id"], row["version"] + 1
        ended = state is PerimeterState.ENDED
        await database.execute(
            SAVE,
            perimeter_id,
            version,
            state,
            *self._columns(perimeter_id, terms, decision, ground),
            now,
            by,
            by if state is PerimeterState.IN_FORCE else None,
            now if ended else None,
            by if ended else None,
        )
        return await self._kept(database, scope, perimeter_id, kind, {"version": version})

    def _columns(
        self,
        perimeter_id: UUID,
        terms: PerimeterTerms,
        decision: Decision | None,
        ground: str | None,
    ) -> tuple[Any, ...]:
        words = SealedTerms(
            name=terms.name, area=terms.area, ring_m=terms.ring_m, decision=decision, ground=ground
        )
        sealed = seal_terms(self.keyring, perimeter_id, words)
        return (
            terms.starts_on,
            terms.ends_on,
            list(terms.trackers),
            terms.victim_told,
            terms.tampered_near,
            sealed.key_id,
            sealed.wrapped_key,
            sealed.sealed,
        )

    async def _judge(
        self,
        database: Database,
        registration_id: UUID,
        terms: PerimeterTerms,
        decision: Decision | None,
    ) -> None:
        today = day_of(self.clock.now())
        if terms.ends_on < today:
            raise FieldInvalid("ends_on", "is past")
        if decision is not None and decision.decided_on > today:
            raise FieldInvalid("decision.decided_on", "is not yet")
        if reach_of(terms.area) is None:
            raise FieldInvalid("area.corners", "cross each other, enclose nothing, or reach too far")
        await self._bindable(database, registration_id, terms.trackers)

    async def _bindable(self, database: Database, registration_id: UUID, trackers: Sequence[UUID]) -> None:
        if await database.fetchval(BINDABLE, registration_id, list(trackers)) != len(set(trackers)):
            raise FieldInvalid("trackers", "are not all worn by an offender of this file")

    async def _locked(self, database: Database, perimeter_id: UUID, expected_version: int) -> Row:
        row = await self._row(database, perimeter_id)
        if await database.fetchrow(MINE, row["registration_id"]) is None:
            raise NotFound
        if await database.fetchval(LOCK, perimeter_id) != expected_version:
            raise StaleVersion
        return await self._row(database, perimeter_id)

    async def _row(self, database: Database, perimeter_id: UUID) -> Row:
        row = await database.fetchrow(FIND, None, perimeter_id, True, None, 1)
        if row is None:
            raise NotFound
        return row

    async def _kept(
        self, database: Database, scope: Scope, perimeter_id: UUID, kind: Kind, facts: dict[str, Any]
    ) -> PerimeterView:
        await database.execute(KEEP, perimeter_id)
        row = await self._row(database, perimeter_id)
        await record(
            database, scope, _entry(kind, scope, row, {**facts, "state": row["state"]}, perimeter_id)
        )
        return self._view(row)

    def _view(self, row: Row) -> PerimeterView:
        return view_of(row, open_terms(self.keyring, row), self.clock.now())


def _may(scope: Scope, *, decides: bool) -> None:
    wanted = Role.MAGISTRATE if decides else Role.CASE_OFFICER
    if not {wanted, Role.MAGISTRATE} & scope.roles:
        raise NotYours("a magistrate decides")


def _why(scope: Scope) -> Why:
    if Role.MAGISTRATE in scope.roles:
        return Why.DECISION
    return Why.CASE if Role.CASE_OFFICER in scope.roles else Why.ALARM


def _entry(kind: Kind, scope: Scope, row: Row, facts: dict[str, Any], perimeter_id: UUID | None) -> Entry:
    return Entry(
        kind=kind,
        why=_why(scope),
        registration_id=row["registration_id"],
        subject=None if perimeter_id is None else str(perimeter_id),
        centre=row["centre_id"],
        team=row["team"],
        facts=facts,
    )
