"""``msa perimeter``: where judges forbid offenders to be, in the name of an account."""

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from gateway.cli.registration_life import As, scope_as
from gateway.cli.support import Json, Stores, out, print_json, run, text_column
from gateway.clock import SystemClock
from gateway.store.doors.perimeters import PostgresPerimeters
from gateway.store.sealing import Keyring
from schemas.perimeters import PerimeterEnded, PerimeterList, PerimeterView

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Perimeters: list, show, end, in the name of an account, whose looks and acts the journal keeps.",
)

PerimeterId = Annotated[UUID, typer.Argument(help="The perimeter's id.")]


@app.command("list")
def list_(
    *,
    username: As,
    ended: Annotated[bool, typer.Option("--ended", help="Those that have ended, too.")] = False,
    json_: Json = False,
) -> None:
    """List the perimeters that this account may see, with where each of their trackers stands.

    Example: msa perimeter list --as a.magistrate
    """

    async def command(stores: Stores) -> PerimeterList:
        return await _perimeters(stores).listed(await scope_as(stores, username), None, ended=ended)

    found = run(command).perimeters
    if json_:
        print_json([one.model_dump(mode="json") for one in found])
        return
    headings = ("perimeter", "file", "centre", "state", "until", "trackers")
    table = Table(*map(text_column, headings), box=None)
    for one in found:
        until = "" if one.terms is None else one.terms.ends_on.isoformat()
        stands = ", ".join(watch.state for watch in one.watches) or "far"
        state = one.state if one.watching or one.state != "in_force" else f"{one.state}, not today"
        table.add_row(str(one.perimeter_id), one.reference, one.centre, state, until, stands)
    out.print(table)


@app.command()
def show(perimeter_id: PerimeterId, *, username: As, json_: Json = False) -> None:
    """Show one perimeter, opened; the journal keeps the look.

    Example: msa perimeter show 0198... --as a.magistrate
    """

    async def command(stores: Stores) -> PerimeterView:
        return await _perimeters(stores).get(await scope_as(stores, username), perimeter_id)

    _print(run(command), json_=json_)


@app.command()
def end(
    perimeter_id: PerimeterId,
    *,
    username: As,
    ground: Annotated[str, typer.Option(help="Why it is ended.")],
    json_: Json = False,
) -> None:
    """End a perimeter: within 2 s no node judges by it any more. One in force only a magistrate ends.

    Example: msa perimeter end 0198... --as a.magistrate --ground 'lifted on 3 December'
    """

    async def command(stores: Stores) -> PerimeterView:
        scope, perimeters = await scope_as(stores, username), _perimeters(stores)
        version = (await perimeters.get(scope, perimeter_id)).version
        return await perimeters.end(
            scope, perimeter_id, PerimeterEnded(expected_version=version, ground=ground)
        )

    _print(run(command), json_=json_)


def _print(view: PerimeterView, *, json_: bool) -> None:
    shown = view.model_dump(mode="json")
    if json_:
        print_json(shown)
        return
    for name, value in shown.items():
        out.print(f"{name}: {value}", markup=False)


def _perimeters(stores: Stores) -> PostgresPerimeters:
    return PostgresPerimeters(pool=stores.pool, keyring=Keyring.of(stores.settings), clock=SystemClock())
