"""The beds, each as one context that leaves nothing running behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ble_bridge.bench.bumble_backend import BumbleCentral
from ble_bridge.bench.fake_bluez import FakeBluez
from ble_bridge.bench.private_bus import private_bus
from ble_bridge.bench.radio import Air
from ble_bridge.bench.virtual_button import VirtualButton
from ble_bridge.reference_service import Settings


@dataclass(slots=True)
class Bed:
    """Bed B: a private bus, an org.bluez on it, and a button on the same air.

    Unmodified bleak finds the bus by DBUS_SYSTEM_BUS_ADDRESS.
    """

    bus_address: str
    air: Air
    bluez: FakeBluez
    button: VirtualButton


@asynccontextmanager
async def open_bed(
    state: Path, *, name: str = "MSA-0001", passkey: int | None = None, settings: Settings | None = None
) -> AsyncIterator[Bed]:
    """Run bed B while the block runs; bonds and the button's memory stay in ``state``."""
    async with private_bus() as bus_address:
        air = Air()
        bluez = FakeBluez(air, state, bus_address)
        button = VirtualButton(air, state, name=name, passkey=passkey, settings=settings)
        async with switched_on(bluez), switched_on(button):
            yield Bed(bus_address, air, bluez, button)


@dataclass(slots=True)
class BumbleBed:
    """Bed A: ``central.scanner`` and ``central.client`` are backends for bleak in this process."""

    air: Air
    central: BumbleCentral
    button: VirtualButton


@asynccontextmanager
async def open_bumble_bed(
    state: Path, *, name: str = "MSA-0001", passkey: int | None = None, settings: Settings | None = None
) -> AsyncIterator[BumbleBed]:
    """Run bed A while the block runs, as ``open_bed`` does bed B."""
    air = Air()
    central = BumbleCentral(air, state, passkey)
    button = VirtualButton(air, state, name=name, passkey=passkey, settings=settings)
    async with switched_on(central), switched_on(button):
        yield BumbleBed(air, central, button)


class Switchable(Protocol):
    """A device that can be switched on and off."""

    async def start(self) -> None:
        """Switch on."""

    async def close(self) -> None:
        """Switch off."""


@asynccontextmanager
async def switched_on(device: Switchable) -> AsyncIterator[None]:
    """Have ``device`` on while the block runs."""
    try:
        await device.start()
        yield
    finally:
        await device.close()
