"""Real PostgreSQL for tests: one server for all workers, one clone of a migrated template a test."""

import asyncio
import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg

from gateway.store import migrate
from gateway.store.embedded import EmbeddedPostgres

VERSIONS: Final = Path(migrate.__file__).parent / "migrations" / "versions"
ROOM_BYTES: Final = 4 * 2**30  # a container has 64 MiB there; each test's database takes 8
_number = itertools.count()


def quick_disk() -> str | None:
    """Name a directory in memory, where a sync costs nothing; None (the usual one) without room there.

    The server still syncs as it does elsewhere, and still survives being killed.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES
    return str(memory) if roomy and os.access(memory, os.W_OK) else None


def template_name() -> str:
    """Name the template by its migrations, so that a changed migration is a new template."""
    sources = b"".join(path.read_bytes() for path in sorted(VERSIONS.glob("*.py")))
    return f"template_{hashlib.sha256(sources).hexdigest()[:12]}"


async def make_template(server: EmbeddedPostgres) -> str:
    """Migrate the template once, whichever worker comes first."""
    name = template_name()
    admin = await asyncpg.connect(server.dsn())
    try:
        await admin.execute("SELECT pg_advisory_lock(1)")
        if not await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
            await admin.execute(f"CREATE DATABASE {name}_unfinished")
            await migrate.upgrade(server.dsn(f"{name}_unfinished"))
            await admin.execute(f"ALTER DATABASE {name}_unfinished RENAME TO {name}")
    finally:
        await admin.close()
    return name


@contextmanager
def clone(server: EmbeddedPostgres, template: str | None) -> Iterator[str]:
    """Yield the URL of a new database, a copy of ``template`` (None: empty); drop it afterwards."""
    name = f"test_{os.getpid()}_{next(_number)}"
    source = template or "template0"
    # Files in memory are copied in half the time that their pages take through the log.
    strategy = "wal_log" if quick_disk() is None else "file_copy"
    asyncio.run(_administer(server, f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY {strategy}"))
    try:
        yield server.dsn(name)
    finally:
        asyncio.run(_administer(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _administer(server: EmbeddedPostgres, statement: str) -> None:
    admin = await asyncpg.connect(server.dsn())
    try:
        await admin.execute(statement)
    finally:
        await admin.close()
