"""Encrypted BTHome v2 buttons (Shelly BLU Button, Puck.js): heard, never connected to.

``bthome-ble`` decrypts and parses. It keeps the packet counter in memory only and lets counters
below 100 pass, so a recorded press would be believed after a restart; here only a counter above the
highest ever heard is believed, and whoever owns this object keeps that on disk. Such a press has no
acknowledgement and is sent only as a short burst.

``bthome-ble`` is the extra ``bthome``: it is imported when such a button is made, and not before.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from ble_bridge.decoding import Battery, Reading, bthome_act
from ble_bridge.ports import Profile
from schemas.press import Pattern

SERVICE_DATA: Final = "0000fcd2-0000-1000-8000-00805f9b34fb"
_KEY_BYTES: Final = 16
_BUTTON_KEYS: Final = ("button", "button_1")


class BTHomeButton:
    """One button, by its bind key; ``highest`` is the last counter believed, None for none yet.

    Raises ModuleNotFoundError where the extra ``bthome`` is not installed, and ValueError for a key
    that is not 16 bytes: without one anybody could press.
    """

    profile = Profile(name="bthome", services=(), names=(), patterns=frozenset(Pattern), bonds=True)

    def __init__(self, bind_key: bytes, highest: int | None = None) -> None:
        from bthome_ble import BTHomeBluetoothDeviceData  # noqa: PLC0415 (an extra)
        from habluetooth import BluetoothServiceInfoBleak  # noqa: PLC0415 (comes with it)

        if len(bind_key) != _KEY_BYTES:
            raise ValueError("a BTHome bind key has 16 bytes")
        self._parser = partial(BTHomeBluetoothDeviceData, bindkey=bind_key)
        self._packet = BluetoothServiceInfoBleak.from_device_and_advertisement_data
        self.highest = highest

    def read(self, device: BLEDevice, advertisement: AdvertisementData, heard_s: float) -> Sequence[Reading]:
        """Return what one advertisement says; nothing for what is not proven to be this button's."""
        if SERVICE_DATA not in advertisement.service_data:
            return ()
        # A fresh parser each time: what it remembers (a counter, an id, a key once proven) is less
        # than we know, and must not vouch for this packet.
        parser = self._parser()
        update = parser.update(self._packet(device, advertisement, "local", heard_s, connectable=False))
        counter = int(parser.encryption_counter)
        if not parser.bindkey_verified:
            return ()
        if self.highest is not None and counter <= self.highest:
            return ()
        self.highest = counter
        readings: list[Reading] = [
            Battery(int(value.native_value))
            for key, value in update.entity_values.items()
            if key.key == "battery" and value.native_value is not None
        ]
        for key, event in update.events.items():
            act = bthome_act(event.event_type, counter, heard_s) if key.key in _BUTTON_KEYS else None
            if act is not None:
                readings.append(act)
        return readings
