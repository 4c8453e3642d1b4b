"""``ports.Gatt`` on a connected bleak client: every call bounded, every failure one of two kinds."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakDBusError, BleakError, BleakGATTProtocolError

from ble_bridge import timing
from ble_bridge.decoding import Raw
from ble_bridge.ports import Clock, GattRefusedError, LinkLostError

_T = TypeVar("_T")

# The payload of the smallest MTU: what every button and stack can take (ble.md, R14).
_PAYLOAD_BYTES: Final = 20
_REFUSALS: Final = ("NotPermitted", "NotAuthorized", "NotSupported", "InvalidValueLength", "ATT error")


class BleakGatt:
    """One session's characteristics. Notifications are timestamped, queued, and nothing more."""

    def __init__(self, client: BleakClient, clock: Clock, hear: Callable[[Raw], None]) -> None:
        self._client, self._clock, self._hear = client, clock, hear
        self._one_read = asyncio.Lock()
        self._reading: str | None = None

    def now_s(self) -> float:
        """Return the monotonic clock."""
        return self._clock.monotonic()

    def has(self, uuid: str) -> bool:
        """Look a characteristic up among this session's services."""
        return bool(self._all(uuid))

    async def read(self, uuid: str) -> bytes:
        """Read the first characteristic of this UUID."""
        characteristic = self._first(uuid)
        async with self._one_read:
            self._reading = uuid
            try:
                return bytes(await self._bounded(self._client.read_gatt_char(characteristic)))
            finally:
                self._reading = None

    async def write(self, uuid: str, value: bytes) -> None:
        """Write to every characteristic of this UUID, with a response where it gives one."""
        if len(value) > _PAYLOAD_BYTES:
            raise ValueError(f"{len(value)} bytes do not fit into {_PAYLOAD_BYTES}")
        self._first(uuid)
        for characteristic in self._all(uuid):
            has_response = "write" in characteristic.properties
            await self._bounded(self._client.write_gatt_char(characteristic, value, response=has_response))

    async def subscribe(self, uuid: str) -> None:
        """Subscribe; BlueZ's StartNotify, for AcquireNotify breaks some buttons (ble.md, R5).

        BlueZ shows subscribers what is read as well: a value that comes while it is being read may
        be that, so it says how things are and not that they changed.
        """

        def notified(_characteristic: BleakGATTCharacteristic, value: bytearray) -> None:
            self._hear(Raw(uuid, bytes(value), self._clock.monotonic(), asked=uuid == self._reading))

        await self._bounded(self._client.start_notify(self._first(uuid), notified))

    def _all(self, uuid: str) -> list[BleakGATTCharacteristic]:
        try:
            services = self._client.services
        except BleakError as error:
            raise LinkLostError("no services: the link is gone") from error
        return [each for each in services.characteristics.values() if each.uuid == uuid]

    def _first(self, uuid: str) -> BleakGATTCharacteristic:
        found = self._all(uuid)
        if not found:
            raise GattRefusedError(f"the button has no characteristic {uuid}")
        return found[0]

    async def _bounded(self, call: Awaitable[_T]) -> _T:
        try:
            async with asyncio.timeout(timing.GATT_S):
                return await call
        except BleakGATTProtocolError as error:
            raise GattRefusedError(str(error)) from error
        except BleakDBusError as error:
            if any(word in str(error) for word in _REFUSALS):
                raise GattRefusedError(str(error)) from error
            raise LinkLostError(str(error)) from error
        except (BleakError, TimeoutError, OSError, EOFError) as error:
            raise LinkLostError(f"{type(error).__name__}: {error}") from error
