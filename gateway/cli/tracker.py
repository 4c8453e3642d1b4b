"""``msa tracker``: the trackers of a file, in the name of an account."""

from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from gateway.cli.one_file import one_file
from gateway.cli.registration_life import As, Reference, scope_as
from gateway.cli.support import Json, Stores, out, print_json, run, text_column
from gateway.clock import SystemClock
from gateway.store.doors.perimeter_seal import SubjectHashes
from gateway.store.doors.trackers import PostgresFileTrackers
from gateway.store.sealing import Keyring
from schemas.perimeters import SUPERVISED_S, NewTracker, TrackerList, TrackerRole, TrackerView

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Trackers of a file: add, list, end. Where a tracker is, is not told here.",
)


@app.command()
def add(
    reference: Reference,
    integrator: Annotated[str, typer.Option(help="Name of the system that sends its fixes.")],
    subject: Annotated[str, typer.Option(help="What that system calls it.")],
    label: Annotated[str, typer.Option(help="What people here call it.")],
    *,
    username: As,
    role: Annotated[TrackerRole, typer.Option(help="Whose it is.")] = TrackerRole.OFFENDER,
    supervised_s: Annotated[float, typer.Option(help="Silent if not heard for so many s.")] = SUPERVISED_S,
    json_: Json = False,
) -> None:
    """Put a tracker on somebody of a file.

    Example: msa tracker add GE.43/2026 --integrator Tags --subject TAG-7 --label 'ankle tag' --as an.officer
    """

    async def command(stores: Stores) -> TrackerView:
        scope, file = await scope_as(stores, username), await one_file(stores, reference)
        new = NewTracker(
            integrator=integrator, subject=subject, role=role, label=label, supervised_s=supervised_s
        )
        return await _trackers(stores).add(scope, file.registration_id, new)

    view = run(command)
    if json_:
        print_json(view.model_dump(mode="json"))
    else:
        out.print(f"added: {view.tracker_id}")


@app.command("list")
def list_(reference: Reference, *, username: As, json_: Json = False) -> None:
    """List a file's trackers and how each is; the journal keeps the look.

    Example: msa tracker list GE.43/2026 --as an.officer
    """

    async def command(stores: Stores) -> TrackerList:
        scope, file = await scope_as(stores, username), await one_file(stores, reference)
        return await _trackers(stores).of_file(scope, file.registration_id)

    found = run(command).trackers
    if json_:
        print_json([one.model_dump(mode="json") for one in found])
        return
    table = Table(*map(text_column, ("tracker", "whose", "system", "condition", "heard", "ended")), box=None)
    for one in found:
        condition = "silent" if one.silent else one.condition
        heard = "never" if one.heard_at is None else f"{one.heard_at:%Y-%m-%d %H:%M:%S}"
        ended = "" if one.ended_at is None else f"{one.ended_at:%Y-%m-%d}"
        table.add_row(str(one.tracker_id), one.role, one.integrator, condition, heard, ended)
    out.print(table)


@app.command()
def end(
    tracker_id: Annotated[UUID, typer.Argument(help="The tracker's id.")],
    *,
    username: As,
    json_: Json = False,
) -> None:
    """Take a tracker off: within 2 s no node judges its fixes any more.

    Example: msa tracker end 0198... --as an.officer
    """

    async def command(stores: Stores) -> TrackerView:
        return await _trackers(stores).end(await scope_as(stores, username), tracker_id)

    view = run(command)
    if json_:
        print_json(view.model_dump(mode="json"))
    else:
        out.print("ended")


def _trackers(stores: Stores) -> PostgresFileTrackers:
    keyring = Keyring.of(stores.settings)
    return PostgresFileTrackers(
        pool=stores.pool, keyring=keyring, clock=SystemClock(), hashes=SubjectHashes(keyring)
    )
