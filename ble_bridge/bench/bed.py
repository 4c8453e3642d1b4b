"""Bed B as one context: a private bus, an org.bluez on it, and a button on the same air."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ble_bridge.bench.fake_bluez import FakeBluez
from ble_bridge.bench.private_bus import private_bus
from ble_bridge.bench.radio import Air
from ble_bridge.bench.virtual_button import VirtualButton
from ble_bridge.reference_service import Settings


@dataclass(slots=True)
class Bed:
    """What a test or a demo holds in its hands. bleak finds the bus by DBUS_SYSTEM_BUS_ADDRESS."""

    bus_address: str
    air: Air
    bluez: FakeBluez
    button: VirtualButton


@asynccontextmanager
async def open_bed(
    state: Path, *, name: str = "MSA-0001", passkey: int | None = None, settings: Settings | None = None
) -> AsyncIterator[Bed]:
    """Run a bed while the block runs; bonds and the button's memory stay in ``state``."""
    async with AsyncExitStack() as stack:
        bus_address = await stack.enter_async_context(private_bus())
        air = Air()
        bluez = FakeBluez(air, state, bus_address)
        button = VirtualButton(air, state, name=name, passkey=passkey, settings=settings)
        await bluez.start()
        stack.push_async_callback(bluez.close)
        await button.start()
        stack.push_async_callback(button.close)
        yield Bed(bus_address, air, bluez, button)
