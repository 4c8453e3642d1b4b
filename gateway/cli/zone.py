"""``msa zone``: the police zones whose case teams follow the files."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway.cli.support import WRONG, Json, Stores, content_of, err, out, print_json, run, text_column
from gateway.cli.zone_file import ZoneReading, read
from gateway.store.casework.zones import PostgresZones
from schemas.zone import Zone

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Police zones: import, list, show.\n\nA CSV with the columns zone (BE-5415), name, centre,"
    " arrondissement, and where they differ from nl, none and 07:00: language, mail, report_at.",
)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV; - reads standard input.", allow_dash=True)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong.")] = False,
    json_: Json = False,
) -> None:
    """Import zones, all or none; one that is there already is replaced.

    Every error is listed with its line; then nothing is imported and the exit status is 1.

    Example: msa zone import zones.csv --dry-run
    """
    data = content_of(file)

    async def command(stores: Stores) -> ZoneReading:
        zones = PostgresZones(stores.pool)
        reading = read(data, await stores.operators.centres(), await zones.serving())
        if not reading.errors and not dry_run:
            await zones.save(reading.zones)
        return reading

    reading = run(command)
    imported = 0 if reading.errors or dry_run else len(reading.zones)
    if json_:
        print_json({"imported": imported, "errors": [asdict(one) for one in reading.errors]})
    else:
        _report(reading, imported, dry_run=dry_run)
    if reading.errors:
        raise typer.Exit(WRONG)


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the zones, by centre."""
    zones = _all()
    if json_:
        print_json([one.model_dump(mode="json") for one in zones])
        return
    headings = ("zone", "name", "centre", "arrondissement", "language", "report at", "mail")
    table = Table(*map(text_column, headings), box=None)
    for one in zones:
        mail = "\n".join(one.mail) or "nowhere"
        at = f"{one.report_at:%H:%M}"
        table.add_row(one.zone, one.name, one.centre, one.arrondissement, one.language, at, mail)
    out.print(table)


@app.command()
def show(
    zone: Annotated[str, typer.Argument(help="Its number, e.g. BE-5415.", metavar="ZONE")],
    *,
    json_: Json = False,
) -> None:
    """Show one zone."""
    found = next((one for one in _all() if one.zone == zone), None)
    if found is None:
        err.print("there is no such zone; `msa zone list` shows them", style="red")
        raise typer.Exit(WRONG)
    shown = found.model_dump(mode="json")
    if json_:
        print_json(shown)
        return
    for name, value in shown.items():
        text = " ".join(value) or "nowhere" if isinstance(value, list) else str(value)
        out.print(f"{name}: {text}", markup=False)


def _all() -> tuple[Zone, ...]:
    async def command(stores: Stores) -> tuple[Zone, ...]:
        return await PostgresZones(stores.pool).all()

    return run(command)


def _report(reading: ZoneReading, imported: int, *, dry_run: bool) -> None:
    for error in reading.errors:
        err.print(str(error), style="red", markup=False)
    if reading.errors:
        out.print(f"nothing imported: {len(reading.errors)} errors")
    elif dry_run:
        out.print(f"{len(reading.zones)} good; nothing imported (--dry-run)")
    else:
        out.print(f"{imported} imported")
