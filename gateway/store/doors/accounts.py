"""Integrators' accounts as an administrator keeps them; every change is in the journal.

A secret is shown once, when it is made. A node that runs knows of a change within 5 s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from gateway import secret_text
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.credentials import KeyAlgorithm
from gateway.domain.errors import NotAllowedNow, NotFound, UsernameTaken
from gateway.domain.integrators import Integrator
from gateway.ports import Clock
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool, acquire
from schemas.integrators import IntegratorScope


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyView:
    """One key of an account: enough to know it by."""

    key_id: UUID
    algorithm: str
    created_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What an account holds, nothing secret in it: when its secrets were made and end, its keys and files."""

    integrator: Integrator
    secrets: tuple[tuple[datetime, datetime | None], ...]
    keys: tuple[KeyView, ...]
    tokens: int
    files: tuple[tuple[UUID, int], ...]


class PostgresAccounts:
    """Makes and changes accounts, their secrets and keys. All raise ``DatabaseUnavailable``."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def add(self, integrator: Integrator) -> str:
        """Make an account; return its secret. Raises ``UsernameTaken``."""
        async with acquire(self._pool) as database, database.transaction():
            try:
                await database.execute(ADD, integrator.integrator_id, *_values(integrator), self._clock.now())
            except asyncpg.UniqueViolationError:
                raise UsernameTaken(integrator.name) from None
            await _recorded(database, integrator.integrator_id, "added")
            return await self._new_secret(database, integrator.integrator_id)

    async def every(self) -> tuple[Integrator, ...]:
        """List all, by name."""
        async with acquire(self._pool) as database:
            return tuple(map(Integrator.from_row, await database.fetch(EVERY)))

    async def find(self, name: str) -> Integrator:
        """Find one by its name or its id, a disabled one too. Raises ``NotFound``."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(FIND, name)
        if row is None:
            raise NotFound(f"no integrator has the name or the id {name}")
        return Integrator.from_row(row)

    async def held(self, integrator: Integrator) -> Held:
        """Say what an account holds."""
        async with acquire(self._pool) as database:
            now = self._clock.now()
            secrets = await database.fetch(SECRETS, integrator.integrator_id, now)
            keys = await database.fetch(KEYS, integrator.integrator_id, now)
            tokens = await database.fetchval(TOKENS, integrator.integrator_id, now)
            files = await database.fetch(FILES, integrator.integrator_id)
        return Held(
            integrator=integrator,
            secrets=tuple((row["created_at"], row["ends_at"]) for row in secrets),
            keys=tuple(
                KeyView(
                    key_id=row["key_id"],
                    algorithm=row["algorithm"],
                    created_at=row["created_at"],
                    ends_at=row["ends_at"],
                )
                for row in keys
            ),
            tokens=tokens,
            files=tuple((row["registration_id"], row["subjects"]) for row in files),
        )

    async def change(self, integrator: Integrator) -> None:
        """Save name, scopes, centres, quota and sandbox. Raises ``UsernameTaken``, ``NotAllowedNow``.

        An account that means real files, by subjects or by trackers that are worn, is no sandbox: its events
        would be taken for exercises.
        """
        async with acquire(self._pool) as database, database.transaction():
            await _locked(database, integrator.integrator_id)
            if integrator.sandbox and await database.fetchval(MEANS_REAL, integrator.integrator_id):
                raise NotAllowedNow(
                    "its subjects or trackers mean real files; take them away, or make a sandbox of its own"
                )
            try:
                await database.execute(
                    CHANGE, integrator.integrator_id, *_values(integrator), list(IntegratorScope)
                )
            except asyncpg.UniqueViolationError:
                raise UsernameTaken(integrator.name) from None
            await _recorded(database, integrator.integrator_id, "changed")

    async def rotate_secret(self, integrator: Integrator, overlap: timedelta) -> str:
        """Make a new secret; the old ones hold for so long yet. Raises ``NotAllowedNow``.

        Two hold at most: whoever rotates again ends the older one at once.
        """
        async with acquire(self._pool) as database, database.transaction():
            await _open(database, integrator.integrator_id)
            now = self._clock.now()
            await database.execute(END_OLDER, integrator.integrator_id, now)
            await database.execute(END_SECRETS, integrator.integrator_id, now + overlap)
            await _recorded(database, integrator.integrator_id, "secret_rotated")
            return await self._new_secret(database, integrator.integrator_id)

    async def add_key(self, integrator: Integrator, algorithm: KeyAlgorithm, public_key: bytes) -> UUID:
        """Keep a public key beside those there are; return its id. Raises ``NotAllowedNow``."""
        key_id = uuid4()
        async with acquire(self._pool) as database, database.transaction():
            await _open(database, integrator.integrator_id)
            await database.execute(
                ADD_KEY, key_id, integrator.integrator_id, algorithm, public_key, self._clock.now()
            )
            await _recorded(database, integrator.integrator_id, "key_added", key_id=str(key_id))
        return key_id

    async def end_key(self, integrator: Integrator, key_id: UUID, overlap: timedelta) -> datetime:
        """Let a key hold for so long yet; return until when. Raises ``NotFound``."""
        until = self._clock.now() + overlap
        async with acquire(self._pool) as database, database.transaction():
            if not await database.fetchval(END_KEY, integrator.integrator_id, key_id, until):
                raise NotFound("this integrator has no such key")
            await _recorded(database, integrator.integrator_id, "key_ended", key_id=str(key_id))
        return until

    async def disable(self, integrator: Integrator) -> None:
        """Close an account for ever: nothing of it holds any more. Again changes nothing."""
        async with acquire(self._pool) as database, database.transaction():
            if await database.fetchval(DISABLE, integrator.integrator_id, self._clock.now()):
                await database.execute(REVOKE, integrator.integrator_id)
                await _recorded(database, integrator.integrator_id, "disabled")

    async def revoke_tokens(self, integrator: Integrator) -> int:
        """Take all its access tokens back; return how many there were."""
        async with acquire(self._pool) as database, database.transaction():
            rows = await database.fetch(REVOKE, integrator.integrator_id)
            await _recorded(database, integrator.integrator_id, "tokens_revoked", number=len(rows))
        return len(rows)

    async def _new_secret(self, database: Database, integrator_id: UUID) -> str:
        secret = secret_text.new_token()
        await database.execute(NEW, integrator_id, secret_text.hash_of(secret), self._clock.now())
        return secret


