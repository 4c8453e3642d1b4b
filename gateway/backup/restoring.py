"""Restoring: verified, copied, recovered to the instant, and held to the statement and the sealed log."""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final, TypeVar

from gateway.backup import statement as statements
from gateway.backup.archive import SEGMENT, mounted
from gateway.backup.epochs import begin_epoch
from gateway.backup.programs import Programs
from gateway.backup.reaching import left_out, refuse_stranger
from gateway.backup.recovering import ASK_S, SIGNAL, give_up, own, recovered
from gateway.backup.state import State, proven, state_of
from gateway.backup.statement import CLUSTER, Statement
from gateway.backup.verifying import verify
from gateway.domain.errors import BackupRefused, RestoredUnchecked
from gateway.settings import Settings
from gateway.store.postgres_binaries import Account, Binaries

T = TypeVar("T")
SPARE: Final = 1.1
CONTROL: Final = "global/pg_control"
ENDED: Final = "the restore was ended"
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

    Raises ``BackupRefused``, after which ``into`` is as empty as it was, as it is when this is cancelled; and
    ``RestoredUnchecked``, after which it is not.
    """
    statement = statements.read(backup)
    refuse(statement, into, archive, to)
    proven(settings, proofs)
    programs = await asyncio.to_thread(Programs.of, statement.server_major)
    say("verifying the backup")
    await verify(backup / CLUSTER, programs)
    account = _account(into)
    refuse_over(into)  # a second restore may have begun meanwhile
    try:
        say(f"copying {statement.size_bytes / 1e6:.0f} MB")
        over = Event()
        await finished(lambda: copy(backup / CLUSTER, into, account, over), give_up=over.set)
        readable = await finished(
            lambda: _readable(archive, into, statement, account, over), give_up=over.set
        )
        say("recovering" if to is None else f"recovering to {to.isoformat()}")
        recovery = recovered(programs, into, statement, archive=readable, to=to, account=account)
        binaries = Binaries(programs.directory, account)
        server = await finished(recovery.__enter__, give_up=lambda: give_up(binaries, into))
        try:
            say("checking")
            state = await _checked(server.url, settings, statement, proofs)
        finally:
            stop = partial(recovery.__exit__, None, None, None)
            await finished(stop, give_up=lambda: give_up(binaries, into))
    except BaseException:
        await asyncio.to_thread(_empty, into)
        raise
    if readable is not None and readable != archive:
        shutil.rmtree(readable)
    if isinstance(state, Exception):
        raise RestoredUnchecked(
            f"{into} is restored, and could not be checked ({type(state).__name__}: {state})"
        ) from state
    if archive is not None and to is None and (told := await left_out(archive, server.redone, programs)):
        state.problems.append(told)
    return Restored(directory=into, statement=statement, last_commit=server.last_commit, state=state)


async def _checked(
    url: str, settings: Settings, statement: Statement, proofs: Sequence[Path]
) -> State | Exception:
    """Mark it as restored and look at it; to fail at that is no reason to throw away a recovery of hours."""
    try:
        await begin_epoch(url)
        return await state_of(url, settings, statement, proofs=proofs)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is raised once the server is stopped)
        return error


async def finished(work: Callable[[], T], *, give_up: Callable[[], object]) -> T:
    """Do it in a thread; where this is cancelled, ``give_up`` until the thread has really ended."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            await asyncio.to_thread(give_up)
            await asyncio.wait({running}, timeout=ASK_S)
        running.exception()  # which is of the giving up
        await asyncio.to_thread(give_up)  # it may have come to its end meanwhile
        raise


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
        refuse_stranger(archive, statement)
    if not into.parent.is_dir():
        raise BackupRefused(f"{into.parent} is not there")
    refuse_over(into)
    disk = into if into.exists() else into.parent  # it may be one of its own
    free, needed = shutil.disk_usage(disk).free, statement.size_bytes * SPARE
    if free < needed:
        raise BackupRefused(f"{disk} has {free / 1e6:.0f} MB free, and {needed / 1e6:.0f} are needed")


def refuse_over(into: Path) -> None:
    """Refuse a directory that has something in it. Raises ``BackupRefused``."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise BackupRefused(f"{into} is not empty; nothing is ever restored over something")


def _account(into: Path) -> Account | None:
    """Return whose the directory is to be, where this process is root: as root PostgreSQL does not run."""
    if os.geteuid() != 0:
        return None
    if into.exists() and (owner := into.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return Binaries.find().account


def copy(cluster: Path, into: Path, account: Account | None, over: Event) -> None:
    """Copy a cluster, its control file last, with what makes a server ask for the archive.

    So no server starts on the half of it that a power cut leaves. Raises ``BackupRefused``: the disk is full,
    or ``over`` was set.
    """

    def one(source: str, target: str) -> None:
        if over.is_set():
            raise BackupRefused(ENDED)
        if source != str(cluster / CONTROL):
            shutil.copy2(source, target)

    try:
        shutil.copytree(cluster, into, symlinks=True, dirs_exist_ok=True, copy_function=one)
    except shutil.Error as error:  # each file that could not be copied, and why
        _, target, why = error.args[0][0]
        raise BackupRefused(f"{target} cannot be written: {why}") from None
    into.chmod(0o700)
    for pattern in LEFT_BEHIND:
        for path in into.glob(pattern):
            path.unlink()
    (into / SIGNAL).touch(mode=0o600)
    shutil.copy2(cluster / CONTROL, into / CONTROL)
    own(into, account)


def _readable(
    archive: Path | None, into: Path, statement: Statement, account: Account | None, over: Event
) -> Path | None:
    """Return the archive; where PostgreSQL's account may not read it, a copy of what is needed of it."""
    if archive is None or account is None:
        return archive
    copy = into / "archived_wal"
    copy.mkdir(mode=0o700)
    for path in archive.iterdir():
        if over.is_set():
            raise BackupRefused(ENDED)
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
