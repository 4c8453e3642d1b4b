"""Accounts of alarm gear, as stored."""

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import asyncpg
import structlog

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.errors import DatabaseUnavailable, NotAllowedNow, NotFound, SealBroken
from gateway.domain.gear import GearAccount
from gateway.domain.rows import Row
from gateway.door_timing import CREDENTIALS_CACHED_S
from gateway.ports import Clock
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool, acquire
from gateway.store.row_seal import RowSeal, open_row, seal_row
from gateway.store.sealing import Keyring

IN_USE: Final = "SELECT *, row_key AS wrapped_key FROM gear_account WHERE ended_at IS NULL"
LIST: Final = """
SELECT a.account, a.line, a.key_id, a.created_at, a.ended_at, i.name
  FROM gear_account a JOIN integrator i USING (integrator_id)
 ORDER BY a.account, a.line, a.created_at"""
ADD: Final = """
INSERT INTO gear_account
       (account_id, integrator_id, account, line, key_id, row_key, key_sealed, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""
END: Final = """
UPDATE gear_account SET ended_at = $3 WHERE account = $1 AND line = $2 AND ended_at IS NULL
RETURNING integrator_id"""
NAMED: Final = "SELECT integrator_id FROM integrator WHERE name = $1 OR integrator_id::text = $1"


class PostgresGearAccounts:
    """``gateway.ports.gear.GearAccounts``, and what the command line does with accounts."""

    def __init__(self, pool: Pool, keyring: Keyring, clock: Clock) -> None:
        self._pool = pool
        self._keyring = keyring
        self._clock = clock
        self._known: dict[tuple[str, str], GearAccount] = {}
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def find(self, account: str, line: str) -> GearAccount | None:
        """Find the account in use. Raises ``DatabaseUnavailable`` before it was ever read."""
        await self._refresh()
        return self._known.get((account, line)) or self._known.get((account, ""))

    async def add(self, integrator: str, account: str, line: str, key: bytes | None) -> GearAccount:
        """Add an account of the integrator of this name or id.

        Raises ``NotFound``: no such integrator; ``NotAllowedNow``: the number is in use.
        """
        account_id, now = uuid4(), self._clock.now()
        seal = None if key is None else seal_row(self._keyring, _use(account_id), key)
        async with acquire(self._pool) as database, database.transaction():
            integrator_id = await database.fetchval(NAMED, integrator)
            if integrator_id is None:
                raise NotFound("there is no such integrator")
            columns = (None, None, None) if seal is None else (seal.key_id, seal.wrapped_key, seal.sealed)
            try:
                await database.execute(ADD, account_id, integrator_id, account, line, *columns, now)
            except asyncpg.UniqueViolationError:
                raise NotAllowedNow("this account is in use; end it first") from None
            await _recorded(database, integrator_id, "gear account added", f"{line}#{account}")
        return GearAccount(
            account_id=account_id,
            integrator_id=integrator_id,
            account=account,
            line=line,
            key=key,
            created_at=now,
        )

    async def end(self, account: str, line: str) -> None:
        """End an account: nodes that run refuse it within 5 s. Raises ``NotFound``."""
        async with acquire(self._pool) as database, database.transaction():
            integrator_id = await database.fetchval(END, account, line, self._clock.now())
            if integrator_id is None:
                raise NotFound("there is no such account in use")
            await _recorded(database, integrator_id, "gear account ended", f"{line}#{account}")

    async def rows(self) -> list[Row]:
        """List all accounts with the name of their integrator; no keys."""
        async with acquire(self._pool) as database:
            return list(await database.fetch(LIST))

    async def _refresh(self) -> None:
        async with self._reading:  # one asks for all who wait
            await self._read_anew(self._clock.monotonic())

    async def _read_anew(self, now: float) -> None:
        if self._read_at is not None and now - self._read_at < CREDENTIALS_CACHED_S:
            return
        try:
            async with acquire(self._pool) as database:
                rows = await database.fetch(IN_USE)
        except DatabaseUnavailable:
            if self._read_at is None:
                raise
            self._read_at = now  # what was known holds while the database is away, and nobody waits for it
            return
        self._known = {(one.account, one.line): one for row in rows if (one := self._opened(row)) is not None}
        self._read_at = now

    def _opened(self, row: Row) -> GearAccount | None:
        """Open one; None: its key does not open, which is that account's trouble and no other's."""
        key = None
        if row["key_id"] is not None:
            try:
                key = open_row(self._keyring, _use(row["account_id"]), RowSeal.of(row, "key_sealed"))
            except SealBroken:
                structlog.get_logger().error("gear_account_closed", account_id=str(row["account_id"]))
                return None
        return account_of(row, key)


def account_of(row: Row, key: bytes | None = None) -> GearAccount:
    """Make it from a row."""
    ended_at: datetime | None = row["ended_at"]
    return GearAccount(
        account_id=row["account_id"],
        integrator_id=row["integrator_id"],
        account=row["account"],
        line=row["line"],
        key=key,
        created_at=row["created_at"],
        ended_at=ended_at,
    )


async def _recorded(database: Database, integrator_id: UUID, what: str, account: str) -> None:
    facts = {"what": what, "account": account}
    entry = Entry(kind=Kind.INTEGRATOR_CHANGED, why=Why.SYSTEM, subject=str(integrator_id), facts=facts)
    await record(database, None, entry)


def _use(account_id: UUID) -> str:
    return f"gear_account:{account_id}:key"
