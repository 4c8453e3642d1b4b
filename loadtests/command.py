"""``msa loadtest``: put load on a gateway and say what it does to it."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from loadtests.gateway_process import GatewayFailed, Target, existing, serving
from loadtests.load import loading
from loadtests.machine import allow_sockets, pin, share_cores
from loadtests.people import People, set_up
from loadtests.profiles import PROFILES, Outcome, Plan
from loadtests.report import as_json, faults_of, print_table

FAILED: Final = 1
SPARE_SOCKETS: Final = 500

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """What the command line asks for."""

    profile: str
    plan: Plan
    url: str | None
    gateway_pid: int | None
    centre: str
    companions: int


Consoles = Annotated[str, typer.Option(help="How many consoles, several numbers with commas.")]
Rate = Annotated[float, typer.Option(min=0.1, help="Alarms a second, whatever becomes of them.")]
Seconds = Annotated[float, typer.Option(min=0.1, help="How long a round lasts.")]
Rounds = Annotated[int, typer.Option(min=1, help="Rounds for each number; medians are shown.")]
FindRate = Annotated[bool, typer.Option("--find-rate", "--max-rate", help="Look for the highest rate, too.")]
Profile = Annotated[str, typer.Option(help=f"What to do: {', '.join(PROFILES)}.")]
Url = Annotated[str | None, typer.Option(help="A gateway that runs; MSA_* must name its database and keys.")]
GatewayPid = Annotated[int | None, typer.Option(help="Its process, to measure CPU and memory.")]
Centre = Annotated[
    str, typer.Option(help="The centre whose consoles are attached; presses come from Gent, so its area.")
]
Companions = Annotated[int, typer.Option(min=1, help="Registrations; each opens two alarms.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Plot = Annotated[Path | None, typer.Option(help="Write a picture of the latencies (PNG).")]


@app.callback(invoke_without_command=True)
def run(  # noqa: PLR0913 (each is an option)
    *,
    consoles: Consoles = "10,100,500",
    rate: Rate = 10.0,
    seconds: Seconds = 3.0,
    rounds: Rounds = 3,
    find_rate: FindRate = False,
    profile: Profile = "alarms",
    url: Url = None,
    gateway_pid: GatewayPid = None,
    centre: Centre = "BE-VOV",
    companions: Companions = 60,
    json_: Json = False,
    plot: Plot = None,
) -> None:
    """Measure how fast alarms reach N consoles, and check that each console got each of them once.

    Starts a gateway of its own on an embedded database in a temporary directory, on the first core;
    the generator takes the others. Presses are posted when they are due, however long those before
    take, and every latency counts from that instant. Registrations and companions are made up by
    other msa commands; once every registration's alarms are open, further presses go to open alarms.

    Exit status 1: something was lost, doubled, gapped or refused.

    Example: msa loadtest --consoles 100,500 --rounds 5 --find-rate --plot latency.png
    """
    if profile not in PROFILES:
        raise typer.BadParameter(f"there is no profile {profile}", param_hint="--profile")
    plan = Plan(consoles=_numbers(consoles), rate=rate, seconds=seconds, rounds=rounds, find_rate=find_rate)
    target, outcomes = _run(Ask(profile, plan, url, gateway_pid, centre, companions))
    if plot is not None:
        from loadtests.plot import draw  # noqa: PLC0415 (matplotlib takes a second to import)

        draw(outcomes, plot)
    if json_:
        typer.echo(json.dumps(as_json(outcomes, target)))
    else:
        print_table(outcomes, target, Console())
    if not faults_of(outcomes).none:
        raise typer.Exit(FAILED)


async def _measure(ask: Ask) -> tuple[Target, list[Outcome]]:
    allow_sockets(max(ask.plan.consoles) + SPARE_SOCKETS)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        async with _prepared(ask, progress) as (target, people), loading(target, people) as load:
            steps = len(ask.plan.consoles) * (2 + ask.plan.rounds)
            bar = progress.add_task("", total=None if ask.plan.find_rate else steps, completed=-1)
            return target, await PROFILES[ask.profile](
                load, ask.plan, lambda what: progress.update(bar, description=what, advance=1)
            )


@asynccontextmanager
async def _prepared(ask: Ask, progress: Progress) -> AsyncIterator[tuple[Target, People]]:
    """Yield the gateway and the people; one of our own is started again, on the database it then has."""
    bar = progress.add_task("making companions", total=ask.companions)

    async def people_of(target: Target) -> People:
        return await set_up(target, ask.centre, ask.companions, lambda: progress.update(bar, advance=1))

    cores = share_cores()
    async with AsyncExitStack() as stack:
        if ask.url is not None:
            target = existing(ask.url, ask.gateway_pid)
            people = await people_of(target)
        else:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="msa-loadtest-")))
            async with serving(directory, cores) as first:
                people = await people_of(first)
            target = await stack.enter_async_context(serving(directory, cores))
        pin(0, cores.generator)
        progress.remove_task(bar)
        yield target, people


def _run(ask: Ask) -> tuple[Target, list[Outcome]]:
    try:
        if sys.platform == "win32":
            return asyncio.run(_measure(ask))
        import uvloop  # noqa: PLC0415 (not made for Windows)

        return uvloop.run(_measure(ask))
    except* (GatewayFailed, OSError, ValueError) as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        typer.echo(f"msa loadtest: {error or type(error).__name__}", err=True)
    raise typer.Exit(FAILED)


def _numbers(text: str) -> tuple[int, ...]:
    try:
        numbers = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        raise typer.BadParameter("numbers with commas between them", param_hint="--consoles") from None
    if not numbers or numbers[0] < 1:
        raise typer.BadParameter("at least one console", param_hint="--consoles")
    return numbers
