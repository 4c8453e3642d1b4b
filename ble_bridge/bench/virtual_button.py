"""The virtual reference button: what ``docs/button-service.md`` says, as a peripheral on the air."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bumble.att import ATT_Error
from bumble.gatt import Service

from ble_bridge import reference_service as service
from ble_bridge.bench.button_memory import ButtonMemory, KeptPress
from ble_bridge.bench.characteristic import Secure, characteristic
from ble_bridge.bench.gesture import Act, Finger, Gesture
from ble_bridge.bench.peripheral import Peripheral
from ble_bridge.bench.radio import Air
from ble_bridge.reference_service import Confirmation, Identity, PatternCode, PressRecord, Settings, Stage

_VALUE_NOT_ALLOWED = 0x13  # Core Specification Supplement, part B: ATT error of a value out of bounds
_HARDWARE, _FIRMWARE = 1, 1


@dataclass(frozen=True, slots=True)
class Vibration:
    """The button confirmed silently that press ``counter`` reached ``stage``, at a loop time in s."""

    stage: Stage
    boot: int
    counter: int
    at_s: float

    @property
    def pulses(self) -> int:
        """How often it vibrated."""
        return self.stage.pulses


@dataclass(frozen=True, slots=True)
class MadePress:
    """A press as the button counted it; ``completed_at_s`` on the monotonic clock."""

    pattern: PatternCode
    boot: int
    counter: int
    latched: bool
    completed_at_s: float


class VirtualButton(Peripheral):
    """A hidden panic button. Its memory and its bonds are files in ``state``.

    ``settings`` are those of a new button; one with a memory keeps its own.
    """

    def __init__(
        self,
        air: Air,
        state: Path,
        *,
        name: str = "MSA-0001",
        address: str = "F0:F1:F2:F3:F4:F5",
        passkey: int | None = None,
        settings: Settings | None = None,
    ) -> None:
        state.mkdir(parents=True, exist_ok=True)
        super().__init__(
            air,
            name=name,
            address=address,
            advertised=service.SERVICE,
            keystore=state / "button-bonds.json",
            passkey=passkey,
        )
        self.memory = ButtonMemory.load(state / "button.json", settings or Settings())
        self.battery_pct = 87
        self.led = b"\0"
        self.vibrations: list[Vibration] = []
        self.on_vibration: Callable[[Vibration], None] = lambda _vibration: None
        self._gesture = Gesture(self.memory.settings)
        self._deadline: asyncio.TimerHandle | None = None
        self._finger_down = False
        self._waiting: list[asyncio.Future[MadePress]] = []
        self._add_services(Secure.ENCRYPTED if passkey is None else Secure.AUTHENTICATED)

    # What a finger does

    def press_down(self) -> None:
        """Put a finger on the button."""
        self._finger_down = True
        self.notify(self._lbs_button, b"\x01")
        self._feel(Finger.DOWN)

    def press_up(self) -> None:
        """Take it off."""
        self._finger_down = False
        self.notify(self._lbs_button, b"\x00")
        self._feel(Finger.UP)

    async def press(self, pattern: PatternCode = PatternCode.HOLD) -> MadePress:
        """Act out ``pattern``, in as much time as the settings ask for; return the press it made."""
        made: asyncio.Future[MadePress] = asyncio.get_running_loop().create_future()
        self._waiting.append(made)
        for _ in range(2 if pattern is PatternCode.DOUBLE else 1):
            self.press_down()
            if pattern is not PatternCode.HOLD:
                self.press_up()
        async with asyncio.timeout(self.memory.settings.hold_ms / 1000 + 5):
            press = await made
        if self._finger_down:
            self.press_up()
        return press

    # What else can happen to it

    def set_battery(self, battery_pct: int) -> None:
        """Change the battery's level, in percent, and say so to whoever subscribed."""
        self.battery_pct = battery_pct
        self.notify(self._battery, bytes([battery_pct]))

    async def forget(self) -> None:
        """Do a factory reset: bonds, counter, settings and unconfirmed presses are gone."""
        await self.forget_bonds()
        self.memory.reset()
        self._gesture = Gesture(self.memory.settings)

    async def close(self) -> None:
        """Take out the battery."""
        if self._deadline:
            self._deadline.cancel()
        await super().close()

    # Gestures

    def _feel(self, finger: Finger) -> None:
        loop = asyncio.get_running_loop()
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
        act = self._gesture.feel(finger, loop.time())
        if self._gesture.deadline_s is not None:
            self._deadline = loop.call_at(self._gesture.deadline_s, self._feel, Finger.DEADLINE)
        if act:
            self._pressed(act)

    def _pressed(self, act: Act) -> None:
        """Count it, keep it, and only then tell it."""
        latched = not self.has_subscriber(self.press_record)
        kept = self.memory.keep(act.pattern, latched=latched, completed_at_s=act.completed_at_s)
        self.notify(self.press_record, self._record(kept).encode())
        made = MadePress(act.pattern, self.memory.boot, kept.counter, latched, act.completed_at_s)
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(made)

    # The GATT services

    def _add_services(self, secure: Secure) -> None:
        device = self.device
        self.press_record = characteristic(
            service.PRESS_RECORD, read=self._read_record, notify=device, secure=secure
        )
        self._lbs_button = characteristic(
            service.LBS_BUTTON, read=lambda: bytes([self._finger_down]), notify=device, secure=secure
        )
        self._battery = characteristic(
            service.BATTERY_LEVEL, read=lambda: bytes([self.battery_pct]), notify=device
        )
        identity = Identity(self.memory.button_id, _HARDWARE, _FIRMWARE).encode()
        reference = [
            self.press_record,
            characteristic(service.CONFIRM, write=_checked(self._write_confirmation), secure=secure),
            characteristic(service.IDENTITY, read=lambda: identity),
            characteristic(
                service.SETTINGS,
                read=self._read_settings,
                write=_checked(self._write_settings),
                secure=secure,
            ),
        ]
        led = characteristic(service.LBS_LED, read=lambda: self.led, write=self._write_led, secure=secure)
        device.add_services(
            [
                Service(service.SERVICE, reference),
                Service(service.LBS_SERVICE, [self._lbs_button, led]),
                Service(service.BATTERY_SERVICE, [self._battery]),
            ]
        )

    def _read_record(self) -> bytes:
        """Return the oldest unconfirmed press, or the news that there is none."""
        kept = self.memory.unconfirmed
        return self._record(kept[0] if kept else None).encode()

    def _record(self, press: KeptPress | None) -> PressRecord:
        if press is None:
            return PressRecord(
                PatternCode.NONE, self.memory.boot, self.memory.counter, battery_pct=self.battery_pct
            )
        age_ms = None
        if press.completed_at_s is not None:
            age_ms = int(1000 * (asyncio.get_running_loop().time() - press.completed_at_s))
        return PressRecord(
            press.pattern, self.memory.boot, press.counter, age_ms, press.latched, self.battery_pct
        )

    def _write_confirmation(self, value: bytes) -> None:
        """Vibrate once a stage of a press, however often it is confirmed; never for a dismissed one."""
        told = Confirmation.decode(value)
        if told.stage in {Stage.DISMISSED, Stage.COMMITTED}:
            self.memory.confirm(told.boot, told.counter)
        if told.stage is Stage.DISMISSED:
            return
        felt = {(vibration.boot, vibration.counter, vibration.stage) for vibration in self.vibrations}
        if (told.boot, told.counter, told.stage) not in felt:
            now_s = asyncio.get_running_loop().time()
            vibration = Vibration(told.stage, told.boot, told.counter, now_s)
            self.vibrations.append(vibration)
            self.on_vibration(vibration)

    def _read_settings(self) -> bytes:
        return self.memory.settings.encode()

    def _write_settings(self, value: bytes) -> None:
        self.memory.settings = self._gesture.settings = Settings.decode(value)
        self.memory.save()

    def _write_led(self, value: bytes) -> None:
        self.led = value


def _checked(write: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """Refuse a malformed value with the ATT error made for it."""

    def checked(value: bytes) -> None:
        try:
            write(value)
        except service.MalformedValueError as malformed:
            raise ATT_Error(_VALUE_NOT_ALLOWED) from malformed

    return checked
