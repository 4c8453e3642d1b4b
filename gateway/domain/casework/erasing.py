"""What becomes of each table when a file is erased: every one that knows of a file or an alarm is named.

A test holds the catalogue against this, so that a table which is added is thought of. Tables with
``registration_id`` and ``wrapped_key`` need not be here: erasing finds them by itself.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ERASED_WITH_IT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stream_event": "positions and reference are taken out of the images; what happened when stays",
        "press": "the raw bytes and positions go; that she pressed, when, stays",
        "track_fix": "deleted",
        "last_fix": "deleted",
        "notice": "the reference goes",
        "protection": "the reference goes, the row as soon as it is judged",
        "webhook_call": "the body goes",
        "daily_report": "the reference goes from every day's",
        "companion": "revoked, its label goes; its public key names nobody",
        "companion_state": "deleted",
        "enrolment_code": "deleted",
        "integrator_subject": "deleted",
        "event_quarantine": "deleted: what another system said of her",
        "offender_fix": "deleted",
        "offender_last": "deleted",
        "perimeter_watch": "deleted",
        "perimeter_sight": "deleted",
        "perimeter_move": "deleted",
    }
)
"""What is removed besides the keys."""

BARE_BYTES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("alarm_event", "digest"): "a digest of positions and words: emptied",
        ("companion", "public_key"): "names nobody",
        ("disposal", "links_digest"): "a digest of positions",
        ("enrolment_code", "code_hash"): "deleted",
        ("event_quarantine", "row_key"): "deleted with the event",
        ("event_quarantine", "sealed"): "deleted with the event",
        ("hotspot", "blind"): "emptied: whoever has the key file could try numbers on it",
        ("hotspot", "cells"): "emptied, likewise",
        ("integrator_subject", "subject_hash"): "deleted",
        ("press", "raw"): "emptied",
        ("tracker", "subject_hash"): "deleted, with what was heard of the tracker",
    }
)
"""Bytes in tables about a file that are neither a key nor encrypted under one, and what becomes of them."""

STAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alarm_event": "which event was about it: ids, and a digest; the id of a file that says nothing",
        "chain_link": "digests; the salts of what was removed go",
        "command": "who asked for what when: operators, and ids",
        "deadline": "ids and instants; gone when an alarm is closed",
        "delivery": "which console drew which alarm when",
        "device": "a serial number of ours: what she held is given back before a file is closed",
        "device_move": "where a device has been: codes and ids",
        "disposal": "that it was erased",
        "journal": "who saw and did what, in codes; its own retention ends it",
        "supervision": "when it is judged next; an erased file never is",
        "unit": "only an open alarm's",
        "breach_telling": "whether she was told that somebody is near: codes",
        "alarm_moment": "what is counted of an alarm: codes and instants",
        "anomaly": "who looked too often: operators, and ids",
        "expired_alarm": "that its retention ended: ids",
        "hotspot_looked": "that an alarm was held against hotspots: ids",
        "hotspot_of_file": "which version of the file its flags are of",
        "honeytoken": "a file about nobody",
        "protection_change": "how protected she was when: figures",
        "protection_telling": "whether anybody was told: codes",
        "protection_wish": "whether she wished to be told: codes",
        "registration_review": "dates",
        "reminder": "codes and dates",
        "receiver_line": "what is on its way to which receiver: ids; gone a week after its alarm",
        "sending": "which event went to which receiver when: ids; what it said is not kept",
    }
)
"""What names nobody once the reference is gone: an id of a file that says nothing."""
