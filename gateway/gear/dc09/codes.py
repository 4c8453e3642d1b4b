"""What a code of SIA DC-03 or of Contact ID (DC-05) means here: the mapping table of docs/dc09.md.

What is named here is looked up first; then pysiaalarm's list says whether the standard knows the code,
and its second letter (SIA) or first digit (Contact ID) what kind it is. A code that nobody knows is
raised: it comes from a line that was set up for somebody at risk.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pysiaalarm.data.adm_mapping import ADM_MAPPING
from pysiaalarm.data.sia_codes import SIA_CODES

from gateway.gear.dc09.message import ContactIdEvent, Event, SiaEvent
from schemas.events import AlarmCause, ConditionKind


class Act(StrEnum):
    """What is done with an event."""

    ALARM = "alarm"
    TEST = "test"
    CANCEL = "cancel"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means here. ``known`` false: in no list, and raised for that."""

    act: Act
    cause: AlarmCause = AlarmCause.OTHER
    condition: ConditionKind = ConditionKind.OK
    known: bool = True


PRESSED: Final = Meaning(Act.ALARM, AlarmCause.BUTTON)
SENSED: Final = Meaning(Act.ALARM, AlarmCause.AUTOMATIC)
TESTED: Final = Meaning(Act.TEST, AlarmCause.BUTTON)
CANCELLED: Final = Meaning(Act.CANCEL)
ALIVE: Final = Meaning(Act.CONDITION)
UNKNOWN: Final = Meaning(Act.ALARM, AlarmCause.OTHER, known=False)


def _is(kind: ConditionKind) -> Meaning:
    return Meaning(Act.CONDITION, condition=kind)


LOW, FLAT, LOST, TAMPERED, FAILED = (
    _is(ConditionKind.BATTERY_LOW),
    _is(ConditionKind.BATTERY_FAILED),
    _is(ConditionKind.LINK_LOST),
    _is(ConditionKind.TAMPERED),
    _is(ConditionKind.FAILED),
)

SIA: Final = MappingProxyType(
    {
        **dict.fromkeys(("PA", "HA", "QA", "MA"), PRESSED),
        **dict.fromkeys(("BV", "BM", "FM", "DF", "DL", "NA", "CM", "EZ", "UZ", "XM"), SENSED),
        **dict.fromkeys(("RX",), TESTED),
        **dict.fromkeys(("AB", "BC", "FC", "OC", "OR"), CANCELLED),
        **dict.fromkeys(("RP", "TX", "TS", "TE", "TC", "YY", "CA", "OA", "DA", "XA", "RA"), ALIVE),
        **dict.fromkeys(("CT", "JT", "OT", "VT"), ALIVE),
        **dict.fromkeys(("XT",), LOW),
        **dict.fromkeys(("YT", "YM"), FLAT),
        **dict.fromkeys(("YC", "YS", "LT", "NT", "NC", "XL", "XQ", "BZ", "FZ", "UY"), LOST),
        **dict.fromkeys(("TA", "TT", "JA", "AA", "ES", "XS"), TAMPERED),
        **dict.fromkeys(("IA", "YA", "YP", "YI", "YX", "YW", "YF", "YU", "XX", "EM", "PF", "SM"), FAILED),
    }
)
"""SIA codes with a meaning of their own; of the others the second letter says the kind (``_sia``)."""

CONTACT_ID: Final = MappingProxyType(
    {
        **dict.fromkeys(("100", "101", "102", "120", "121", "122", "123", "124", "125", "129"), PRESSED),
        **dict.fromkeys(("137", "144", "145", "341", "383"), TAMPERED),
        **dict.fromkeys(("302", "338", "384"), LOW),
        **dict.fromkeys(("309", "311"), FLAT),
        **dict.fromkeys(("350", "351", "352", "353", "354", "355", "356", "381", "382"), LOST),
        "406": CANCELLED,
        "601": TESTED,
        "602": ALIVE,
        "603": ALIVE,
        "607": ALIVE,
        "608": FAILED,
    }
)
"""Contact ID codes with a meaning of their own; of the others the first digit says the kind."""

CONTACT_ID_KINDS: Final = MappingProxyType(
    {"1": SENSED, "2": FAILED, "3": FAILED, "4": ALIVE, "5": ALIVE, "6": ALIVE}
)
"""Alarms; supervisory; troubles; openings and closings; bypasses; tests and the rest."""


def meaning(event: Event) -> Meaning:
    """Say what an event means."""
    return _sia(event) if isinstance(event, SiaEvent) else _contact_id(event)


def described(event: Event) -> str:
    """Say an event in the standard's words, for the operator: ``SIA PA Panic Alarm, 01``."""
    if isinstance(event, SiaEvent):
        known, name, place = SIA_CODES.get(event.code), f"SIA {event.code}", event.address
    else:
        mapped = ADM_MAPPING.get(event.code, {}).get("1", "")
        known, name, place = SIA_CODES.get(mapped), f"Contact ID {event.qualifier}{event.code}", event.zone
    words = name if known is None else f"{name} {known.type}"
    return f"{words}, {place}" if place.strip("0") else words


def _sia(event: SiaEvent) -> Meaning:
    if (named := SIA.get(event.code)) is not None:
        return named
    if event.code not in SIA_CODES:
        return UNKNOWN
    return {"A": SENSED, "T": FAILED}.get(event.code[1], ALIVE)


def _contact_id(event: ContactIdEvent) -> Meaning:
    named = CONTACT_ID.get(event.code)
    if event.qualifier == "3" and event.code[0] in "123":
        return ALIVE  # a restoral: what was pressed was set back, which ends nothing
    if named is not None:
        return named
    return CONTACT_ID_KINDS.get(event.code[0], UNKNOWN)
