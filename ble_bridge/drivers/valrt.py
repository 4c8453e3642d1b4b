"""V.ALRT and V.BTTN: a shared application key instead of a bond, so anyone near can forge one.

Codes from the constants of the VSN Android SDK.
"""

from collections.abc import Callable, Sequence
from typing import Final

from ble_bridge.decoding import Raw, Reading, Step, valrt_event
from ble_bridge.ports import Gatt, Profile
from ble_bridge.reference_service import BATTERY_LEVEL, Stage
from schemas.press import Pattern
from schemas.registration import ButtonPolicy

SERVICE: Final = "fffffff0-00f7-4000-b000-000000000000"
ENABLE: Final = "fffffff2-00f7-4000-b000-000000000000"
ACKNOWLEDGE: Final = "fffffff3-00f7-4000-b000-000000000000"
EVENT: Final = "fffffff4-00f7-4000-b000-000000000000"
APPLICATION_KEY: Final = "fffffff5-00f7-4000-b000-000000000000"

_KEY: Final = bytes.fromhex("80BEF5ACFF")
_KEYS_ONLY: Final = b"\x01"
_RECEIVED: Final = b"\x01"


class VAlert:
    """Tells down, up and its own long press; the bridge makes acts of them."""

    profile = Profile(
        name="valrt",
        services=(SERVICE,),
        names=("V.ALRT", "V.BTTN"),
        patterns=frozenset(Pattern),
        bonds=False,
    )
    heartbeat = BATTERY_LEVEL
    button_id = None

    async def begin(self, gatt: Gatt, policy: ButtonPolicy, hear: Callable[[Raw], None]) -> None:  # noqa: ARG002 (the bridge detects)
        """Give the key first: without it the button hangs up after 30 s."""
        await gatt.write(APPLICATION_KEY, _KEY)
        await gatt.subscribe(EVENT)
        await gatt.write(ENABLE, _KEYS_ONLY)

    def decode(self, raw: Raw) -> Sequence[Reading]:
        """Read an event."""
        return valrt_event(raw) if raw.uuid == EVENT else ()

    async def stage(self, gatt: Gatt, step: Step | None, stage: Stage, hear: Callable[[Raw], None]) -> None:  # noqa: ARG002 (it neither counts nor queues)
        """Tell it that the press was received, which it shows by its own silent light."""
        if stage is Stage.COMMITTED:
            await gatt.write(ACKNOWLEDGE, _RECEIVED)
