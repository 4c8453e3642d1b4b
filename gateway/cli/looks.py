"""``msa audit looks``: who looked at a file, for the auditor and for the victim."""

from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Table

from gateway.cli.support import Json, Stores, out, print_json, run, text_column
from gateway.clock import SystemClock
from gateway.domain.casework.looking import VICTIM_WORDS, LooksQuery
from gateway.domain.casework.scope import Scope
from gateway.store.casework.look_log import PostgresLookLog
from schemas.access import LooksPage
from schemas.session import Role

NOBODY: Final = UUID(int=0)
"""Whoever is at this command line: the journal says that it was read here."""


def looks(
    *,
    registration: Annotated[UUID, typer.Option(help="The file's id.")],
    for_victim: Annotated[
        bool, typer.Option("--for-victim", help="As a text for her: function and service, when and why.")
    ] = False,
    language: Annotated[str, typer.Option(help="nl, fr, de or en.")] = "nl",
    names: Annotated[bool, typer.Option("--names", help="With the officers' names.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The newest so many.")] = 200,
    json_: Json = False,
) -> None:
    """Tell who looked at a file. That it was read is written into the journal.

    Example: msa audit looks --registration ID --for-victim --language fr
    """
    if language not in VICTIM_WORDS:
        raise typer.BadParameter("nl, fr, de or en")

    async def told(stores: Stores) -> str:
        log, made = PostgresLookLog(stores.pool), SystemClock().now()
        return await log.told(await _auditor(stores), registration, language, made, names=names)

    async def read(stores: Stores) -> LooksPage:
        query = LooksQuery(registration_id=registration, limit=limit)
        return await PostgresLookLog(stores.pool).audit(await _auditor(stores), query)

    if for_victim:
        typer.echo(run(told), nl=False)
        return
    page = run(read)
    if json_:
        print_json([look.model_dump(mode="json") for look in page.looks])
        return
    table = Table(*map(text_column, ("when", "who", "roles", "what", "why")), box=None)
    for look in page.looks:
        who = look.by.name if look.by else ""
        table.add_row(f"{look.at:%Y-%m-%d %H:%M}", who, ", ".join(look.roles), look.kind, look.why or "")
    out.print(table)


async def _auditor(stores: Stores) -> Scope:
    centres = await stores.operators.centres()
    roles = frozenset({Role.AUDITOR})
    return Scope(operator_id=NOBODY, name="msa audit", roles=roles, centres=centres, zones=frozenset())
