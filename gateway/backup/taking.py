"""Taking a backup: copied, verified, described, and only then given its name."""

import asyncio
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from gateway.backup import statement as statements
from gateway.backup.archive import SEGMENT, mounted, refuse_inside
from gateway.backup.facts import Facts, facts_of
from gateway.backup.programs import Programs
from gateway.backup.statement import CLUSTER, Statement
from gateway.backup.verifying import verify
from gateway.domain.errors import BackupRefused

NAME: Final = re.compile(r"\d{8}T\d{6}Z")
TIMELINE: Final = 8  # digits of it at the end of an epoch; before them is what tells clusters apart
UNFINISHED: Final = ".unfinished"
COPIED: Final = re.compile(r"(\d+)/(\d+) kB")

Progress = Callable[[int, int], None]
"""Told how many kilobytes are copied, and of how many."""


async def take(
    url: str, copied_by: str, directory: Path, *, progress: Progress | None = None
) -> tuple[Path, Statement]:
    """Back up the database of ``url`` into a new directory in ``directory``; return where, and its statement.

    ``copied_by`` is the URL of an account that may replicate. Raises ``BackupRefused`` and what connecting
    raises; then nothing is there that looks like a backup.
    """
    mounted(directory)
    refuse_inside(directory)
    before = await facts_of(url)
    if before.tablespaces:
        raise BackupRefused(
            f"tablespaces would be copied to where they are, and restored over the same:"
            f" {', '.join(before.tablespaces)}; use pgBackRest or Barman"
        )
    programs = await asyncio.to_thread(Programs.of, before.major)
    with _alone(directory):
        unfinished = directory / UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed: nobody else has the lock
        unfinished.mkdir(mode=0o700)
        try:
            await _copy(programs, copied_by, unfinished / CLUSTER, progress)
            after = await facts_of(url)
            listed = await verify(unfinished / CLUSTER, programs)
            found = _statement(before, after, unfinished / CLUSTER, listed)
            statements.write(found, unfinished)
            finished = directory / f"{found.begun_at:%Y%m%dT%H%M%SZ}"
            statements.sync(unfinished)
            unfinished.rename(finished)
            statements.sync(directory)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, unfinished, ignore_errors=True)
            raise
    return finished, found


async def _copy(programs: Programs, url: str, cluster: Path, progress: Progress | None) -> None:
    def said(line: str) -> None:
        found = COPIED.search(line)
        if found and progress is not None:
            progress(int(found[1]), int(found[2]))

    await programs.run(
        "pg_basebackup",
        *("--pgdata", str(cluster), "--wal-method=stream", "--checkpoint=fast", "--progress"),
        *("--manifest-checksums=SHA256", "--label=msa db backup"),
        url=url,
        said=said,
    )


def _statement(before: Facts, after: Facts, cluster: Path, listed: dict[str, Any]) -> Statement:
    if before.epoch != after.epoch:
        raise BackupRefused("the database failed over meanwhile: take it again")
    if before.epoch[:-TIMELINE] != f"{int(listed['System-Identifier']):x}":
        raise BackupRefused("what was copied is another database: MSA_REPLICATION_URL leads elsewhere")
    last = listed["WAL-Ranges"][-1]
    return Statement(
        begun_at=before.now,
        ended_at=after.now,
        server_major=before.major,
        database=before.database,
        role=before.role,
        schema_revision=str(before.schema),
        epoch=before.epoch,
        timeline=last["Timeline"],
        start_segment=statements.start_segment(cluster),
        end_lsn=last["End-LSN"],
        size_bytes=sum(one["Size"] for one in listed["Files"]),
        log_id=before.log_id,
        log_position=before.position,
        log_chain=before.chain.hex(),
        centres=before.centres,
    )


def there(directory: Path) -> list[Path]:
    """Return the backups of a directory, oldest first."""
    return sorted(path for path in directory.iterdir() if NAME.fullmatch(path.name) and path.is_dir())


def forget(directory: Path, keep: int, archive: Path | None) -> tuple[list[Path], int]:
    """Remove all but the newest ``keep`` backups, and the archived WAL that only those before needed.

    Return what was removed, and how many files of WAL. Raises ``BackupRefused`` where the oldest that stays
    cannot be read: then its WAL stays too.
    """
    if archive is not None:
        mounted(archive)
        refuse_inside(archive)
    found = there(directory)
    kept, gone = found[-keep:], found[:-keep]
    for path in gone:
        shutil.rmtree(path)
    if archive is None:
        return gone, 0
    needed = min(statements.read(path).start_segment[8:] for path in kept)  # whatever the timeline
    segments = [(one, SEGMENT.fullmatch(one.name)) for one in archive.iterdir()]
    old = [one for one, segment in segments if segment and segment[2] < needed]
    for one in old:
        one.unlink()
    return gone, len(old)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Let one process at a time back up into a directory. Raises ``BackupRefused``."""
    lock = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupRefused(f"another backup is being made in {directory}") from None
    finally:
        os.close(lock)
