"""A companion on bed B: the whole bridge, unmodified bleak, a virtual button, a scripted gateway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ble_bridge.bench.bed import Bed
from ble_bridge.bluez_watch import BluezWatch
from ble_bridge.bridge import Bridge, Parts
from ble_bridge.clock import SystemClock
from ble_bridge.drivers.bthome import BTHomeButton
from ble_bridge.drivers.reference import ReferenceButton
from ble_bridge.enrolling import enrol, enrolment_request
from ble_bridge.link import Target
from ble_bridge.outbox import Outbox
from ble_bridge.policy import LivePolicy
from ble_bridge.ports import Driver
from ble_bridge.state import StateDirectory
from ble_bridge.track_store import TrackStore
from ble_bridge.uplink import Uplink
from schemas.press import Pattern
from schemas.registration import ButtonPolicy
from tests.support.ble import bed, eventually
from tests.support.companion import EventLog
from tests.support.companion_gateway import CompanionGateway

__all__ = ["bed"]

# The shortest acts the policy allows, so that a test does not wait two seconds for a hold.
QUICK = ButtonPolicy(hold_s=0.3, double_gap_s=0.1)


@dataclass
class Companion:
    """A running bridge in a test's hands."""

    bridge: Bridge
    gateway: CompanionGateway
    outbox: Outbox
    events: EventLog
    target: Target
    pins: list[str] = field(default_factory=list)

    @property
    def link(self) -> Any:
        return self.bridge.link

    def states(self) -> list[object]:
        return [told["state"] for told in self.events.of("link")]

    async def until_up(self, seconds: float = 20.0) -> None:
        await eventually(lambda: bool(self.link.is_up), seconds)

    async def until_down(self, seconds: float = 20.0) -> None:
        await eventually(lambda: not self.link.is_up, seconds)

    async def until_committed(self, presses: int, seconds: float = 20.0) -> None:
        await eventually(lambda: len(self.gateway.committed) >= presses, seconds)


@asynccontextmanager
async def running_bridge(
    directory: Path,
    gateway: CompanionGateway,
    *,
    driver: Driver | BTHomeButton | None = None,
    target: Target | None = None,
    policy: ButtonPolicy = QUICK,
    passkey: int | None = None,
    **changes: Any,
) -> AsyncIterator[Companion]:
    """Run a bridge while the block runs; its state is kept in ``directory``."""
    clock, events = changes.pop("clock", SystemClock()), EventLog()
    state = StateDirectory.make(directory)
    if not (directory / "enrolment.json").exists():
        request = enrolment_request(state.key(), "test", "0")
        state.keep_enrolment(await enrol(gateway.url, gateway.code, request))
    enrolment = state.enrolment()
    target = target or Target()
    async with AsyncExitStack() as stack:
        outbox = await stack.enter_async_context(Outbox(state.outbox, clock))
        tracks = await stack.enter_async_context(TrackStore(state.tracks, clock))
        uplink = await stack.enter_async_context(Uplink(enrolment, state.key(), clock))
        pins: list[str] = []
        parts = Parts(
            clock=clock,
            events=events,
            outbox=outbox,
            gateway=uplink,
            watch=BluezWatch(passkey),
            target=target,
            policy=policy,
            companion=LivePolicy(enrolment.policy),
            tracks=tracks,
            pin=pins.append,
            **changes,
        )
        bridge = Bridge(parts, driver or ReferenceButton())
        task = asyncio.create_task(bridge.run())
        try:
            yield Companion(bridge, gateway, outbox, events, target, pins)
            assert not task.done(), task.exception()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def gateway() -> AsyncIterator[CompanionGateway]:
    async with CompanionGateway() as running:
        yield running


@pytest.fixture
async def companion(bed: Bed, gateway: CompanionGateway, tmp_path: Path) -> AsyncIterator[Companion]:
    """A bridge that holds the bed's button."""
    async with running_bridge(tmp_path / "companion", gateway) as running:
        await running.until_up()
        yield running


ALL_PATTERNS = ButtonPolicy(
    alarm_patterns=(Pattern.SHORT, Pattern.DOUBLE, Pattern.HOLD), hold_s=0.3, double_gap_s=0.1
)
