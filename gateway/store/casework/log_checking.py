"""Reading the sealed log back to check it; nothing is locked, and nobody waits for it."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gateway.domain.casework.chain import Part, Record, Source, beginning
from gateway.domain.casework.log_check import Disposed, LogCheck, Wrong, name_of
from gateway.domain.casework.log_records import disposal_record, event_record, journal_record, step_record
from gateway.domain.errors import FieldInvalid
from gateway.domain.rows import Row
from gateway.seal_keys import ForgedSeal, PublicKeys
from gateway.store.casework.sealed_log import link_of
from gateway.store.connect import Database, Pool, acquire

AT_ONCE: Final = 500
WINDOW: Final = 5_000
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

TIP: Final = """
SELECT log_id, position, chain, (SELECT coalesce(max(position), 0) FROM chain_link) AS last
  FROM chain_tip"""
BEFORE: Final = "SELECT chain FROM chain_link WHERE position = $1"
LINKS: Final = """
SELECT * FROM chain_link WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3"""
HEADS: Final = "SELECT position, jws FROM chain_head WHERE position >= $1 ORDER BY position"
DISPOSED: Final = "SELECT disposal_id, links, links_digest FROM disposal"

EVENTS: Final = """
SELECT e.* FROM unnest($1::text[], $2::bigint[]) AS k (centre_id, sequence)
  JOIN stream_event e USING (centre_id, sequence)"""
JOURNAL: Final = """
SELECT j.* FROM unnest($1::timestamptz[], $2::bigint[]) AS k (at, entry) JOIN journal j USING (at, entry)"""
STEPS: Final = """
SELECT s.* FROM unnest($1::text[], $2::bigint[]) AS k (stream, number)
  JOIN registration_step s ON s.registration_id = k.stream::uuid AND s.number = k.number"""
DISPOSALS: Final = "SELECT * FROM disposal WHERE disposal_id = ANY ($1::bigint[])"

# What is there and was never sealed. A canary's events never are.
CURSORS: Final = "SELECT centre_id, sequence FROM chain_cursor ORDER BY centre_id"
EVENTS_THERE: Final = """
SELECT sequence AS number FROM stream_event
 WHERE centre_id = $1 AND sequence > $2 AND sequence <= $3
   AND image ->> 'purpose' IS DISTINCT FROM 'canary'"""
EVENTS_SEALED: Final = """
SELECT number FROM chain_link WHERE source = 'event' AND stream = $1 AND number > $2 AND number <= $3"""

OTHERS_THERE: Final = (
    """SELECT 'journal' AS source, at, '' AS stream, entry AS number FROM journal
        WHERE at >= $1::timestamptz AND (at, '', entry) > ($1, $2::text, $3::bigint)
        ORDER BY at, entry LIMIT $4""",
    """SELECT 'step' AS source, at, registration_id::text AS stream, number::bigint AS number
         FROM registration_step
        WHERE at >= $1::timestamptz AND (at, registration_id::text, number) > ($1, $2::text, $3::bigint)
        ORDER BY at, registration_id::text, number LIMIT $4""",
    """SELECT 'disposal' AS source, at, '' AS stream, disposal_id AS number FROM disposal
        WHERE (at, '', disposal_id) > ($1::timestamptz, $2::text, $3::bigint)
        ORDER BY at, disposal_id LIMIT $4""",
)
OTHERS_SEALED: Final = """
SELECT source, stream, number FROM unnest($1::text[], $2::text[], $3::bigint[]) AS k (source, stream, number)
  JOIN chain_link USING (source, stream, number)
 UNION ALL SELECT source, stream, number FROM chain_waiting"""
# A plan made from what was counted while a table was small would read all of it.
BY_INDEX: Final = "SET LOCAL enable_seqscan = off"
UNSEALED: Final = "SELECT records FROM unsealed()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of a check."""

    log: LogCheck
    log_id: str
    links: int
    heads: int
    unsealed: int
    signed: bool
    """Whether there were keys to believe heads by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChecking:
    """Checks the log of a database. ``keys`` None: no head can be believed, and that is said."""

    pool: Pool
    keys: PublicKeys | None
    heads_file: Path | None = None

    async def check(self, first: int = 1, progress: Callable[[int, int], None] | None = None) -> Checked:
        """Check from a position on; ``progress`` is told how far it is, and how far it goes.

        Raises ``DatabaseUnavailable``, ``FieldInvalid`` beyond the last link, and ``OSError`` when the
        file of heads cannot be read.
        """
        # The file before the database: a head is written there only after it was committed here.
        written: list[tuple[int | None, str]] = [(None, line) for line in _lines(self.heads_file)]
        async with _still(self.pool) as database:
            (tip,) = await database.fetch(TIP)
            if first > tip["last"] + 1:
                raise FieldInvalid("from", f"the log has {tip['last']} links")
            before = await database.fetchval(BEFORE, first - 1) if first > 1 else beginning(tip["log_id"])
            unsealed = await database.fetchval(UNSEALED)
            stored = await database.fetch(HEADS, first)
        check = LogCheck(before=before or b"", position=first - 1, heads={})
        signed = [(row["position"], row["jws"]) for row in stored]
        check.heads = self._heads(check, str(tip["log_id"]), [*signed, *written], first)
        async for link, record, disposals in self._links(first - 1, tip["last"]):
            check.take(link, record, disposals)
            if progress is not None and link.position % AT_ONCE == 0:
                progress(link.position, tip["last"])
        await self._end(check, tip, from_first=first == 1)
        return Checked(
            log=check,
            log_id=str(tip["log_id"]),
            links=check.position - first + 1,
            heads=len(check.heads),
            unsealed=unsealed,
            signed=self.keys is not None,
        )

    def _heads(
        self, check: LogCheck, log_id: str, signed: Iterable[tuple[int | None, str]], first: int
    ) -> dict[int, frozenset[bytes]]:
        """Return what heads that can be believed say; the others are found."""
        heads: dict[int, frozenset[bytes]] = {}
        if self.keys is None:
            return heads
        for position, jws in signed:
            try:
                said = head_of(self.keys, jws)
            except (ForgedSeal, ValueError, KeyError, TypeError) as error:
                check.find(Wrong.FORGED, "a head", str(error), position=position)
                continue
            if said["log"] != log_id or (position is not None and said["position"] != position):
                check.find(
                    Wrong.FORGED, "a head", "it is of another log or position", position=said["position"]
                )
            elif said["position"] >= first:
                known = heads.get(said["position"], frozenset())
                heads[said["position"]] = known | {bytes.fromhex(said["chain"])}
        return heads

    async def _links(
        self, after: int, last: int
    ) -> AsyncIterator[tuple[Any, Record | None, Mapping[Part, int | None]]]:
        """Read links with their records, some at a time, each time as of one instant."""
        while True:
            async with _still(self.pool) as database:
                rows = await database.fetch(LINKS, after, last, AT_ONCE)
                records = await records_of(database, rows)
            if not rows:
                return
            for row in rows:
                disposals = {
                    Part.MAIN: row["disposal"],
                    Part.PLACE: row["place_disposal"],
                    Part.PERSON: row["person_disposal"],
                }
                yield link_of(row), records.get((row["source"], row["stream"], row["number"])), disposals
            after = rows[-1]["position"]
            if after >= last:
                return

    async def _end(self, check: LogCheck, tip: Row, *, from_first: bool) -> None:
        async with acquire(self.pool) as database:
            disposed = {
                row["disposal_id"]: Disposed(links=row["links"], digest=row["links_digest"])
                for row in await database.fetch(DISPOSED)
            }
        check.end((tip["position"], tip["chain"]), disposed, from_first=from_first)
        async for name in self._put_in():
            check.find(Wrong.INSERTED, name, "it was never sealed")

    async def _put_in(self) -> AsyncIterator[str]:
        """Name the records that were put in."""
        async with acquire(self.pool) as database:
            cursors = await database.fetch(CURSORS)
        for cursor in cursors:
            for start in range(0, cursor["sequence"], WINDOW):
                window = (cursor["centre_id"], start, min(start + WINDOW, cursor["sequence"]))
                async with _still(self.pool) as database:
                    there = {row["number"] for row in await database.fetch(EVENTS_THERE, *window)}
                    there -= {row["number"] for row in await database.fetch(EVENTS_SEALED, *window)}
                for number in sorted(there):
                    yield name_of(Source.EVENT, cursor["centre_id"], number)
        for query in OTHERS_THERE:
            async for source, stream, number in self._others_put_in(query):
                yield name_of(Source(source), stream, number)

    async def _others_put_in(self, query: str) -> AsyncIterator[tuple[str, str, int]]:
        after: tuple[datetime, str, int] = (BEGINNING, "", 0)
        while True:
            async with _still(self.pool) as database:
                rows = await database.fetch(query, *after, WINDOW)
                keys = [(row["source"], row["stream"], row["number"]) for row in rows]
                columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], []]
                sealed = {tuple(row) for row in await database.fetch(OTHERS_SEALED, *columns)}
            for key in keys:
                if key not in sealed:
                    yield key
            if len(rows) < WINDOW:
                return
            after = (rows[-1]["at"], rows[-1]["stream"], rows[-1]["number"])


def head_of(keys: PublicKeys, jws: str) -> dict[str, Any]:
    """Return what a signed head says. Raises ``ForgedSeal``, and ``ValueError`` for what is no head."""
    said: dict[str, Any] = json.loads(keys.verified(jws))
    return said


async def records_of(database: Database, links: Sequence[Row]) -> dict[tuple[str, str, int], Record]:
    """Read the records of links, by source, stream and number; what is not there is left out."""
    found: dict[tuple[str, str, int], Record] = {}
    for source, query, keys, of in (
        (Source.EVENT, EVENTS, ("stream", "number"), event_record),
        (Source.JOURNAL, JOURNAL, ("at", "number"), journal_record),
        (Source.STEP, STEPS, ("stream", "number"), step_record),
        (Source.DISPOSAL, DISPOSALS, ("number",), disposal_record),
    ):
        wanted = [link for link in links if link["source"] == source]
        if wanted:
            columns = [[link[key] for link in wanted] for key in keys]
            for row in await database.fetch(query, *columns):
                record = of(row)
                found[record.source, record.stream, record.number] = record
    return found


@asynccontextmanager
async def _still(pool: Pool) -> AsyncIterator[Database]:
    """Hold a transaction that sees one instant: what is disposed of meanwhile is seen whole or not at all."""
    async with (
        acquire(pool) as database,
        database.transaction(isolation="repeatable_read", readonly=True),
    ):
        await database.execute(BY_INDEX)
        yield database


def _lines(path: Path | None) -> list[str]:
    return [] if path is None else [line for line in path.read_text().splitlines() if line]
