"""``msa db``: the database's schema, the keys that its rows are sealed by, backups of it and restores."""

import asyncio

import typer

from gateway.cli import db_backup
from gateway.cli.support import WRONG, Json, err, failed, out, print_json, settings_or_exit
from gateway.domain.errors import GatewayError
from gateway.store import migrate, rewrapping
from gateway.store.connect import Role, connected
from gateway.store.database import opened
from gateway.store.rewrapping import Rewrapped, named
from gateway.store.sealing import Keyring

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The database: its schema, what seals its rows, backups of it and restores.",
)
for command in (db_backup.backup, db_backup.archive, db_backup.restore, db_backup.restored):
    app.command()(command)


@app.command("migrate")
def migrate_(*, json_: Json = False) -> None:
    """Bring the schema to what this program needs; safe while an older gateway runs.

    Migrations go forward only: back up first.
    """
    settings = settings_or_exit()
    try:
        with opened(settings) as url:
            revision = asyncio.run(migrate.upgrade(url))
    except GatewayError as error:
        raise failed(error) from None
    if json_:
        print_json({"schema": revision})
    else:
        out.print(f"the schema is at {revision}")


@app.command()
def check(*, json_: Json = False) -> None:
    """Check that the database keeps what it commits and has the schema this program needs.

    Exit status 1 when the gateway would refuse it.
    """
    settings = settings_or_exit()
    found: str | None = None
    problem: str | None = None

    async def look(url: str) -> str | None:
        async with connected(url, application_name="msa db check", role=Role.TOOL) as connection:
            revision = await migrate.current(connection)
            await migrate.check(connection)
            return revision

    try:
        with opened(settings) as url:
            found = asyncio.run(look(url))
    except GatewayError as error:
        problem = str(error)
    if json_:
        print_json({"ok": problem is None, "schema": found, "needed": migrate.head(), "problem": problem})
    elif problem is None:
        out.print(f"good: durable, schema {found}")
    else:
        err.print(problem, style="red", markup=False)
    if problem is not None:
        raise typer.Exit(WRONG)


@app.command()
def rewrap(*, json_: Json = False) -> None:
    """Wrap every data key anew by the first key of the key file, while gateways run.

    First let every node read the file with the new key on top (SIGHUP; docs/settings.md): what a node goes
    on sealing by the older one is left for the next run. Exit status 1: rows could not be opened.
    """
    settings = settings_or_exit()

    async def work(url: str, keyring: Keyring) -> tuple[list[Rewrapped], dict[str, dict[str, int]]]:
        async with connected(url, application_name="msa db rewrap", role=Role.TOOL) as connection:
            await migrate.check(connection)
            return [table async for table in rewrapping.rewrap(connection, keyring)], await named(connection)

    try:
        keyring = Keyring.read(settings.kek_file)
        with opened(settings) as url:
            tables, needed = asyncio.run(work(url, keyring))
    except GatewayError as error:
        raise failed(error) from None
    unreadable = sum(table.unreadable for table in tables)
    if json_:
        counts = {table.table: table.rewrapped for table in tables}
        print_json({"key": keyring.current, "rewrapped": counts, "unreadable": unreadable, "needed": needed})
    else:
        _say_rewrapped(tables, keyring.current, needed)
    if unreadable:
        raise typer.Exit(WRONG)


def _say_rewrapped(tables: list[Rewrapped], current: str, needed: dict[str, dict[str, int]]) -> None:
    for table in tables:
        if table.rewrapped or table.unreadable:
            left = f", {table.unreadable} cannot be opened" if table.unreadable else ""
            out.print(f"{table.table}: {table.rewrapped} wrapped by {current}{left}")
    older = sorted(needed.keys() - {current})
    words = f"still needed: {', '.join(older)}" if older else f"nothing sealed needs any but {current}"
    out.print(words)
