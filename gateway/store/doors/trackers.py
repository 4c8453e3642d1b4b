"""Trackers as people have them: put on, listed, taken off."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound
from gateway.domain.known import known_or
from gateway.domain.rows import Row
from gateway.domain.uuid7 import uuid7
from gateway.ports import Clock
from gateway.store.casework.scoped import record, scoped
from gateway.store.connect import Database, Pool, acquire
from gateway.store.doors.perimeter_rows import FILE, KEEP, MINE
from gateway.store.doors.perimeter_seal import SubjectHashes, open_label, seal_label
from gateway.store.sealing import Keyring
from schemas.events import ConditionKind
from schemas.perimeters import NewTracker, TrackerList, TrackerRole, TrackerSwap, TrackerView
from schemas.session import Role

INTEGRATOR: Final = """
SELECT i.integrator_id, i.sandbox AND r.population <> 'exercise' AS only_exercises
  FROM integrator i LEFT JOIN registration r ON r.registration_id = $2
 WHERE i.name = $1 AND i.disabled_at IS NULL"""

# A file's ($1), or one of them ($2).
FIND: Final = """
SELECT t.*, integrator_named(t.integrator_id) AS integrator, s.heard_at, s.condition, s.battery_pct,
       s.silent_at
  FROM tracker t LEFT JOIN tracker_state s USING (tracker_id)
 WHERE ($1::uuid IS NULL OR t.registration_id = $1) AND ($2::uuid IS NULL OR t.tracker_id = $2)
 ORDER BY t.ended_at DESC NULLS FIRST, t.tracker_id LIMIT 100"""

ADD: Final = """
INSERT INTO tracker (tracker_id, registration_id, integrator_id, subject_hash, role, key_id, wrapped_key,
                     label_sealed, supervised_s, added_at, added_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"""

# A perimeter's version moves with whom it binds, and each version is kept.
REBIND: Final = """
WITH bound AS (
    SELECT perimeter_id FROM perimeter
     WHERE registration_id = $1 AND state <> 'ended' AND $2 = ANY (trackers)
     ORDER BY perimeter_id FOR NO KEY UPDATE)
UPDATE perimeter p
   SET version = p.version + 1, trackers = array_replace(p.trackers, $2, $3), changed_at = $4, changed_by = $5
  FROM bound b WHERE p.perimeter_id = b.perimeter_id
RETURNING p.*"""
SAME_NUMBER: Final = "UPDATE tracker SET number = $2 WHERE tracker_id = $1"

END: Final = """
UPDATE tracker SET ended_at = $2, ended_by = $3 WHERE tracker_id = $1 AND ended_at IS NULL
RETURNING registration_id"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresFileTrackers:
    """All raise ``DatabaseUnavailable``, and ``NotFound`` beyond the scope."""

    pool: Pool
    keyring: Keyring
    clock: Clock
    hashes: SubjectHashes

    async def of_file(self, scope: Scope, registration_id: UUID) -> TrackerList:
        """Return a file's trackers, those that ended last; the look is recorded."""
        async with scoped(self.pool, scope) as database:
            file = await database.fetchrow(FILE, registration_id)
            if file is None:
                raise NotFound
            rows = await database.fetch(FIND, registration_id, None)
            await record(database, scope, _entry(Kind.LOOKED, scope, file, {"part": "trackers"}, None))
        return TrackerList(trackers=tuple(self._view(row) for row in rows if row["role"] in set(TrackerRole)))

    async def add(self, scope: Scope, registration_id: UUID, new: NewTracker) -> TrackerView:
        """Put one on. Raises ``FieldInvalid``: no such integrator; ``NotAllowedNow``: it is worn already."""
        integrator_id = await self._system(new.integrator, registration_id)
        async with scoped(self.pool, scope) as database:
            file = await database.fetchrow(MINE, registration_id)
            if file is None:
                raise NotFound
            tracker_id = await self._put_on(database, scope, file, integrator_id, new)
            return self._view(await self._row(database, tracker_id))

    async def swap(self, scope: Scope, tracker_id: UUID, new: TrackerSwap) -> TrackerView:
        """Take it off and put another on in its place: of the same wearer, number and perimeters.

        Raises ``FieldInvalid``: no such integrator; ``NotAllowedNow``: it is not worn, or the other is.
        """
        async with scoped(self.pool, scope) as database:
            registration_id = (await self._row(database, tracker_id))["registration_id"]
        integrator_id = await self._system(new.integrator, registration_id)
        async with scoped(self.pool, scope) as database:
            file, row = await self._taken_off(database, scope, tracker_id)
            worn = NewTracker(role=row["role"], **new.model_dump())
            other = await self._put_on(database, scope, file, integrator_id, worn)
            await database.execute(SAME_NUMBER, other, row["number"])
            await self._rebind(database, scope, file, tracker_id, other)
            return self._view(await self._row(database, other))

    async def end(self, scope: Scope, tracker_id: UUID) -> TrackerView:
        """Take it off; no fix of it is judged any more. Raises ``NotAllowedNow``: it is not worn."""
        async with scoped(self.pool, scope) as database:
            await self._taken_off(database, scope, tracker_id)
            return self._view(await self._row(database, tracker_id))

    async def _system(self, name: str, registration_id: UUID) -> UUID:
        async with acquire(self.pool) as database:
            system = await database.fetchrow(INTEGRATOR, name, registration_id)
        if system is None:
            raise FieldInvalid("integrator", "is no system that has an account here")
        if system["only_exercises"]:
            raise FieldInvalid("integrator", "is a sandbox: its trackers are for exercises")
        integrator_id: UUID = system["integrator_id"]
        return integrator_id

    async def _taken_off(self, database: Database, scope: Scope, tracker_id: UUID) -> tuple[Row, Row]:
        row = await self._row(database, tracker_id)
        file = await database.fetchrow(MINE, row["registration_id"])
        if file is None:
            raise NotFound
        by = scope.who.model_dump(mode="json")
        if await database.fetchval(END, tracker_id, self.clock.now(), by) is None:
            raise NotAllowedNow("it is not worn any more")
        await record(
            database, scope, _entry(Kind.TRACKER_ENDED, scope, file, {"role": row["role"]}, tracker_id)
        )
        return file, row

    async def _rebind(self, database: Database, scope: Scope, file: Row, old: UUID, new: UUID) -> None:
        by = scope.who.model_dump(mode="json")
        for row in await database.fetch(REBIND, file["registration_id"], old, new, self.clock.now(), by):
            await database.execute(KEEP, row["perimeter_id"])
            facts = {
                "version": row["version"],
                "trackers": [str(one) for one in row["trackers"]],
                "state": row["state"],
            }
            await record(
                database, scope, _entry(Kind.PERIMETER_CHANGED, scope, file, facts, row["perimeter_id"])
            )

    async def _put_on(
        self, database: Database, scope: Scope, file: Row, integrator_id: UUID, new: NewTracker
    ) -> UUID:
        now = self.clock.now()
        tracker_id = uuid7(now)
        sealed = seal_label(self.keyring, tracker_id, new.label)
        try:
            await database.execute(
                ADD,
                tracker_id,
                file["registration_id"],
                integrator_id,
                self.hashes.written(integrator_id, new.subject),
                new.role,
                sealed.key_id,
                sealed.wrapped_key,
                sealed.sealed,
                new.supervised_s,
                now,
                scope.who.model_dump(mode="json"),
            )
        except asyncpg.UniqueViolationError:
            raise NotAllowedNow("that tracker is worn for this file already") from None
        facts = {"role": new.role, "supervised_s": new.supervised_s}
        await record(database, scope, _entry(Kind.TRACKER_ADDED, scope, file, facts, tracker_id))
        return tracker_id

    async def _row(self, database: Database, tracker_id: UUID) -> Row:
        row = await database.fetchrow(FIND, None, tracker_id)
        if row is None:
            raise NotFound
        return row

    def _view(self, row: Row) -> TrackerView:
        return TrackerView(
            tracker_id=row["tracker_id"],
            registration_id=row["registration_id"],
            integrator=row["integrator"],
            role=row["role"],
            number=row["number"],
            label=open_label(self.keyring, row),
            supervised_s=row["supervised_s"],
            added_at=row["added_at"],
            added_by=row["added_by"],
            ended_at=row["ended_at"],
            heard_at=row["heard_at"],
            condition=known_or(ConditionKind, row["condition"] or "ok", ConditionKind.FAILED),
            silent=row["silent_at"] is not None,
            battery_pct=row["battery_pct"],
        )


def _entry(kind: Kind, scope: Scope, row: Row, facts: dict[str, Any], subject: UUID | None) -> Entry:
    return Entry(
        kind=kind,
        why=Why.DECISION if Role.MAGISTRATE in scope.roles else Why.CASE,
        registration_id=row["registration_id"],
        subject=None if subject is None else str(subject),
        centre=row["centre_id"],
        team=row["team"],
        facts=facts,
    )
