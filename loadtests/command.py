"""``msa loadtest``: put load on a gateway and say what it does to it."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from loadtests.gateway_process import Gateway, GatewayFailed, Target, existing, stopping
from loadtests.machine import allow_sockets, pin, share_cores
from loadtests.people import People, set_up
from loadtests.profiles import PROFILES
from loadtests.profiles.base import Plan, Profile, Result, Stage

FAILED: Final = 1
SPARE_SOCKETS: Final = 500

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """What the command line asks for."""

    profile: Profile
    plan: Plan
    url: str | None
    gateway_pid: int | None


Named = Annotated[str, typer.Option("--profile", help=f"What to do: {', '.join(PROFILES)}.")]
Consoles = Annotated[str | None, typer.Option(help="How many consoles; alarms: several numbers with commas.")]
Rate = Annotated[
    float | None, typer.Option(min=0.1, help="Presses a second, whatever becomes of those before.")
]
Seconds = Annotated[float | None, typer.Option(min=0.1, help="How long it lasts; alarms: a round of it.")]
Rounds = Annotated[int | None, typer.Option(min=1, help="Rounds (alarms: for each number of consoles).")]
FindRate = Annotated[
    bool, typer.Option("--find-rate", "--max-rate", help="alarms: look for the highest rate, too.")
]
Companions = Annotated[int | None, typer.Option(min=1, help="Registrations, each with a companion.")]
Watch = Annotated[
    float | None, typer.Option(min=1, help="storm: seconds for which the ladder is watched afterwards.")
]
Deadlines = Annotated[
    int | None,
    typer.Option(min=0, help="storm: open deadlines in the database the second time; 0: once only."),
]
CentreId = Annotated[
    str | None,
    typer.Option(help="The centre of the consoles; presses come from Gent, so BE-VOV if not said."),
]
Trace = Annotated[
    Path | None, typer.Option(help="screen: keep the browser's trace, for its developer tools.")
]
Url = Annotated[str | None, typer.Option(help="A gateway that runs; MSA_* must name its database and keys.")]
GatewayPid = Annotated[int | None, typer.Option(help="Its process, to measure CPU and memory.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Plot = Annotated[Path | None, typer.Option(help="Write a picture of what was measured (PNG).")]


@app.callback(invoke_without_command=True)
def run(  # noqa: PLR0913 (each is an option)
    *,
    named: Named = "alarms",
    consoles: Consoles = None,
    rate: Rate = None,
    seconds: Seconds = None,
    rounds: Rounds = None,
    find_rate: FindRate = False,
    companions: Companions = None,
    watch: Watch = None,
    deadlines: Deadlines = None,
    centre: CentreId = None,
    trace: Trace = None,
    url: Url = None,
    gateway_pid: GatewayPid = None,
    json_: Json = False,
    plot: Plot = None,
) -> None:
    """Put a load on a gateway, measure what it does, and check every event on every console.

    Starts a gateway of its own on an embedded database in a temporary directory, on the first core;
    the generator takes the others. Whatever is posted is posted when it is due, however long what
    came before takes, and every latency counts from that instant. Registrations and companions are
    made up by other msa commands. docs/performance.md says what each profile does.

    Exit status 1: something was lost, doubled, gapped or refused, or a guarantee did not hold. A
    target that is missed is said, and is no failure.

    Example: msa loadtest --consoles 100,500 --rounds 5 --find-rate --plot latency.png
    """
    given: dict[str, Any] = {
        "consoles": None if consoles is None else _numbers(consoles),
        "rate": rate,
        "seconds": seconds,
        "rounds": rounds,
        "find_rate": find_rate or None,
        "companions": companions,
        "watch": watch,
        "deadlines": deadlines,
        "centre": centre,
        "trace": trace,
    }
    result = _run(
        _asked(named, {name: one for name, one in given.items() if one is not None}, url, gateway_pid)
    )
    if plot is not None:
        result.draw(plot)
    if json_:
        typer.echo(json.dumps(result.as_json()))
    else:
        result.show(Console())
    if not result.faults.none:
        raise typer.Exit(FAILED)


def _asked(named: str, given: dict[str, Any], url: str | None, gateway_pid: int | None) -> Ask:
    profile = PROFILES.get(named)
    if profile is None:
        raise typer.BadParameter(f"there is no profile {named}", param_hint="--profile")
    if profile.needs_own_gateway and url is not None:
        raise typer.BadParameter(f"{named} needs a gateway of its own", param_hint="--url")
    try:
        plan = profile.asked(given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if len(plan.consoles) > 1 and "find_rate" not in profile.takes:
        raise typer.BadParameter("one number for this profile", param_hint="--consoles")
    return Ask(profile, plan, url, gateway_pid)


async def _measure(ask: Ask) -> Result:
    allow_sockets(max(ask.plan.consoles) + SPARE_SOCKETS)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        async with _prepared(ask, progress) as stage:
            bar = progress.add_task("", total=None)

            def tell(what: str, done: float, total: float | None = None) -> None:
                progress.update(bar, description=what, completed=round(done), total=total and round(total))

            return await ask.profile.run(stage, ask.plan, tell)


@asynccontextmanager
async def _prepared(ask: Ask, progress: Progress) -> AsyncIterator[Stage]:
    """Yield the gateway and the people; one of our own is started again, on the database it then has."""
    crowds = ask.profile.crowds(ask.plan)
    bar = progress.add_task("making companions", total=sum(crowd.companions for crowd in crowds))

    async def people_of(target: Target) -> People:
        return await set_up(target, crowds, ask.profile.operators, lambda: progress.update(bar, advance=1))

    cores = share_cores()
    async with AsyncExitStack() as stack:
        gateway = None
        if ask.url is not None:
            target = existing(ask.url, ask.gateway_pid)
            people = await people_of(target)
        else:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="msa-loadtest-")))
            responses = directory / "responses.toml"
            responses.write_text(ask.profile.responses(ask.plan), encoding="utf-8")
            settings = {"MSA_RESPONSES": str(responses)}
            gateway = await stack.enter_async_context(stopping(Gateway(directory, cores, settings)))
            people = await people_of(await gateway.start())
            await gateway.stop()
            target = await gateway.start()
        pin(0, cores.generator)
        progress.remove_task(bar)
        yield Stage(target=target, people=people, gateway=gateway)


def _run(ask: Ask) -> Result:
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
