"""``msa button``: a virtual button on a Bluetooth stack in software, for a bridge in another process."""

import asyncio
import json
import os
import signal
import sys
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from typing import Annotated, Final

import typer

from ble_bridge.bench import keyboard
from ble_bridge.bench.bed import Bed, open_bed, switched_on
from ble_bridge.bench.control import ControlServer
from ble_bridge.bench.private_bus import NoBusError
from ble_bridge.bench.tasks import Tasks

STACK: Final = "bleak BlueZ backend, private D-Bus, bumble"
EXIT_NO_BUS: Final = 3

app = typer.Typer(add_completion=False)


@app.command()
def button(
    state: Annotated[Path, typer.Option(help="Where the button keeps its bond, counter and presses.")] = Path(
        ".msa/button"
    ),
    name: Annotated[str, typer.Option(help="The name it advertises, at most eight letters.")] = "MSA-0001",
    passkey: Annotated[int | None, typer.Option(help="Six digits to pair with; none: Just Works.")] = None,
    control_port: Annotated[int, typer.Option(help="Port of the control channel; 0 takes a free one.")] = 0,
) -> None:
    """Run a virtual panic button, with a Bluetooth adapter beside it that needs no hardware.

    Prints one JSON line when it is ready: where its D-Bus is (give it to the bridge as
    DBUS_SYSTEM_BUS_ADDRESS) and on which port of 127.0.0.1 it takes orders, one JSON object a line:
    {"do": "press", "pattern": "hold"}, and so down, up, away, back, battery, forget, state.
    Ends when its standard input does, or on SIGTERM. In a terminal the keys press it.
    Exit status 3: there is no dbus-daemon on this system.
    """
    try:
        asyncio.run(_serve(state, name, passkey, control_port))
    except NoBusError as missing:
        typer.echo(f"{missing}; on Debian: apt install dbus-daemon", err=True)
        raise typer.Exit(EXIT_NO_BUS) from missing


async def _serve(state: Path, name: str, passkey: int | None, control_port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        bed = await stack.enter_async_context(open_bed(state, name=name, passkey=passkey))
        server = ControlServer(bed.button, bed.bluez, control_port)
        await stack.enter_async_context(switched_on(server))
        strikes = Tasks()
        stack.push_async_callback(strikes.close)
        at_terminal = sys.stdin.isatty()
        stack.enter_context(keyboard.single_keys(sys.stdin.fileno()) if at_terminal else nullcontext())
        ready = {
            "event": "ready",
            "bus_address": bed.bus_address,
            "control_port": server.port,
            "button_name": bed.button.name,
            "stack": STACK,
        }
        typer.echo(json.dumps(ready))
        sys.stdout.flush()
        if at_terminal:
            keyboard.say(keyboard.HELP)
            bed.button.on_vibration = keyboard.feel
        _watch_input(bed, strikes, stop)
        await stop.wait()


def _watch_input(bed: Bed, strikes: Tasks, stop: asyncio.Event) -> None:
    """Take keys from standard input, and its end for the end."""
    loop, descriptor = asyncio.get_running_loop(), sys.stdin.fileno()
    at_terminal = sys.stdin.isatty()

    def readable() -> None:
        typed = os.read(descriptor, 1024).decode(errors="replace")
        if not typed or (at_terminal and keyboard.QUIT in typed):
            loop.remove_reader(descriptor)
            stop.set()
        elif at_terminal:
            for key in typed:
                strikes.spawn(keyboard.strike(key, bed.button))

    try:
        loop.add_reader(descriptor, readable)
    except PermissionError:
        return  # /dev/null or a file: it cannot be waited for, so only a signal ends us
