"""What a status code of SCAIP means here: the mapping table of docs/scaip.md.

A code that the standard does not have is raised: it comes from a unit that was set up for somebody at risk.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from schemas.events import AlarmCause, ConditionKind


class MessageType(StrEnum):
    """``mty``: a message, a reset, an update, a heartbeat."""

    MESSAGE = "ME"
    RESET = "RE"
    UPDATE = "IN"
    HEARTBEAT = "PI"


class Act(StrEnum):
    """What is done with a message."""

    ALARM = "alarm"
    TEST = "test"
    CANCEL = "cancel"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a status code means here, with the standard's words for it."""

    words: str
    act: Act
    condition: ConditionKind = ConditionKind.OK
    known: bool = True


STATUS_LAST: Final = 127
"""The standard's list runs from 0000 to 0127 (public implementations of SS 91100:2014)."""

PRESSED: Final = MappingProxyType(
    {3: "personal trigger", 4: "fixed trigger", 6: "personal attack trigger", 7: "panic button"}
)
"""Device types (``dty``) that somebody presses."""

ATTACK: Final = frozenset({6, 7})
"""Those that nobody presses but in danger: what they say is an alarm, but a fault, a test or a cancel."""

_OK, _FAILED, _LOST = ConditionKind.OK, ConditionKind.FAILED, ConditionKind.LINK_LOST
_CONDITIONS: Final = {
    14: ("battery failure", ConditionKind.BATTERY_FAILED),
    15: ("battery ok", _OK),
    16: ("battery low", ConditionKind.BATTERY_LOW),
    23: ("IP connection lost", _LOST),
    24: ("mobile network lost", _LOST),
    25: ("telephone line lost", _LOST),
    26: ("primary link lost", _LOST),
    27: ("redundant link lost", _LOST),
    42: ("failure", _FAILED),
    43: ("frequency drifted", _FAILED),
    44: ("frequency drifted down", _FAILED),
    45: ("frequency drifted up", _FAILED),
    52: ("jammed", _LOST),
    65: ("maintenance needed", _FAILED),
    66: ("urgent maintenance needed", _FAILED),
    67: ("malfunction", _FAILED),
    70: ("normal state", _OK),
    73: ("offline", _LOST),
    75: ("online", _OK),
    78: ("out of service", _FAILED),
    85: ("power failure", _FAILED),
    86: ("power restored", _OK),
    91: ("re-established", _OK),
    92: ("automatic reset", _OK),
    94: ("restoral", _OK),
    95: ("RF interference", _LOST),
    105: ("trouble", _FAILED),
    112: ("IP connection back", _OK),
    113: ("mobile network back", _OK),
    114: ("telephone line back", _OK),
    115: ("primary link back", _OK),
    116: ("redundant link back", _OK),
    122: ("radio interference", _LOST),
    123: ("radio test missing", _LOST),
    124: ("radio test back", _OK),
    125: ("tamper", ConditionKind.TAMPERED),
}
_ALARMS: Final = {
    0: "unknown",
    1: "undefined",
    6: "activated",
    7: "active",
    9: "automatic alarm",
    10: "manual alarm",
    11: "alert",
    88: "presence after an alarm",
    106: "trespass",
    107: "unauthorised access",
    109: "verified",
    110: "assistance",
}
_CANCELS: Final = {2: "abort", 19: "cancel", 93: "manual reset", 111: "intervention completed"}
_TESTS: Final = {102: "test transmission, primary", 103: "test transmission, redundant"}

STATUS: Final = MappingProxyType(
    {
        **{code: Meaning(words, Act.ALARM) for code, words in _ALARMS.items()},
        **{code: Meaning(words, Act.TEST) for code, words in _TESTS.items()},
        **{code: Meaning(words, Act.CANCEL) for code, words in _CANCELS.items()},
        **{code: Meaning(words, Act.CONDITION, kind) for code, (words, kind) in _CONDITIONS.items()},
    }
)
"""Status codes (``stc``) with a meaning of their own; the rest of the standard's are a sign of life."""

ALIVE: Final = Meaning("", Act.CONDITION)
UNSAID: Final = Meaning("", Act.ALARM)
UNKNOWN: Final = Meaning("", Act.ALARM, known=False)


def meaning(kind: MessageType, status: int | None, device: int | None) -> Meaning:
    """Say what a message means. ``status`` and ``device`` None: it names none; below 0: it cannot be read."""
    named = UNSAID if status is None else STATUS.get(status, ALIVE if 0 <= status <= STATUS_LAST else UNKNOWN)
    if kind is MessageType.MESSAGE:
        return UNSAID if named is ALIVE and device in ATTACK else named
    if kind is MessageType.RESET:
        return named if named.act is Act.CONDITION and status is not None else STATUS[93]
    if named.act is Act.CONDITION or (named.act is Act.CANCEL and kind is MessageType.UPDATE):
        return named
    return ALIVE  # a heartbeat or an update raises nothing, whatever code stands in it


def cause_of(status: int | None, device: int | None) -> AlarmCause:
    """Say what made the unit raise it."""
    if status == 10 or device in PRESSED:
        return AlarmCause.BUTTON
    if status is None or status <= 1 or status > STATUS_LAST:
        return AlarmCause.OTHER
    return AlarmCause.AUTOMATIC
