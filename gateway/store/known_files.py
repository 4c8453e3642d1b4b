"""Her file from memory: the sealed files of everybody who can press, as this node read them last.

Sealed as in the database and opened only to be shown. Each look lists what there is, a hundred bytes a file,
and reads in full only what has changed; so a file that was erased or closed is gone from memory within
``KNOWN_FILES_REFRESH_S``, however that came about.
"""

import asyncio
from collections.abc import Collection
from typing import Final
from uuid import UUID

import structlog

from gateway.domain.errors import DatabaseUnavailable
from gateway.domain.rows import Row
from gateway.failing import failed
from gateway.ports import Clock, KnownFile
from gateway.store.connect import Pool, acquire
from gateway.timing import KNOWN_FILES_REFRESH_S

MOST: Final = 20_000
AT_ONCE: Final = 500

EVERY: Final = """
SELECT r.registration_id, r.key_id, r.sealed_version, r.reference, r.population
  FROM registration r
 WHERE r.wrapped_key IS NOT NULL AND r.state NOT IN ('closed', 'archived')
   AND EXISTS (SELECT FROM companion c WHERE c.registration_id = r.registration_id AND c.revoked_at IS NULL)
 ORDER BY r.updated_at DESC LIMIT $1"""
SEALED: Final = """
SELECT registration_id, key_id, wrapped_key, person_sealed, circumstances_sealed, sealed_version, reference,
       population
  FROM registration WHERE registration_id = ANY ($1) AND wrapped_key IS NOT NULL"""
SEEN: Final = ("key_id", "sealed_version", "reference", "population")


class KnownSealedFiles:
    """``gateway.ports.KnownFiles``."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._rows: dict[UUID, Row] = {}
        self._looked_at = clock.now()

    def file_of(self, registration_id: UUID) -> KnownFile | None:
        """Return the file of a registration; None: it is not known here, or was erased or closed."""
        row = self._rows.get(registration_id)
        if row is None:
            return None
        reference, population = row["reference"], row["population"]
        return KnownFile(reference=reference, population=population, sealed=row, read_at=self._looked_at)

    async def run(self) -> None:
        """Look what has changed, until cancelled; what is known stays while the database is away."""
        while True:
            await asyncio.sleep(KNOWN_FILES_REFRESH_S)
            try:
                await self.look()
            except DatabaseUnavailable:
                failed("known_files_refreshed")
                structlog.get_logger().warning("known_files.stale")

    async def look(self) -> None:
        """Read what is new or has changed, and forget what is gone. Raises ``DatabaseUnavailable``."""
        async with acquire(self._pool) as connection:
            rows = await connection.fetch(EVERY, MOST)
        there = {row["registration_id"]: tuple(row[name] for name in SEEN) for row in rows}
        for gone in self._rows.keys() - there.keys():
            del self._rows[gone]
        await self._read([each for each, seen in there.items() if self._seen(each) != seen])
        self._looked_at = self._clock.now()

    def _seen(self, registration_id: UUID) -> tuple[object, ...] | None:
        row = self._rows.get(registration_id)
        return None if row is None else tuple(row[name] for name in SEEN)

    async def _read(self, changed: Collection[UUID]) -> None:
        asked = list(changed)
        for begin in range(0, len(asked), AT_ONCE):
            async with acquire(self._pool) as connection:
                rows = await connection.fetch(SEALED, asked[begin : begin + AT_ONCE])
            self._rows.update({row["registration_id"]: row for row in rows})
