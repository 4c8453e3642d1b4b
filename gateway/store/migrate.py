"""Bringing the schema forward, and refusing to run beside one that does not fit.

Alembic keeps the order and the version; the SQL is ours. No ini file: the scripts travel in the
wheel. Several nodes may start at once, so an advisory lock lets one of them work.
"""

import asyncio
from functools import cache
from pathlib import Path
from typing import Final

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as AlchemyConnection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from gateway.domain.errors import SchemaTooNew, SchemaTooOld
from gateway.settings import Settings
from gateway.store.connect import Connection, Database, Role, connect

ADVISORY_LOCK: Final = 0x6D7361  # "msa"; any constant will do, as long as it stays
TRY_LOCK: Final = "SELECT pg_try_advisory_lock(:key)"
LOCK_POLL_SECONDS: Final = 0.2  # polled, as a blocking wait would run into lock_timeout
CURRENT: Final = "SELECT version_num FROM msa_schema"


def head() -> str:
    """Return the newest revision this program knows."""
    return revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """Return every revision this program knows, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


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
    if found is not None and found not in revisions():
        raise SchemaTooNew(f"it has {found}, this program knows {head()}")
    if found != head():
        raise SchemaTooOld(f"it has {found or 'nothing'}, this program needs {head()}")


async def upgrade(target: Settings | str) -> str:
    """Bring the database to ``head()`` and return it; a second call changes nothing.

    Raises ``SchemaTooNew`` when a newer program was here.
    """

    async def driver() -> Connection:
        return await connect(target, application_name="msa migrate", role=Role.MIGRATION)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=driver, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            # held by the session: the lock must outlive each revision's transaction
            while not await connection.scalar(text(TRY_LOCK), {"key": ADVISORY_LOCK}):
                await connection.commit()
                await asyncio.sleep(LOCK_POLL_SECONDS)
            await connection.commit()
            await connection.run_sync(_run)
    finally:
        await engine.dispose()
    return head()


def _run(connection: AlchemyConnection) -> None:
    found = None
    if connection.scalar(text("SELECT to_regclass('msa_schema')")) is not None:
        found = connection.scalar(text(CURRENT))
    connection.commit()
    if found is not None and found not in revisions():
        raise SchemaTooNew(f"it has {found}, this program knows {head()}")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
