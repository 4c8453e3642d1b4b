"""``msa unit``: the teams that a centre can send."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from gateway.cli.support import WRONG, Json, Stores, err, out, print_json, run, text_column
from schemas.unit import CallSign, NewUnit, UnitChange, UnitView

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Units, the teams that a centre can send: add, list, rename, put on or off duty.",
)

Centre = Annotated[str, typer.Option(help="e.g. BE-VOV.")]
Named = Annotated[str, typer.Argument(help="Its call sign in the centre.", metavar="UNIT")]


class Duty(StrEnum):
    """Whether it can be sent."""

    ON = "on"
    OFF = "off"


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Its call sign, at most 40 characters.")],
    *,
    centre: Centre,
    off_duty: Annotated[bool, typer.Option("--off-duty", help="It cannot be sent yet.")] = False,
    json_: Json = False,
) -> None:
    """Make a unit; consoles that run know it within a second.

    Example: msa unit add 'ALPHA 3' --centre BE-VOV
    """
    call_sign = _call_sign(name)

    async def command(stores: Stores) -> UnitView:
        return await stores.units.add(NewUnit(centre=centre, name=call_sign, on_duty=not off_duty), None)

    _show(run(command), "added", json_=json_)


@app.command("list")
def list_(
    *,
    centre: Annotated[list[str] | None, typer.Option(help="Only these; may be given again.")] = None,
    json_: Json = False,
) -> None:
    """List the units: on or off duty, what they serve, when they were last sent."""

    async def command(stores: Stores) -> list[UnitView]:
        return await stores.units.of_centres(centre or sorted(await stores.operators.centres()))

    units = run(command)
    if json_:
        print_json([one.model_dump(mode="json") for one in units])
        return
    out.print(_table(units))


@app.command()
def duty(name: Named, state: Duty, *, centre: Centre, json_: Json = False) -> None:
    """Put a unit on or off duty; one that serves an open alarm stays on duty.

    Example: msa unit duty 'ALPHA 3' off --centre BE-VOV
    """
    wanted = UnitChange(on_duty=state is Duty.ON)
    _show(_change(centre, name, wanted), f"{state} duty", json_=json_)


@app.command()
def rename(
    name: Named,
    to: Annotated[str, typer.Argument(help="Its new call sign.", metavar="NAME")],
    *,
    centre: Centre,
    json_: Json = False,
) -> None:
    """Give a unit another call sign; not while it serves an open alarm, which shows the old one."""
    _show(_change(centre, name, UnitChange(name=_call_sign(to))), "renamed", json_=json_)


def _change(centre: str, name: str, wanted: UnitChange) -> UnitView:
    async def command(stores: Stores) -> UnitView:
        unit = _named(await stores.units.of_centres([centre]), name)
        return await stores.units.change(unit, wanted, None)

    return run(command)


def _named(units: Sequence[UnitView], name: str) -> UnitView:
    """Find a unit by call sign or id; without one the command ends with status 1."""
    try:
        unit_id = UUID(name)
    except ValueError:
        unit_id = None
    for unit in units:
        if unit.name == name or unit.unit_id == unit_id:
            return unit
    err.print("there is no such unit in this centre; `msa unit list` shows them", style="red")
    raise typer.Exit(WRONG)


def _call_sign(name: str) -> str:
    try:
        return TypeAdapter[str](CallSign).validate_python(name)
    except ValidationError:
        raise typer.BadParameter("a call sign has 1 to 40 printable characters") from None


def _show(unit: UnitView, what: str, *, json_: bool) -> None:
    if json_:
        print_json(unit.model_dump(mode="json"))
    else:
        out.print(f"{unit.centre} {unit.name}: {what}", markup=False)


def _table(units: Sequence[UnitView]) -> Table:
    headings = ("duty", "status", "last sent")
    table = Table("centre", text_column("unit", min_width=12), *map(text_column, headings), box=None)
    for one in units:
        sent = f"{one.last_assigned_at:%Y-%m-%d %H:%M}" if one.last_assigned_at else ""
        on_duty = "on" if one.on_duty else "off"
        table.add_row(one.centre, one.name, on_duty, one.status or "", sent)
    return table
