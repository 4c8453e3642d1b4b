"""A phone's Bluetooth as a bed sees it: the radio and its bonds, and a daemon that may come and go."""

import asyncio
from pathlib import Path
from typing import Final

from dbus_fast.aio import MessageBus

from ble_bridge.bench.central import PhoneRadio
from ble_bridge.bench.fake_bluez.daemon import BluetoothDaemon, Faults
from ble_bridge.bench.fake_bluez.messages import BluezError
from ble_bridge.bench.radio import Air

_BUS_DEADLINE_S: Final = 5.0


class FakeBluez:
    """org.bluez on the bus at ``bus_address``; its bonds are a file in ``state``."""

    def __init__(self, air: Air, state: Path, bus_address: str) -> None:
        self._bus_address = bus_address
        self._phone = PhoneRadio(air, state)
        self._daemon: BluetoothDaemon | None = None
        self._powered = True
        self._faults = Faults()

    async def start(self) -> None:
        """Start the daemon, for the first time or after a crash."""
        await self._phone.start()
        await self._phone.drop_links()  # of the daemon's last life, as a kernel drops them
        async with asyncio.timeout(_BUS_DEADLINE_S):
            bus = await MessageBus(bus_address=self._bus_address, negotiate_unix_fd=True).connect()
        self._daemon = BluetoothDaemon(bus, self._phone.device, self._phone.bonds, self._faults)
        await self._daemon.start(powered=self._powered)

    async def crash(self) -> None:
        """Kill the daemon: its name vanishes, no signal is sent, the links stay until ``start``."""
        if self._daemon:
            daemon, self._daemon = self._daemon, None
            self._powered = daemon.adapter.powered
            await daemon.die()

    async def close(self) -> None:
        """End the links, stop the daemon and switch the radio off."""
        await self._phone.drop_links()
        await self.crash()
        await self._phone.close()

    async def set_power(self, *, on: bool) -> None:
        """Switch the adapter, as the phone's settings would."""
        if self._daemon:
            await self._daemon.adapter.set_power(on=on)

    def fail(self, method: str, error: str, text: str, times: int = 1) -> None:
        """Answer the next ``times`` calls of ``method`` with org.bluez.Error.``error``."""
        waiting = self._faults.errors.setdefault(method, [])
        waiting.extend(BluezError(error, text) for _ in range(times))

    def calls(self, method: str) -> int:
        """Count the calls of ``method`` so far."""
        return self._faults.calls[method]

    @property
    def connected(self) -> bool:
        """Whether the adapter has a link."""
        return bool(self._phone.device.connections)

    @property
    def scanning(self) -> bool:
        """Whether the adapter listens for advertisements."""
        return bool(self._phone.device.is_scanning)

    async def bonded(self) -> bool:
        """Whether the phone keeps a bond."""
        return bool(await self._phone.bonds.get_all())
