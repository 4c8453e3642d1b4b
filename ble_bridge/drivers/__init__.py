"""The kinds of button the bridge knows, one small class each behind ``ports.Driver``.

BTHome buttons are not connected to but listened for: ``bthome.BTHomeButton`` reads advertisements.
It needs the extra ``bthome``.
"""

from collections.abc import Callable
from typing import Final

from ble_bridge.drivers.itag import ITag
from ble_bridge.drivers.lbs import NordicButton
from ble_bridge.drivers.reference import ReferenceButton
from ble_bridge.drivers.valrt import VAlert
from ble_bridge.ports import Driver

CONNECTED: Final[dict[str, Callable[[], Driver]]] = {
    "reference": ReferenceButton,
    "lbs": NordicButton,
    "itag": ITag,
    "valrt": VAlert,
}
