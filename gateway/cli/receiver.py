"""``msa receiver``: the systems outside that are told of alarms."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from gateway.cli.receiver_test import tried
from gateway.cli.support import (
    WRONG,
    Json,
    Stores,
    err,
    out,
    print_json,
    run,
    settings_or_exit,
    text_column,
)
from gateway.domain.receivers import NewReceiver, checked_url
from gateway.door_timing import SECRET_OVERLAP_S
from gateway.store.doors.receivers import PostgresReceivers
from gateway.store.sealing import Keyring
from gateway.webhook_signature import Algorithm, Secret
from schemas.press import Purpose
from schemas.receivers import ReceiverFormat, ReceiverView

T = TypeVar("T")
HOUR_S = 3600

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Systems outside that are told of alarms: add, rotate secrets, pause, replay what was given up.",
)
dead_app = typer.Typer(no_args_is_help=True, help="Events that a receiver was not given.")
app.add_typer(dead_app, name="dead")

Named = Annotated[str, typer.Argument(help="Its name or id.", metavar="RECEIVER")]
Ed25519 = Annotated[
    bool,
    typer.Option("--ed25519", help="Sign with a key pair (v1a); it gets the public key only."),
]
WithPerson = Annotated[
    bool, typer.Option("--with-person", help="PERSONAL DATA LEAVES: needs the scope persons:read.")
]
Numbers = Annotated[list[int] | None, typer.Option("--number", help="Only these; may be given again.")]
Secretly = Annotated[bool, typer.Option("--secret", help="Print the secret alone, for scripts.")]


@app.command()
def add(  # noqa: PLR0913 (each is an option of the command)
    name: Annotated[str, typer.Argument(help="What it is called here.")],
    url: Annotated[str, typer.Argument(help="Where it is called: https.")],
    *,
    integrator: Annotated[str, typer.Option(help="Whose it is: name or id; needs the scope streams:read.")],
    format_: Annotated[ReceiverFormat, typer.Option("--format")] = ReceiverFormat.CLOUDEVENTS,
    centre: Annotated[list[str] | None, typer.Option(help="Only these of the integrator's.")] = None,
    purpose: Annotated[list[Purpose] | None, typer.Option(help="real (default), test, exercise.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only these, e.g. alarm.raised.")] = None,
    with_person: WithPerson = False,
    ed25519: Ed25519 = False,
    json_: Json = False,
) -> None:
    """Tell a system outside of alarms from now on. Its secret is shown once.

    Example: msa receiver add cad https://cad.police.example/msa --integrator cad --centre BE-VOV
    """
    settings = settings_or_exit()

    async def command(stores: Stores) -> tuple[ReceiverView, Secret]:
        receivers = _receivers(stores)
        whose = await receivers.integrator(integrator)
        new = NewReceiver(
            integrator_id=whose.integrator_id,
            name=name,
            url=checked_url(url, loopback=settings.receiver_loopback),
            format=format_,
            centres=tuple(centre or ()),
            purposes=tuple(purpose or ()),
            kinds=tuple(kind or ()),
            with_person=with_person,
        )
        return await receivers.add(new, whose, _algorithm(ed25519=ed25519))

    receiver, secret = run(command)
    if json_:
        print_json({**receiver.model_dump(mode="json"), "secret": secret.given})
        return
    out.print(f"{receiver.name}: {receiver.receiver_id}", markup=False)
    _print_secret(secret)


@app.command("list")
def list_(*, json_: Json = False) -> None:
    """List them, with what waits for each and what was given up."""

    async def command(stores: Stores) -> list[ReceiverView]:
        return await _receivers(stores).all()

    found = run(command)
    if json_:
        print_json([one.model_dump(mode="json") for one in found])
        return
    headings = ("receiver", "integrator", "state", "format", "centres", "purposes")
    table = Table(*map(text_column, headings), "waiting", "dead", box=None)
    for one in found:
        where = (" ".join(one.centres), " ".join(one.purposes))
        table.add_row(
            one.name, one.integrator, one.state, one.format, *where, str(one.waiting), str(one.dead)
        )
    out.print(table)


@app.command()
def show(name: Named) -> None:
    """Show one as JSON; secrets are never shown again."""
    print_json(_with(name, _nothing).model_dump(mode="json"))


@app.command("rotate-secret")
def rotate_secret(
    name: Named,
    *,
    overlap_hours: Annotated[float, typer.Option(min=0, help="So long the old one signs too.")] = (
        SECRET_OVERLAP_S / HOUR_S
    ),
    ed25519: Ed25519 = False,
    secretly: Secretly = False,
) -> None:
    """Add a new secret. Every call carries the signatures of both until the old one ends."""
    algorithm = _algorithm(ed25519=ed25519)

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> Secret:
        return await receivers.rotate(one.receiver_id, algorithm, overlap_hours * HOUR_S)

    _print_secret(_with(name, act), alone=secretly)


@app.command("end-secret")
def end_secret(name: Named) -> None:
    """Sign with the newest secret only, from now on."""

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> int:
        return await receivers.end_old_secrets(one.receiver_id)

    out.print(f"ended: {_with(name, act)}")


@app.command()
def pause(name: Named) -> None:
    """Send it nothing for the time being; its events wait."""

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> None:
        await receivers.pause(one.receiver_id)

    _with(name, act)


@app.command()
def resume(name: Named) -> None:
    """Send to it again, also after it said that it was gone (410)."""

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> None:
        await receivers.resume(one.receiver_id)

    _with(name, act)


@app.command()
def remove(name: Named) -> None:
    """Forget it, its secrets, and all that waits for it."""

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> None:
        await receivers.remove(one.receiver_id)

    _with(name, act)


@app.command()
def test(name: Named) -> None:
    """Call it once, from here and now, with an event that says nothing; status 1 when that fails."""
    settings = settings_or_exit()

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> str | None:
        return await tried(settings, one, await receivers.secrets(one.receiver_id))

    failed = _with(name, act)
    if failed is not None:
        err.print(f"it was not taken: {failed}", style="red", markup=False)
        raise typer.Exit(WRONG)
    out.print("it was taken")


@dead_app.command("list")
def dead_list(name: Named) -> None:
    """List the events that were given up, as JSON, the oldest first."""

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> list[dict[str, object]]:
        return [each.model_dump(mode="json") for each in await receivers.dead(one.receiver_id)]

    print_json(_with(name, act))


@dead_app.command()
def replay(name: Named, *, number: Numbers = None) -> None:
    """Send them again, oldest first; each is the alarm as it was, and its version says how old."""

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> int:
        return await receivers.replay(one.receiver_id, number)

    out.print(f"on their way: {_with(name, act)}")


@dead_app.command()
def discard(name: Named, *, number: Numbers = None) -> None:
    """Let them be; the notice goes when none is left."""

    async def act(receivers: PostgresReceivers, one: ReceiverView) -> int:
        return await receivers.discard(one.receiver_id, number)

    out.print(f"discarded: {_with(name, act)}")


async def _nothing(_: PostgresReceivers, one: ReceiverView) -> ReceiverView:
    return one


def _with(name: str, act: Callable[[PostgresReceivers, ReceiverView], Awaitable[T]]) -> T:
    """Do something with one receiver."""

    async def command(stores: Stores) -> T:
        receivers = _receivers(stores)
        return await act(receivers, await receivers.find(name))

    return run(command)


def _receivers(stores: Stores) -> PostgresReceivers:
    return PostgresReceivers(stores.pool, Keyring.of(stores.settings))


def _algorithm(*, ed25519: bool) -> Algorithm:
    return Algorithm.ED25519 if ed25519 else Algorithm.HMAC


def _print_secret(secret: Secret, *, alone: bool = False) -> None:
    if not alone:
        what = "its secret" if secret.algorithm is Algorithm.HMAC else "the public key to verify with"
        out.print(f"{what}, shown this once:", markup=False)
    typer.echo(secret.given)
