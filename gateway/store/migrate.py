"""Bringing the schema forward, and refusing to run beside one that does not fit.

Migrations are numbered files of raw SQL (``migrations/versions/NNNN_words.py``) that travel in the
wheel; their numbers are the revisions.
"""

from functools import cache
from pathlib import Path
from typing import Final

import asyncpg

from gateway.domain.errors import SchemaTooNew, SchemaTooOld
from gateway.settings import Settings
from gateway.store.connect import Database, connected

VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"
CURRENT: Final = "SELECT version_num FROM msa_schema"


def head() -> str:
    """Return the newest revision this program knows."""
    return revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """Return every revision this program knows, oldest first."""
    return tuple(sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py")))


async def current(connection: Database) -> str | None:
    """Return the database's revision; None where nothing was ever migrated."""
    try:
        revision: str | None = await connection.fetchval(CURRENT)
    except asyncpg.UndefinedTableError:
        return None
    return revision


async def check(connection: Database) -> None:
    """Refuse a schema this program does not fit: ``SchemaTooNew``, ``SchemaTooOld``.

    Asked at start only: a node that runs already must survive the upgrade to come.
    """
    found = await current(connection)
    _refuse_newer(found)
    if found != head():
        raise SchemaTooOld(f"it has {found or 'nothing'}, this program needs {head()}")


async def upgrade(target: Settings | str) -> str:
    """Bring the database to ``head()`` and return it; a second call changes nothing.

    Raises ``SchemaTooNew`` when a newer program was here.
    """
    async with connected(target, application_name="msa migrate") as connection:
        found = await current(connection)
    _refuse_newer(found)
    if found != head():
        from gateway.store import forward  # noqa: PLC0415 (30 MB that only a migration needs)

        await forward.run(target)
    return head()


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in revisions():
        raise SchemaTooNew(f"it has {found}, this program knows {head()}")
