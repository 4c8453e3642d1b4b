"""Which integrator is meant, and which registration it means: mostly from memory, at most 5 s old."""

from datetime import datetime
from typing import Final
from uuid import UUID

from gateway import secret_text
from gateway.domain.integrators import Integrator, Linked
from gateway.domain.known import known_or
from gateway.domain.rows import Row
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire
from gateway.store.doors.remembered import Remembered
from gateway.store.doors.subject_blinds import SubjectBlinds
from gateway.store.doors.token_marks import CHARACTERS, TokenMarks
from gateway.store.sealing import Keyring
from schemas.registration import Population


class PostgresIntegrators:
    """``gateway.ports.Integrators``."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._blinds = SubjectBlinds(keyring)
        self._marks = TokenMarks(keyring)
        self._by_id: Remembered[UUID, Integrator] = Remembered(clock)
        self._by_token: Remembered[bytes, tuple[Integrator, datetime]] = Remembered(clock)
        self._links: Remembered[tuple[bytes, bool], Linked] = Remembered(clock)

    async def find(self, integrator_id: UUID) -> Integrator | None:
        """Find one that is not disabled."""

        async def read() -> Integrator | None:
            row = await self._row(FIND, integrator_id)
            return None if row is None else Integrator.from_row(row)

        return await self._by_id.get(integrator_id, read)

    def vouched(self, token: str) -> bool:
        """Whether to look a token up is no stranger's doing: a node made it, or it held here before.

        What has not even the length of one is not looked up at all.
        """
        return (
            len(token) != CHARACTERS
            or self._marks.ours(token)
            or self._by_token.has(secret_text.hash_of(token))
        )

    async def of_token(self, token: str) -> Integrator | None:
        """Find whose access token this is, with what account and token both allow."""
        if len(token) != CHARACTERS or not token.isascii():  # none of ours: it need not be looked up
            return None
        token_hash = secret_text.hash_of(token)

        async def read() -> tuple[Integrator, datetime] | None:
            row = await self._row(BEARER, token_hash, self._clock.now())
            return None if row is None else (Integrator.from_row(row), row["expires_at"])

        found = await self._by_token.get(token_hash, read)
        return found[0] if found is not None and self._clock.now() < found[1] else None

    async def linked(self, integrator: Integrator, subject: str) -> Linked | None:
        """Find the registration that a subject means; a sandbox only ever means an exercise's."""
        hashes = self._blinds.every(integrator.integrator_id, subject)

        async def read() -> Linked | None:
            row = await self._row(LINKED, integrator.integrator_id, hashes, integrator.sandbox)
            if row is None:
                return None
            return Linked(
                registration_id=row["registration_id"],
                centre=row["centre_id"],
                population=known_or(Population, row["population"], Population.REAL),
            )

        return await self._links.get((hashes[0], integrator.sandbox), read)

    async def _row(self, statement: str, *values: object) -> Row | None:
        async with acquire(self._pool) as database:
            return await database.fetchrow(statement, *values)


FIND: Final = "SELECT * FROM integrator WHERE integrator_id = $1 AND disabled_at IS NULL"
BEARER: Final = """
SELECT i.integrator_id, i.name, i.centres, i.sandbox, i.events_per_s, i.created_at, i.disabled_at,
       ARRAY(SELECT unnest(i.scopes) INTERSECT SELECT unnest(t.scopes)) AS scopes, t.expires_at
  FROM integrator_token t JOIN integrator i USING (integrator_id)
 WHERE t.token_hash = $1 AND t.expires_at > $2 AND i.disabled_at IS NULL"""
LINKED: Final = """
SELECT r.registration_id, r.centre_id, r.population
  FROM integrator_subject s JOIN registration r USING (registration_id)
 WHERE s.integrator_id = $1 AND s.subject_hash = ANY ($2::bytea[])
   AND (NOT $3 OR r.population = 'exercise')
 LIMIT 1"""
