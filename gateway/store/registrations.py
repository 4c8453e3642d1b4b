"""Registrations: one row a victim, everything personal in it sealed."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from uuid import UUID

import asyncpg

from gateway.domain.casework.days import day_of
from gateway.domain.errors import RegistrationConflict, UnknownCentre
from gateway.domain.rows import Row
from gateway.ports import Clock
from gateway.store.casework.reviews import keep_review
from gateway.store.connect import Database, Pool, acquire
from gateway.store.sealing import Keyring, Sealed
from schemas.registration import ButtonPolicy, Population, Registration


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistrationSummary:
    """A registration without anything personal."""

    registration_id: UUID
    centre: str
    reference: str
    companions: int
    erased: bool
    updated_at: datetime
    population: Population

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Make it from a row of ``SUMMARIES``."""
        return cls(
            registration_id=row["registration_id"],
            centre=row["centre"],
            reference=row["reference"],
            companions=row["companions"],
            erased=row["erased"],
            updated_at=row["updated_at"],
            population=Population(row["population"]),
        )


class Registrations:
    """Saves and reads registrations; the only place where they are opened outside enrichment."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock) -> None:
        self._pool = pool
        self._keyring = keyring
        self._clock = clock

    async def save(self, registrations: Iterable[Registration]) -> None:
        """Save all of them or none, each replacing what its id held.

        Raises ``UnknownCentre`` and ``RegistrationConflict`` (another registration of the centre
        has the reference).
        """
        async with acquire(self._pool) as connection, connection.transaction():
            for registration in registrations:
                await self._save(connection, registration)

    async def get(self, registration_id: UUID) -> Registration | None:
        """Read one, opened; None when there is none. Raises ``SealBroken``."""
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(GET, registration_id)
        return None if row is None else open_row(self._keyring, row)

    async def policy(self, registration_id: UUID) -> ButtonPolicy:
        """Read how her button behaves; nothing is opened."""
        async with acquire(self._pool) as connection:
            return ButtonPolicy.model_validate(await connection.fetchval(POLICY, registration_id) or {})

    async def named(self, reference: str) -> tuple[RegistrationSummary, ...]:
        """Find by the file's own reference; two centres may use the same one."""
        return tuple(one for one in await self.summaries() if one.reference == reference)

    async def summaries(self) -> tuple[RegistrationSummary, ...]:
        """List all, by centre and reference."""
        async with acquire(self._pool) as connection:
            return tuple(RegistrationSummary.from_row(row) for row in await connection.fetch(SUMMARIES))

    async def export(self) -> AsyncIterator[Registration]:
        """Read all that are not erased, as of one instant, opened one by one."""
        async with (
            acquire(self._pool) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            async for row in connection.cursor(EXPORT):
                yield open_row(self._keyring, row)

    async def centres(self) -> frozenset[str]:
        """Name the centres that exist."""
        async with acquire(self._pool) as connection:
            return frozenset(row["centre_id"] for row in await connection.fetch(CENTRES))

    async def _save(self, connection: Database, registration: Registration) -> None:
        identity = registration.registration_id
        before = await connection.fetchval(LOCK_VERSION, identity)
        version = (before or 0) + 1
        now = self._clock.now()
        sealed = self._keyring.seal(identity, version, registration.person, registration.circumstances)
        try:
            await connection.execute(
                SAVE,
                identity,
                registration.centre,
                registration.reference,
                sealed.key_id,
                sealed.wrapped_key,
                sealed.person_sealed,
                sealed.circumstances_sealed,
                sealed.sealed_version,
                registration.policy.model_dump(mode="json"),
                now,
                registration.population,
            )
            await connection.execute(KEEP_VERSION, identity, now, None)
            await keep_review(connection, identity, version, registration.person, registration.circumstances)
            if before is None and registration.population is Population.REAL:
                await connection.execute(IMPORTED, identity, now, day_of(now))
        except asyncpg.ForeignKeyViolationError:
            raise UnknownCentre(registration.centre) from None
        except asyncpg.UniqueViolationError:
            raise RegistrationConflict(f"{registration.centre} {registration.reference}") from None


def open_row(keyring: Keyring, row: Row) -> Registration:
    """Open a row of ``registration``. Raises ``SealBroken``."""
    sealed = Sealed(
        key_id=row["key_id"],
        wrapped_key=row["wrapped_key"],
        person_sealed=row["person_sealed"],
        circumstances_sealed=row["circumstances_sealed"],
        sealed_version=row["sealed_version"],
    )
    person, circumstances = keyring.open(row["registration_id"], sealed)
    return Registration(
        registration_id=row["registration_id"],
        centre=row["centre_id"],
        reference=row["reference"],
        person=person,
        circumstances=circumstances,
        policy=ButtonPolicy.model_validate(row["policy"]),
        population=Population(row["population"]),
    )


CENTRES: Final = "SELECT centre_id FROM centre"
POLICY: Final = "SELECT policy FROM registration WHERE registration_id = $1"
GET: Final = "SELECT * FROM registration WHERE registration_id = $1"
EXPORT: Final = "SELECT * FROM registration WHERE wrapped_key IS NOT NULL ORDER BY centre_id, reference"
LOCK_VERSION: Final = "SELECT sealed_version FROM registration WHERE registration_id = $1 FOR NO KEY UPDATE"
SAVE: Final = """
INSERT INTO registration (registration_id, centre_id, reference, key_id, wrapped_key, person_sealed,
                          circumstances_sealed, sealed_version, policy, created_at, updated_at, population)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)
    ON CONFLICT (registration_id) DO UPDATE
   SET centre_id = EXCLUDED.centre_id, reference = EXCLUDED.reference, key_id = EXCLUDED.key_id,
       wrapped_key = EXCLUDED.wrapped_key, person_sealed = EXCLUDED.person_sealed,
       circumstances_sealed = EXCLUDED.circumstances_sealed, sealed_version = EXCLUDED.sealed_version,
       policy = EXCLUDED.policy, updated_at = EXCLUDED.updated_at, population = EXCLUDED.population"""
KEEP_VERSION: Final = """
INSERT INTO registration_version
SELECT registration_id, sealed_version, $2, $3, key_id, wrapped_key, person_sealed, circumstances_sealed
  FROM registration WHERE registration_id = $1"""
# Its life so far is on paper elsewhere: the first step here says that it came with its alarm.
IMPORTED: Final = """
WITH came AS (UPDATE registration SET life_version = 1 WHERE registration_id = $1
              RETURNING registration_id, centre_id, team, zone_id, state)
INSERT INTO registration_step (registration_id, number, kind, at, on_date, centre_id, team, arrondissement,
                               state)
SELECT c.registration_id, 1, 'imported', $2, $3, c.centre_id, c.team, z.arrondissement, c.state
  FROM came c LEFT JOIN zone z USING (zone_id)"""
SUMMARIES: Final = """
SELECT r.registration_id, r.centre_id AS centre, r.reference, r.wrapped_key IS NULL AS erased,
       r.updated_at, r.population, (SELECT count(*) FROM companion c
                       WHERE c.registration_id = r.registration_id AND c.revoked_at IS NULL) AS companions
  FROM registration r ORDER BY r.centre_id, r.reference"""
