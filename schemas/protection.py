"""Is she protected now, and if not, why: one state a registration; and notices, which never sound."""

from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Percent, Wire
from schemas.enrolment import CompanionPolicy
from schemas.session import OperatorName

DEVICE_NEXT_WITHIN_S: Final = 90_000.0
"""A device that says nothing else is silent after 25 h: the reporting time T2 of EN 50136-1."""


class ProtectionState(StrEnum):
    """``degraded``: a press would still arrive, with less. ``unprotected``: it might not arrive."""

    PROTECTED = "protected"
    DEGRADED = "degraded"
    UNPROTECTED = "unprotected"


class FaultKind(StrEnum):
    """A technical condition. It never looks or sounds like an alarm."""

    NO_COMPANION = "no_companion"
    COMPANION_SILENT = "companion_silent"
    BUTTON_LINK_LOST = "button_link_lost"
    BUTTON_BATTERY_LOW = "button_battery_low"
    BUTTON_BATTERY_CRITICAL = "button_battery_critical"
    PHONE_BATTERY_LOW = "phone_battery_low"
    PHONE_BATTERY_CRITICAL = "phone_battery_critical"
    PERMISSION_MISSING = "permission_missing"
    CLOCK_WRONG = "clock_wrong"
    NO_POSITION_SOURCE = "no_position_source"
    PRESSES_WAITING = "presses_waiting"
    OUTDATED = "outdated"
    DEVICE_TAMPERED = "device_tampered"
    DEVICE_FAILED = "device_failed"


class Fault(Wire):
    """One fault and since when."""

    kind: FaultKind
    since: Instant


class ProtectionView(Wire):
    """The state of one registration; ``faults`` are the reasons."""

    registration_id: UUID
    centre: CentreId
    reference: Line
    state: ProtectionState
    since: Instant
    faults: tuple[Fault, ...] = ()
    heard_at: Instant | None = Field(default=None, description="When her companion was last heard")


class NoticeKind(StrEnum):
    """Something to do at leisure."""

    PROTECTION = "protection"
    FLOOD = "flood"
    MANY_SILENT = "many_silent"
    UNATTENDED = "unattended"
    ATTENDED_AGAIN = "attended_again"
    SECOND_LOOK = "second_look"
    ESCALATED = "escalated"
    EXERCISE = "exercise"
    TEST_WINDOW = "test_window"
    WEBHOOK_FAILED = "webhook_failed"
    DECISION_DUE = "decision_due"
    SUPPORT_DUE = "support_due"
    EVALUATION_DUE = "evaluation_due"
    GLASS = "glass"
    LOOKS = "looks"
    REVIEWS_DUE = "reviews_due"
    HOTSPOT = "hotspot"
    EVENTS_QUARANTINED = "events_quarantined"
    STRANGERS = "strangers"
    RECEIVER_FAILED = "receiver_failed"
    PERIMETER = "perimeter"
    PERIMETER_BLIND = "perimeter_blind"
    PERIMETER_SEES = "perimeter_sees"
    TRACKER_FAULT = "tracker_fault"
    CALL_FLAGGED = "call_flagged"


class Audience(StrEnum):
    """For whom a notice is."""

    CASE_TEAM = "case_team"
    SUPERVISOR = "supervisor"
    EVERYBODY = "everybody"


class ShelvingReason(StrEnum):
    """Why a notice is put aside: a code, as free text may be personal and the log of events is not sealed."""

    IN_HAND = "in_hand"
    KNOWN_CAUSE = "known_cause"
    PLANNED = "planned"
    OFFICE_HOURS = "office_hours"
    DOUBTFUL = "doubtful"


class Shelving(Wire):
    """A notice is put aside until ``until`` (the gateway's clock); from then on it is not, with no event."""

    until: Instant
    by: OperatorName
    reason: ShelvingReason


class NoticeView(Wire):
    """A notice of a centre, until somebody clears it or its cause is gone."""

    notice_id: UUID
    centre: CentreId
    kind: NoticeKind
    audience: tuple[Audience, ...]
    subject: Annotated[str, Field(max_length=100)] = Field(
        description="What it is about: an alarm's, registration's or centre's id; one open notice each"
    )
    reference: Line | None = Field(default=None, description="The file's own reference")
    detail: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    raised_at: Instant
    cleared_at: Instant | None = None
    cleared_by: OperatorName | None = None
    shelved: Shelving | None = Field(default=None, description="Put aside; ended by news about the notice")


class LinkState(StrEnum):
    """Whether the companion hears the button."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class PositionSourceState(StrEnum):
    """Whether the companion has positions."""

    OK = "ok"
    NO_FIX = "no_fix"
    OFF = "off"


class CompanionHeartbeat(Wire):
    """Proof of life of a companion (``POST /v1/heartbeats``), and how it is."""

    sent_at: Instant | None = None
    companion_version: Line | None = None
    phone_battery_pct: Percent | None = None
    phone_charging: bool | None = None
    button_battery_pct: Percent | None = None
    button_link: LinkState = LinkState.UNKNOWN
    button_link_since_s: Annotated[float, Field(ge=0, le=31_536_000)] | None = None
    missing_permissions: Annotated[tuple[Line, ...], Field(max_length=10)] = Field(
        default=(), description="E.g. bluetooth, location, background"
    )
    position_source: PositionSourceState = PositionSourceState.OFF
    last_fix_age_s: Annotated[float, Field(ge=0, le=31_536_000)] | None = None
    presses_waiting: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    alarm_id: UUID | None = Field(default=None, description="The alarm it is tracking for")


class DeviceHeartbeat(CompanionHeartbeat):
    """Proof of life of a device that an integrator speaks for; what it does not tell is as it was."""

    position_source: PositionSourceState = PositionSourceState.OK
    device_fault: Literal["none", "tampered", "failed"] | None = None
    next_within_s: Annotated[float, Field(gt=0)] = DEVICE_NEXT_WITHIN_S


class ReopenedAlarm(Wire):
    """An alarm of hers that was closed and is open again: her companion follows it anew."""

    alarm_id: UUID
    times: Annotated[int, Field(ge=1)] = Field(default=1, description="How often it was reopened by now")
    said_at: Instant = Field(description="When this was said, on the clock of ``TrackingPolicy.until``")


class HeartbeatAnswer(CompanionPolicy):
    """Answer 200 to a heartbeat: the policy from now on."""

    reopened: ReopenedAlarm | None = Field(
        default=None, description="Said for as long as she should be followed for it"
    )

    @property
    def policy(self) -> CompanionPolicy:
        """The policy alone."""
        return CompanionPolicy(**self.model_dump(exclude={"reopened"}))
