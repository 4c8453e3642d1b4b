"""``msa doctor``: tells whether this machine is ready to serve."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from gateway.checks.catalogue import looks_of
from gateway.checks.check import Check, wrong
from gateway.checks.examining import examined
from gateway.cli.support import WRONG, Json, err, out, print_json
from gateway.domain.wording import field_errors
from gateway.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    *,
    settings: Annotated[
        bool, typer.Option("--settings", help="Only print what can be set, as Markdown.")
    ] = False,
    json_: Json = False,
) -> None:
    """Look at all that a node needs, in five seconds at most, and say what to do.

    Settings, keys, certificates, disks and clocks; the database, its standbys,
    archive, connections and schema; NATS, mail, sign-in and the public address;
    which nodes serve, the sealed log, the canary. docs/operations.md has the table.

    good   as it should be.
    doubt  a node can start, and somebody should look.
    wrong  it must be put right; the exit status is 1.

    What hangs is told as such; what needs a database that is not there is left
    out. It changes nothing: what a first start would make is no fault.

    Run it before a start, after an upgrade, or beside a node that runs: as the
    gateway's account, with the gateway's settings.

    Example: msa doctor --json | jq -r '.checks[] | select(.ok | not) | .name'
    """
    if settings:
        typer.echo(Settings.table())
        return
    checks = _checks(quiet=json_)
    healthy = all(check.ok for check in checks)
    if json_:
        print_json({"ok": healthy, "checks": [asdict(check) for check in checks]})
    else:
        out.print(_table(checks))
    if not healthy:
        raise typer.Exit(WRONG)


def _checks(*, quiet: bool) -> list[Check]:
    try:
        settings = Settings()
    except ValidationError as error:
        return [
            wrong("settings", f"MSA_{one.field.upper()}: {one.message}", "docs/settings.md")
            for one in field_errors(error.errors())
        ]

    def waiting(names: Sequence[str]) -> None:
        if not quiet:
            err.print(f"waiting for {', '.join(names)} …", style="dim", markup=False)

    return asyncio.run(examined(settings, looks_of(settings), waiting))


def _table(checks: Sequence[Check]) -> Table:
    table = Table(box=None, show_header=False)
    for check in checks:
        remedy = f"\n[dim]→ {escape(check.remedy)}[/]" if check.remedy else ""
        table.add_row(_verdict(check), check.name, escape(check.found) + remedy)
    return table


def _verdict(check: Check) -> str:
    if not check.ok:
        return "[red]wrong[/]"
    return "[yellow]doubt[/]" if check.doubtful else "[green]good[/]"
