"""The GATT service of the reference button: its UUIDs and the bytes of its values.

Shared by the bridge, which reads them, and the virtual button, which speaks them; for makers of
buttons the same is told in ``docs/button-service.md``. All integers are little endian and unsigned.
A later version of a value may only append bytes, so what follows the known bytes is ignored.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Self

SERVICE: Final = "6d736101-0a5c-4f1e-8c3d-7e2b9a4f6c10"
PRESS_RECORD: Final = "6d736102-0a5c-4f1e-8c3d-7e2b9a4f6c10"
CONFIRM: Final = "6d736103-0a5c-4f1e-8c3d-7e2b9a4f6c10"
IDENTITY: Final = "6d736104-0a5c-4f1e-8c3d-7e2b9a4f6c10"
SETTINGS: Final = "6d736105-0a5c-4f1e-8c3d-7e2b9a4f6c10"

# The same button can be used as a plain Nordic LED Button and tells its battery as any other does.
LBS_SERVICE: Final = "00001523-1212-efde-1523-785feabcd123"
LBS_BUTTON: Final = "00001524-1212-efde-1523-785feabcd123"
LBS_LED: Final = "00001525-1212-efde-1523-785feabcd123"
BATTERY_SERVICE: Final = "0000180f-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL: Final = "00002a19-0000-1000-8000-00805f9b34fb"

VERSION: Final = 1
MAX_UNCONFIRMED: Final = 8
BUTTON_ID_BYTES: Final = 8

_RECORD = struct.Struct("<BBBBIII")
_CONFIRMATION = struct.Struct("<IIB")
_IDENTITY = struct.Struct(f"<{BUTTON_ID_BYTES}sHH")
_SETTINGS = struct.Struct("<HH")

_LATCHED_BIT = 0x01
_BATTERY_UNKNOWN = 0xFF
_AGE_UNKNOWN = 0xFFFF_FFFF
_U16_MAX = 0xFFFF
_U32_MAX = 0xFFFF_FFFF


class MalformedValueError(ValueError):
    """Bytes that are no value of this service, or a value that does not fit into its bytes."""


class PatternCode(IntEnum):
    """The act on the button, as the press record carries it."""

    NONE = 0
    SHORT = 1
    DOUBLE = 2
    HOLD = 3


class Stage(IntEnum):
    """How far the alarm got, as the companion confirms it to the button.

    ``DISMISSED``: this press is no alarm; it leaves the queue and nothing is felt, for a vibration
    would promise help that does not come.
    """

    DISMISSED = 0
    COMMITTED = 1
    SEEN = 2
    UNIT_ON_THE_WAY = 3

    @property
    def pulses(self) -> int:
        """How often the button vibrates for it: twice is help on the way, and only that."""
        return _PULSES[self]


_PULSES: Final = {Stage.DISMISSED: 0, Stage.COMMITTED: 1, Stage.SEEN: 1, Stage.UNIT_ON_THE_WAY: 2}


@dataclass(frozen=True, slots=True)
class PressRecord:
    """One press, or with pattern ``NONE`` the news that none waits to be confirmed.

    ``boot`` and ``counter`` name the press: ``counter`` grows by one with each, ``boot`` changes
    whenever ``counter`` restarts. ``age_ms`` is the time since the act was complete; None when the
    button cannot tell (it lost power since, or 49 days have passed). ``latched``: nobody was
    subscribed when the press was made.
    """

    pattern: PatternCode
    boot: int
    counter: int
    age_ms: int | None = 0
    latched: bool = False
    battery_pct: int | None = None

    def __post_init__(self) -> None:
        _check_range("boot", self.boot, _U32_MAX)
        _check_range("counter", self.counter, _U32_MAX)
        if self.battery_pct is not None:
            _check_range("battery_pct", self.battery_pct, 100)
        if self.age_ms is not None and self.age_ms < 0:
            raise MalformedValueError("age_ms is negative")

    @property
    def is_press(self) -> bool:
        """Whether this record stands for a press."""
        return self.pattern is not PatternCode.NONE

    def encode(self) -> bytes:
        """Return the 16 bytes of the record; an age beyond 49 days saturates to "unknown"."""
        age = _AGE_UNKNOWN if self.age_ms is None else min(self.age_ms, _AGE_UNKNOWN)
        battery = _BATTERY_UNKNOWN if self.battery_pct is None else self.battery_pct
        flags = _LATCHED_BIT if self.latched else 0
        return _RECORD.pack(VERSION, self.pattern, flags, battery, self.boot, self.counter, age)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read a record, or raise MalformedValueError.

        Tolerant, for a press must not be lost to a detail: a pattern of a later version counts as
        a hold, an impossible battery as unknown, and unknown flags are ignored.
        """
        version, pattern, flags, battery, boot, counter, age = _unpack(_RECORD, value, "press record")
        if version == 0:
            raise MalformedValueError("press record of version 0")
        return cls(
            pattern=_known_pattern(pattern),
            boot=boot,
            counter=counter,
            age_ms=None if age == _AGE_UNKNOWN else age,
            latched=bool(flags & _LATCHED_BIT),
            battery_pct=battery if battery <= 100 else None,
        )


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the companion tells the button of one press.

    ``DISMISSED`` and ``COMMITTED`` take it off the queue.
    """

    boot: int
    counter: int
    stage: Stage

    def __post_init__(self) -> None:
        _check_range("boot", self.boot, _U32_MAX)
        _check_range("counter", self.counter, _U32_MAX)

    def encode(self) -> bytes:
        """Return the 9 bytes to write."""
        return _CONFIRMATION.pack(self.boot, self.counter, self.stage)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read a confirmation, or raise MalformedValueError (an unknown stage confirms nothing)."""
        boot, counter, stage = _unpack(_CONFIRMATION, value, "confirmation")
        try:
            return cls(boot=boot, counter=counter, stage=Stage(stage))
        except ValueError:
            raise MalformedValueError(f"confirmation of unknown stage {stage}") from None


