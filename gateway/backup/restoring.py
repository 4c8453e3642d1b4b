"""Restoring: verified, copied, recovered to the instant, and held to the statement and the sealed log."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.backup import statement as statements
from gateway.backup.archive import SEGMENT, mounted
from gateway.backup.programs import Programs
from gateway.backup.recovering import own, recovered
from gateway.backup.state import State, state_of
from gateway.backup.statement import CLUSTER, Statement
from gateway.backup.verifying import verify
from gateway.domain.errors import BackupRefused
from gateway.settings import Settings
from gateway.store.postgres_binaries import Account, Binaries

SPARE: Final = 1.1
LEFT_BEHIND: Final = ("postmaster.pid", "postmaster.opts", ".s.PGSQL.*.lock", "*.out", "server.log")
"""Of the server that was copied while it ran with its log or socket in its own directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A data directory that a server may be started on, and what was found in it."""

    directory: Path
    statement: Statement
    last_commit: datetime | None
    state: State


async def restore(
    backup: Path,
    into: Path,
    settings: Settings,
    *,
    archive: Path | None = None,
    to: datetime | None = None,
    proofs: Sequence[Path] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Restored:
    """Restore a backup into an empty directory, up to ``to`` (None: all that there is).

    Raises ``BackupRefused``, after which ``into`` is as empty as it was, and what reading the log raises.
    """
    statement = statements.read(backup)
    refuse(statement, into, archive, to)
    programs = await asyncio.to_thread(Programs.of, statement.server_major)
    say("verifying the backup")
    await verify(backup / CLUSTER, programs)
    account = _account(into)
    try:
        say(f"copying {statement.size_bytes / 1e6:.0f} MB")
        await asyncio.to_thread(_copy, backup / CLUSTER, into, account)
        readable = await asyncio.to_thread(_readable, archive, into, statement, account)
        say("recovering" if to is None else f"recovering to {to.isoformat()}")
        recovery = recovered(programs, into, statement, archive=readable, to=to, account=account)
        server = await asyncio.to_thread(recovery.__enter__)
        try:
            say("checking")
            state = await state_of(server.url, settings, statement, proofs=proofs)
        finally:
            await asyncio.to_thread(recovery.__exit__, None, None, None)
    except BaseException:
        await asyncio.to_thread(_empty, into)
        raise
    if readable is not None and readable != archive:
        shutil.rmtree(readable)
    return Restored(directory=into, statement=statement, last_commit=server.last_commit, state=state)


def refuse(statement: Statement, into: Path, archive: Path | None, to: datetime | None) -> None:
    """Refuse what cannot end well, before anything is written. Raises ``BackupRefused``."""
    if to is not None and to.tzinfo is None:
        raise BackupRefused(f"{to.isoformat()} is in no time zone: end it with Z for UTC")
    if to is not None and to < statement.ended_at:
        raise BackupRefused(
            f"{to.isoformat()} is before this backup ended, {statement.ended_at.isoformat()}: use one before"
        )
    if to is not None and archive is None:
        raise BackupRefused("an instant is reached by the archived WAL: name its directory (--wal)")
    if archive is not None:
        mounted(archive)
    if not into.parent.is_dir():
        raise BackupRefused(f"{into.parent} is not there")
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise BackupRefused(f"{into} is not empty; nothing is ever restored over something")
    free, needed = shutil.disk_usage(into.parent).free, statement.size_bytes * SPARE
    if free < needed:
        raise BackupRefused(f"{into.parent} has {free / 1e6:.0f} MB free, and {needed / 1e6:.0f} are needed")


def _account(into: Path) -> Account | None:
    """Return whose the directory is to be, where this process is root: as root PostgreSQL does not run."""
    if os.geteuid() != 0:
        return None
    if into.exists() and (owner := into.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return Binaries.find().account


def _copy(cluster: Path, into: Path, account: Account | None) -> None:
    shutil.copytree(cluster, into, symlinks=True, dirs_exist_ok=True)
    into.chmod(0o700)
    for pattern in LEFT_BEHIND:
        for path in into.glob(pattern):
            path.unlink()
    own(into, account)


def _readable(archive: Path | None, into: Path, statement: Statement, account: Account | None) -> Path | None:
    """Return the archive; where PostgreSQL's account may not read it, a copy of what is needed of it."""
    if archive is None or account is None:
        return archive
    copy = into / "archived_wal"
    copy.mkdir(mode=0o700)
    for path in archive.iterdir():
        segment = SEGMENT.fullmatch(path.name)
        if path.suffix == ".history" or (segment and segment[2] >= statement.start_segment[8:]):
            shutil.copy2(path, copy / path.name)
    own(copy, account)
    return copy


def _empty(into: Path) -> None:
    """Take away what a restore that failed has written; the directory may be a mounted disk, and stays."""
    for path in into.iterdir() if into.exists() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
