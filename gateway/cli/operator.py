"""``msa operator``: local accounts of the people at the consoles."""

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, NoReturn

import typer
from rich.table import Table

from gateway.cli.support import WRONG, Json, Stores, err, out, print_json, run, text_column
from gateway.domain.people import Operator
from gateway.domain.rights import Rights, check
from gateway.passwords import hash_password
from gateway.settings import Settings
from schemas.session import Role

SHORTEST_PASSWORD: Final = 12

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Accounts of those at the consoles and in case teams: add, show, change, link, list, disable.",
)


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="To sign in with; case does not matter.")],
    *,
    name: Annotated[str, typer.Option(help="Shown to colleagues, e.g. on what this person acknowledged.")],
    role: Annotated[list[Role], typer.Option(help="May be given again.")],
    centre: Annotated[list[str] | None, typer.Option(help="e.g. BE-VOV; may be given again.")] = None,
    zone: Annotated[
        list[str] | None, typer.Option(help="A case officer's police zone, e.g. BE-5415; may be given again.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    json_: Json = False,
) -> None:
    """Make an account. Without a password it opens by `msa operator link` only.

    Example: msa operator add anna --name 'Anna V.' --role operator --centre BE-VOV --password-stdin
    """
    rights = Rights(roles=frozenset(role), centres=frozenset(centre or ()), zones=frozenset(zone or ()))
    kept = hash_password(_password()) if password_stdin else None

    async def command(stores: Stores) -> Operator:
        check(rights, await stores.operators.centres(), await stores.operators.zones())
        return await stores.operators.add(
            username,
            name=name,
            roles=rights.roles,
            centres=rights.centres,
            zones=rights.zones,
            password_hash=kept,
        )

    operator = run(command)
    if json_:
        print_json(_as_json(operator))
    else:
        out.print(f"added {operator.username}", markup=False)


@app.command()
def change(
    username: Annotated[str, typer.Argument(help="Whose account.")],
    *,
    role: Annotated[list[Role] | None, typer.Option(help="Give this role; may be given again.")] = None,
    centre: Annotated[list[str] | None, typer.Option(help="Give this centre.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="Give this police zone.")] = None,
    remove_role: Annotated[list[Role] | None, typer.Option(help="Take this role away.")] = None,
    remove_centre: Annotated[list[str] | None, typer.Option(help="Take this centre away.")] = None,
    remove_zone: Annotated[list[str] | None, typer.Option(help="Take this police zone away.")] = None,
    json_: Json = False,
) -> None:
    """Give an account rights and take some away; whoever is signed in has them at once.

    Example: msa operator change anna --role case_officer --zone BE-5415 --remove-role operator
    """
    more = role or (), centre or (), zone or ()
    less = remove_role or (), remove_centre or (), remove_zone or ()
    if not any((*more, *less)):
        raise typer.BadParameter("say what to give or to take away")

    async def command(stores: Stores) -> Operator:
        operator = await _found(stores, username)
        if operator.username.startswith("oidc:"):
            err.print("the provider says what this account may do", style="red")
            raise typer.Exit(WRONG)
        rights = Rights.of(operator).with_more(*more).without(*less)
        check(rights, await stores.operators.centres(), await stores.operators.zones())
        return await stores.operators.change(username, rights) or _no_such_account()

    _show(run(command), json_)


@app.command()
def show(username: Annotated[str, typer.Argument(help="Whose account.")], *, json_: Json = False) -> None:
    """Show one account: its roles, centres and zones."""

    async def command(stores: Stores) -> Operator:
        return await _found(stores, username)

    _show(run(command), json_)


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
    _table(operators)


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


async def _found(stores: Stores, username: str) -> Operator:
    """Return an account, disabled or not."""
    every = await stores.operators.every()
    found = next((one for one in every if one.username == username.lower()), None)
    return found or _no_such_account()


def _show(operator: Operator, as_json: bool) -> None:  # noqa: FBT001 (what the command line was given)
    if as_json:
        print_json(_as_json(operator))
    else:
        _table((operator,))


def _table(operators: Iterable[Operator]) -> None:
    heads = ("username", "name", "roles", "centres", "zones", "state")
    table = Table(*map(text_column, heads), box=None)
    for one in operators:
        rights = (", ".join(sorted(names)) for names in (one.roles, one.centres, one.zones))
        table.add_row(one.username, one.name, *rights, "disabled" if one.disabled_at else "")
    out.print(table)


def _as_json(operator: Operator) -> dict[str, object]:
    return {
        "operator_id": operator.operator_id,
        "username": operator.username,
        "name": operator.name,
        "roles": sorted(operator.roles),
        "centres": sorted(operator.centres),
        "zones": sorted(operator.zones),
        "disabled_at": operator.disabled_at,
    }
