"""``msa demo``: the whole way in one command."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from gateway.demo.hand import HandError
from gateway.demo.live import live
from gateway.demo.once import happened, once
from gateway.demo.programs import ProgramEnded
from gateway.demo.scene import scene
from gateway.domain.errors import GatewayError
from gateway.settings import Settings
from gateway.telemetry import configure_logging

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def demo(
    *,
    once_: Annotated[bool, typer.Option("--once", help="One press with no one there, then end.")] = False,
    json_: Annotated[
        bool, typer.Option("--json", help="With --once: one JSON object on standard output.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the console; 0 takes a free one.")] = 8112,
    data_dir: Annotated[Path, typer.Option(help="Where the demo keeps its database and logs.")] = Path(
        ".msa/demo"
    ),
) -> None:
    """Press a virtual Bluetooth button and see the alarm in the console.

    Starts PostgreSQL, the gateway, a button that speaks real Bluetooth LE in software, and the
    bridge paired with it; all on this machine, with plainly made-up victims, and made afresh each
    time. Progress goes to standard error. Exit status 0 with --once only if the press was
    committed, shown, acknowledged and felt as seen, over a bonded and encrypted link, in time.
    """
    settings = Settings(database_url=None, data_dir=data_dir, port=0 if once_ else port, node="demo")
    configure_logging("warning")
    try:
        done = asyncio.run(_run(settings, alone=once_, as_json=json_))
    except (GatewayError, HandError, ProgramEnded, OSError, TimeoutError, httpx.HTTPError) as error:
        typer.echo(f"msa demo: {type(error).__name__}: {error}; logs are in {data_dir}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    raise typer.Exit(0 if done else 1)


async def _run(settings: Settings, *, alone: bool, as_json: bool) -> bool:
    screen = Console(stderr=True)
    begun = time.monotonic()

    def say(words: str) -> None:
        screen.print(f"[dim]{time.monotonic() - begun:5.1f} s[/] {words}")

    async with scene(settings, say) as running:
        if not alone:
            await live(running, screen)
            return True
        story = await once(running, say)
    if as_json:
        sys.stdout.write(json.dumps(story) + "\n")
    else:
        Console().print_json(json.dumps(story))
    return happened(story)
