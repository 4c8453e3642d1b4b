"""``msa db``: the database's schema."""

import asyncio

import typer

from gateway.cli.support import WRONG, Json, err, failed, out, print_json, settings_or_exit
from gateway.domain.errors import GatewayError
from gateway.store import migrate
from gateway.store.connect import Role, connected
from gateway.store.database import opened

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The database's schema: bring it forward, check it."
)


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
