"""A PostgreSQL that is backed up and archived, and can be lost with its whole directory."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from gateway.backup.archive import SEGMENT, prepared
from gateway.backup.programs import Programs
from gateway.store.embedded import EmbeddedPostgres
from gateway.store.postgres_binaries import VERSION

PRESSES: Final = "SELECT press_id, xmin::text AS by FROM press"
COMMIT: Final = re.compile(r"tx: +(\d+),.*desc: COMMIT (?:.*; subxacts:((?: \d+)+))?")


class Losable(EmbeddedPostgres):
    """A cluster that can be destroyed."""

    @property
    def cluster(self) -> Path:
        """Its data directory."""
        return self._cluster

    def lose(self) -> None:
        """Kill the server and remove its directory, as a fire would."""
        self.kill()
        shutil.rmtree(self._cluster)


@dataclass(kw_only=True)
class Archive:
    """Where backups and WAL go; ``end`` lets no more arrive."""

    base: Path
    wal: Path
    _receiving: asyncio.subprocess.Process = field(repr=False)

    async def end(self) -> None:
        """Lose the link to the archive."""
        if self._receiving.returncode is None:
            self._receiving.terminate()
        await self._receiving.wait()

    async def commits(self) -> set[str]:
        """Return the transactions whose commit is in the archive, as PostgreSQL's own reader finds them."""
        whole = self.wal.parent / "read"
        await asyncio.to_thread(_named_whole, self.wal, whole)
        process = await asyncio.create_subprocess_exec(
            Programs.of(VERSION).path("pg_waldump"),
            *("--path", str(whole), "--rmgr=Transaction", min(path.name for path in whole.iterdir())),
            *(max(path.name for path in whole.iterdir()),),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # it ends at the first record that is not there yet
        )
        told, _ = await process.communicate()
        found: set[str] = set()
        for one, below in COMMIT.findall(told.decode()):
            found |= {one, *below.split()}
        return found


def _named_whole(wal: Path, whole: Path) -> None:
    """Copy the segments, the one that was being written under the name that it was to get."""
    whole.mkdir()
    for path in wal.iterdir():
        if SEGMENT.fullmatch(path.name):
            shutil.copy(path, whole / path.name.removesuffix(".partial"))


@asynccontextmanager
async def archived(server: EmbeddedPostgres, place: Path) -> AsyncIterator[Archive]:
    """Archive a running server's WAL for a ``with`` block, as ``msa db archive`` does."""
    base, wal = place / "base", place / "wal"
    for directory in (base, wal):
        directory.mkdir(mode=0o700)
    arguments, environment = await prepared(server.dsn(), server.dsn(), wal)
    archive = Archive(
        base=base,
        wal=wal,
        _receiving=await asyncio.create_subprocess_exec(
            *arguments,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        ),
    )
    try:
        yield archive
    finally:
        await archive.end()


async def presses_by(database: str, commits: set[str]) -> set[UUID]:
    """Return the presses that one of these transactions has committed."""
    connection = await asyncpg.connect(database)
    try:
        rows = await connection.fetch(PRESSES)
    finally:
        await connection.close()
    return {row["press_id"] for row in rows if row["by"] in commits}
