"""The reference button: counts its presses and keeps them until they are confirmed."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from ble_bridge.decoding import Raw, Reading, Step, reference_record
from ble_bridge.ports import Gatt, GattRefusedError, Profile
from ble_bridge.reference_service import (
    BATTERY_LEVEL,
    CONFIRM,
    IDENTITY,
    PRESS_RECORD,
    SERVICE,
    SETTINGS,
    Confirmation,
    Identity,
    MalformedValueError,
    PressRecord,
    Settings,
    Stage,
)
from schemas.press import Pattern
from schemas.registration import ButtonPolicy

_DEQUEUES: Final = {Stage.DISMISSED, Stage.COMMITTED}

_log = structlog.get_logger(__name__)


class ReferenceButton:
    """Drives the service of ``ble_bridge.reference_service``.

    The button shows its oldest unconfirmed press; the next one is read once that is confirmed, and
    it is confirmed when the gateway has it and not before, for the confirmation is felt.
    """

    profile = Profile(
        name="reference",
        services=(SERVICE,),
        names=("MSA-",),
        patterns=frozenset(Pattern),
        bonds=True,
        counts=True,
    )
    heartbeat = BATTERY_LEVEL

    def __init__(self) -> None:
        self.button_id: str | None = None
        self._dequeued: Step | None = None

    async def begin(self, gatt: Gatt, policy: ButtonPolicy, hear: Callable[[Raw], None]) -> None:
        """Subscribe first, so that nothing pressed from now on is missed; then read what was kept."""
        with suppress(MalformedValueError):
            self.button_id = Identity.decode(await gatt.read(IDENTITY)).button_id.hex()
        self._dequeued = None
        await gatt.subscribe(PRESS_RECORD)
        await self._read_oldest(gatt, hear)
        try:
            await _apply(gatt, settings_of(policy))
        except GattRefusedError:
            # Its own settings are better than no button.
            _log.warning("button.settings_refused")

    def decode(self, raw: Raw) -> Sequence[Reading]:
        """Read a press record."""
        return reference_record(raw) if raw.uuid == PRESS_RECORD else ()

    async def stage(self, gatt: Gatt, step: Step | None, stage: Stage, hear: Callable[[Raw], None]) -> None:
        """Confirm a press; one that leaves the queue shows the next."""
        if step is None or step.boot is None:
            return
        await gatt.write(CONFIRM, Confirmation(step.boot, step.counter, stage).encode())
        if stage in _DEQUEUES:
            self._dequeued = step
            await self._read_oldest(gatt, hear)

    async def _read_oldest(self, gatt: Gatt, hear: Callable[[Raw], None]) -> None:
        value, heard_s = await gatt.read(PRESS_RECORD), gatt.now_s()
        with suppress(MalformedValueError):
            record = PressRecord.decode(value)
            # A button that keeps what was confirmed would otherwise be asked round and round.
            if not record.is_press or Step(record.boot, record.counter) != self._dequeued:
                hear(Raw(PRESS_RECORD, value, heard_s, asked=True))


def settings_of(policy: ButtonPolicy) -> Settings:
    """Return the policy in the button's units and bounds.

    Where a double is no alarm the shortest gap is set: a short act need not wait for a second push.
    """
    wants_double = Pattern.DOUBLE in policy.alarm_patterns
    return Settings(
        hold_ms=min(10_000, max(100, round(policy.hold_s * 1000))),
        double_gap_ms=min(1000, max(50, round(policy.double_gap_s * 1000))) if wants_double else 50,
    )


async def _apply(gatt: Gatt, settings: Settings) -> None:
    """Write the settings unless the button has them: its flash wears."""
    if await gatt.read(SETTINGS) != settings.encode():
        await gatt.write(SETTINGS, settings.encode())
