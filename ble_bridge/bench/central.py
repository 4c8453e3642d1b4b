"""What the centrals of both beds share: the phone's radio, what it hears, and awaiting over a link."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID as Uuid  # noqa: N811 # bumble's own class has the name

from bumble import hci
from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic
from bumble.keys import JsonKeyStore

from ble_bridge.bench.radio import Air, Radio

GATT_FLAGS: Final = ("broadcast", "read", "write-without-response", "write", "notify", "indicate")

_RANDOM_ADDRESS: Final = "C0:C1:C2:C3:C4:C5"
_SERVICE_LISTS: Final = (
    AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)

T = TypeVar("T")


class LinkLostError(ConnectionError):
    """The link went while something was awaited over it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An advertisement, its UUIDs in 36 characters."""

    address: str
    name: str | None
    rssi: int
    services: tuple[str, ...]
    manufacturer_data: dict[int, bytes]
    service_data: dict[str, bytes]


class PhoneRadio:
    """A phone's controller and host stack; its bonds are a file in ``state``."""

    def __init__(self, air: Air, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._air = air
        self._radio = Radio("hci0", air)
        self.bonds = JsonKeyStore("phone", str(state / "phone-bonds.json"))
        self.device = Device.from_config_with_hci(
            DeviceConfiguration(name="phone", address=hci.Address(_RANDOM_ADDRESS)), self._radio, self._radio
        )
        self.device.keystore = self.bonds

    async def start(self) -> None:
        """Switch on, unless it is on."""
        if not self.device.powered_on:
            await self.device.power_on()

    async def close(self) -> None:
        """End the links and switch off."""
        await self.drop_links()
        self._air.remove_controller(self._radio)
        await self.device.power_off()

    async def drop_links(self) -> None:
        """End every link."""
        for connection in list(self.device.connections.values()):
            await disconnect(connection)


async def while_connected(connection: Connection, awaitable: Awaitable[T]) -> T:
    """Await something that needs the link; raise LinkLostError when the link goes first."""
    try:
        return await connection.cancel_on_disconnection(awaitable)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task and task.cancelling():
            raise
        raise LinkLostError("the link was lost") from None


async def disconnect(connection: Connection) -> None:
    """End a link; it may be gone already."""
    with suppress(hci.HCI_Error):
        await connection.disconnect()


def read_advertisement(advertisement: Advertisement) -> Heard:
    """Sort out what an advertisement holds."""
    data = advertisement.data
    uuids = {long_uuid(uuid) for kind in _SERVICE_LISTS for some in data.get_all(kind) for uuid in some}
    return Heard(
        address=plain_address(advertisement.address),
        name=data.get(AdvertisingData.COMPLETE_LOCAL_NAME) or data.get(AdvertisingData.SHORTENED_LOCAL_NAME),
        rssi=advertisement.rssi,
        services=tuple(sorted(uuids)),
        manufacturer_data=dict(data.get_all(AdvertisingData.MANUFACTURER_SPECIFIC_DATA)),
        service_data={
            long_uuid(uuid): value for uuid, value in data.get_all(AdvertisingData.SERVICE_DATA_16_BIT_UUID)
        },
    )


def flags_of(properties: Characteristic.Properties) -> list[str]:
    """Name the properties of a characteristic as D-Bus and bleak do."""
    return [
        flag for flag in GATT_FLAGS if properties & Characteristic.Properties[flag.upper().replace("-", "_")]
    ]


def plain_address(address: hci.Address) -> str:
    """Write an address without its type."""
    return address.to_string(with_type_qualifier=False)


def long_uuid(uuid: UUID) -> str:
    """Write a UUID in its 36 characters."""
    return str(Uuid(bytes=uuid.to_bytes(force_128=True)[::-1]))