@dataclass(frozen=True, slots=True)
class Identity:
    """Which button this is: its id for life, and the revisions of its hardware and firmware."""

    button_id: bytes
    hardware: int
    firmware: int

    def __post_init__(self) -> None:
        if len(self.button_id) != BUTTON_ID_BYTES:
            raise MalformedValueError(f"button_id has {len(self.button_id)} bytes, not {BUTTON_ID_BYTES}")
        _check_range("hardware", self.hardware, _U16_MAX)
        _check_range("firmware", self.firmware, _U16_MAX)

    def encode(self) -> bytes:
        """Return the 12 bytes of the identity."""
        return _IDENTITY.pack(self.button_id, self.hardware, self.firmware)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read an identity, or raise MalformedValueError."""
        return cls(*_unpack(_IDENTITY, value, "identity"))


@dataclass(frozen=True, slots=True)
class Settings:
    """How the button tells acts apart, in milliseconds.

    A finger that stays down for ``hold_ms`` makes a hold; a second push that starts within
    ``double_gap_ms`` of the first one's end makes a double press. Below the lower bounds a human
    cannot tell the acts apart; above the upper ones an alarm would come too late.
    """

    hold_ms: int = 2000
    double_gap_ms: int = 400

    def __post_init__(self) -> None:
        _check_range("hold_ms", self.hold_ms, 10_000, lowest=100)
        _check_range("double_gap_ms", self.double_gap_ms, 1000, lowest=50)

    def encode(self) -> bytes:
        """Return the 4 bytes of the settings."""
        return _SETTINGS.pack(self.hold_ms, self.double_gap_ms)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read settings, or raise MalformedValueError (also for values out of bounds)."""
        return cls(*_unpack(_SETTINGS, value, "settings"))


def _unpack(layout: struct.Struct, value: bytes, what: str) -> tuple[Any, ...]:
    if len(value) < layout.size:
        raise MalformedValueError(f"{what} of {len(value)} bytes, {layout.size} expected")
    return layout.unpack_from(value)


def _known_pattern(code: int) -> PatternCode:
    try:
        return PatternCode(code)
    except ValueError:
        return PatternCode.HOLD


def _check_range(name: str, number: int, highest: int, lowest: int = 0) -> None:
    if not lowest <= number <= highest:
        raise MalformedValueError(f"{name} {number} is not within {lowest}..{highest}")
