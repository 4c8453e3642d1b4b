"""The demo with a person: Enter presses the button, the browser shows the alarm."""

import asyncio
import sys
from contextlib import suppress
from typing import Final

from rich.console import Console

from gateway.demo.audience import Audience
from gateway.demo.hand import HandError
from gateway.demo.scene import Scene
from gateway.demo.stage import PASSWORD, USERNAME, Stage
from gateway.demo.trail_table import trail_table
from schemas.frames import Event

KEYS: Final = """\
  [bold]Enter[/]  press and hold the button (an alarm)   [bold]s[/] a short press (no alarm)
  [bold]a[/]      carry the button out of reach          [bold]b[/] bring it back
  [bold]q[/]      quit"""


async def live(scene: Scene, screen: Console) -> None:
    """Take keys and show trails until ``q`` or the end of input."""
    screen.print(invitation(scene.url, scene.stage), soft_wrap=True)
    seat = Audience.seated(scene.url, scene.stage.terminal_link)
    async with seat as audience, asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_watch(audience, screen))
        await _keys(scene, screen)
        watching.cancel()


def invitation(url: str, stage: Stage) -> str:
    """Say where the console and the files are, and how to come in."""
    team = "".join(f"\n{each.role.replace('_', ' '):>14} {url}/#link={each.link}" for each in stage.team)
    names = ", ".join(repr(name) for name in (USERNAME, *(each.username for each in stage.team)))
    return (
        f"\n[bold]Open the console:[/] {url}/#link={stage.browser_link}\n\n"
        f"[bold]Or her file, as one of the case team[/] (in a private window):{team}\n\n"
        f"(a link works once, within 15 minutes; after that sign in as {names}, with {PASSWORD!r})\n\n"
        f"{KEYS}\n"
    )


async def _keys(scene: Scene, screen: Console) -> None:
    loop = asyncio.get_running_loop()
    keys = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(keys), sys.stdin)
    orders: dict[str, tuple[str, dict[str, str]]] = {
        "": ("press", {"pattern": "hold"}),
        "s": ("press", {"pattern": "short"}),
        "a": ("away", {}),
        "b": ("back", {}),
    }
    while line := await keys.readline():
        key = line.decode(errors="replace").strip().lower()
        if key == "q":
            return
        if key not in orders:
            screen.print(KEYS)
            continue
        what, arguments = orders[key]
        try:
            await scene.hand.do(what, **arguments)
        except HandError as error:
            screen.print(f"[red]{error}[/]")
        else:
            screen.print(f"[dim]button: {what} {' '.join(arguments.values())}[/]")


async def _watch(audience: Audience, screen: Console) -> None:
    """Say what the stream says, and show the trail once an operator has the alarm."""
    async for applied in audience.console:
        if not isinstance(applied, Event) or applied.alarm is None:
            continue
        alarm = applied.alarm
        screen.print(f"[bold]{applied.kind}[/] {alarm.reference} sequence {applied.cursor.sequence}")
        if alarm.acknowledged_by is not None and applied.kind == "alarm.acknowledged":
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    trail = await audience.trail(alarm.alarm_id)
                    while trail.within_budget is None:
                        await asyncio.sleep(0.1)
                        trail = await audience.trail(alarm.alarm_id)
            screen.print(trail_table(await audience.trail(alarm.alarm_id)))
