"""Running the migrations: alembic keeps the order and the version; the SQL is ours.

Imported only where something is to be migrated: SQLAlchemy costs a node 30 MB and half a second
that it has no other use for.
"""

import asyncio
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as AlchemyConnection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from gateway.settings import Settings
from gateway.store.connect import Connection, Role, connect

ADVISORY_LOCK: Final = 0x6D7361  # "msa"; any constant will do, as long as it stays
TRY_LOCK: Final = "SELECT pg_try_advisory_lock(:key)"
LOCK_POLL_SECONDS: Final = 0.2  # polled, as a blocking wait would run into lock_timeout


async def run(target: Settings | str, revision: str = "head") -> None:
    """Bring the schema to the newest revision, or to another; of nodes that start at once, one does it."""

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
            await connection.run_sync(_run, revision)
    finally:
        await engine.dispose()


def revisions() -> tuple[str, ...]:
    """Return every revision in the order alembic runs them."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


def _run(connection: AlchemyConnection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
