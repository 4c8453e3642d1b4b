"""``msa registration protection``: who is protected now, and why not."""

from typing import Annotated

import typer
from rich.table import Column, Table

from gateway.cli.support import WRONG, Json, Stores, out, print_json, run, text_column
from gateway.store.protections import Protections
from schemas.protection import FaultKind, ProtectionState, ProtectionView


def protection(
    *,
    centre: Annotated[str | None, typer.Option(help="Only this centre, e.g. BE-VOV.")] = None,
    json_: Json = False,
) -> None:
    """List how every real victim is protected, the worst first; exit status 1 when somebody is not.

    Degraded counts as not: a press would arrive, with less. --json tells since when, too.

    Example: msa registration protection --centre BE-VOV
    """

    async def command(stores: Stores) -> list[ProtectionView]:
        protections = Protections(stores.pool)
        return await (protections.of_all() if centre is None else protections.of_centres((centre,)))

    found = run(command)
    if json_:
        print_json([one.model_dump(mode="json") for one in found])
    else:
        out.print(_table(found))
    if any(one.state is not ProtectionState.PROTECTED for one in found):
        raise typer.Exit(WRONG)


def _table(found: list[ProtectionView]) -> Table:
    table = Table(
        text_column("centre"),
        text_column("reference", min_width=12),
        text_column("state"),
        Column("faults", no_wrap=True, min_width=max(map(len, FaultKind))),
        text_column("heard"),
        box=None,
    )
    for one in found:
        heard = f"{one.heard_at.astimezone():%m-%d %H:%M:%S}" if one.heard_at else "never"
        table.add_row(one.centre, one.reference, one.state, "\n".join(f.kind for f in one.faults), heard)
    return table
