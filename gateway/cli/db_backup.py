"""``msa db backup, archive, restore, restored``: a database that is lost is not the end of it."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.progress import Progress

from gateway.backup import statement as statements
from gateway.backup.archive import become, mounted, prepared, refuse_inside
from gateway.backup.restoring import Restored
from gateway.backup.restoring import restore as restored_from
from gateway.backup.state import State, state_of
from gateway.backup.taking import forget, take
from gateway.cli.support import WRONG, Json, err, failed, out, print_json, settings_or_exit
from gateway.domain.errors import BackupRefused, GatewayError, RestoredUnchecked
from gateway.settings import Settings
from gateway.store.database import opened

T = TypeVar("T")
DAMAGED: Final = 3
ENDING: Final = (signal.SIGTERM, signal.SIGHUP)

Wal = Annotated[Path | None, typer.Option("--wal", help="Directory that `msa db archive` fills.")]
Proofs = Annotated[
    Path | None,
    typer.Option(
        "--proofs", help="Directory of erasure proofs (*.json): erased files that are back are named."
    ),
]


def backup(
    directory: Annotated[
        Path, typer.Argument(help="Directory of the backups, on another disk; it must be there.")
    ],
    *,
    keep: Annotated[int | None, typer.Option(min=1, help="Remove all but so many of the newest.")] = None,
    wal: Wal = None,
    json_: Json = False,
) -> None:
    """Back up the database while it is used: copied, verified, and only then named, by its instant in UTC.

    With --keep, older ones are removed after that; with --wal also the archived WAL that only they needed.
    The key file and the seal key are not in it: keep them elsewhere.

    Example: msa db backup /mnt/backup/base --keep 14 --wal /mnt/backup/wal
    """
    settings = settings_or_exit()
    try:
        if wal is not None:  # before anything is copied, as it is tidied up after that
            mounted(wal)
            refuse_inside(wal)
        with (
            opened(settings) as url,
            Progress(console=err, transient=True, disable=not err.is_terminal) as bar,
        ):
            task = bar.add_task("copied", total=None)
            place, made = asyncio.run(
                _endable(
                    take(
                        url,
                        _copied_by(settings, url),
                        directory.absolute(),
                        progress=lambda done, total: bar.update(task, completed=done, total=total),
                    )
                )
            )
        gone, segments = forget(directory, keep, wal) if keep else ([], 0)
    except (GatewayError, OSError) as error:
        raise _failed(error) from None
    if json_:
        print_json(
            {"backup": str(place), **made.model_dump(mode="json"), "removed": [one.name for one in gone],
             "wal_removed": segments}
        )  # fmt: skip
        return
    took_s = (made.ended_at - made.begun_at).total_seconds()
    out.print(
        f"{place}: {made.size_bytes / 1e6:.1f} MB in {took_s:.1f} s, verified", markup=False, soft_wrap=True
    )
    out.print(
        f"schema {made.schema_revision}, timeline {made.timeline}, log at {made.log_position}", markup=False
    )
    out.print(f"can be restored to any instant from {made.ended_at.isoformat()} on", markup=False)
    for one in gone:
        out.print(f"removed {one.name}", markup=False)
    if segments:
        out.print(f"files of WAL removed that nothing needs: {segments}")


def archive(
    directory: Annotated[
        Path, typer.Argument(help="Directory of the WAL, on another machine; it must be there.")
    ],
) -> None:
    """Keep all that is committed from now on, as it is committed; runs until it is ended.

    It becomes PostgreSQL's pg_receivewal, with a slot `msa_archive`: what it misses while it is away waits on
    the server. After a restore it needs a new directory.

    Example: msa db archive /mnt/backup/wal
    """
    settings = settings_or_exit()
    with ExitStack() as stack:
        try:
            url = stack.enter_context(opened(settings))
            arguments, environment = asyncio.run(
                prepared(url, _copied_by(settings, url), directory.absolute())
            )
        except (GatewayError, OSError) as error:
            raise _failed(error) from None
        become(arguments, environment)


def restore(
    backup: Annotated[Path, typer.Argument(help="One backup: a directory that `msa db backup` named.")],
    *,
    into: Annotated[Path, typer.Option(help="Data directory to make: not there, or empty.")],
    wal: Wal = None,
    to: Annotated[
        datetime | None,
        typer.Option(
            help="Instant to restore to; else all that there is.",
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"],
        ),
    ] = None,
    proofs: Proofs = None,
    json_: Json = False,
) -> None:
    """Restore a backup into an empty directory, up to an instant, and check what came out of it.

    A private server recovers it, on no network, and is stopped again: start yours on the directory.
    Exit status 1: nothing was restored; 3: it was, and something is wrong with it or could not be checked.

    Example: msa db restore /mnt/backup/base/20261123T020000Z --into /var/lib/postgresql/18/msa
    --wal /mnt/backup/wal --to 2026-11-23T03:00:00Z
    """
    settings = settings_or_exit()

    def say(words: str) -> None:
        err.print(words, style="dim", markup=False, soft_wrap=True)

    try:
        found = asyncio.run(
            _endable(
                restored_from(
                    backup,
                    into.absolute(),
                    settings,
                    archive=wal and wal.absolute(),
                    to=to,
                    proofs=_proofs(proofs),
                    say=say,
                )
            )
        )
    except RestoredUnchecked as error:
        failed(error)
        err.print("Start PostgreSQL on it, and see what `msa db restored` says before anybody uses it.")
        raise typer.Exit(DAMAGED) from None
    except (GatewayError, OSError) as error:
        raise _failed(error) from None
    if json_:
        print_json(
            {"directory": str(found.directory), "backup": backup.name, "last_commit": found.last_commit,
             **_as_json(found.state)}
        )  # fmt: skip
    else:
        _print_restored(found)
    _leave(found.state)


def restored(
    *,
    backup: Annotated[
        Path | None, typer.Option(help="The backup of `msa db backup` that it must go on from.")
    ] = None,
    proofs: Proofs = None,
    json_: Json = False,
) -> None:
    """Check a database that was restored, by whatever tool: schema, sealed log, what is to be erased again.

    It is the database of MSA_DATABASE_URL. Exit status 1: it could not be checked; 3: something is wrong.

    Example: msa db restored --backup /mnt/backup/base/20261123T020000Z
    """
    settings = settings_or_exit()
    try:
        statement = statements.read(backup) if backup else None
        with opened(settings) as url:
            state = asyncio.run(state_of(url, settings, statement, proofs=_proofs(proofs)))
    except (GatewayError, OSError) as error:
        raise _failed(error) from None
    if json_:
        print_json(_as_json(state))
    else:
        _print(state)
    _leave(state)


async def _endable(work: Coroutine[Any, Any, T]) -> T:
    """Do it; told to end, take away what was begun, as at Ctrl-C. Raises ``BackupRefused`` then."""
    doing = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in ENDING:
        loop.add_signal_handler(number, doing.cancel)
    try:
        return await doing
    except asyncio.CancelledError:
        if (asking := asyncio.current_task()) is not None and asking.cancelling():
            raise
        raise BackupRefused("told to end: what was begun is taken away") from None


def _proofs(directory: Path | None) -> list[Path]:
    """Return the proofs of a directory. Raises ``OSError`` where it is not there."""
    return [] if directory is None else [one for one in sorted(directory.iterdir()) if one.suffix == ".json"]


def _leave(state: State) -> None:
    if state.problems:
        raise typer.Exit(DAMAGED)


def _failed(error: GatewayError | OSError) -> typer.Exit:
    if isinstance(error, GatewayError):
        return failed(error)
    err.print(
        f"{error.filename}: {error.strerror}" if error.filename else str(error), style="red", markup=False
    )
    return typer.Exit(WRONG)


def _copied_by(settings: Settings, url: str) -> str:
    """Return the URL of who may replicate; the embedded server's superuser may."""
    if settings.embedded or settings.replication_url is None:
        return url
    return settings.replication_url.get_secret_value()


