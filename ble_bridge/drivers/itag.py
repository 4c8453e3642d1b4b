"""iTAG and its clones: cheap, unauthenticated, one short press.

Anyone near can forge or grab one. A long press switches it off, and the first press after its sleep
may only wake it. Characteristic codes from mcauser/micropython-aioble-itag and ivspbitec/ha_itag.
"""

from collections.abc import Callable, Sequence
from typing import Final

from ble_bridge.decoding import Raw, Reading, Step, itag_click
from ble_bridge.ports import Gatt, Profile
from ble_bridge.reference_service import BATTERY_LEVEL, Stage
from schemas.press import Pattern
from schemas.registration import ButtonPolicy

SERVICE: Final = "0000ffe0-0000-1000-8000-00805f9b34fb"
CLICK: Final = "0000ffe1-0000-1000-8000-00805f9b34fb"
ALERT_LEVEL: Final = "00002a06-0000-1000-8000-00805f9b34fb"
_NO_ALERT: Final = b"\x00"


class ITag:
    """Connects and listens; never lets it beep, for the aggressor must not hear."""

    profile = Profile(
        name="itag", services=(SERVICE,), names=("iTAG",), patterns=frozenset({Pattern.SHORT}), bonds=False
    )
    heartbeat = BATTERY_LEVEL
    button_id = None

    async def begin(self, gatt: Gatt, policy: ButtonPolicy, hear: Callable[[Raw], None]) -> None:  # noqa: ARG002 (nothing to set or to read)
        """Subscribe, and switch off the beep it makes when the link is lost."""
        await gatt.subscribe(CLICK)
        if gatt.has(ALERT_LEVEL):
            await gatt.write(ALERT_LEVEL, _NO_ALERT)

    def decode(self, raw: Raw) -> Sequence[Reading]:
        """Read a click."""
        return itag_click(raw) if raw.uuid == CLICK else ()

    async def stage(self, gatt: Gatt, step: Step | None, stage: Stage, hear: Callable[[Raw], None]) -> None:
        """Do nothing: all it could do is beep."""
