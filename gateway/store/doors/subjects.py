"""Which registration an integrator's subjects mean: linked and unlinked by an administrator."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.errors import NotAllowedNow, NotFound
from gateway.domain.integrators import Integrator
from gateway.ports import Clock
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool, acquire
from gateway.store.doors.subject_blinds import SubjectBlinds
from gateway.store.sealing import Keyring


class PostgresSubjects:
    """Links subjects with registrations. All raise ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._blinds = SubjectBlinds(keyring)

    async def link(self, integrator: Integrator, links: Iterable[tuple[str, UUID]]) -> int:
        """Let subjects mean registrations, all or none; return how many are new.

        Raises ``NotFound`` for a registration there is none of, ``NotAllowedNow`` for a subject that means
        another one, for a file that is erased, and where a sandbox would mean a real file.
        """
        new = 0
        async with acquire(self._pool) as database, database.transaction():
            if await database.fetchval(LOCK, integrator.integrator_id):
                raise NotAllowedNow("the account is disabled")
            for subject, registration_id in links:
                new += await self._link(database, integrator, subject, registration_id)
        return new

    async def _link(
        self, database: Database, integrator: Integrator, subject: str, registration_id: UUID
    ) -> bool:
        await _check(database, integrator, registration_id)
        hashes = self._blinds.every(integrator.integrator_id, subject)
        meant = await database.fetchval(MEANT, integrator.integrator_id, hashes)
        if meant == registration_id:
            return False
        if meant is not None:
            raise NotAllowedNow("a subject means another file; unlink it first")
        await database.execute(LINK, integrator.integrator_id, hashes[0], registration_id, self._clock.now())
        await _recorded(database, integrator, registration_id, Kind.SUBJECT_LINKED)
        return True

    async def unlink(self, integrator: Integrator, subject: str) -> bool:
        """Let a subject mean nothing; False when it did not mean anything."""
        hashes = self._blinds.every(integrator.integrator_id, subject)
        return await self._unlink(integrator, UNLINK, hashes) > 0

    async def unlink_file(self, integrator: Integrator, registration_id: UUID) -> int:
        """Let no subject of an integrator mean this registration; return how many did."""
        return await self._unlink(integrator, UNLINK_FILE, registration_id)

    async def _unlink(self, integrator: Integrator, statement: str, what: object) -> int:
        async with acquire(self._pool) as database, database.transaction():
            rows = await database.fetch(statement, integrator.integrator_id, what)
            for row in rows:
                await _recorded(database, integrator, row["registration_id"], Kind.SUBJECT_UNLINKED)
        return len(rows)


async def _check(database: Database, integrator: Integrator, registration_id: UUID) -> None:
    file = await database.fetchrow(FILE, registration_id)
    if file is None:
        raise NotFound(f"there is no registration {registration_id}")
    if not file["open"]:
        raise NotAllowedNow(f"{registration_id} is erased")
    if file["population"] not in MEANT_BY_SUBJECTS:
        raise NotAllowedNow(f"{registration_id} is nobody's file")
    if integrator.sandbox and file["population"] != "exercise":
        raise NotAllowedNow("a sandbox means files of exercises only")


async def _recorded(database: Database, integrator: Integrator, registration_id: UUID, kind: Kind) -> None:
    entry = Entry(
        kind=kind,
        why=Why.SYSTEM,
        registration_id=registration_id,
        subject=str(integrator.integrator_id),
    )
    await record(database, None, entry)


MEANT_BY_SUBJECTS: Final = frozenset({"real", "exercise"})
"""The populations of files that a subject can mean; a stand-in or a canary is nobody."""

LOCK: Final = "SELECT disabled_at IS NOT NULL FROM integrator WHERE integrator_id = $1 FOR UPDATE"
FILE: Final = """
SELECT population, wrapped_key IS NOT NULL AS open FROM registration
 WHERE registration_id = $1 FOR SHARE"""
MEANT: Final = """
SELECT registration_id FROM integrator_subject
 WHERE integrator_id = $1 AND subject_hash = ANY ($2::bytea[])"""
LINK: Final = """
INSERT INTO integrator_subject (integrator_id, subject_hash, registration_id, linked_at)
VALUES ($1, $2, $3, $4)"""
UNLINK: Final = """
DELETE FROM integrator_subject WHERE integrator_id = $1 AND subject_hash = ANY ($2::bytea[])
RETURNING registration_id"""
UNLINK_FILE: Final = """
DELETE FROM integrator_subject WHERE integrator_id = $1 AND registration_id = $2
RETURNING registration_id"""
