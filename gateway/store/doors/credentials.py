"""What integrators prove themselves with: secrets, access tokens, keys, and the nonces they have used."""

import asyncio
import hmac
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gateway import secret_text
from gateway.domain.credentials import IntegratorKey, KeyAlgorithm
from gateway.domain.integrators import Integrator
from gateway.door_timing import CREDENTIALS_CACHED, KEYS_LOOK_S, TOKEN_S, TOKENS_SWEEP_S
from gateway.ports import Clock
from gateway.store.connect import Pool, acquire
from gateway.store.doors.remembered import Remembered
from gateway.store.doors.token_marks import TokenMarks
from gateway.store.sealing import Keyring
from schemas.integrators import IntegratorScope


class PostgresCredentials:
    """``gateway.ports.Credentials``."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._marks = TokenMarks(keyring)
        self._keys: Remembered[UUID, IntegratorKey] = Remembered(clock)
        self._key_ids: frozenset[UUID] = frozenset()
        self._key_ids_read_at: float | None = None
        self._reading = asyncio.Lock()
        self._held: OrderedDict[tuple[UUID, bytes], None] = OrderedDict()

    async def client(self, client_id: UUID, secret: str) -> Integrator | None:
        """Find whose secret this is; as long for an account that there is none of."""
        async with acquire(self._pool) as database:
            row = await database.fetchrow(CLIENT, client_id, self._clock.now())
        given = secret_text.hash_of(secret)
        kept = [NOBODYS] if row is None else [NOBODYS, *row["secrets"]]
        held = [hmac.compare_digest(given, one) for one in kept]
        if row is None or not any(held):
            return None
        self._held[client_id, given] = None
        if len(self._held) > CREDENTIALS_CACHED:
            self._held.popitem(last=False)
        return Integrator.from_row(row)

    def seen(self, client_id: UUID, secret: str) -> bool:
        """Whether this secret held here before; that it still does is asked each time."""
        return (client_id, secret_text.hash_of(secret)) in self._held

    async def new_token(self, integrator: Integrator, scopes: frozenset[IntegratorScope]) -> str | None:
        """Make an access token; None: the account was disabled meanwhile."""
        token, until = self._marks.new_token(), self._clock.now() + timedelta(seconds=TOKEN_S)
        async with acquire(self._pool) as database:
            made = await database.fetchval(
                ISSUE, secret_text.hash_of(token), integrator.integrator_id, sorted(scopes), until
            )
        return token if made else None

    async def key(self, key_id: UUID) -> IntegratorKey | None:
        """Find a key that holds, of an account that is not disabled."""
        if not await self._is_key(key_id):
            return None

        async def read() -> IntegratorKey | None:
            async with acquire(self._pool) as database:
                row = await database.fetchrow(KEY, key_id, list(KeyAlgorithm))
            return None if row is None else IntegratorKey.from_row(row)

        key = await self._keys.get(key_id, read)
        return key if key is not None and key.holds(self._clock.now()) else None

    async def _is_key(self, key_id: UUID) -> bool:
        """Whether there is such a key: made-up ones are asked for once a second, however many come."""
        if key_id in self._key_ids:  # and waits for nobody
            return True
        async with self._reading:  # one asks for all who wait
            now, read_at = self._clock.monotonic(), self._key_ids_read_at
            if key_id not in self._key_ids and (read_at is None or now - read_at >= KEYS_LOOK_S):
                async with acquire(self._pool) as database:
                    rows = await database.fetch(KEY_IDS)
                self._key_ids, self._key_ids_read_at = frozenset(row["key_id"] for row in rows), now
        return key_id in self._key_ids

    async def take_nonce(self, key_id: UUID, nonce: str, expires_at: datetime) -> bool:
        """Take a nonce; False when it was taken before, on any node."""
        async with acquire(self._pool) as database:
            return await database.fetchval(TAKE_NONCE, key_id, nonce, expires_at) is not None

    async def forget_expired(self) -> None:
        """Delete tokens, nonces and secrets that have run out."""
        now = self._clock.now()
        async with acquire(self._pool) as database:
            for statement in FORGET:
                await database.execute(statement, now)

    async def run(self) -> None:
        """Forget what has expired, until cancelled."""
        while True:
            await asyncio.sleep(TOKENS_SWEEP_S)
            await self.forget_expired()


NOBODYS: Final = bytes(32)
"""What is compared with where there is nothing to compare with: the hash of nothing."""

CLIENT: Final = """
SELECT i.*,
       ARRAY(SELECT s.secret_hash FROM integrator_secret s
              WHERE s.integrator_id = i.integrator_id
                AND (s.ends_at IS NULL OR s.ends_at > $2)) AS secrets
  FROM integrator i WHERE i.integrator_id = $1 AND i.disabled_at IS NULL"""
ISSUE: Final = """
INSERT INTO integrator_token (token_hash, integrator_id, scopes, expires_at)
SELECT $1, integrator_id, $3, $4 FROM integrator
 WHERE integrator_id = $2 AND disabled_at IS NULL
   FOR SHARE
RETURNING true"""
KEY_IDS: Final = "SELECT key_id FROM integrator_key"
KEY: Final = """
SELECT i.*, k.key_id, k.algorithm, k.public_key, k.ends_at
  FROM integrator_key k JOIN integrator i USING (integrator_id)
 WHERE k.key_id = $1 AND k.algorithm = ANY ($2) AND i.disabled_at IS NULL"""
TAKE_NONCE: Final = """
INSERT INTO integrator_nonce (key_id, nonce, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING RETURNING nonce"""
FORGET: Final = (
    "DELETE FROM integrator_token WHERE expires_at <= $1",
    "DELETE FROM integrator_nonce WHERE expires_at <= $1",
    "DELETE FROM integrator_secret WHERE ends_at <= $1",
)
