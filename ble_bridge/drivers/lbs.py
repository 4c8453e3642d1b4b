"""A plain Nordic LED Button: it tells down and up, and the bridge makes acts of them."""

from collections.abc import Callable, Sequence

from ble_bridge.decoding import Raw, Reading, Step, lbs_level
from ble_bridge.ports import Gatt, Profile
from ble_bridge.reference_service import LBS_BUTTON, LBS_LED, LBS_SERVICE, Stage
from schemas.press import Pattern
from schemas.registration import ButtonPolicy


class NordicButton:
    """Nordic's LBS, bonded and encrypted. It keeps nothing while out of reach, and does not count."""

    profile = Profile(
        name="lbs",
        services=(LBS_SERVICE,),
        names=("Nordic_LBS", "Nordic_Blinky"),
        patterns=frozenset(Pattern),
        bonds=True,
    )
    heartbeat = LBS_BUTTON
    button_id = None

    async def begin(self, gatt: Gatt, policy: ButtonPolicy, hear: Callable[[Raw], None]) -> None:  # noqa: ARG002 (the bridge detects)
        """Subscribe, then read how the button is: a hold may have begun before."""
        await gatt.subscribe(LBS_BUTTON)
        value = await gatt.read(LBS_BUTTON)
        hear(Raw(LBS_BUTTON, value, gatt.now_s(), asked=True))
        if gatt.has(LBS_LED):
            await gatt.write(LBS_LED, b"\x00")

    def decode(self, raw: Raw) -> Sequence[Reading]:
        """Read a level."""
        return lbs_level(raw) if raw.uuid == LBS_BUTTON else ()

    async def stage(self, gatt: Gatt, step: Step | None, stage: Stage, hear: Callable[[Raw], None]) -> None:  # noqa: ARG002 (it neither counts nor queues)
        """Light its LED once the alarm is committed; it has only the one word."""
        if stage is not Stage.DISMISSED and gatt.has(LBS_LED):
            await gatt.write(LBS_LED, b"\x01")
