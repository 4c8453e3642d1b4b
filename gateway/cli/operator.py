"""``msa operator``: local accounts of the people at the consoles."""

import sys
from datetime import datetime
from typing import Annotated, Final, NoReturn

import typer
from rich.table import Table

from gateway.cli.support import WRONG, Json, Stores, err, out, print_json, run, text_column
from gateway.domain.errors import UnknownCentre
from gateway.domain.people import BOUND_TO_CENTRES, Operator
from gateway.passwords import hash_password
from gateway.settings import Settings
from schemas.session import Role

SHORTEST_PASSWORD: Final = 12

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Accounts of the people at the consoles: add, link, list, disable.",
)


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="To sign in with; case does not matter.")],
    *,
    name: Annotated[str, typer.Option(help="Shown to colleagues, e.g. on what this person acknowledged.")],
    role: Annotated[list[Role], typer.Option(help="May be given again.")],
    centre: Annotated[list[str] | None, typer.Option(help="e.g. BE-VOV; may be given again.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    json_: Json = False,
) -> None:
    """Make an account. Without a password it opens by `msa operator link` only.

    Example: msa operator add anna --name 'Anna V.' --role operator --centre BE-VOV --password-stdin
    """
    centres = centre or []
    if BOUND_TO_CENTRES.intersection(role) and not centres:
        raise typer.BadParameter("an operator, supervisor or canary needs at least one --centre")
    if Role.CANARY in role and len(set(role)) > 1:
        raise typer.BadParameter("a canary sees nothing but canaries: it has no other role")
    kept = hash_password(_password()) if password_stdin else None

    async def command(stores: Stores) -> Operator:
        unknown = set(centres) - await stores.operators.centres()
        if unknown:
            raise UnknownCentre(", ".join(sorted(unknown)))
        return await stores.operators.add(
            username, name=name, roles=role, centres=centres, password_hash=kept
        )

    operator = run(command)
    if json_:
        print_json(_as_json(operator))
    else:
        out.print(f"added {operator.username}", markup=False)


@app.command()
def link(username: Annotated[str, typer.Argument(help="Whose account.")], *, json_: Json = False) -> None:
    """Print a link that signs this person in once, within 15 minutes."""

    async def command(stores: Stores) -> tuple[str, datetime]:
        account = await stores.operators.find(username)
        if account is None:
            _no_such_account()
        token, expires_at = await stores.operators.new_link(account.operator.operator_id)
        return sign_in_url(stores.settings, token), expires_at

    url, expires_at = run(command)
    if json_:
        print_json({"url": url, "expires_at": expires_at})
    else:
        typer.echo(url)


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the accounts."""

    async def command(stores: Stores) -> tuple[Operator, ...]:
        return await stores.operators.every()

    operators = run(command)
    if json_:
        print_json([_as_json(one) for one in operators])
        return
    table = Table(*map(text_column, ("username", "name", "roles", "centres", "state")), box=None)
    for one in operators:
        roles, centres = ", ".join(sorted(one.roles)), ", ".join(sorted(one.centres))
        table.add_row(one.username, one.name, roles, centres, "disabled" if one.disabled_at else "")
    out.print(table)


@app.command()
def disable(username: Annotated[str, typer.Argument(help="Whose account.")]) -> None:
    """Close an account and end its sessions at once."""

    async def command(stores: Stores) -> None:
        if not await stores.operators.disable(username):
            _no_such_account()

    run(command)
    out.print("disabled")


def sign_in_url(settings: Settings, token: str) -> str:
    """Return the console's address with the secret in the fragment, which no server ever sees."""
    base = settings.public_urls[0] if settings.public_urls else f"http://{settings.host}:{settings.port}"
    return f"{base}/#link={token}"


def _password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST_PASSWORD <= len(password) <= 256:
        raise typer.BadParameter(f"the password has {SHORTEST_PASSWORD} to 256 characters")
    return password


def _no_such_account() -> NoReturn:
    err.print("there is no such account; `msa operator list` shows them", style="red")
    raise typer.Exit(WRONG)


def _as_json(operator: Operator) -> dict[str, object]:
    return {
        "operator_id": operator.operator_id,
        "username": operator.username,
        "name": operator.name,
        "roles": sorted(operator.roles),
        "centres": sorted(operator.centres),
        "disabled_at": operator.disabled_at,
    }
