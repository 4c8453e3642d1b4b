"""The archive of WAL: a directory that ``pg_receivewal`` fills as it is written, and a restore reads.

A slot keeps on the server what the archive lacks, so nothing is skipped while it is away. The stream is
followed rather than copied segment by segment: the archive is behind by what the network takes, not by
what a segment of 16 MB takes to fill, and it can be on another machine than any server.
"""

import asyncio
import os
import re
import shlex
from pathlib import Path
from typing import Final, NoReturn

from gateway.backup.programs import Programs, reached, surroundings
from gateway.domain.errors import BackupRefused
from gateway.store.connect import Role, connected

SLOT: Final = "msa_archive"
NAME: Final = "msa_archive"
SEGMENT: Final = re.compile(r"([0-9A-F]{8})([0-9A-F]{16})(?:\.partial)?")
SERVER: Final = """
SELECT current_setting('server_version_num')::int / 10000,
       EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1),
       EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1 AND wal_status = 'lost')"""


async def prepared(url: str, copied_by: str, directory: Path) -> tuple[list[str], dict[str, str]]:
    """Make the slot if it is missing; return what to run, and its environment.

    Raises ``BackupRefused``: the directory is not there, is a database's own, or holds WAL of a life of the
    database that is over; the slot is lost.
    """
    mounted(directory)
    refuse_inside(directory)
    async with connected(url, application_name="msa archive", role=Role.TOOL) as connection:
        (row,) = await connection.fetch(SERVER, SLOT)
    major, kept, gone = row
    if gone:
        raise BackupRefused(
            f"the server has thrown away what the archive lacks (max_slot_wal_keep_size):"
            f" SELECT pg_drop_replication_slot('{SLOT}'), give the archive a new directory, and take a backup"
        )
    refuse_gap(directory, kept=kept)
    programs = await asyncio.to_thread(Programs.of, major)
    await programs.run("pg_receivewal", "--create-slot", "--if-not-exists", "--slot", SLOT, url=copied_by)
    connection_, secret = reached(copied_by)
    arguments = [
        programs.path("pg_receivewal"),
        *("--directory", str(directory), "--slot", SLOT, "--synchronous", "--status-interval=1"),
        *connection_,
    ]
    return arguments, {**surroundings(), "PGAPPNAME": NAME, **secret}


def mounted(directory: Path) -> None:
    """Refuse a directory that is not there: made, it would fill the disk below. Raises ``BackupRefused``."""
    if not directory.is_dir():
        raise BackupRefused(f"{directory} is not there: is its disk mounted?")


def refuse_inside(directory: Path) -> None:
    """Refuse to write into a database's own directory, or to tidy up there. Raises ``BackupRefused``."""
    for place in (directory.resolve(), *directory.resolve().parents):
        if (place / "PG_VERSION").exists():
            raise BackupRefused(f"{directory} is inside a data directory, {place}")
    if (directory / "archive_status").exists():
        raise BackupRefused(f"{directory} is a server's own WAL")


def become(arguments: list[str], environment: dict[str, str]) -> NoReturn:
    """Be that program from here on, under this process's id; it reconnects by itself, and ends at SIGTERM."""
    os.umask(0o077)
    os.execve(arguments[0], arguments, environment)  # noqa: S606 (PostgreSQL's own program, our arguments)


def refuse_gap(directory: Path, *, kept: bool) -> None:
    """Refuse to go on with an archive where the server has not ``kept`` what comes next: it has no slot.

    So it is after a restore: what the archive has beyond that instant is the only trace of it, and another
    stretch of log by the same name would be written over it. Raises ``BackupRefused``.
    """
    held = sorted(path.name for path in directory.iterdir() if SEGMENT.fullmatch(path.name))
    if held and not kept:
        raise BackupRefused(
            f"{directory} ends with {held[-1]}, and the server has not kept what follows (no slot {SLOT}):"
            " it was restored. Give it a new directory, and take a backup"
        )


def fetching(archive: Path | None) -> str:
    """Return PostgreSQL's ``restore_command``: a whole segment, else the one that was being written."""
    if archive is None:
        return "false"
    place = shlex.quote(str(archive)).replace("%", "%%")
    return f'if [ -f {place}/%f ]; then cp {place}/%f "%p"; else cp {place}/%f.partial "%p"; fi'