def _as_json(state: State) -> dict[str, Any]:
    told = asdict(state)
    outside = told.pop("log_outside")
    return told | {
        "ok": not state.problems,
        "log_outside": None if outside is None else {"position": outside[0], "signed_at": outside[1]},
    }


def _print_restored(found: Restored) -> None:
    _print(found.state)
    last = found.last_commit.isoformat() if found.last_commit else "none after the backup"
    out.print(f"restored into {found.directory}; last commit {last}", markup=False, soft_wrap=True)
    out.print(
        "What was committed after that is not in it, whatever receipt somebody holds. Start PostgreSQL on it,"
        " give `msa db archive` a new directory, and take a backup at once.",
        soft_wrap=True,
    )


def _print(state: State) -> None:
    for centre, one in state.centres.items():
        last = one.last.isoformat() if one.last else "none"
        out.print(f"{centre}: {one.presses} presses, last {last}", markup=False, highlight=False)
    log = "whole" if state.verified else "not verified"
    out.print(f"schema {state.schema}, epoch {state.epoch}, log {log} at {state.log_position}", markup=False)
    if state.log_outside:
        position, at = state.log_outside
        gone = position - state.log_position
        out.print(f"heads outside go on to {position}, signed {at}: {gone} records are lost", style="yellow")
        out.print("  keep that file and begin a new one (MSA_SEAL_HEADS)", style="yellow")
    for file in state.to_erase:
        out.print(f"was erased, and is back: {file}; `msa registration erase` it again", style="yellow")
    for problem in state.problems:
        err.print(problem, style="red", markup=False, soft_wrap=True)
