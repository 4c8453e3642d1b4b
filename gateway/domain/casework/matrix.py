"""Who may do what to which rows of the database, whatever the program asks for: the table is the spec.

A test tries each cell, as each of these people, on rows of her own scope and on another's. ``S`` reads,
``I`` adds, ``U`` changes, ``D`` deletes.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PEOPLE: Final = (
    "operator",
    "operator, alarm open",
    "operator, let in",
    "supervisor",
    "case officer",
    "case officer, denied",
    "magistrate",
    "auditor",
    "admin",
)
"""The columns: roles, and what there is besides a role."""

_FILE: Final = ("", "S", "S", "", "S", "", "S", "", "")

MATRIX: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "centre": ("S",) * 9,
        "device_model": ("S",) * 9,
        "device": ("", "", "", "", "SIU", "I", "", "", "SIU"),
        "device_move": ("", "", "", "", "SI", "", "", "", "SI"),
        "enrolment_code": ("", "", "", "", "I", "", "", "", ""),
        "zone": ("S",) * 9,
        "registration": ("", "S", "S", "", "SIU", "I", "SU", "", ""),
        "registration_version": ("", "S", "S", "", "SI", "", "SI", "", ""),
        "registration_step": ("", "S", "S", "", "SI", "", "SI", "", ""),
        "registration_review": ("", "S", "S", "", "SIU", "", "SIU", "", ""),
        "registration_photo": ("", "S", "S", "", "SI", "", "SI", "", ""),
        "risk_request": ("", "S", "S", "", "SIU", "", "SIU", "", ""),
        "hotspot": ("", "", "", "SIU", "SIU", "SIU", "", "", ""),
        "perimeter": ("", "S", "S", "", "SIU", "", "SIU", "", ""),
        "perimeter_version": ("", "S", "S", "", "SI", "", "SI", "", ""),
        "perimeter_watch": _FILE,
        "perimeter_sight": _FILE,
        "perimeter_move": _FILE,
        "tracker": ("", "S", "S", "", "SIU", "", "SIU", "", ""),
        "tracker_state": _FILE,
        "tracker_fix": ("",) * 9,
        "offender_fix": ("S", "S", "S", "S", "S", "", "S", "", ""),
        "offender_last": ("",) * 9,
        "protection": _FILE,
        "protection_change": _FILE,
        "protection_wish": ("", "S", "S", "", "SIU", "", "SIU", "", ""),
        "protection_telling": ("", "S", "S", "", "SID", "", "SID", "", ""),
        "daily_report": ("", "", "", "", "S", "S", "S", "", ""),
        "report_sending": ("", "", "", "", "SI", "SI", "SI", "", ""),
        "companion": _FILE,
        "companion_state": _FILE,
        "supervision": _FILE,
        "alarm": ("S", "S", "S", "S", "S", "", "S", "", ""),
        "track_fix": ("S", "S", "S", "S", "S", "", "S", "", ""),
        "last_fix": ("S", "S", "S", "S", "S", "", "S", "", ""),
        "stream_event": ("S", "S", "S", "S", "S", "", "S", "", ""),
        "delivery": ("S", "S", "S", "S", "S", "", "S", "", ""),
        "journal": ("I", "I", "I", "I", "SI", "I", "SI", "SI", "I"),
        "denial": ("", "", "", "", "SIU", "", "SIU", "S", ""),
        "glass": ("I", "I", "SI", "SIU", "SIU", "", "SIU", "S", ""),
        "anomaly": ("", "", "", "S", "", "", "", "S", ""),
        "disposal": _FILE,
        "honeytoken": ("", "", "", "", "", "", "", "SID", ""),
        "console_look": ("", "", "", "", "S", "", "S", "S", ""),
        "registration_counted": ("", "", "", "S", "S", "S", "S", "S", "S"),
        "operator": ("",) * 9,
        "operator_session": ("",) * 9,
        "press": ("",) * 9,
        "command": ("",) * 9,
    }
)
"""The rows: what each of ``PEOPLE`` may do within her own centres, teams and files."""

EVERYWHERE: Final = frozenset({"centre", "zone", "device_model"})
"""What is the same for everybody, whosever it is."""

ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "journal": ("I",) * 9,  # a look that was refused
        "glass": ("I", "I", "I", "I", "I", "I", "I", "", ""),  # to ask is not to be let in
    }
)
"""What each may do outside them; of what is not named here, nothing."""
