"""Bed A: a bleak backend on the virtual radio, for systems without D-Bus (macOS, Windows).

bleak's own code for BlueZ does not run here, so it proves less than bed B. ``BumbleCentral`` stands
for the one adapter of a process; give its ``scanner`` and ``client`` to bleak as ``backend=``.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError
from bumble import hci
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.pairing import PairingConfig, PairingDelegate

from ble_bridge.bench.central import (
    LinkLostError,
    PhoneRadio,
    disconnect,
    flags_of,
    long_uuid,
    read_advertisement,
    while_connected,
)
from ble_bridge.bench.radio import Air

_MTU = 247
_ATT_HEADER = 3

T = TypeVar("T")


class BumbleCentral(PhoneRadio):
    """The adapter of this process; ``passkey`` is what its user would type now."""

    def __init__(self, air: Air, state: Path, passkey: int | None = None) -> None:
        super().__init__(air, state)
        self.passkey = passkey
        self.device.pairing_config_factory = lambda _connection: PairingConfig(
            sc=True,
            mitm=self.passkey is not None,
            bonding=True,
            delegate=_TypedPasskey(self.passkey),
            identity_address_type=PairingConfig.AddressType.RANDOM,
        )
        self.scanner = type("BumbleScanner", (_BumbleScanner,), {"central": self})
        self.client = type("BumbleClient", (_BumbleClient,), {"central": self})


class _TypedPasskey(PairingDelegate):
    def __init__(self, passkey: int | None) -> None:
        super().__init__(
            self.NO_OUTPUT_NO_INPUT if passkey is None else self.KEYBOARD_INPUT_ONLY,
            local_initiator_key_distribution=self.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY,
            local_responder_key_distribution=self.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY,
        )
        self._passkey = passkey

    async def get_number(self) -> int | None:
        return self._passkey


class _BumbleScanner(BaseBleakScanner):
    central: ClassVar[BumbleCentral]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str = "active",  # noqa: ARG002 # bleak gives it; there is one mode here
        **_options: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        self.central.device.on(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.device.start_scanning(filter_duplicates=False)

    async def stop(self) -> None:
        self.central.device.remove_listener(Device.EVENT_ADVERTISEMENT, self._heard)
        await self.central.device.stop_scanning()

    def _heard(self, advertisement: Advertisement) -> None:
        heard = read_advertisement(advertisement)
        if not self.is_allowed_uuid(list(heard.services)):
            return
        data = AdvertisementData(
            local_name=heard.name,
            manufacturer_data=heard.manufacturer_data,
            service_data=heard.service_data,
            service_uuids=list(heard.services),
            tx_power=None,
            rssi=heard.rssi,
            platform_data=(advertisement,),
        )
        device = self.create_or_update_device(
            heard.address, heard.address, heard.name, advertisement.address, data
        )
        self.call_detection_callbacks(device, data)


class _BumbleClient(BaseBleakClient):
    central: ClassVar[BumbleCentral]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        services: set[str] | None = None,  # noqa: ARG002 # bleak gives it; all services are discovered
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        **_options: Any,
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._name = address_or_ble_device.name if isinstance(address_or_ble_device, BLEDevice) else None
        self._connection: Connection | None = None

    @property
    def name(self) -> str:
        return self._name or self.address

    @property
    def mtu_size(self) -> int:
        return self._linked().att_mtu

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_options: Any) -> None:  # noqa: FBT001 # bleak's signature
        if self._connection:
            raise BleakError("already connected")
        try:
            connection = await self.central.device.connect(hci.Address(self.address), timeout=self._timeout)
        except (BaseBumbleError, hci.HCI_Error, TimeoutError) as failure:
            raise BleakError(f"failed to connect: {failure}") from failure
        self._connection = connection
        connection.on(Connection.EVENT_DISCONNECTION, self._lost)
        try:
            if await self.central.bonds.get(str(connection.peer_address)):
                await self._over_link(connection.encrypt())
            elif pair:
                await self.pair()
            await self._discover(connection)
        except BleakError:
            await disconnect(connection)
            raise

    async def disconnect(self) -> None:
        if self._connection:
            await disconnect(self._connection)

    async def pair(self, *_arguments: Any, **_options: Any) -> None:
        connection = self._linked()
        if not connection.is_encrypted:
            await self._over_link(connection.pair())

    async def unpair(self) -> None:
        await self.disconnect()
        await self.central.bonds.delete(hci.Address(self.address).to_string())

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_options: Any) -> bytearray:
        return bytearray(await self._over_link(characteristic.obj.read_value()))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_options: Any) -> bytearray:
        return bytearray(await self._over_link(descriptor.obj.read_value()))

    async def write_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        data: Any,
        response: bool,  # noqa: FBT001 # bleak's
    ) -> None:
        await self._over_link(characteristic.obj.write_value(bytes(data), with_response=response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        await self._over_link(descriptor.obj.write_value(bytes(data), with_response=True))

    async def start_notify(
        self,
        characteristic: BleakGATTCharacteristic,
        callback: Callable[[bytearray], None],
        **_options: Any,
    ) -> None:
        await self._over_link(characteristic.obj.subscribe(lambda value: callback(bytearray(value))))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await self._over_link(characteristic.obj.unsubscribe(force=True))

    def _linked(self) -> Connection:
        if self._connection is None:
            raise BleakError("not connected")
        return self._connection

    def _lost(self, _reason: int) -> None:
        self._connection = None
        self.services = None
        if self._disconnected_callback:
            self._disconnected_callback()

    async def _over_link(self, operation: Awaitable[T]) -> T:
        """Await ``operation``, in bleak's errors; a hidden Bluetooth code is told in words."""
        try:
            return await while_connected(self._linked(), operation)
        except ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except (BaseBumbleError, hci.HCI_Error, LinkLostError, TimeoutError) as failure:
            raise BleakError(str(failure)) from failure

    async def _discover(self, connection: Connection) -> None:
        peer = Peer(connection)
        await self._over_link(peer.request_mtu(_MTU))
        await self._over_link(peer.discover_all())
        found = BleakGATTServiceCollection()
        for service in peer.services:
            shown = BleakGATTService(service, service.handle, long_uuid(service.uuid))
            found.add_service(shown)
            for proxy in service.characteristics:
                characteristic = BleakGATTCharacteristic(
                    proxy,
                    proxy.handle,
                    long_uuid(proxy.uuid),
                    cast("list[CharacteristicPropertyName]", flags_of(proxy.properties)),
                    lambda: connection.att_mtu - _ATT_HEADER,
                    shown,
                )
                found.add_characteristic(characteristic)
                for descriptor in proxy.descriptors:
                    uuid = long_uuid(descriptor.type)
                    found.add_descriptor(
                        BleakGATTDescriptor(descriptor, descriptor.handle, uuid, characteristic)
                    )
        self.services = found
