"""A virtual V.ALRT / V.BTTN: a panic pendant that wants its unlocking word within half a minute.

The word is one for all apps, not a bond: anyone who knows it can take the pendant. UUIDs and codes
as in the maker's Android SDK; those beyond "long" are from one app only.
"""

import asyncio
from enum import IntEnum
from typing import Final

from bumble.device import Connection, Device
from bumble.gatt import Service

from ble_bridge.bench.characteristic import characteristic
from ble_bridge.bench.peripheral import Peripheral
from ble_bridge.bench.radio import Air

SERVICE: Final = "fffffff0-00f7-4000-b000-000000000000"
ENABLE: Final = "fffffff2-00f7-4000-b000-000000000000"
ACKNOWLEDGE: Final = "fffffff3-00f7-4000-b000-000000000000"
DETECTION: Final = "fffffff4-00f7-4000-b000-000000000000"
UNLOCK: Final = "fffffff5-00f7-4000-b000-000000000000"
BATTERY_SERVICE: Final = "0000180f-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL: Final = "00002a19-0000-1000-8000-00805f9b34fb"

UNLOCKING_WORD: Final = bytes.fromhex("80BEF5ACFF")
UNLOCK_DEADLINE_S: Final = 30.0
KEYS_ENABLED: Final = 0x01
RECEIVED: Final = b"\x01"


class Detected(IntEnum):
    """What the pendant notifies."""

    RELEASED = 0x00
    PRESSED = 0x01
    LONG = 0x03
    FALL = 0x04
    HIGH_G = 0x05


class VirtualValrt(Peripheral):
    """``acknowledged`` holds what was written for each detection: 01 received, 00 cancelled."""

    def __init__(
        self,
        air: Air,
        *,
        name: str = "V.ALRT",
        address: str = "FA:17:00:00:00:01",
        unlock_deadline_s: float = UNLOCK_DEADLINE_S,
    ) -> None:
        super().__init__(air, name=name, address=address, advertised=SERVICE)
        self.unlocked = False
        self.acknowledged: list[bytes] = []
        self._enabled = 0
        self._unlock_deadline_s = unlock_deadline_s
        self._detection = characteristic(DETECTION, read=lambda: b"\0", notify=self.device)
        self.device.add_services(
            [
                Service(
                    SERVICE,
                    [
                        characteristic(ENABLE, write=self._write_enable),
                        characteristic(ACKNOWLEDGE, write=self.acknowledged.append),
                        self._detection,
                        characteristic(UNLOCK, write=self._write_unlock),
                    ],
                ),
                Service(BATTERY_SERVICE, [characteristic(BATTERY_LEVEL, read=lambda: b"\x5a")]),
            ]
        )
        self.device.on(Device.EVENT_CONNECTION, self._lock)

    def detect(self, what: Detected) -> None:
        """Notify a detection, if unlocked and enabled; else nobody learns of it."""
        if self.unlocked and self._enabled & KEYS_ENABLED:
            self.notify(self._detection, bytes([what]))

    def press(self, *, long: bool = False) -> None:
        """Press and release, long enough for an alarm if ``long``."""
        self.detect(Detected.PRESSED)
        if long:
            self.detect(Detected.LONG)
        self.detect(Detected.RELEASED)

    def _lock(self, connection: Connection) -> None:
        self.unlocked, self._enabled = False, 0
        lost = asyncio.Event()
        connection.on(Connection.EVENT_DISCONNECTION, lambda _reason: lost.set())
        self.spawn(self._insist(connection, lost))

    async def _insist(self, connection: Connection, lost: asyncio.Event) -> None:
        """Hang up on who has not said the word in time."""
        try:
            async with asyncio.timeout(self._unlock_deadline_s):
                await lost.wait()
        except TimeoutError:
            if not self.unlocked:
                await connection.disconnect()

    def _write_unlock(self, value: bytes) -> None:
        self.unlocked = value == UNLOCKING_WORD

    def _write_enable(self, value: bytes) -> None:
        self._enabled = value[0] if value else 0
