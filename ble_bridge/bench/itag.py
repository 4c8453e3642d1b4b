"""A virtual iTAG: the cheap key finder whose one notification is all a press is.

No pairing, no counter, no kinds of press: anyone near can forge one, or grab the tag. As described
in mcauser/micropython-aioble-itag and by owners of the clones.
"""

from typing import Final

from bumble.gatt import Service

from ble_bridge.bench.characteristic import characteristic
from ble_bridge.bench.peripheral import Peripheral
from ble_bridge.bench.radio import Air

SERVICE: Final = "0000ffe0-0000-1000-8000-00805f9b34fb"
PRESS: Final = "0000ffe1-0000-1000-8000-00805f9b34fb"
ALERT_SERVICE: Final = "00001802-0000-1000-8000-00805f9b34fb"
ALERT_LEVEL: Final = "00002a06-0000-1000-8000-00805f9b34fb"
BATTERY_SERVICE: Final = "0000180f-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL: Final = "00002a19-0000-1000-8000-00805f9b34fb"
PRESSED: Final = b"\x01"
BEEP_ON_LOSS: Final = b"\x01"  # what it does out of the box, until 00 is written


class VirtualItag(Peripheral):
    """``alert`` is the last level written: 00 silent, 01 mild, 02 high."""

    def __init__(self, air: Air, *, name: str = "iTAG", address: str = "FF:FF:AA:00:00:01") -> None:
        super().__init__(air, name=name, address=address, advertised=SERVICE)
        self.alert = BEEP_ON_LOSS
        self.battery_pct = 99
        self._press = characteristic(PRESS, read=lambda: PRESSED, notify=self.device)
        battery = characteristic(BATTERY_LEVEL, read=lambda: bytes([self.battery_pct]), notify=self.device)
        alert = characteristic(ALERT_LEVEL, write=self._write_alert, unacknowledged=True)
        self.device.add_services(
            [
                Service(SERVICE, [self._press]),
                Service(BATTERY_SERVICE, [battery]),
                Service(ALERT_SERVICE, [alert]),
            ]
        )

    def press(self) -> None:
        """Press it. Whoever is not subscribed never learns of it."""
        self.notify(self._press, PRESSED)

    def _write_alert(self, value: bytes) -> None:
        self.alert = value