async def _locked(database: Database, integrator_id: UUID) -> bool:
    """Hold the account against everybody else who changes it; return whether it is disabled."""
    return bool(await database.fetchval(LOCK, integrator_id))


async def _open(database: Database, integrator_id: UUID) -> None:
    if await _locked(database, integrator_id):
        raise NotAllowedNow("the account is disabled")


async def _recorded(database: Database, integrator_id: UUID, what: str, **facts: Any) -> None:
    told: Mapping[str, Any] = {"what": what, **facts}
    entry = Entry(kind=Kind.INTEGRATOR_CHANGED, why=Why.SYSTEM, subject=str(integrator_id), facts=told)
    await record(database, None, entry)


def _values(integrator: Integrator) -> tuple[object, ...]:
    return (
        integrator.name,
        sorted(integrator.scopes),
        sorted(integrator.centres),
        integrator.sandbox,
        integrator.events_per_s,
    )


ADD: Final = """
INSERT INTO integrator (integrator_id, name, scopes, centres, sandbox, events_per_s, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)"""
# Scopes that only a later program knows stay as they are.
CHANGE: Final = """
UPDATE integrator
   SET name = $2, scopes = $3::text[] || ARRAY(SELECT s FROM unnest(scopes) AS s WHERE s <> ALL ($7::text[])),
       centres = $4, sandbox = $5, events_per_s = $6
 WHERE integrator_id = $1"""
EVERY: Final = "SELECT * FROM integrator ORDER BY name"
FIND: Final = "SELECT * FROM integrator WHERE name = $1 OR integrator_id::text = lower($1)"
LOCK: Final = "SELECT disabled_at IS NOT NULL FROM integrator WHERE integrator_id = $1 FOR UPDATE"
NEW: Final = "INSERT INTO integrator_secret (integrator_id, secret_hash, created_at) VALUES ($1, $2, $3)"
SECRETS: Final = """
SELECT created_at, ends_at FROM integrator_secret
 WHERE integrator_id = $1 AND (ends_at IS NULL OR ends_at > $2) ORDER BY created_at"""
END_OLDER: Final = """
UPDATE integrator_secret SET ends_at = $2 WHERE integrator_id = $1 AND ends_at > $2"""
END_SECRETS: Final = """
UPDATE integrator_secret SET ends_at = $2 WHERE integrator_id = $1 AND ends_at IS NULL"""
ADD_KEY: Final = """
INSERT INTO integrator_key (key_id, integrator_id, algorithm, public_key, created_at)
VALUES ($1, $2, $3, $4, $5)"""
KEYS: Final = """
SELECT key_id, algorithm, created_at, ends_at FROM integrator_key
 WHERE integrator_id = $1 AND (ends_at IS NULL OR ends_at > $2) ORDER BY created_at"""
END_KEY: Final = """
UPDATE integrator_key SET ends_at = least(ends_at, $3) WHERE integrator_id = $1 AND key_id = $2
RETURNING true"""
TOKENS: Final = "SELECT count(*) FROM integrator_token WHERE integrator_id = $1 AND expires_at > $2"
FILES: Final = """
SELECT registration_id, count(*) AS subjects FROM integrator_subject
 WHERE integrator_id = $1 GROUP BY registration_id ORDER BY registration_id"""
MEANS_REAL: Final = """
SELECT EXISTS (SELECT FROM integrator_subject s JOIN registration r USING (registration_id)
                WHERE s.integrator_id = $1 AND r.population <> 'exercise')
    OR EXISTS (SELECT FROM tracker t JOIN registration r USING (registration_id)
                WHERE t.integrator_id = $1 AND t.ended_at IS NULL AND r.population <> 'exercise')"""
DISABLE: Final = """
UPDATE integrator SET disabled_at = $2 WHERE integrator_id = $1 AND disabled_at IS NULL RETURNING true"""
REVOKE: Final = "DELETE FROM integrator_token WHERE integrator_id = $1 RETURNING true"
