"""Receivers as an administrator has them: added, paused, secrets rotated, dead events replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.errors import FieldInvalid, NotAllowedNow, NotFound
from gateway.domain.integrators import Integrator
from gateway.domain.known import known
from gateway.domain.receivers import NewReceiver, checked_centres, checked_purposes
from gateway.domain.rows import Row
from gateway.door_timing import RECEIVERS_MAX
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool, acquire
from gateway.store.doors.receiver_secrets import new_secret, opened, sealed
from gateway.store.sealing import Keyring
from gateway.webhook_signature import Algorithm, Secret
from schemas.integrators import IntegratorScope
from schemas.press import Purpose
from schemas.receivers import DeadSending, ReceiverFormat, ReceiverState, ReceiverView

INTEGRATOR: Final = "SELECT * FROM integrator WHERE name = $1 OR integrator_id::text = $1"

COUNT: Final = "SELECT count(*) FROM receiver"

ADD: Final = """
INSERT INTO receiver (receiver_id, integrator_id, name, url, format, centres, purposes, kinds, with_person,
                      created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, statement_timestamp())"""

# From now on: what is open already is read as a snapshot of the stream.
FEEDS: Final = """
INSERT INTO receiver_feed (receiver_id, centre_id, last_sequence, epoch)
SELECT $1, c.centre_id, coalesce(s.last_sequence, 0), stream_epoch()
  FROM centre c LEFT JOIN centre_stream s USING (centre_id)
 WHERE c.centre_id = ANY ($2::text[])"""

KEEP: Final = """
INSERT INTO receiver_secret (secret_id, receiver_id, algorithm, key_id, secret_key, secret_sealed,
                             created_at)
VALUES ($1, $2, $3, $4, $5, $6, statement_timestamp())"""

RETIRE: Final = """
UPDATE receiver_secret SET ends_at = statement_timestamp() + make_interval(secs => $3)
 WHERE receiver_id = $1 AND secret_id <> $2 AND algorithm = $4
   AND (ends_at IS NULL OR ends_at > statement_timestamp() + make_interval(secs => $3))"""

END_OLD: Final = """
WITH newest AS (
    SELECT DISTINCT ON (algorithm) secret_id FROM receiver_secret
     WHERE receiver_id = $1 ORDER BY algorithm, created_at DESC)
DELETE FROM receiver_secret s
 WHERE s.receiver_id = $1 AND s.secret_id NOT IN (SELECT n.secret_id FROM newest n)
RETURNING s.secret_id"""

SECRETS: Final = """
SELECT secret_id, algorithm, key_id, secret_key AS wrapped_key, secret_sealed FROM receiver_secret
 WHERE receiver_id = $1 AND algorithm = ANY ($2) AND (ends_at IS NULL OR ends_at > statement_timestamp())
 ORDER BY created_at DESC"""

LIST: Final = """
SELECT r.*, i.name AS integrator,
       (SELECT count(*) FROM sending s
         WHERE s.receiver_id = r.receiver_id AND s.state = 'waiting') AS waiting,
       (SELECT count(*) FROM sending s WHERE s.receiver_id = r.receiver_id AND s.state = 'dead') AS dead
  FROM receiver r JOIN integrator i USING (integrator_id)
 WHERE ($1::text IS NULL OR r.name = $1 OR r.receiver_id::text = $1) AND r.format = ANY ($2)
 ORDER BY r.name"""

PAUSE: Final = (
    "UPDATE receiver SET paused_at = coalesce(paused_at, statement_timestamp()) WHERE receiver_id = $1"
)

RESUME: Final = "UPDATE receiver SET paused_at = NULL, disabled_at = NULL WHERE receiver_id = $1"
DUE_NOW: Final = """
UPDATE receiver_line SET due_at = statement_timestamp(), tries = 0 WHERE receiver_id = $1 AND waiting > 0"""

REMOVE: Final = "DELETE FROM receiver WHERE receiver_id = $1"

DEAD: Final = """
SELECT number, centre_id AS centre, alarm_id, sequence, kind, made_at, ended_at, tries, error
  FROM sending WHERE receiver_id = $1 AND state = 'dead' ORDER BY number LIMIT $2"""

# Locked in the order of the lines, as one sending after another would.
REPLAY: Final = """
WITH back AS (
    UPDATE sending SET state = 'waiting', ended_at = NULL, tries = 0, made_at = statement_timestamp(),
           gap_told = false
     WHERE receiver_id = $1 AND state = 'dead' AND ($2::bigint[] IS NULL OR number = ANY ($2))
    RETURNING centre_id, alarm_id),
