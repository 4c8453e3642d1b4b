"""Puts the bridge together from what was asked for on the command line, and runs it until stopped."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ble_bridge.bluez_watch import BluezWatch, NoWatch, StackWatch
from ble_bridge.bridge import Bridge, Parts
from ble_bridge.clock import SystemClock
from ble_bridge.drivers import CONNECTED
from ble_bridge.drivers.bthome import BTHomeButton
from ble_bridge.events import JsonLines, NoEvents
from ble_bridge.gpsd import Gpsd
from ble_bridge.health import PowerSupply, UnknownHealth
from ble_bridge.in_process import bench
from ble_bridge.link import Backend, Target
from ble_bridge.outbox import Outbox
from ble_bridge.policy import LivePolicy
from ble_bridge.ports import Driver, PositionSource
from ble_bridge.state import PinnedButton, StateDirectory
from ble_bridge.track import RecordedTrack
from ble_bridge.track_store import TrackStore
from ble_bridge.uplink import Uplink
from schemas.enrolment import CompanionPolicy, Enrolment
from schemas.press import Purpose

KINDS: Final = (*CONNECTED, "bthome")
_COLONS_OF_AN_ADDRESS: Final = 5


class ChoiceError(ValueError):
    """What was asked for does not fit together; the words say what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What was asked for."""

    driver: str = "reference"
    button: str | None = None
    bind_key: str | None = None
    passkey: int | None = None
    gpsd: str | None = None
    track: Path | None = None
    is_test: bool = False
    events: bool = False
    in_process: bool = False


async def run(directory: StateDirectory, choices: Choices) -> None:
    """Run until SIGINT or SIGTERM, then let go of the button and return.

    Raises NotEnrolledError, ChoiceError, UselessPolicyError, UnreadableTrackError, OSError or
    sqlite3.Error when it cannot begin.
    """
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt
            loop.add_signal_handler(number, task.cancel if task else loop.stop)
    with contextlib.suppress(asyncio.CancelledError):
        async with _bridge(directory, choices) as bridge:
            await bridge.run()


@asynccontextmanager
async def _bridge(directory: StateDirectory, choices: Choices) -> AsyncIterator[Bridge]:
    clock = SystemClock()
    enrolment = directory.enrolment()
    async with AsyncExitStack() as stack:
        events = stack.enter_context(JsonLines(sys.stdout)) if choices.events else NoEvents()
        outbox = await stack.enter_async_context(Outbox(directory.outbox, clock))
        tracks = await stack.enter_async_context(TrackStore(directory.tracks, clock))
        gateway = await stack.enter_async_context(Uplink(enrolment, directory.key(), clock))
        target = _target(directory, choices)
        backend = Backend()
        if choices.in_process:
            bed = bench(directory.path / "bench", choices.passkey, events)
            backend = await stack.enter_async_context(bed)
        parts = Parts(
            clock=clock,
            events=events,
            outbox=outbox,
            gateway=gateway,
            watch=_watch(choices),
            target=target,
            policy=enrolment.button,
            companion=_policy(directory, enrolment),
            tracks=tracks,
            positions=_positions(choices, clock),
            health=PowerSupply() if sys.platform == "linux" else UnknownHealth(),
            purpose=Purpose.TEST if choices.is_test else Purpose.REAL,
            pin=_pin(directory, choices),
            backend=backend,
        )
        yield Bridge(parts, await _button(choices, outbox, target))


def _policy(directory: StateDirectory, enrolment: Enrolment) -> LivePolicy:
    """Return the policy of the enrolment; what the gateway says later is kept there for the next run."""

    async def keep(policy: CompanionPolicy) -> None:
        changed = enrolment.model_copy(update={"policy": policy})
        await asyncio.to_thread(directory.keep_enrolment, changed)

    return LivePolicy(enrolment.policy, keep)


async def _button(choices: Choices, outbox: Outbox, target: Target) -> Driver | BTHomeButton:
    if choices.driver in CONNECTED:
        return CONNECTED[choices.driver]()
    if choices.driver not in KINDS:
        raise ChoiceError(f"there is no driver {choices.driver!r}; choose of {', '.join(KINDS)}")
    highest = await outbox.highest_step(target.address) if target.address else None
    try:
        return BTHomeButton(bytes.fromhex(choices.bind_key or ""), highest.counter if highest else None)
    except ModuleNotFoundError as error:
        raise ChoiceError("a BTHome button needs an extra: pip install 'msa-gateway[bthome]'") from error
    except ValueError as error:
        raise ChoiceError("a BTHome button needs --bind-key with 32 hex digits") from error


def _target(directory: StateDirectory, choices: Choices) -> Target:
    asked = choices.button
    if asked is not None and asked.count(":") == _COLONS_OF_AN_ADDRESS:
        return Target(address=asked)
    pinned = directory.button()
    if pinned is not None and pinned.driver == choices.driver and asked in {None, pinned.chosen_by}:
        return Target(address=pinned.address)
    return Target(name=asked)


def _watch(choices: Choices) -> StackWatch:
    is_bluez = sys.platform == "linux" and not choices.in_process
    return BluezWatch(choices.passkey) if is_bluez else NoWatch()


def _pin(directory: StateDirectory, choices: Choices) -> Callable[[str], None]:
    """Return what keeps the button's address, so that no other is connected to after a restart."""

    def pin(address: str) -> None:
        known = directory.button()
        asked = choices.button
        if asked is None and known is not None and known.address == address:
            asked = known.chosen_by
        button = PinnedButton(address=address, driver=choices.driver, chosen_by=asked)
        if button != known:
            directory.pin(button)

    return pin


def _positions(choices: Choices, clock: SystemClock) -> PositionSource | None:
    if choices.track is not None:
        return RecordedTrack.read(choices.track, clock)
    if choices.gpsd is not None:
        host, _, port = choices.gpsd.rpartition(":")
        if not host or not port.isdecimal():
            raise ChoiceError("--gpsd wants HOST:PORT")
        return Gpsd(host, int(port), clock)
    return None
