"""Sealing the log: what was added since is chained, each second, by one node at a time."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

import asyncpg
import structlog

from gateway.domain.casework.chain import SALT_BYTES, Link, Record, Sealing, Source, head_statement, sealed
from gateway.domain.casework.log_records import disposal_record, event_record, journal_record, step_record
from gateway.domain.errors import DatabaseUnavailable, SealKeyRefused
from gateway.domain.rows import Row
from gateway.failing import failed
from gateway.ports import Clock
from gateway.seal_keys import SealKey
from gateway.store.connect import Database, Pool, acquire
from gateway.timing import SEAL_AT_ONCE, SEAL_HEAD_S, SEAL_S, SEAL_STRETCH

LOCK: Final = "SELECT log_id, position, chain FROM chain_tip FOR UPDATE"
LOCK_IF_FREE: Final = f"{LOCK} SKIP LOCKED"

EVENTS: Final = "SELECT * FROM next_to_seal($1)"

WAITING: Final = """
SELECT waiting_id, source, number, at FROM chain_waiting ORDER BY waiting_id LIMIT $1"""

JOURNAL: Final = """
SELECT w.waiting_id, j.* FROM chain_waiting w JOIN journal j ON j.at = w.at AND j.entry = w.number
 WHERE w.waiting_id = ANY ($1) AND w.source = 'journal' ORDER BY w.waiting_id"""
STEPS: Final = """
SELECT w.waiting_id, s.* FROM chain_waiting w
  JOIN registration_step s ON s.registration_id = w.stream::uuid AND s.number = w.number
 WHERE w.waiting_id = ANY ($1) AND w.source = 'step' ORDER BY w.waiting_id"""
DISPOSALS: Final = """
SELECT w.waiting_id, d.* FROM chain_waiting w JOIN disposal d ON d.disposal_id = w.number
 WHERE w.waiting_id = ANY ($1) AND w.source = 'disposal' ORDER BY w.waiting_id"""

FORGET_WAITING: Final = "DELETE FROM chain_waiting WHERE waiting_id = ANY ($1)"
MOVE_CURSORS: Final = """
INSERT INTO chain_cursor AS c SELECT * FROM unnest($1::text[], $2::bigint[])
    ON CONFLICT (centre_id) DO UPDATE SET sequence = EXCLUDED.sequence"""
MOVE_TIP: Final = "UPDATE chain_tip SET position = $1, chain = $2"

LAST_HEAD: Final = "SELECT position, at FROM chain_head ORDER BY position DESC LIMIT 1"
ADD_HEAD: Final = "INSERT INTO chain_head (position, at, jws) VALUES ($1, $2, $3)"

HEAD_AT: Final = """
SELECT t.log_id, coalesce(l.position, t.position) AS position, coalesce(l.chain, t.chain) AS chain
  FROM chain_tip t
  LEFT JOIN LATERAL (SELECT min(h.position) AS position FROM chain_head h WHERE h.position >= $1) AS h ON true
  LEFT JOIN chain_link l ON l.position = h.position"""

UNSEALED: Final = "SELECT records, oldest_at FROM unsealed()"

COLUMNS: Final = (
    "position", "source", "stream", "number", "at", "digest", "salt", "place_digest", "place_salt",
    "person_digest", "person_salt", "chain",
)  # fmt: skip

log = structlog.get_logger()


class SealMetrics(Protocol):
    """Where sealing is counted."""

    def sealed(self, links: int) -> None:
        """Count links that were added."""

    def unsealed(self, records: int, age_s: float) -> None:
        """Tell how much waits, and for how long the oldest has."""


@dataclass(kw_only=True)
class Sealer:
    """Seals the log. ``key`` None: the chain is not signed. ``heads``: where heads are written outside."""

    pool: Pool
    clock: Clock
    key: SealKey | None
    heads: Path | None = None
    metrics: SealMetrics | None = None
    salt: Callable[[int], bytes] = field(default=os.urandom)

    async def run(self) -> None:
        """Seal what is added, each second, until cancelled."""
        while True:
            try:
                while await self.seal_some(LOCK_IF_FREE) >= SEAL_AT_ONCE:
                    pass
                await self._measure()
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                failed("sealing")
                log.warning("sealing_put_off", error=type(error).__name__)
            except OSError as error:  # the file of heads; the head stands in the database
                log.warning("seal_head_not_written", error=type(error).__name__)
            await asyncio.sleep(SEAL_S)

    async def seal_all(self) -> int:
        """Seal everything that was committed before now; return how many records this call took up."""
        records = 0
        while some := await self.seal_some():
            records += some
        return records

    async def seal_some(self, lock: str = LOCK) -> int:
        """Seal one batch; return how many records it took up. 0: nothing waits, or another node seals."""
        head: str | None = None
        async with acquire(self.pool) as database, database.transaction():
            tip = await database.fetchrow(lock)
            if tip is None:
                return 0
            batch = await _batch(database)
            links = await self._linked(batch.records, tip)
            last = links[-1] if links else None
            position, chain = (last.position, last.chain) if last else (tip["position"], tip["chain"])
            if batch.size:
                await _write(database, batch, links)
                await database.execute(MOVE_TIP, position, chain)
            if batch.size < SEAL_AT_ONCE:
                head = await self._head(database, tip["log_id"], position, chain)
        if head is not None and self.heads is not None:
            await asyncio.to_thread(append_head, self.heads, head)
        if self.metrics is not None:
            self.metrics.sealed(len(links))
        return batch.size

    async def head_at(self, position: int) -> tuple[int, bytes, str]:
        """Return the first point at or after a position that a head was signed at, and sign it anew.

        So whoever is given it needs only the key that signs now. Raises ``SealKeyRefused`` without one.
        """
        if self.key is None:
            raise SealKeyRefused("there is no key to sign with")
        async with acquire(self.pool) as database:
            (row,) = await database.fetch(HEAD_AT, position)
        statement = head_statement(row["log_id"], row["position"], row["chain"], self.clock.now())
        return row["position"], row["chain"], self.key.signed(statement)

    async def _linked(self, records: Sequence[Record], tip: Row) -> list[Link]:
        """Chain the records; others have their turn meanwhile, presses above all."""
        links: list[Link] = []
        chain, position = tip["chain"], tip["position"]
        for record in records:
            position += 1
            salts = (self.salt(SALT_BYTES), self.salt(SALT_BYTES), self.salt(SALT_BYTES))
            links.append(sealed(record, chain, position, salts))
            chain = links[-1].chain
            if len(links) % SEAL_STRETCH == 0:
                await asyncio.sleep(0)
        return links

    async def _head(self, database: Database, log_id: Any, position: int, chain: bytes) -> str | None:
        """Sign how the chain stands, where that is news and the last head is old enough."""
        if self.key is None or position == 0:
            return None
        now, last = self.clock.now(), await database.fetchrow(LAST_HEAD)
        if last is not None and (
            last["position"] >= position or timedelta(0) <= now - last["at"] < timedelta(seconds=SEAL_HEAD_S)
        ):
            return None
        jws = self.key.signed(head_statement(log_id, position, chain, now))
        await database.execute(ADD_HEAD, position, now, jws)
        return jws

    async def _measure(self) -> None:
        if self.metrics is None:
            return
        async with acquire(self.pool) as database:
            row = await database.fetchrow(UNSEALED)
        oldest: datetime | None = None if row is None else row["oldest_at"]
        age = 0.0 if oldest is None else (self.clock.now() - oldest).total_seconds()
        self.metrics.unsealed(row["records"] if row else 0, max(0.0, age))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    records: list[Record]
    cursors: dict[str, int]
    waiting: list[int]
    size: int


async def _batch(database: Database) -> _Batch:
    """Read what is next. It is read after the tip was locked, so nothing of it is disposed of meanwhile."""
    events = await database.fetch(EVENTS, SEAL_AT_ONCE)
    waiting = await database.fetch(WAITING, SEAL_AT_ONCE)
    ids = [row["waiting_id"] for row in waiting]
    records = [event_record(row) for row in events if row["image"].get("purpose") != "canary"]
    sources = {row["source"] for row in waiting}
    for source, query, of in (
        ("journal", JOURNAL, journal_record),
        ("step", STEPS, step_record),
        ("disposal", DISPOSALS, disposal_record),
    ):
        if source in sources:
            records += [of(row) for row in await database.fetch(query, ids)]
    return _Batch(
        records=records,
        cursors={row["centre_id"]: row["sequence"] for row in events},
        waiting=ids,
        size=len(events) + len(waiting),
    )


async def _write(database: Database, batch: _Batch, links: Sequence[Link]) -> None:
    if links:
        await database.copy_records_to_table("chain_link", records=map(_row, links), columns=COLUMNS)
    if batch.cursors:
        await database.execute(MOVE_CURSORS, list(batch.cursors), list(batch.cursors.values()))
    if batch.waiting:
        await database.execute(FORGET_WAITING, batch.waiting)


def _row(link: Link) -> tuple[Any, ...]:
    parts = [(part.digest, part.salt) if part else (None, None) for part in (link.place, link.person)]
    return (
        link.position, link.source.value, link.stream, link.number, link.at, link.main.digest,
        link.main.salt, *parts[0], *parts[1], link.chain,
    )  # fmt: skip


def append_head(path: Path, jws: str) -> None:
    """Add a line to the file of heads, on the disk before this returns. Raises ``OSError``."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    with os.fdopen(descriptor, "a") as file:
        file.write(jws + "\n")
        file.flush()
        os.fsync(descriptor)


def link_of(row: Row) -> Link:
    """Return a row of ``chain_link``."""
    return Link(
        position=row["position"],
        source=Source(row["source"]),
        stream=row["stream"],
        number=row["number"],
        at=row["at"],
        main=Sealing(digest=row["digest"], salt=row["salt"]),
        place=_sealing(row["place_digest"], row["place_salt"]),
        person=_sealing(row["person_digest"], row["person_salt"]),
        chain=row["chain"],
    )


def _sealing(digest: bytes | None, salt: bytes | None) -> Sealing | None:
    return None if digest is None else Sealing(digest=digest, salt=salt)
