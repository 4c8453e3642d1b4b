"""``msa integrator``: the accounts of other systems."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table

from gateway.cli import integrator_credentials, integrator_subjects
from gateway.cli.integrator_account import Name, SecretFile, accounts_of, shown, tell_secret
from gateway.cli.support import Json, Stores, id_column, out, print_json, run, text_column
from gateway.clock import SystemClock
from gateway.domain.credentials import check_account
from gateway.domain.integrators import Integrator
from gateway.store.doors.accounts import Held
from schemas.integrators import SCOPE_WORDS, IntegratorScope

HELP = (
    "Other systems that speak with the gateway: the 112 app, alarm centres, ankle tags, dispatch systems."
    "\n\nAn account has scopes, a client id and a secret, with which the other system asks POST /v1/token for"
    " an access token; or a public key, by which it signs each request. docs/integrators.md walks through it."
    "\n\nScopes: "
    + "; ".join(f"{scope} ({words[0].lower()}{words[1:]})" for scope, words in SCOPE_WORDS.items())
    + ".\n\nWhat is changed here holds on nodes that run within 5 seconds, and is in the journal."
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help=HELP)
integrator_credentials.register(app)
integrator_subjects.register(app)

Scopes = Annotated[list[IntegratorScope] | None, typer.Option("--scope", help="May be given again.")]
Centres = Annotated[
    list[str] | None, typer.Option("--centre", help="A centre whose stream it may read; may be given again.")
]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="How it is called here, e.g. '112 BE'.")],
    *,
    scope: Scopes = None,
    centre: Centres = None,
    events_per_s: Annotated[
        float, typer.Option(help="Beyond so many a second, positions are coalesced; alarms never are.")
    ] = 50.0,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="For trying out: whatever it raises is an exercise.")
    ] = False,
    secret_file: SecretFile = None,
    json_: Json = False,
) -> None:
    """Make an account; its secret is shown this once.

    Example: msa integrator add '112 BE' --scope events:alarms --scope events:positions --sandbox
    """

    async def command(stores: Stores) -> tuple[Integrator, str]:
        integrator = Integrator(
            integrator_id=uuid4(),
            name=name.strip(),
            scopes=frozenset(scope or ()),
            centres=frozenset(centre or ()),
            sandbox=sandbox,
            events_per_s=events_per_s,
            created_at=SystemClock().now(),
        )
        check_account(integrator, await stores.operators.centres())
        return integrator, await accounts_of(stores).add(integrator)

    tell_secret(*run(command), secret_file, json_=json_)


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List the accounts, by name."""

    async def command(stores: Stores) -> tuple[Integrator, ...]:
        return await accounts_of(stores).every()

    integrators = run(command)
    if json_:
        print_json([shown(one) for one in integrators])
        return
    table = Table(id_column("client id"), *map(text_column, ("name", "state", "scopes", "centres")), box=None)
    for one in integrators:
        table.add_row(
            str(one.integrator_id), one.name, _state(one), _lines(one.scopes), _lines(one.centres) or "none"
        )
    out.print(table)


@app.command()
def show(name: Name, *, json_: Json = False) -> None:
    """Show one account: its rights, when its secrets and keys end, which files its subjects mean."""

    async def command(stores: Stores) -> Held:
        accounts = accounts_of(stores)
        return await accounts.held(await accounts.find(name))

    held = run(command)
    if json_:
        print_json(_as_json(held))
        return
    one = held.integrator
    out.print(
        f"name       {one.name}\nclient id  {one.integrator_id}\nstate      {_state(one)}", markup=False
    )
    out.print(f"scopes     {' '.join(sorted(one.scopes))}", markup=False)
    out.print(
        f"centres    {' '.join(sorted(one.centres)) or 'none'}\nquota      {one.events_per_s:g} events/s"
    )
    for made, ends in held.secrets:
        out.print(f"secret     of {made:%Y-%m-%d %H:%M}{_until(ends)}")
    for key in held.keys:
        out.print(
            f"key        {key.key_id} {key.algorithm} of {key.created_at:%Y-%m-%d %H:%M}{_until(key.ends_at)}"
        )
    out.print(f"tokens     {held.tokens}")
    for registration_id, subjects in held.files:
        out.print(f"file       {registration_id}, subjects: {subjects}")


@app.command()
def change(  # noqa: PLR0913 (each is an option)
    name: Name,
    *,
    new_name: Annotated[str | None, typer.Option("--name", help="Call it this from now on.")] = None,
    scope: Scopes = None,
    remove_scope: Annotated[list[IntegratorScope] | None, typer.Option(help="Take this scope away.")] = None,
    centre: Centres = None,
    remove_centre: Annotated[list[str] | None, typer.Option(help="Take this centre away.")] = None,
    events_per_s: Annotated[float | None, typer.Option(help="Its quota.")] = None,
    sandbox: Annotated[
        bool | None, typer.Option("--sandbox/--no-sandbox", help="Whether whatever it raises is an exercise.")
    ] = None,
    json_: Json = False,
) -> None:
    """Rename an account, give it rights and take some away; its access tokens have them within 5 seconds.

    Example: msa integrator change '112 BE' --scope events:chat --no-sandbox
    """
    wishes: dict[str, Any] = {"name": new_name, "events_per_s": events_per_s, "sandbox": sandbox}
    if all(one is None for one in (*wishes.values(), scope, remove_scope, centre, remove_centre)):
        raise typer.BadParameter("say what to change")

    async def command(stores: Stores) -> Integrator:
        accounts = accounts_of(stores)
        was = await accounts.find(name)
        now = replace(
            was,
            scopes=was.scopes.union(scope or ()).difference(remove_scope or ()),
            centres=was.centres.union(centre or ()).difference(remove_centre or ()),
            **{field: value for field, value in wishes.items() if value is not None},
        )
        check_account(now, await stores.operators.centres())
        await accounts.change(now)
        return now

    integrator = run(command)
    if json_:
        print_json(shown(integrator))
    else:
        out.print(f"changed {integrator.name}", markup=False)


@app.command()
def disable(name: Name) -> None:
    """Close an account for ever: its secrets, keys and tokens hold no more. What it told stays."""

    async def command(stores: Stores) -> None:
        accounts = accounts_of(stores)
        await accounts.disable(await accounts.find(name))

    run(command)
    out.print("disabled")


def _as_json(held: Held) -> dict[str, Any]:
    return {
        **shown(held.integrator),
        "secrets": [{"created_at": made, "ends_at": ends} for made, ends in held.secrets],
        "keys": [
            {
                "key_id": key.key_id,
                "algorithm": key.algorithm,
                "created_at": key.created_at,
                "ends_at": key.ends_at,
            }
            for key in held.keys
        ],
        "tokens": held.tokens,
        "files": [{"registration_id": one, "subjects": number} for one, number in held.files],
    }


def _state(integrator: Integrator) -> str:
    if integrator.disabled_at is not None:
        return f"disabled {integrator.disabled_at:%Y-%m-%d %H:%M}"
    return "sandbox" if integrator.sandbox else "real"


def _lines(words: Iterable[str]) -> str:
    return "\n".join(sorted(words))


def _until(ends: datetime | None) -> str:
    return "" if ends is None else f", until {ends:%Y-%m-%d %H:%M}"
