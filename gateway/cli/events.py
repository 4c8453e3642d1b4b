"""``msa events``: events of other systems that wait, and those in quarantine."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from gateway.cli.support import WRONG, Json, Stores, err, id_column, out, print_json, run, text_column
from gateway.domain.integrators import Inbound
from gateway.store.doors.quarantine import PostgresQuarantine, Quarantined
from gateway.store.sealing import Keyring

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Events of other systems: what waits, and what is in quarantine: look, replay, discard.",
)

Keys = Annotated[list[UUID] | None, typer.Argument(help="Their keys, as listed.", metavar="KEY")]
Of = Annotated[str | None, typer.Option("--integrator", help="Only of this one: name or id.")]
Reason = Annotated[str | None, typer.Option(help="Only those that are here for this reason.")]
Everything = Annotated[bool, typer.Option("--all", help="All that are listed, without naming them.")]


@app.command("list")
def list_(*, integrator: Of = None, reason: Reason = None, json_: Json = False) -> None:
    """List what is in quarantine, without what it says.

    Example: msa events list --reason no-open-alarm
    """

    async def command(stores: Stores) -> tuple[Quarantined, ...]:
        return await _quarantine(stores).list(integrator=integrator, reason=reason)

    found = run(command)
    if json_:
        print_json([asdict(one) for one in found])
        return
    headings = ("integrator", "type", "centre", "reason", "tries", "received")
    table = Table(id_column("key"), *map(text_column, headings), box=None)
    for one in found:
        received = f"{one.received_at:%Y-%m-%d %H:%M}"
        what = (one.integrator, one.type, one.centre, one.reason, str(one.tries), received)
        table.add_row(str(one.key), *what)
    out.print(table)


@app.command()
def show(key: Annotated[UUID, typer.Argument(help="Its key, as listed.")]) -> None:
    """Show what one says, as it came. That it was read is written into the journal.

    Example: msa events show 7f0c1d7e-3b52-5a8b-9f4a-2c7f60f1b9d3
    """

    async def command(stores: Stores) -> Inbound:
        return await _quarantine(stores).show(key)

    event = run(command)
    print_json(
        {
            "integrator": event.integrator.name,
            "type": event.type,
            "source": event.source,
            "id": event.event_id,
            "subject": event.subject,
            "time": event.time,
            "data": event.data.model_dump(mode="json"),
            "dropped": event.dropped,
            "raw": event.raw.decode("utf-8", "replace"),
        }
    )


@app.command()
def replay(
    keys: Keys = None, *, integrator: Of = None, reason: Reason = None, everything: Everything = False
) -> None:
    """Put events back into the inbox: they are done as if they had just come.

    Example: msa events replay --all --reason no-open-alarm
    """
    count = _settled("replay", keys, integrator, reason, everything=everything)
    typer.echo(f"{count} are in the inbox again")


@app.command()
def discard(
    keys: Keys = None, *, integrator: Of = None, reason: Reason = None, everything: Everything = False
) -> None:
    """Delete events for good.

    Example: msa events discard 7f0c1d7e-3b52-5a8b-9f4a-2c7f60f1b9d3
    """
    count = _settled("discard", keys, integrator, reason, everything=everything)
    typer.echo(f"{count} are deleted")


@app.command()
def stats(*, json_: Json = False) -> None:
    """Count what waits and what is in quarantine, by integrator and type.

    Example: msa events stats
    """
    found = run(lambda stores: _quarantine(stores).statistics())
    if json_:
        print_json([asdict(one) for one in found])
        return
    headings = ("integrator", "where", "type", "reason", "events", "oldest")
    table = Table(*map(text_column, headings), box=None)
    for one in found:
        oldest = f"{one.oldest:%Y-%m-%d %H:%M:%S}"
        table.add_row(one.integrator, one.place, one.type, one.reason or "", str(one.events), oldest)
    out.print(table)


def _settled(
    what: str, keys: list[UUID] | None, integrator: str | None, reason: str | None, *, everything: bool
) -> int:
    """Replay or discard those that were named, or all that are listed; return how many."""
    if bool(keys) == everything:
        err.print("name events by their keys, or say --all", style="red", markup=False)
        raise typer.Exit(WRONG)

    async def command(stores: Stores) -> int:
        quarantine = _quarantine(stores)
        found = await quarantine.list(integrator=integrator, reason=reason, keys=keys or None)
        settle = quarantine.replay if what == "replay" else quarantine.discard
        return await settle([one.key for one in found])

    return run(command)


def _quarantine(stores: Stores) -> PostgresQuarantine:
    return PostgresQuarantine(stores.pool, Keyring.of(stores.settings))