lines AS (
    INSERT INTO receiver_line AS l (receiver_id, centre_id, alarm_id, waiting, due_at)
    SELECT $1, b.centre_id, b.alarm_id, count(*), statement_timestamp()
      FROM back b GROUP BY b.centre_id, b.alarm_id ORDER BY b.centre_id, b.alarm_id
        ON CONFLICT (receiver_id, centre_id, alarm_id) DO UPDATE
       SET waiting = l.waiting + EXCLUDED.waiting, due_at = EXCLUDED.due_at, tries = 0)
SELECT count(*)::integer FROM back"""

DISCARD: Final = """
WITH gone AS (
    UPDATE sending SET state = 'discarded'
     WHERE receiver_id = $1 AND state = 'dead' AND ($2::bigint[] IS NULL OR number = ANY ($2))
    RETURNING number)
SELECT count(*)::integer FROM gone"""

DEAD_SHOWN: Final = 1_000


@dataclass(frozen=True, slots=True)
class PostgresReceivers:
    """Receivers; nodes that run know of a change within a second. All raise ``DatabaseUnavailable``."""

    pool: Pool
    keyring: Keyring

    async def integrator(self, named: str) -> Integrator:
        """Find an integrator by name or id. Raises ``NotFound``."""
        async with acquire(self.pool) as database:
            row = await database.fetchrow(INTEGRATOR, named)
        if row is None:
            raise NotFound("there is no such integrator")
        return Integrator.from_row(row)

    async def add(
        self, new: NewReceiver, of: Integrator, algorithm: Algorithm = Algorithm.HMAC
    ) -> tuple[ReceiverView, Secret]:
        """Add one; its stream begins now. Raises ``FieldInvalid``."""
        lacking = {IntegratorScope.STREAMS} - of.scopes
        if new.with_person:
            lacking |= {IntegratorScope.PERSONS} - of.scopes
        if lacking:
            raise FieldInvalid("integrator", f"lacks the scope {', '.join(sorted(lacking))}")
        centres = checked_centres(new.centres, of.centres)
        purposes = checked_purposes(new.purposes, sandbox=of.sandbox)
        receiver_id, secret = uuid4(), new_secret(algorithm)
        async with acquire(self.pool) as database, database.transaction():
            if await database.fetchval(COUNT) >= RECEIVERS_MAX:
                raise FieldInvalid("name", f"there are {RECEIVERS_MAX} receivers, and may be no more")
            what = (new.url, new.format, centres, purposes, list(new.kinds), new.with_person)
            try:
                await database.execute(ADD, receiver_id, of.integrator_id, new.name, *what)
            except asyncpg.UniqueViolationError:
                raise FieldInvalid("name", "is another receiver's") from None
            await database.execute(FEEDS, receiver_id, centres)
            await self._keep(database, receiver_id, secret)
            await _written(database, receiver_id, "added", of.integrator_id)
        return await self.find(str(receiver_id)), secret

    async def all(self) -> list[ReceiverView]:
        """List every receiver, with what waits for it and what was given up."""
        async with acquire(self.pool) as database:
            return [_view(row) for row in await database.fetch(LIST, None, list(ReceiverFormat))]

    async def find(self, named: str) -> ReceiverView:
        """Find one by name or id. Raises ``NotFound``."""
        async with acquire(self.pool) as database:
            row = await database.fetchrow(LIST, named, list(ReceiverFormat))
        if row is None:
            raise NotFound("there is no such receiver")
        return _view(row)

    async def rotate(self, receiver_id: UUID, algorithm: Algorithm, overlap_s: float) -> Secret:
        """Add a secret; those before it of its kind sign beside it for so long."""
        secret = new_secret(algorithm)
        async with acquire(self.pool) as database, database.transaction():
            secret_id = await self._keep(database, receiver_id, secret)
            await database.execute(RETIRE, receiver_id, secret_id, overlap_s, algorithm)
            await _written(database, receiver_id, "secret_rotated")
        return secret

    async def end_old_secrets(self, receiver_id: UUID) -> int:
        """Forget every secret but the newest of each kind. Raises ``NotAllowedNow``: there is no other."""
        async with acquire(self.pool) as database, database.transaction():
            ended = await database.fetch(END_OLD, receiver_id)
            if not ended:
                raise NotAllowedNow("it has no older secret")
            await _written(database, receiver_id, "secret_ended")
        return len(ended)

    async def secrets(self, receiver_id: UUID) -> list[Secret]:
        """Return the secrets that sign now. Raises ``SealBroken``."""
        async with acquire(self.pool) as database:
            rows = await database.fetch(SECRETS, receiver_id, list(Algorithm))
        return [opened(self.keyring, row) for row in rows]

    async def pause(self, receiver_id: UUID) -> None:
        """Send it nothing until it is resumed; its events wait."""
        await self._change(PAUSE, receiver_id, "paused")

    async def resume(self, receiver_id: UUID) -> None:
        """Send again, also to one that said that it was gone; what waits is due now."""
        async with acquire(self.pool) as database, database.transaction():
            await database.execute(RESUME, receiver_id)
            await database.execute(DUE_NOW, receiver_id)
            await _written(database, receiver_id, "resumed")

    async def remove(self, receiver_id: UUID) -> None:
        """Forget it and all that waits for it; the journal keeps what it was told of."""
        await self._change(REMOVE, receiver_id, "removed")

    async def dead(self, receiver_id: UUID) -> list[DeadSending]:
        """List the events that were given up, the oldest first, at most a thousand."""
        async with acquire(self.pool) as database:
            return [DeadSending(**row) for row in await database.fetch(DEAD, receiver_id, DEAD_SHOWN)]

    async def replay(self, receiver_id: UUID, numbers: Sequence[int] | None) -> int:
        """Send dead events again (None: all); return how many."""
        return await self._revive(REPLAY, receiver_id, numbers, "replayed")

    async def discard(self, receiver_id: UUID, numbers: Sequence[int] | None) -> int:
        """Let dead events be (None: all); return how many."""
        return await self._revive(DISCARD, receiver_id, numbers, "discarded")

    async def _revive(self, sql: str, receiver_id: UUID, numbers: Sequence[int] | None, act: str) -> int:
        wanted = None if numbers is None else list(numbers)
        async with acquire(self.pool) as database, database.transaction():
            found: int = await database.fetchval(sql, receiver_id, wanted)
            await _written(database, receiver_id, act)
        return found

    async def _change(self, sql: str, receiver_id: UUID, act: str) -> None:
        async with acquire(self.pool) as database, database.transaction():
            await database.execute(sql, receiver_id)
            await _written(database, receiver_id, act)

    async def _keep(self, database: Database, receiver_id: UUID, secret: Secret) -> UUID:
        secret_id, seal = sealed(self.keyring, secret)
        what = (seal.key_id, seal.wrapped_key, seal.sealed)
        await database.execute(KEEP, secret_id, receiver_id, secret.algorithm, *what)
        return secret_id


async def _written(
    database: Database, receiver_id: UUID, act: str, integrator_id: UUID | None = None
) -> None:
    facts: dict[str, Any] = {"act": act}
    if integrator_id is not None:
        facts["integrator_id"] = str(integrator_id)
    entry = Entry(kind=Kind.RECEIVER_CHANGED, why=Why.SYSTEM, subject=str(receiver_id), facts=facts)
    await record(database, None, entry)


def _view(row: Row) -> ReceiverView:
    state = ReceiverState.ACTIVE
    if row["disabled_at"] is not None:
        state = ReceiverState.DISABLED
    elif row["paused_at"] is not None:
        state = ReceiverState.PAUSED
    return ReceiverView(
        receiver_id=row["receiver_id"],
        integrator_id=row["integrator_id"],
        integrator=row["integrator"],
        name=row["name"],
        url=row["url"],
        format=ReceiverFormat(row["format"]),
        centres=tuple(row["centres"]),
        purposes=known(Purpose, row["purposes"]),
        kinds=tuple(row["kinds"]),
        with_person=row["with_person"],
        state=state,
        created_at=row["created_at"],
        waiting=row["waiting"],
        dead=row["dead"],
    )
