"""``msa registration``: victims' files in and out, as JSON Lines; who is protected."""

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import track
from rich.table import Table

from gateway.cli.one_file import one_file
from gateway.cli.protection import protection
from gateway.cli.registration_file import Reading, read
from gateway.cli.registration_keeping import erase, hold, release
from gateway.cli.registration_life import show, steps, take
from gateway.cli.support import WRONG, Json, Stores, err, id_column, out, print_json, run, text_column
from gateway.store.registrations import RegistrationSummary
from schemas.registration import Population, Registration
from schemas.window import WINDOW_MINUTES_MAX, WindowView

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Victims' files: import, export, list; who is protected.\n\nOne JSON object a line; `msa schemas"
    " export` writes its schema (Registration). What is personal is sealed before it is stored.",
)


app.command()(protection)
app.command()(hold)
app.command()(release)
app.command()(erase)
app.command()(show)
app.command()(steps)
app.command("step")(take)


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="JSON Lines; - reads standard input.", allow_dash=True, metavar="FILE")
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong.")] = False,
    json_: Json = False,
) -> None:
    """Import files, all or none; one that is there already (same registration_id) is replaced.

    Every error is listed with its line; then nothing is imported and the exit status is 1.

    Example: msa registration import files.jsonl --dry-run
    """
    lines = _lines(file)

    async def command(stores: Stores) -> Reading:
        registrations = stores.registrations
        existing = {
            one.registration_id: (one.centre, one.reference) for one in await registrations.summaries()
        }
        reading = read(lines, await registrations.centres(), existing)
        if not reading.errors and not dry_run:
            await registrations.save(_shown(reading.registrations, "importing"))
        return reading

    reading = run(command)
    imported = 0 if reading.errors or dry_run else len(reading.registrations)
    if json_:
        print_json({
            "imported": imported,
            "valid": len(reading.registrations) if not reading.errors else None,
            "errors": [asdict(one) for one in reading.errors],
            "warnings": [asdict(one) for one in reading.warnings],
        })  # fmt: skip
    else:
        _report(reading, imported, dry_run=dry_run)
    if reading.errors:
        raise typer.Exit(WRONG)


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Option("--out", help="Write here, mode 0600, instead of standard output.")
    ] = None,
) -> None:
    """Export all files that are not erased, opened, one JSON object a line.

    The result is personal data in the clear: keep it where only those may read it who must.

    Example: msa registration export --out files.jsonl
    """

    async def command(stores: Stores) -> int:
        count = 0
        with _target(file) as target:
            async for registration in stores.registrations.export():
                target.write(registration.model_dump_json(exclude_defaults=True).encode() + b"\n")
                count += 1
        return count

    count = run(command)
    err.print(f"{count} exported")


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the files without anything personal: centre, reference, id, companions."""

    async def command(stores: Stores) -> tuple[RegistrationSummary, ...]:
        return await stores.registrations.summaries()

    summaries = run(command)
    if json_:
        print_json([asdict(one) for one in summaries])
        return
    table = Table(
        text_column("centre"),
        text_column("reference", min_width=12),
        id_column("registration"),
        text_column("companions"),
        text_column("changed"),
        box=None,
    )
    for one in summaries:
        state = "erased" if one.erased else str(one.companions)
        state = state if one.population is Population.REAL else f"{state} ({one.population})"
        table.add_row(
            one.centre, one.reference, str(one.registration_id), state, f"{one.updated_at:%Y-%m-%d}"
        )
    out.print(table)


@app.command("test")
def window(
    reference: Annotated[str, typer.Argument(help="The file's own reference, or the registration's id.")],
    *,
    minutes: Annotated[int, typer.Option(min=1, max=WINDOW_MINUTES_MAX, help="How long.")] = 15,
    off: Annotated[bool, typer.Option("--off", help="End it now.")] = False,
    json_: Json = False,
) -> None:
    """Take her real presses as tests for some minutes, e.g. while her button is installed.

    It ends by itself, and as soon as a test alarm of hers is closed. While her real alarm is open, and
    from the fourth press on, her presses are real all the same.

    Example: msa registration test GE.11.F1.000123/2026 --minutes 15
    """

    async def command(stores: Stores) -> WindowView:
        file = await one_file(stores, reference)
        return await stores.windows.open(file.registration_id, 0 if off else minutes, None)

    opened = run(command)
    if json_:
        print_json(opened.model_dump(mode="json"))
    elif opened.until is None:
        out.print(f"{opened.reference}: no test window", markup=False)
    else:
        until = f"{opened.until.astimezone():%H:%M:%S}"
        out.print(f"{opened.reference}: presses are tests until {until}", markup=False)


def _lines(file: Path) -> list[bytes]:
    if str(file) == "-":
        return sys.stdin.buffer.readlines()
    try:
        return file.read_bytes().splitlines()
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from None


def _shown(registrations: Iterable[Registration], what: str) -> Iterator[Registration]:
    """Show progress on a terminal; some 1400 files a second are saved."""
    yield from track(
        list(registrations), description=what, console=err, disable=not err.is_terminal, transient=True
    )


def _target(file: Path | None) -> BinaryIO:
    if file is None:
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _report(reading: Reading, imported: int, *, dry_run: bool) -> None:
    for warning in reading.warnings:
        err.print(f"warning: {warning}", style="yellow", markup=False)
    for error in reading.errors:
        err.print(str(error), style="red", markup=False)
    if reading.errors:
        out.print(f"nothing imported: {len(reading.errors)} errors")
    elif dry_run:
        out.print(f"{len(reading.registrations)} good; nothing imported (--dry-run)")
    else:
        out.print(f"{imported} imported")
