"""``msa drill``: play a story against real processes and have it judged."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
from rich.console import Console

from gateway.demo.programs import ProgramEnded
from gateway.domain.errors import GatewayError
from gateway.domain.ladder import Ladder, Level
from gateway.drill import faults
from gateway.drill.day import PEOPLE, UNIT, tell
from gateway.drill.evidence import Evidence
from gateway.drill.judging import judge
from gateway.drill.scene import Day
from gateway.drill.stage import staged
from gateway.drill.store_reading import read_store
from gateway.drill.verdict import Verdict
from gateway.settings import Settings
from gateway.store.embedded import EmbeddedPostgres
from gateway.telemetry import configure_logging
from schemas.alarm import LadderStep

FAST: Final = Ladder(
    levels=(
        Level(LadderStep.REMIND, 1),
        Level(LadderStep.SUPERVISOR, 2),
        Level(LadderStep.NEIGHBOUR, 3),
        Level(LadderStep.NATIONAL, 60),
    )
)
CATCH_UP_S: Final = 20.0

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.add_typer(faults.app)


@app.callback()
def drill() -> None:
    """Play a story against real processes: what must hold is shown while things go wrong."""


@app.command("day-at-the-centre")
def day_at_the_centre(
    *,
    fast: Annotated[bool, typer.Option("--fast", help="A ladder of seconds instead of a minute.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    data_dir: Annotated[Path, typer.Option(help="Where the drill keeps its database and logs.")] = Path(
        ".msa/drill"
    ),
) -> None:
    """One alarm's whole day, on two nodes and six consoles, in real time.

    A late press in Gent; nobody answers, so the next are told; the neighbour takes it and sends a
    team; she is driven into the next province, which takes it over; a node is killed; she presses
    again; it is closed and looked at twice. Then the history checker judges everything that any
    client was told, and each guarantee is ticked with its evidence.

    Takes some 100 s, with --fast 20 s. Exit status 0 only if every guarantee was shown to hold.
    """
    configure_logging("warning")
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        evidence, verdict = asyncio.run(_run(data_dir, FAST if fast else Ladder()))
    except (GatewayError, ProgramEnded, OSError, TimeoutError, LookupError, httpx.HTTPError) as error:
        typer.echo(f"msa drill: {type(error).__name__}: {error}; logs are in {data_dir}", err=True)
        raise typer.Exit(1) from None
    holds = evidence.complete and verdict.holds
    if json_:
        told = {"holds": holds, "evidence": evidence.as_json(), "verdict": str(verdict).splitlines()}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        Console().print(evidence.table())
        Console().print(str(verdict), highlight=False)
    raise typer.Exit(0 if holds else 1)


async def _run(data_dir: Path, ladder: Ladder) -> tuple[Evidence, Verdict]:
    screen, begun = Console(stderr=True), time.monotonic()

    def say(words: str) -> None:
        screen.print(f"[dim]{time.monotonic() - begun:5.1f} s[/] {words}", highlight=False, soft_wrap=True)

    settings = Settings(database_url=None, data_dir=data_dir, port=0, node="drill")
    server = EmbeddedPostgres(data_dir / "postgres")
    await asyncio.to_thread(server.start)
    try:
        say("PostgreSQL, two nodes, six accounts, one unit")
        variables = {"MSA_RESPONSES": str(_responses(data_dir, ladder))}
        async with staged(server, settings, PEOPLE, UNIT, variables) as stage:
            day = Day(stage=stage, ladder=ladder, evidence=Evidence(say), say=say)
            await tell(day)
            store = await read_store(stage.database)
            verdict = judge(day.history, store)
        day.evidence.show(
            "G3",
            "the history checker finds no gap, no doubling, no loss",
            "holds" if verdict.holds else "see its verdict",
            holds=verdict.holds,
        )
        return day.evidence, verdict
    finally:
        await asyncio.to_thread(server.stop)


def _responses(data_dir: Path, ladder: Ladder) -> Path:
    """Write the ladder as the nodes' settings name it."""
    path = data_dir / "responses.toml"
    levels = ",\n".join(
        f'  {{ step = "{level.step.value}", after_s = {level.after_s} }}' for level in ladder.levels
    )
    path.write_text(f"[default]\nrepeat_s = {ladder.repeat_s}\nlevels = [\n{levels},\n]\n")
    return path
