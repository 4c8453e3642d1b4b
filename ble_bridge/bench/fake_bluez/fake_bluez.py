"""A phone's Bluetooth as a bed sees it: the radio and its bonds, and a daemon that may come and go."""

import asyncio
from pathlib import Path
from typing import Final

from bumble import hci
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.keys import JsonKeyStore
from dbus_fast.aio import MessageBus

from ble_bridge.bench.fake_bluez.daemon import BluetoothDaemon, Faults
from ble_bridge.bench.fake_bluez.links import disconnect
from ble_bridge.bench.fake_bluez.messages import BluezError
from ble_bridge.bench.radio import Air, Radio

_PUBLIC_ADDRESS: Final = "00:AA:01:00:00:42"
_RANDOM_ADDRESS: Final = "C0:C1:C2:C3:C4:C5"
_BUS_DEADLINE_S: Final = 5.0


class FakeBluez:
    """org.bluez on the bus at ``bus_address``; its bonds are a file in ``state``."""

    def __init__(self, air: Air, state: Path, bus_address: str) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._air, self._bus_address = air, bus_address
        self._radio = Radio("hci0", air)
        self._central = Device.from_config_with_hci(
            DeviceConfiguration(name="phone", address=hci.Address(_RANDOM_ADDRESS)),
            self._radio,
            self._radio,
        )
        self._bonds = JsonKeyStore("phone", str(state / "phone-bonds.json"))
        self._central.keystore = self._bonds
        self._daemon: BluetoothDaemon | None = None
        self._powered = True
        self._faults = Faults()

    async def start(self) -> None:
        """Start the daemon, for the first time or after a crash."""
        if not self._central.powered_on:
            await self._central.power_on()
        for connection in list(self._central.connections.values()):
            await disconnect(connection)  # the kernel's, of the daemon's last life
        async with asyncio.timeout(_BUS_DEADLINE_S):
            bus = await MessageBus(bus_address=self._bus_address, negotiate_unix_fd=True).connect()
        self._daemon = BluetoothDaemon(bus, self._central, self._bonds, _PUBLIC_ADDRESS, self._faults)
        await self._daemon.start(powered=self._powered)

    async def crash(self) -> None:
        """Kill the daemon: its name vanishes, no signal is sent, the links stay until ``start``."""
        if self._daemon:
            self._powered = self._daemon.adapter.powered
            daemon, self._daemon = self._daemon, None
            await daemon.die()

    async def close(self) -> None:
        """Stop the daemon, end the links and switch the radio off."""
        for connection in list(self._central.connections.values()):
            await disconnect(connection)
        await self.crash()
        self._air.remove_controller(self._radio)
        await self._central.power_off()

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
    def connections(self) -> tuple[Connection, ...]:
        """The links of the adapter."""
        return tuple(self._central.connections.values())
