"""Companions: enrolment codes, public keys, revocation, and the nonces they have used.

Concurrency: ``load()`` fills the cache at the start, so that even the first press of a companion
finds it in memory. ``run()`` asks every 5 s what was revoked, so that a revocation on another node
is known here within 5 s; asking for what changed, and not for all, costs nothing at any number. A
node that cannot reach the database goes on with what it knows: the commit will tell.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog

from gateway import secret_text
from gateway.domain.errors import DatabaseUnavailable, EnrolmentCodeInvalid
from gateway.domain.people import Companion
from gateway.failing import failed
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire

REFRESH_SECONDS: Final = 5.0
CACHED: Final = 20_000  # about 2 kB each; more companions than this means more nodes
CLOCKS_DIFFER: Final = timedelta(minutes=5)  # by less than that, between two nodes
CODE_LIFETIME: Final = timedelta(minutes=15)

log = structlog.get_logger()


class Companions:
    """Enrols, finds and revokes companions."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._cache: OrderedDict[UUID, Companion] = OrderedDict()
        self._asked_at = clock.now()

    @property
    def known(self) -> int:
        """How many are in memory: their presses are judged here without the database."""
        return len(self._cache)

    async def run(self) -> None:
        """Keep the cache fresh and forget expired nonces, until cancelled."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self.refresh()
            except DatabaseUnavailable:
                failed("companions_refreshed")
                log.warning("companions.stale")

    async def load(self) -> None:
        """Remember the companions enrolled last, as many as there is room for."""
        async with acquire(self._pool) as connection:
            rows = await connection.fetch(LOAD, CACHED)
        for row in reversed(rows):
            self._cache[row["companion_id"]] = Companion.from_row(row)

    async def refresh(self) -> None:
        """Learn who was enrolled lately, forget who was revoked, and nonces that have expired.

        So a node knows whoever was enrolled elsewhere, when the database is away before her first press.
        """
        now = self._clock.now()
        async with acquire(self._pool) as connection:
            enrolled = await connection.fetch(ENROLLED, self._asked_at - CLOCKS_DIFFER, CACHED)
            revoked = await connection.fetch(REVOKED, self._asked_at - CLOCKS_DIFFER)
            await connection.execute(FORGET_NONCES, now)
        self._asked_at = now
        for row in enrolled:
            self._remember(Companion.from_row(row))
        for row in revoked:
            cached = self._cache.get(row["companion_id"])
            if cached is not None and cached.revoked_at is None:
                del self._cache[row["companion_id"]]

    async def find(self, companion_id: UUID) -> Companion | None:
        """Find one, from memory where it was seen before; None when nobody has the id."""
        cached = self._cache.get(companion_id)
        if cached is not None:
            self._cache.move_to_end(companion_id)
            return cached
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(GET, [companion_id])
        if row is None:
            return None
        return self._remember(Companion.from_row(row))

    def _remember(self, companion: Companion) -> Companion:
        self._cache[companion.companion_id] = companion
        if len(self._cache) > CACHED:
            self._cache.popitem(last=False)
        return companion

    async def new_code(self, registration_id: UUID) -> tuple[str, datetime]:
        """Make a one-time enrolment code; return it and when it expires."""
        code, now = secret_text.new_code(), self._clock.now()
        async with acquire(self._pool) as connection:
            await connection.execute(
                NEW_CODE, secret_text.hash_of_code(code), registration_id, now, now + CODE_LIFETIME
            )
        return code, now + CODE_LIFETIME

    async def enrol(self, code: str, public_key: bytes, label: str, version: str | None) -> Companion:
        """Use up a code and keep the companion's public key (SubjectPublicKeyInfo, DER).

        Raises ``EnrolmentCodeInvalid``, alike for a code unknown, used or expired.
        """
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(
                ENROL,
                secret_text.hash_of_code(code),
                uuid4(),
                public_key,
                label,
                version,
                self._clock.now(),
            )
        if row is None:
            raise EnrolmentCodeInvalid
        return self._remember(Companion.from_row(row))

    async def every(self) -> tuple[Companion, ...]:
        """List all, newest first."""
        async with acquire(self._pool) as connection:
            return tuple(Companion.from_row(row) for row in await connection.fetch(EVERY))

    async def revoke(self, companion_id: UUID) -> bool:
        """Refuse it from now on; False when there is none. Again changes nothing."""
        async with acquire(self._pool) as connection:
            row = await connection.fetchrow(REVOKE, companion_id, self._clock.now())
        self._cache.pop(companion_id, None)
        return row is not None

    def forget(self, companion_id: UUID) -> None:
        """Let go of one that was revoked by others, so that this node knows it at once."""
        self._cache.pop(companion_id, None)

    async def take_nonce(self, companion_id: UUID, nonce: str, expires_at: datetime) -> bool:
        """Take a nonce; False when it was taken before, on any node."""
        async with acquire(self._pool) as connection:
            return await connection.fetchval(TAKE_NONCE, companion_id, nonce, expires_at) is not None


GET: Final = """
SELECT c.*, r.centre_id FROM companion c JOIN registration r USING (registration_id)
 WHERE c.companion_id = ANY ($1::uuid[])"""
LOAD: Final = """
SELECT c.*, r.centre_id FROM companion c JOIN registration r USING (registration_id)
 WHERE c.revoked_at IS NULL ORDER BY c.enrolled_at DESC LIMIT $1"""
ENROLLED: Final = """
SELECT c.*, r.centre_id FROM companion c JOIN registration r USING (registration_id)
 WHERE c.revoked_at IS NULL AND c.enrolled_at > $1 ORDER BY c.enrolled_at LIMIT $2"""
REVOKED: Final = "SELECT companion_id FROM companion WHERE revoked_at > $1"
EVERY: Final = """
SELECT c.*, r.centre_id FROM companion c JOIN registration r USING (registration_id)
 ORDER BY c.enrolled_at DESC"""
NEW_CODE: Final = """
INSERT INTO enrolment_code (code_hash, registration_id, created_at, expires_at) VALUES ($1, $2, $3, $4)"""
# One statement: of two companions with one code, the second finds it used when the first commits.
ENROL: Final = """
WITH code AS (
    UPDATE enrolment_code SET used_at = $6, companion_id = $2
     WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $6
 RETURNING registration_id),
made AS (
    INSERT INTO companion (companion_id, registration_id, public_key, label, version, enrolled_at)
    SELECT $2, registration_id, $3, $4, $5, $6 FROM code
 RETURNING *)
SELECT m.*, r.centre_id FROM made m JOIN registration r USING (registration_id)"""
REVOKE: Final = """
UPDATE companion SET revoked_at = coalesce(revoked_at, $2) WHERE companion_id = $1
RETURNING companion_id"""
TAKE_NONCE: Final = """
INSERT INTO companion_nonce (companion_id, nonce, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING RETURNING nonce"""
FORGET_NONCES: Final = "DELETE FROM companion_nonce WHERE expires_at < $1"
