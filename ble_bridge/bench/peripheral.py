"""A virtual peripheral: one radio with bumble's host stack on it, advertising while nobody is connected."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bumble import hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic
from bumble.keys import JsonKeyStore, MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate

from ble_bridge.bench.radio import Air, Radio
from ble_bridge.bench.tasks import Tasks

_ADVERTISING_INTERVAL_MS = 60  # bumble takes it for 96 ms; a button that wants to be found is faster still
_GENERAL_DISCOVERABLE = b"\x06"  # and no BR/EDR
_MAX_ADVERTISING_BYTES = 31


class Peripheral:
    """A device on the ``air``, with its own GATT services.

    ``keystore`` keeps the bonds over restarts (None: in memory). With a ``passkey`` pairing needs
    it, as if printed on the box; without one it is LE Secure Connections "Just Works".
    """

    def __init__(
        self,
        air: Air,
        *,
        name: str,
        address: str,
        advertised: str,
        keystore: Path | None = None,
        passkey: int | None = None,
    ) -> None:
        self.name, self.address = name, address
        self._air = air
        self._radio = Radio(name, air)
        self._tasks = Tasks()
        self._notifications: asyncio.Queue[tuple[Characteristic[bytes], bytes]] = asyncio.Queue()
        self.device = Device.from_config_with_hci(
            DeviceConfiguration(
                name=name,
                address=hci.Address(address),
                advertising_interval_min=_ADVERTISING_INTERVAL_MS,
                advertising_interval_max=_ADVERTISING_INTERVAL_MS,
                advertising_data=_advertising_data(name, advertised),
            ),
            self._radio,
            self._radio,
        )
        self._bonds = JsonKeyStore(address, str(keystore)) if keystore else MemoryKeyStore()
        self.device.keystore = self._bonds
        delegate = _PrintedPasskey(passkey)
        self.device.pairing_config_factory = lambda _connection: PairingConfig(
            sc=True,
            mitm=passkey is not None,
            bonding=True,
            delegate=delegate,
            identity_address_type=PairingConfig.AddressType.RANDOM,
        )
        self.device.on(Device.EVENT_CONNECTION, self._connected)

    async def start(self) -> None:
        """Switch on and advertise."""
        await self.device.power_on()
        await self._advertise()
        self._tasks.spawn(self._send_notifications())

    async def close(self) -> None:
        """Switch off: the link is lost to the other end, and nothing of this device runs on."""
        await self.device.stop_advertising()
        self._air.remove_controller(self._radio)
        await asyncio.sleep(0)  # the host hears of the lost link
        await self._tasks.close()
        await self.device.power_off()

    def carry_away(self) -> None:
        """Out of range of everyone."""
        self._air.carry_away(self._radio)

    def bring_back(self) -> None:
        """Into range again."""
        self._air.bring_back(self._radio)

    @property
    def connected(self) -> bool:
        """Whether this end believes in a link."""
        return bool(self.device.connections)

    @property
    def encrypted(self) -> bool:
        """Whether a link is up and encrypted."""
        return any(connection.is_encrypted for connection in self.device.connections.values())

    async def bonded(self) -> bool:
        """Whether a bond is kept."""
        return bool(await self._bonds.get_all())

    async def forget_bonds(self) -> None:
        """Lose all bonds, which the other side does not learn."""
        await self._bonds.delete_all()

    def has_subscriber(self, characteristic: Characteristic[bytes]) -> bool:
        """Whether anyone subscribed to ``characteristic``."""
        return any(
            cccds.get(characteristic.handle, b"\0")[0] & 1
            for cccds in self.device.gatt_server.subscribers.values()
        )

    def notify(self, characteristic: Characteristic[bytes], value: bytes) -> None:
        """Send ``value`` to whoever subscribed, after what was notified before."""
        self._notifications.put_nowait((characteristic, value))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` until it ends or the device is closed."""
        self._tasks.spawn(work)

    def _connected(self, connection: Connection) -> None:
        connection.on(Connection.EVENT_DISCONNECTION, lambda _reason: self._tasks.spawn(self._advertise()))

    async def _advertise(self) -> None:
        if not self.device.is_advertising:
            await self.device.start_advertising(auto_restart=False)

    async def _send_notifications(self) -> None:
        while True:
            characteristic, value = await self._notifications.get()
            await self.device.notify_subscribers(characteristic, value)


class _PrintedPasskey(PairingDelegate):
    """The pairing side of a device without a keyboard; its passkey, if any, never changes."""

    def __init__(self, passkey: int | None) -> None:
        # No identity key is distributed: the virtual devices keep one address for life.
        super().__init__(
            self.NO_OUTPUT_NO_INPUT if passkey is None else self.DISPLAY_OUTPUT_ONLY,
            local_initiator_key_distribution=self.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY,
            local_responder_key_distribution=self.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY,
        )
        self._passkey = passkey

    async def generate_passkey(self) -> int:
        return self._passkey or 0


def _advertising_data(name: str, service: str) -> bytes:
    """Put flags, service and name in one packet: bumble's controller sends no scan response."""
    uuid = UUID(service)
    kind = (
        AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
        if len(uuid.to_bytes()) == 2
        else AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
    )
    packet = bytes(
        AdvertisingData(
            [
                (AdvertisingData.FLAGS, _GENERAL_DISCOVERABLE),
                (kind, uuid.to_bytes()),
                (AdvertisingData.COMPLETE_LOCAL_NAME, name.encode()),
            ]
        )
    )
    if len(packet) > _MAX_ADVERTISING_BYTES:
        raise ValueError(f"{name!r} is too long a name to advertise beside its service")
    return packet
