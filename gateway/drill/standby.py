"""A synchronous standby of the drill's PostgreSQL, which takes over when it is told to."""

import asyncio
import time
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from gateway.domain.errors import DatabaseUnavailable
from gateway.store.embedded import PORT, EmbeddedPostgres

NAME: Final = "standby"
STREAMING_S: Final = 30.0
SYNCHRONOUS: Final = "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"


class Standby(EmbeddedPostgres):
    """A cluster copied from ``primary`` and following it; without it the primary commits nothing."""

    def __init__(self, directory: Path, primary: EmbeddedPostgres) -> None:
        super().__init__(directory)
        self._primary = primary

    def _make_cluster(self) -> None:
        """Copy the primary, as it is now, and follow it from there."""
        unfinished = self._directory / "cluster.unfinished"
        unfinished.mkdir(mode=0o700)
        self._binaries.hand_over(unfinished)
        self._binaries.run(
            "pg_basebackup",
            *("-D", str(unfinished), "--write-recovery-conf", "--checkpoint=fast"),
            *("--dbname", f"{self._primary.dsn()}&application_name={NAME}"),
            cwd=self._directory,
            timeout_s=60,
        )
        (unfinished / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)  # the primary's, where its socket is
        unfinished.rename(self._cluster)

    def promote(self) -> None:
        """Make it the primary; returns once it takes writes. Raises ``DatabaseUnavailable``."""
        self._pg_ctl("promote", timeout_s=STREAMING_S)

    def either(self, database: str) -> str:
        """Return the URL of a database of the primary's by which whoever is primary is found."""
        parts = urlsplit(database)
        hosts = ",".join(quote(str(each.sockets)) for each in (self._primary, self))
        return urlunsplit(parts._replace(query=f"host={hosts}&port={PORT}"))


async def made_synchronous(primary: EmbeddedPostgres) -> None:
    """Have the primary wait for the standby with each commit, from here on.

    Raises ``DatabaseUnavailable`` when the standby does not stream.
    """
    connection = await asyncpg.connect(primary.dsn())
    try:
        await connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await connection.execute("SELECT pg_reload_conf()")
        deadline = time.monotonic() + STREAMING_S
        while not await connection.fetchval(SYNCHRONOUS):
            if time.monotonic() > deadline:
                raise DatabaseUnavailable("the standby does not stream")
            await asyncio.sleep(0.1)
    finally:
        await connection.close()


async def made_alone(standby: Standby) -> None:
    """Have the promoted standby wait for nobody: nobody follows it."""
    connection = await asyncpg.connect(standby.dsn())
    try:
        await connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()
