"""The drills of one fault each, as commands: each prints what held, in time and counts."""

import functools
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer

from gateway.drill import kill_database, kill_node, partition, restore, stalled_console, storm
from gateway.drill.field import CONSOLES, Size, Stand, played, served
from gateway.drill.losable import Losable, archived
from gateway.drill.running import run
from gateway.drill.standby import Standby, made_synchronous
from gateway.store.embedded import EmbeddedPostgres

HERE: Final = Path(".msa/drill")

app = typer.Typer(add_completion=False, no_args_is_help=True)

Seconds = Annotated[
    float, typer.Option(min=3, max=600, help="How long the phones press; starting takes some 10 s more.")
]
Rate = Annotated[float, typer.Option(min=0.5, max=200, help="Presses a second.")]
Consoles = Annotated[int, typer.Option(min=2, max=400, help="Consoles, on two nodes and eleven centres.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
DataDir = Annotated[Path, typer.Option(help="Where the drill keeps its database and logs.")]


@app.command("kill-node")
def kill_a_node(
    *,
    seconds: Seconds = 15,
    per_s: Rate = 10,
    consoles: Consoles = CONSOLES,
    json_: AsJson = False,
    data_dir: DataDir = HERE,
) -> None:
    """Kill a gateway under load: its consoles and phones go on at the other.

    Each of its consoles must be caught up on the other within 10 s; nothing is lost or doubled.
    """

    async def play(stand: Stand) -> None:
        await played(stand, _server(stand), kill_node.tell)

    run("kill-node", Size(seconds=seconds, per_s=per_s, consoles=consoles), play, data_dir, json_=json_)


@app.command("kill-database")
def kill_the_database(
    *,
    standby: Annotated[
        bool, typer.Option("--standby", help="A synchronous standby takes over; else it is started again.")
    ] = False,
    away: Annotated[float, typer.Option(min=1, max=3600, help="For how long (s) it is away.")] = 8,
    seconds: Seconds = 16,
    per_s: Rate = 10,
    json_: AsJson = False,
    data_dir: DataDir = HERE,
) -> None:
    """Kill PostgreSQL under load: presses are kept, shown as provisional, and committed once afterwards.

    What is kept must be on a screen within 3 s; with --standby presses are committed again within 5 s.
    """

    async def play(stand: Stand) -> None:
        if standby:
            await _with_standby(stand)
        else:
            await played(stand, _server(stand), lambda field: kill_database.come_back(field, away))

    run("kill-database", Size(seconds=seconds, per_s=per_s), play, data_dir, json_=json_)


@app.command("partition")
def cut_a_node_off(
    *,
    nats: Annotated[
        str | None, typer.Option(metavar="URL", help="A NATS server between the nodes; else there is none.")
    ] = None,
    seconds: Seconds = 24,
    per_s: Rate = 10,
    json_: AsJson = False,
    data_dir: DataDir = HERE,
) -> None:
    """Cut one node from PostgreSQL, wholly and then in one direction, while the other goes on.

    The node must say so within 5 s and show what it only keeps within 3 s; the other must not notice.
    With --nats its consoles must have news of the other node within 10 s; without, they wait for the end.
    """

    async def play(stand: Stand) -> None:
        place = Path(stand.stack.enter_context(tempfile.TemporaryDirectory(prefix="msa-drill-")))
        way = partition.Cuttable(stand.stack, place)
        stand.variables.update({} if nats is None else {"MSA_NATS_URLS": nats})
        tell = functools.partial(partition.tell, way=way, is_moved=nats is not None)
        await played(stand, _server(stand), tell, way)

    run("partition", Size(seconds=seconds, per_s=per_s), play, data_dir, json_=json_)


@app.command("stalled-console")
def stall_a_console(
    *, seconds: Seconds = 24, per_s: Rate = 20, json_: AsJson = False, data_dir: DataDir = HERE
) -> None:
    """Have one console stop reading: it is closed, and nobody else is delayed."""

    async def play(stand: Stand) -> None:
        await played(stand, _server(stand), stalled_console.tell)

    run("stalled-console", Size(seconds=seconds, per_s=per_s), play, data_dir, json_=json_)


@app.command("storm")
def storm_the_nodes(
    *,
    seconds: Seconds = 16,
    per_s: Rate = 10,
    consoles: Consoles = 200,
    json_: AsJson = False,
    data_dir: DataDir = HERE,
) -> None:
    """Cut every console's link at the same moment, three times, while phones press.

    Presses must be accepted within 2 s meanwhile. `msa loadtest` measures larger storms.
    """

    async def play(stand: Stand) -> None:
        await played(stand, _server(stand), storm.tell)

    run("storm", Size(seconds=seconds, per_s=per_s, consoles=consoles), play, data_dir, json_=json_)


@app.command("restore-from-backup")
def restore_from_backup(
    *,
    behind: Annotated[
        float, typer.Option(min=1, max=600, help="For how long (s) nothing is archived before the disaster.")
    ] = 3,
    seconds: Seconds = 16,
    per_s: Rate = 10,
    json_: AsJson = False,
    data_dir: DataDir = HERE,
) -> None:
    """Back up and archive under load, destroy the database, restore it, and go on.

    What was archived must all be there; what was receipted after the archive's end is lost, and named.
    """

    async def play(stand: Stand) -> None:
        place = Path(stand.stack.enter_context(tempfile.TemporaryDirectory(prefix="msa-drill-")))
        server = Losable(place / "database")
        await stand.stack.enter_async_context(served(server))
        archive = await stand.stack.enter_async_context(archived(server, place))
        await played(stand, server, lambda field: restore.tell(field, server, archive, behind))

    run("restore-from-backup", Size(seconds=seconds, per_s=per_s), play, data_dir, json_=json_)


def _server(stand: Stand) -> EmbeddedPostgres:
    return EmbeddedPostgres(stand.directory / "postgres")


async def _with_standby(stand: Stand) -> None:
    """Play it with clusters of its own: what was promoted can follow nobody again."""
    place = Path(stand.stack.enter_context(tempfile.TemporaryDirectory(prefix="msa-drill-")))
    primary = EmbeddedPostgres(place / "primary")
    standby = Standby(place / "standby", primary)

    async def either(_: str, database: str) -> str:
        return standby.either(database)

    for server in (primary, standby):
        await stand.stack.enter_async_context(served(server))
    await made_synchronous(primary)
    await played(stand, primary, lambda field: kill_database.fail_over(field, standby), either)
