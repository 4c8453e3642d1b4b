"""Bytes from a button to readings, one function a kind of value. Pure.

A reading is what one value says: the button went down or up (``Edge``), a whole act (``Act``), the
battery, or that nothing waits on the button any more (``Drained``). Bytes that mean nothing give no
reading: what a stranger sends must not stop the bridge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ble_bridge.reference_service import MalformedValueError, PatternCode, PressRecord
from schemas.press import Pattern


@dataclass(frozen=True, slots=True)
class Raw:
    """A value as it came in. ``asked``: it was read by us, or may be the echo of that."""

    uuid: str
    value: bytes
    heard_s: float
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a button's counter. ``boot`` is None where the counter never restarts."""

    boot: int | None
    counter: int


@dataclass(frozen=True, slots=True)
class Edge:
    """The button went down or up at ``at_s``; ``asked``: it *is* so, which may be no change."""

    down: bool
    at_s: float
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """One whole act. ``completed_s`` (monotonic) is None when the button cannot tell when."""

    pattern: Pattern
    completed_s: float | None
    heard_s: float
    latched: bool = False
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Battery:
    """The button's battery in percent."""

    pct: int


@dataclass(frozen=True, slots=True)
class Drained:
    """No unconfirmed press waits on the button."""


Reading = Edge | Act | Battery | Drained

_PATTERN: Final = {
    PatternCode.SHORT: Pattern.SHORT,
    PatternCode.DOUBLE: Pattern.DOUBLE,
    PatternCode.HOLD: Pattern.HOLD,
}

# V.ALRT: 04 (a fall) and 05 (a hard knock) are no press; the button is set up not to send them.
_VALRT_RELEASED, _VALRT_PRESSED, _VALRT_LONG = 0x00, 0x01, 0x03

# bthome-ble's words for object 0x3A. A triple is a double with a nervous finger.
_BTHOME_ACT: Final = {
    "press": Pattern.SHORT,
    "double_press": Pattern.DOUBLE,
    "triple_press": Pattern.DOUBLE,
    "long_press": Pattern.HOLD,
    "long_double_press": Pattern.HOLD,
    "long_triple_press": Pattern.HOLD,
    "hold_press": Pattern.HOLD,
}


def reference_record(raw: Raw) -> Sequence[Reading]:
    """Read a press record of the reference button."""
    try:
        record = PressRecord.decode(raw.value)
    except MalformedValueError:
        return ()
    battery = () if record.battery_pct is None else (Battery(record.battery_pct),)
    if not record.is_press:
        return (*battery, Drained())
    act = Act(
        pattern=_PATTERN[record.pattern],
        completed_s=None if record.age_ms is None else raw.heard_s - record.age_ms / 1000,
        heard_s=raw.heard_s,
        latched=record.latched,
        step=Step(record.boot, record.counter),
    )
    return (*battery, act)


def lbs_level(raw: Raw) -> Sequence[Reading]:
    """Read a Nordic LBS button: 01 down, 00 up."""
    if raw.value not in {b"\x00", b"\x01"}:
        return ()
    return (Edge(down=raw.value == b"\x01", at_s=raw.heard_s, asked=raw.asked),)


def itag_click(raw: Raw) -> Sequence[Reading]:
    """Read an iTAG: 01 is one short press, and all it can say."""
    if raw.value != b"\x01" or raw.asked:
        return ()
    return (Act(Pattern.SHORT, completed_s=raw.heard_s, heard_s=raw.heard_s),)


def valrt_event(raw: Raw) -> Sequence[Reading]:
    """Read a V.ALRT: 01 down, 00 up, 03 its own verdict that this is a hold."""
    code = raw.value[0] if raw.value else None
    if code in {_VALRT_PRESSED, _VALRT_RELEASED}:
        return (Edge(down=code == _VALRT_PRESSED, at_s=raw.heard_s, asked=raw.asked),)
    if code == _VALRT_LONG:
        return (Act(Pattern.HOLD, completed_s=raw.heard_s, heard_s=raw.heard_s),)
    return ()


def battery_level(raw: Raw) -> Sequence[Reading]:
    """Read the standard battery level (0x2A19)."""
    return (Battery(raw.value[0]),) if raw.value and raw.value[0] <= 100 else ()


def bthome_act(event: str, counter: int, heard_s: float) -> Act | None:
    """Return the act of a BTHome button event; None for a release or an unknown word."""
    pattern = _BTHOME_ACT.get(event)
    if pattern is None:
        return None
    return Act(pattern, completed_s=heard_s, heard_s=heard_s, step=Step(None, counter))
