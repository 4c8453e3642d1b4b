"""A virtual advertising button: encrypted BTHome v2, as a Shelly BLU Button1 sends it.

It is heard by scanning only, keeps no link, gets no answer, and says each press in one short burst.
Format: bthome.io/format and bthome.io/encryption (AES-CCM, 4 byte tag, 32 bit counter).
"""

import asyncio
from typing import Final

from bumble import hci
from bumble.core import AdvertisingData
from bumble.device import Device, DeviceConfiguration
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from ble_bridge.bench.radio import Air, Radio

SERVICE_DATA: Final = "0000fcd2-0000-1000-8000-00805f9b34fb"
PRESS: Final = 0x01
DOUBLE: Final = 0x02
TRIPLE: Final = 0x03
LONG: Final = 0x04
HOLD: Final = 0x80

_UUID_BYTES: Final = b"\xd2\xfc"
_ENCRYPTED_TRIGGER: Final = b"\x45"  # version 2, sent when something happened, encrypted
_PLAIN_TRIGGER: Final = b"\x44"
_PACKET_ID, _BATTERY, _BUTTON = 0x00, 0x01, 0x3A
_BURST_S: Final = 0.15
_BURST_INTERVAL_MS: Final = 20


def frame(key: bytes, address: str, counter: int, event: int, battery_pct: int = 93) -> bytes:
    """Encrypt one button event; ``counter`` must grow from frame to frame."""
    plain = bytes([_PACKET_ID, counter & 0xFF, _BATTERY, battery_pct, _BUTTON, event])
    count = counter.to_bytes(4, "little")
    nonce = bytes.fromhex(address.replace(":", "")) + _UUID_BYTES + _ENCRYPTED_TRIGGER + count
    sealed = AESCCM(key, tag_length=4).encrypt(nonce, plain, None)
    return _ENCRYPTED_TRIGGER + sealed[:-4] + count + sealed[-4:]


def plain_frame(event: int, packet_id: int = 0) -> bytes:
    """Write one button event that is not encrypted, as a forger would."""
    return _PLAIN_TRIGGER + bytes([_PACKET_ID, packet_id, _BUTTON, event])


class VirtualBthomeButton:
    """``sent`` holds every frame it sent, to be replayed by ``send``."""

    def __init__(
        self, air: Air, key: bytes, *, address: str = "F6:48:55:11:22:33", counter: int = 1000
    ) -> None:
        self.address, self.key, self.counter = address, key, counter
        self.sent: list[bytes] = []
        self._air = air
        self._radio = Radio("bthome", air)
        self._device = Device.from_config_with_hci(
            DeviceConfiguration(
                name="SBBT-002C",
                address=hci.Address(address),
                advertising_interval_min=_BURST_INTERVAL_MS,
                advertising_interval_max=_BURST_INTERVAL_MS,
            ),
            self._radio,
            self._radio,
        )

    async def start(self) -> None:
        """Put the battery in; it stays silent until it is pressed."""
        await self._device.power_on()

    async def close(self) -> None:
        """Take the battery out."""
        await self._device.stop_advertising()
        self._air.remove_controller(self._radio)
        await self._device.power_off()

    async def press(self, event: int = PRESS) -> bytes:
        """Press it: a new frame, sent as one burst and returned."""
        self.counter += 1
        made = frame(self.key, self.address, self.counter, event)
        await self.send(made)
        return made

    async def send(self, payload: bytes) -> None:
        """Advertise any frame for one burst."""
        self.sent.append(payload)
        await self._device.start_advertising(
            advertising_data=bytes(
                AdvertisingData(
                    [
                        (AdvertisingData.FLAGS, b"\x06"),
                        (AdvertisingData.SERVICE_DATA_16_BIT_UUID, _UUID_BYTES + payload),
                    ]
                )
            ),
            auto_restart=False,
        )
        await asyncio.sleep(_BURST_S)
        await self._device.stop_advertising()
