"""``python -m deploy.rehearsal``: the deployment stood up, and what is done to it."""

import asyncio
import fcntl
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop
from rich.console import Console

from deploy.rehearsal import wheels
from deploy.rehearsal.capacity import FIRST, capacity
from deploy.rehearsal.failover import failover
from deploy.rehearsal.figures import Report
from deploy.rehearsal.ground import Ground, standing
from deploy.rehearsal.load import Rates
from deploy.rehearsal.losing import node_kill, partition
from deploy.rehearsal.timeline import plot
from deploy.rehearsal.upgrade import rolling_upgrade
from gateway.telemetry import configure_logging

Images = Annotated[Path | None, typer.Option(help="Directory for a plot of each play.")]
Requests = Annotated[int, typer.Option(help="At least so many.")]
Databases = Annotated[
    int, typer.Option(min=2, max=3, help="Database machines: one primary, the others standbys.")
]
Held = Annotated[bool, typer.Option(help="Hold the nodes' listening sockets for them, as systemd does.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a play on standard output.")]
LOCK: Final = Path("/run/msa-rehearsal.lock")
BUILT: Final = Path(".msa/rehearsal")
app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
chosen = {"of": "HEAD"}
begun = time.monotonic()


def say(words: str) -> None:
    """Tell whoever waits."""
    Console(stderr=True).print(
        f"[dim]{time.monotonic() - begun:6.1f} s[/] {words}", highlight=False, soft_wrap=True
    )


def _installed(*, next_version: bool = False) -> wheels.Installed:
    return wheels.installed(BUILT, say, of=chosen["of"], next_version=next_version)


@app.callback()
def rehearsal(
    *, of: Annotated[str, typer.Option(help="The commit whose wheel is installed.")] = "HEAD"
) -> None:
    """Stand the deployment up on network namespaces, from its wheel, and do things to it; needs root."""
    chosen["of"] = of


@app.command()
def up(*, seconds: Annotated[float, typer.Option(help="How long it stands.")] = 5.0) -> None:
    """Stand the deployment up, look at it, take it down."""

    async def play(_: Ground) -> list[Report]:
        await asyncio.sleep(seconds)
        return []

    _on(play, databases=2, images=None, json_=False)


@app.command("rolling-upgrade")
def rolling_upgrade_(
    *,
    requests: Requests = 10_000,
    held: Held = False,
    databases: Databases = 3,
    images: Images = None,
    json_: Json = False,
) -> None:
    """Replace both nodes by the next version under load: nothing refused, nothing lost."""
    old, new = _installed(), _installed(next_version=True)
    _on(
        lambda ground: rolling_upgrade(ground, old, new, Rates(), requests),
        databases=databases,
        images=images,
        json_=json_,
        held=held,
    )


@app.command("failover")
def failover_(*, databases: Databases = 3, images: Images = None, json_: Json = False) -> None:
    """Lose the primary's PostgreSQL, then a primary's machine, under load."""
    _on(lambda ground: failover(ground, Rates()), databases=databases, images=images, json_=json_)


@app.command("partition")
def partition_(*, databases: Databases = 3, images: Images = None, json_: Json = False) -> None:
    """Cut a node from the databases for 20 s, both ways."""
    _on(lambda ground: partition(ground, Rates()), databases=databases, images=images, json_=json_)


@app.command("node-kill")
def node_kill_(*, databases: Databases = 3, images: Images = None, json_: Json = False) -> None:
    """SIGKILL a node under load."""
    version = _installed()
    _on(lambda ground: node_kill(ground, Rates(), version), databases=databases, images=images, json_=json_)


@app.command("capacity")
def capacity_(
    *,
    first: Annotated[int, typer.Option(min=1, help="Consoles a node to begin with.")] = FIRST,
    databases: Databases = 2,
    json_: Json = False,
) -> None:
    """Find how many consoles one node carries and how many two, each with a small share of a processor."""
    version = _installed()
    _on(lambda ground: capacity(ground, version, first), databases=databases, images=None, json_=json_)


def _on(
    play: Callable[[Ground], Awaitable[list[Report]]],
    *,
    databases: int,
    images: Path | None,
    json_: bool,
    held: bool = False,
) -> None:
    if os.geteuid() != 0 or sys.platform != "linux":
        typer.echo("the rehearsal needs root on Linux: it makes network namespaces", err=True)
        raise typer.Exit(2)
    with LOCK.open("a") as alone:
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            typer.echo("another rehearsal has the namespaces now", err=True)
            raise typer.Exit(2) from None
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is taken down
        reports = _played(play, databases=databases, held=held)
    for report in reports:
        if images is not None and report.timeline is not None:
            plot(report.timeline, report.name, images)
        if json_:
            sys.stdout.write(json.dumps(report.as_json()) + "\n")
        else:
            Console(width=120).print(report.table())
    raise typer.Exit(0 if all(report.holds for report in reports) else 1)


def _played(play: Callable[[Ground], Awaitable[list[Report]]], *, databases: int, held: bool) -> list[Report]:
    configure_logging("error")
    version = _installed()
    directory = Path(tempfile.mkdtemp(prefix="msa-rehearsal-"))
    names = [f"db{number}" for number in range(1, databases + 1)]

    async def run() -> list[Report]:
        async with standing(
            directory, version, say, databases=names, companions=60, seats=2, held=held
        ) as ground:
            return await play(ground)

    try:
        return uvloop.run(run())
    finally:
        say(f"logs are in {directory}")


if __name__ == "__main__":
    app()
