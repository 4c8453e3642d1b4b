"""Run one drill from the command line: progress on standard error, what held on standard output."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import typer
from rich.console import Console

from gateway.demo.programs import ProgramEnded
from gateway.domain.errors import GatewayError
from gateway.drill.field import Size, Stand
from gateway.drill.findings import Findings
from gateway.telemetry import configure_logging

WENT_WRONG = (GatewayError, ProgramEnded, OSError, TimeoutError, LookupError, httpx.HTTPError)


def run(
    name: str, size: Size, play: Callable[[Stand], Awaitable[None]], data_dir: Path, *, json_: bool
) -> None:
    """Play a drill and leave with exit status 0 only if everything held."""
    configure_logging("warning")
    data_dir.mkdir(parents=True, exist_ok=True)
    findings = Findings(narrator())
    try:
        asyncio.run(_play(data_dir, findings, size, play))
    except WENT_WRONG as error:
        findings.show("the drill is played to its end", f"{type(error).__name__}: {error}", holds=False)
        typer.echo(f"msa drill: logs are in {data_dir}", err=True)
    if json_:
        told = {"drill": name, "holds": findings.holds, "findings": findings.as_json()}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        Console().print(findings.table(name))
    raise typer.Exit(0 if findings.holds else 1)


def narrator() -> Callable[[str], None]:
    """Return what says a line with the seconds since now."""
    screen, begun = Console(stderr=True), time.monotonic()

    def say(words: str) -> None:
        screen.print(f"[dim]{time.monotonic() - begun:5.1f} s[/] {words}", highlight=False, soft_wrap=True)

    return say


async def _play(
    directory: Path, findings: Findings, size: Size, play: Callable[[Stand], Awaitable[None]]
) -> None:
    async with AsyncExitStack() as stack:
        await play(Stand(directory=directory, findings=findings, size=size, stack=stack))
