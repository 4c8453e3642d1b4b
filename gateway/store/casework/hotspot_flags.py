"""Hotspots as the gateway keeps them: they come and go with files, and are found for what comes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.domain.casework.days import day_of
from gateway.domain.casework.hotspots import (
    ACTIVE,
    Flagged,
    address_of,
    cells_of,
    flags_of,
    is_near,
    number_of,
)
from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.errors import SealBroken
from gateway.domain.rows import Row
from gateway.domain.uuid7 import uuid7
from gateway.ports import Clock
from gateway.ports.hotspots import Flag
from gateway.store.casework.hotspot_seal import Blinds, open_flag, seal_flag
from gateway.store.casework.scoped import record
from gateway.store.connect import Database, Pool, acquire
from gateway.store.sealing import Keyring
from gateway.store.view import sealed_of
from schemas.hotspots import HotspotKind
from schemas.position import Position

# Files whose flags were made from another version of them, or in another state. Any of them: some that do
# not open here must not stand in the way of the rest.
CHANGED: Final = """
SELECT r.registration_id
  FROM registration r LEFT JOIN hotspot_of_file f USING (registration_id)
 CROSS JOIN LATERAL (SELECT r.state = $1 AND r.wrapped_key IS NOT NULL AND r.population = 'real') AS now (up)
 WHERE CASE WHEN f.registration_id IS NULL THEN now.up
            WHEN now.up OR f.up THEN (f.up, f.sealed_version, f.team) IS DISTINCT FROM
                                     (now.up, r.sealed_version, r.team) END
 ORDER BY random() LIMIT $2"""

LOCK: Final = """
SELECT r.*, r.state = $2 AND r.wrapped_key IS NOT NULL AND r.population = 'real' AS up
  FROM registration r WHERE r.registration_id = $1 FOR NO KEY UPDATE SKIP LOCKED"""

UP: Final = """
SELECT hotspot_id, key_id, wrapped_key, flag_sealed, team FROM hotspot
 WHERE registration_id = $1 AND ended_at IS NULL"""

SET: Final = """
INSERT INTO hotspot (hotspot_id, centre_id, team, registration_id, kind, key_id, wrapped_key, flag_sealed,
                     blind, cells, set_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"""

END: Final = """
UPDATE hotspot SET blind = NULL, cells = '{}', ended_at = $2, ended = 'file' WHERE hotspot_id = ANY ($1)"""

MADE: Final = """
INSERT INTO hotspot_of_file VALUES ($1, $2, $3, $4)
    ON CONFLICT (registration_id) DO UPDATE
   SET sealed_version = EXCLUDED.sealed_version, team = EXCLUDED.team, up = EXCLUDED.up"""

OVER: Final = """
UPDATE hotspot SET blind = NULL, cells = '{}', ended_at = $2, ended = 'date'
 WHERE ended_at IS NULL AND until < $1::date RETURNING hotspot_id, centre_id, team, kind"""

FOUND: Final = (
    "SELECT hotspot_id, centre_id, kind, registration_id, key_id, wrapped_key, flag_sealed FROM hotspot"
)
BY_BLIND: Final = FOUND + " WHERE ended_at IS NULL AND centre_id = $1 AND blind = ANY ($2)"
BY_CELL: Final = FOUND + " WHERE ended_at IS NULL AND centre_id = $1 AND cells && $2"

FILES_AT_ONCE: Final = 50
"""Files whose flags one look makes, each in a transaction of its own, some 2 ms: the next look goes on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresHotspotFlags:
    """``gateway.ports.hotspots.HotspotFlags``, and what keeps them. All raise ``DatabaseUnavailable``."""

    pool: Pool
    keyring: Keyring
    clock: Clock
    blinds: Blinds

    async def near(self, centre: str, position: Position) -> Sequence[Flag]:
        """Return the flags within whose circle somebody may be."""
        cells = self.blinds.of_cells(cells_of(position))
        async with acquire(self.pool) as database:
            rows = await database.fetch(BY_CELL, centre, cells)
        opened = ((row, open_flag(self.keyring, row)) for row in rows)
        return [_flag(row) for row, flag in opened if flag is not None and is_near(position, flag[0])]

    async def number_flags(self, centre: str, number: str) -> Sequence[Flag]:
        """Return the flags on a telephone number, however it is written; none for what is no number."""
        return await self._same(centre, HotspotKind.NUMBER, number_of(number))

    async def address_flags(self, centre: str, address: str) -> Sequence[Flag]:
        """Return the flags on an address, whatever its case, accents and punctuation."""
        return await self._same(centre, HotspotKind.ADDRESS, address_of(address))

    async def reconcile(self) -> int:
        """Make the flags of files what the files say; end those whose day is over. Return how many files."""
        now = self.clock.now()
        async with acquire(self.pool) as database, database.transaction():
            over = await database.fetch(OVER, day_of(now), now)
            await record(database, None, *(_ended(row, "date") for row in over))
        async with acquire(self.pool) as database:
            changed = await database.fetch(CHANGED, ACTIVE, FILES_AT_ONCE)
        return sum([await self._reconcile(row["registration_id"]) for row in changed])

    async def _reconcile(self, registration_id: UUID) -> bool:
        async with acquire(self.pool) as database, database.transaction():
            file = await database.fetchrow(LOCK, registration_id, ACTIVE)
            if file is None:  # another node is at it
                return False
            wanted = self._wanted(file)
            if wanted is None:
                return False
            await self._change(database, file, wanted)
            await database.execute(MADE, registration_id, file["sealed_version"], file["team"], file["up"])
            return True

    def _wanted(self, file: Row) -> set[Flagged] | None:
        """Return what the file flags; None: it does not open here, and its flags stay as they are."""
        if not file["up"]:
            return set()
        try:
            person, _ = self.keyring.open(file["registration_id"], sealed_of(file))
        except SealBroken:
            return None
        return set(flags_of(person))

    async def _change(self, database: Database, file: Row, wanted: set[Flagged]) -> None:
        rows = await database.fetch(UP, file["registration_id"])
        held = {row["hotspot_id"]: (row["team"], opened and opened[0]) for row, opened in self._opened(rows)}
        kept = {flag for team, flag in held.values() if flag in wanted and team == file["team"]}
        over = [one for one, (team, flag) in held.items() if flag not in kept or team != file["team"]]
        now = self.clock.now()
        if over:
            await database.execute(END, over, now)
        for flag in sorted(wanted - kept, key=lambda one: (one.kind, one.text)):
            hotspot_id = uuid7(now)
            sealed = seal_flag(self.keyring, hotspot_id, flag, None)
            await database.execute(
                SET,
                hotspot_id,
                file["centre_id"],
                file["team"],
                file["registration_id"],
                flag.kind,
                sealed.key_id,
                sealed.wrapped_key,
                sealed.sealed,
                *self.blinds.written(flag),
                now,
            )

    def _opened(self, rows: Sequence[Row]) -> list[tuple[Row, tuple[Flagged, str | None] | None]]:
        return [(row, open_flag(self.keyring, row)) for row in rows]

    async def _same(self, centre: str, kind: HotspotKind, same: str | None) -> Sequence[Flag]:
        if same is None:
            return []
        async with acquire(self.pool) as database:
            rows = await database.fetch(BY_BLIND, centre, self.blinds.of_text(kind, same))
        return [_flag(row) for row in rows]


def _flag(row: Row) -> Flag:
    return Flag(
        hotspot_id=row["hotspot_id"],
        centre=row["centre_id"],
        kind=HotspotKind(row["kind"]),
        registration_id=row["registration_id"],
    )


def _ended(row: Row, why: str) -> Entry:
    return Entry(
        kind=Kind.HOTSPOT_ENDED,
        why=Why.SYSTEM,
        subject=str(row["hotspot_id"]),
        centre=row["centre_id"],
        team=row["team"],
        facts={"flag": row["kind"], "ended": why},
    )
