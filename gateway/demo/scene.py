"""The running scene: gateway, virtual button and bridge, paired and ready for a press."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.demo.hand import Hand
from gateway.demo.programs import Program, ProgramEnded, program
from gateway.demo.stage import Stage, staged
from gateway.settings import Settings
from gateway.store.embedded import EmbeddedPostgres

START_S: Final = 30.0
PAIR_S: Final = 30.0
BUS: Final = "dbus-daemon"
TRACK: Final = Path(__file__).parents[2] / "ble_bridge" / "samples" / "walk_gent.geojson"

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything a press passes through, running."""

    url: str
    stage: Stage
    hand: Hand
    bridge: Program
    link: dict[str, Any]
    stack: str


@asynccontextmanager
async def scene(settings: Settings, say: Say) -> AsyncIterator[Scene]:
    """Start everything, saying what happens; end everything, whatever happens."""
    directory = settings.data_dir
    directory.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        say("starting PostgreSQL")
        server = EmbeddedPostgres(directory / "postgres")
        await asyncio.to_thread(server.start)
        stack.callback(server.stop)
        button = await stack.enter_async_context(_button(directory)) if shutil.which(BUS) else None
        say("making the database, eleven sample files, an operator and a case team")
        stage = await stack.enter_async_context(staged(server, settings))
        say("starting the gateway")
        gateway = await stack.enter_async_context(_gateway(settings, stage))
        url = (await gateway.heard("started", START_S))["url"]
        ready, bridge = await stack.enter_async_context(_paired(directory, url, stage, button, say))
        link = await bridge.heard("link", PAIR_S, state="up")
        hand = await stack.enter_async_context(Hand.on(ready["control_port"]))
        say("ready")
        yield Scene(url=url, stage=stage, hand=hand, bridge=bridge, link=link, stack=ready["stack"])


@asynccontextmanager
async def _gateway(settings: Settings, stage: Stage) -> AsyncIterator[Program]:
    environment = {
        "MSA_DATABASE_URL": stage.database,
        "MSA_DATA_DIR": str(settings.data_dir),
        "MSA_KEY_FILE": str(settings.kek_file),
        "MSA_PORT": str(settings.port),
        "MSA_NODE": "demo",
    }
    log = str(settings.data_dir / "gateway.log")
    async with program("serve", environment=environment, log=log) as running:
        yield running


@asynccontextmanager
async def _button(directory: Path) -> AsyncIterator[Program]:
    arguments = ("--state", str(directory / "button"))
    async with program("button", *arguments, environment={}, log=str(directory / "button.log")) as running:
        yield running


@asynccontextmanager
async def _paired(
    directory: Path, url: str, stage: Stage, button: Program | None, say: Say
) -> AsyncIterator[tuple[dict[str, Any], Program]]:
    """Run the bridge beside the button; yield what the button said of itself, and the bridge."""
    arguments = ("run", "--state", str(directory / "bridge"), "--track", str(TRACK), "--events")
    log = str(directory / "bridge.log")
    if button is None:
        say(f"no {BUS} here: the button lives inside the bridge, and bleak's own Bluetooth code does not run")
        await _enrol(directory, url, stage.enrolment_code, {})
        async with program("bridge", *arguments, "--bench-in-process", environment={}, log=log) as bridge:
            yield await bridge.heard("ready", START_S), bridge
        return
    say("starting the virtual button on a Bluetooth stack in software")
    ready = await button.heard("ready", START_S)
    say("enrolling the companion and pairing the button")
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": ready["bus_address"]}
    await _enrol(directory, url, stage.enrolment_code, environment)
    name = ("--button", ready["button_name"])
    async with program("bridge", *arguments, *name, environment=environment, log=log) as bridge:
        yield ready, bridge


async def _enrol(directory: Path, url: str, code: str, environment: dict[str, str]) -> None:
    arguments = ("enrol", "--gateway", url, "--code", code, "--state", str(directory / "bridge"))
    log = str(directory / "bridge.log")
    async with program("bridge", *arguments, environment=environment, log=log) as enrolling:
        async with asyncio.timeout(START_S):
            async for said in enrolling.lines():
                if "companion_id" in said:
                    return
    raise ProgramEnded("the companion was not enrolled; see bridge.log")
