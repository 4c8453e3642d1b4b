"""What the journal records: everything that people do to files and devices, and every look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID


class Kind(StrEnum):
    """What happened, in the past tense."""

    LOOKED = "file.looked"
    LISTED = "files.listed"
    LOOK_REFUSED = "file.look_refused"
    STEPPED = "file.stepped"
    CHANGED = "file.changed"
    RISK_CHANGED = "file.risk_changed"
    EXPORTED = "file.exported"
    HELD = "file.held"
    RELEASED = "file.released"
    ERASED = "file.erased"
    GLASS_ASKED = "glass.asked"
    GLASS_ALLOWED = "glass.allowed"
    GLASS_REFUSED = "glass.refused"
    DENIED = "access.denied"
    ADMITTED = "access.admitted"
    DEVICE_MOVED = "device.moved"
    DEVICES_IMPORTED = "devices.imported"
    DEVICES_EXPORTED = "devices.exported"
    CODE_MADE = "enrolment.code_made"
    COMPANION_REVOKED = "companion.revoked"
    HOTSPOT_SET = "hotspot.set"
    HOTSPOT_ENDED = "hotspot.ended"
    PERIMETER_SET = "perimeter.set"
    PERIMETER_DECIDED = "perimeter.decided"
    PERIMETER_CHANGED = "perimeter.changed"
    PERIMETER_ENDED = "perimeter.ended"
    PERIMETER_TOLD = "perimeter.told"
    TRACKER_ADDED = "tracker.added"
    TRACKER_ENDED = "tracker.ended"
    REPORT_READ = "report.read"
    REPORT_SENT = "report.sent"
    PROTECTION_TOLD = "protection.told"
    STATISTICS_ASKED = "statistics.asked"
    EVIDENCE_MADE = "evidence.made"
    INTEGRATOR_CHANGED = "integrator.changed"
    SUBJECT_LINKED = "subject.linked"
    SUBJECT_UNLINKED = "subject.unlinked"
    LOOKS_READ = "looks.read"
    DISCLOSED = "alarm.disclosed"
    EVENT_LOOKED = "event.looked"
    EVENT_REPLAYED = "event.replayed"
    EVENT_DISCARDED = "event.discarded"
    RECEIVER_CHANGED = "receiver.changed"
    RETAINED_NO_MORE = "data.expired"


class Why(StrEnum):
    """On what ground somebody looked: a code, as free text may be personal."""

    CASE = "case"
    DECISION = "decision"
    ALARM = "alarm"
    BREAK_GLASS = "break_glass"
    OVERSIGHT = "oversight"
    DEVICES = "devices"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing to be recorded. ``facts`` holds codes, numbers and dates, nothing personal."""

    kind: Kind
    why: Why
    registration_id: UUID | None = None
    alarm_id: UUID | None = None
    subject: str | None = None
    centre: str | None = None
    team: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
