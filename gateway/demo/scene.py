"""The running scene: gateway, virtual button and bridge, paired and ready for a press."""

import asyncio
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
        button = await stack.enter_async_context(_button(directory))
        say("making the database, eleven sample files and an operator")
        stage = await stack.enter_async_context(staged(server, settings))
        say("starting the gateway")
        gateway = await stack.enter_async_context(_gateway(settings, stage))
        url = (await gateway.heard("started", START_S))["url"]
        say("starting the virtual button on a Bluetooth stack in software")
        ready = await button.heard("ready", START_S)
        say("enrolling the companion and pairing the button")
        environment = {"DBUS_SYSTEM_BUS_ADDRESS": ready["bus_address"]}
        await _enrol(directory, url, stage.enrolment_code, environment)
        bridge = await stack.enter_async_context(_bridge(directory, ready, environment))
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
async def _bridge(
    directory: Path, ready: dict[str, Any], environment: dict[str, str]
) -> AsyncIterator[Program]:
    state = ("--state", str(directory / "bridge"))
    arguments = ("run", *state, "--button", ready["button_name"], "--track", str(TRACK), "--events")
    log = str(directory / "bridge.log")
    async with program("bridge", *arguments, environment=environment, log=log) as running:
        yield running


async def _enrol(directory: Path, url: str, code: str, environment: dict[str, str]) -> None:
    arguments = ("enrol", "--gateway", url, "--code", code, "--state", str(directory / "bridge"))
    log = str(directory / "bridge.log")
    async with program("bridge", *arguments, environment=environment, log=log) as enrolling:
        async with asyncio.timeout(START_S):
            async for said in enrolling.lines():
                if "companion_id" in said:
                    return
    raise ProgramEnded("the companion was not enrolled; see bridge.log")
