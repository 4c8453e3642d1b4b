"""The service org.bluez on a private bus, backed by a real central: bumble on a virtual radio.

It does what bluetoothd 5.66 was seen to do where bleak and the bridge look, faults included; what
neither asks for is not there.
"""

from ble_bridge.bench.fake_bluez.fake_bluez import FakeBluez
from ble_bridge.bench.fake_bluez.messages import BluezError

__all__ = ["BluezError", "FakeBluez"]
