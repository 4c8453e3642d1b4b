"""What integrators tell us: CloudEvents 1.0 whose ``type`` and ``data`` are listed here.

The key of an event is ``source`` and ``id``: sent again it gets its first answer again. ``subject`` is
whom it is about (``schemas.integrators.Subject``). ``dataschema`` may name a version of the data,
``urn:msa:event:<type>:<version>``; without it version 1 is meant.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, model_validator

from schemas.base import CentreId, Instant, LanguageTag, Line, Paragraph, Percent, Wire
from schemas.integrators import IntegratorScope, Subject
from schemas.position import Position
from schemas.press import Pattern
from schemas.problems import Problem


class EventType(StrEnum):
    """Every type of event that is taken."""

    ALARM_RAISED = "be.msa.alarm.raised"
    CANCEL_REQUESTED = "be.msa.alarm.cancel_requested"
    POSITION_UPDATED = "be.msa.position.updated"
    CALL_RECEIVED = "be.msa.call.received"
    CHAT_SAID = "be.msa.chat.said"
    MEDICAL_UPDATED = "be.msa.medical.updated"
    DEVICE_CONDITION = "be.msa.device.condition"
    TRACKER_MOVED = "be.msa.tracker.moved"
    TRACKER_CONDITION = "be.msa.tracker.condition"


class ReportedPerson(Wire):
    """Who an integrator says it is about; a file that we have says more."""

    name: Line | None = None
    phone: Line | None = None
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=5)] = ()


class AlarmCause(StrEnum):
    """What made the other system raise an alarm. All of them are alarms here."""

    BUTTON = "button"
    APP = "app"
    AUTOMATIC = "automatic"
    PERIMETER = "perimeter"
    OTHER = "other"


class AlarmRaised(Wire):
    """Somebody asks for help. Only ``subject`` is needed; ``test`` makes it a test, never a lesser alarm."""

    cause: AlarmCause = AlarmCause.APP
    test: bool = False
    pattern: Pattern = Pattern.HOLD
    pressed_at: Instant | None = None
    age_ms: Annotated[float, Field(ge=0, le=31_536_000_000)] | None = None
    positions: Annotated[tuple[Position, ...], Field(max_length=3)] = ()
    battery_pct: Percent | None = None
    person: ReportedPerson | None = None
    text: Paragraph | None = Field(default=None, description="What came with it, for the operator")
    location_url: Annotated[str, Field(max_length=500, pattern=r"^https://")] | None = Field(
        default=None, description="Where her position can be asked for anew (PEMEA, SCAIP, AML)"
    )


class CancelRequested(Wire):
    """She, or somebody with her phone, wants to cancel: that lowers nothing."""

    word: Line | None = Field(default=None, description="The word she gave, never kept")


class PositionUpdated(Wire):
    """Where she is now, newest last; kept while she has an open alarm."""

    positions: Annotated[tuple[Position, ...], Field(min_length=1, max_length=20)]


class CallReceived(Wire):
    """An emergency call came in; its number is held against hotspots, and shown with her open alarm."""

    caller_number: Line
    called_at: Instant | None = None
    position: Position | None = None
    address: Line | None = Field(default=None, description="Where the line is registered")


class ChatSaid(Wire):
    """One line of the 112 app's chat."""

    text: Annotated[Paragraph, Field(min_length=1)]
    lang: LanguageTag | None = None
    by_centre: bool = Field(default=False, description="The centre wrote it, not she")


class MedicalUpdated(Wire):
    """What the 112 app holds for the ambulance, as its owner wrote it."""

    text: Annotated[Paragraph, Field(min_length=1)]
    lang: LanguageTag | None = None


class ConditionKind(StrEnum):
    """How a device is; a fault of it never looks like an alarm."""

    OK = "ok"
    BATTERY_LOW = "battery_low"
    BATTERY_FAILED = "battery_failed"
    LINK_LOST = "link_lost"
    TAMPERED = "tampered"
    FAILED = "failed"


class DeviceCondition(Wire):
    """How her device is, or that it lives (``ok``): a heartbeat of a device that needs no phone of ours."""

    condition: ConditionKind = ConditionKind.OK
    battery_pct: Percent | None = None
    next_within_s: Annotated[float, Field(ge=60, le=2_764_800)] | None = Field(
        default=None,
        description="When it is heard again at the latest, in s; unheard for longer it is silent. Without it"
        " 25 h are meant",
    )


class TrackerMoved(Wire):
    """Fixes of a tracker, newest last; ``subject`` is the tracker."""

    positions: Annotated[tuple[Position, ...], Field(min_length=1, max_length=20)]
    battery_pct: Percent | None = None


class TrackerCondition(Wire):
    """How a tracker is."""

    condition: ConditionKind
    battery_pct: Percent | None = None


EventData = (
    AlarmRaised
    | CancelRequested
    | PositionUpdated
    | CallReceived
    | ChatSaid
    | MedicalUpdated
    | DeviceCondition
    | TrackerMoved
    | TrackerCondition
)

DATA_OF: Final[Mapping[EventType, type[EventData]]] = MappingProxyType(
    {
        EventType.ALARM_RAISED: AlarmRaised,
        EventType.CANCEL_REQUESTED: CancelRequested,
        EventType.POSITION_UPDATED: PositionUpdated,
        EventType.CALL_RECEIVED: CallReceived,
        EventType.CHAT_SAID: ChatSaid,
        EventType.MEDICAL_UPDATED: MedicalUpdated,
        EventType.DEVICE_CONDITION: DeviceCondition,
        EventType.TRACKER_MOVED: TrackerMoved,
        EventType.TRACKER_CONDITION: TrackerCondition,
    }
)

SCOPE_OF: Final[Mapping[EventType, IntegratorScope]] = MappingProxyType(
    {
        EventType.ALARM_RAISED: IntegratorScope.ALARMS,
        EventType.CANCEL_REQUESTED: IntegratorScope.ALARMS,
        EventType.POSITION_UPDATED: IntegratorScope.POSITIONS,
        EventType.CALL_RECEIVED: IntegratorScope.CALLS,
        EventType.CHAT_SAID: IntegratorScope.CHAT,
        EventType.MEDICAL_UPDATED: IntegratorScope.MEDICAL,
        EventType.DEVICE_CONDITION: IntegratorScope.CONDITIONS,
        EventType.TRACKER_MOVED: IntegratorScope.TRACKERS,
        EventType.TRACKER_CONDITION: IntegratorScope.TRACKERS,
    }
)


class CloudEventIn(Wire):
    """One CloudEvent as it is taken; attributes that are not listed are passed over.

    ``source`` and ``id`` are its key. ``subject`` may lack where the data says whom it is about (a call).
    """

    specversion: Literal["1.0"]
    type: EventType
    source: Annotated[str, Field(min_length=1, max_length=200)]
    id: Annotated[str, Field(min_length=1, max_length=200)]
    subject: Subject | None = None
    time: Instant | None = None
    datacontenttype: str | None = Field(default=None, description="application/json")
    dataschema: str | None = Field(default=None, description="``urn:msa:event:<type>:1``")
    data: EventData | None = None


class EventFate(StrEnum):
    """What became of one event.

    ``committed``: an alarm, on its way to the consoles. ``accepted``: durable, worked off behind the
    alarms. ``coalesced``: durable in so far as a newer one of the same subject stands for it.
    ``refused``: not kept; ``problem`` says what to change. ``unknown``: not known to be kept; send the same
    again.
    """

    COMMITTED = "committed"
    ACCEPTED = "accepted"
    COALESCED = "coalesced"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class EventResult(Wire):
    """What became of one event of a request; those of a batch stand in its order."""

    id: Line | None = Field(default=None, description="The event's own id; None where it had none")
    source: Line | None = None
    fate: EventFate
    seen_before: bool = False
    alarm_id: UUID | None = None
    centre: CentreId | None = None
    sequence: Annotated[int, Field(ge=1)] | None = None
    flags: tuple[str, ...] = ()
    problem: Problem | None = None

    @model_validator(mode="after")
    def _says_why(self) -> "EventResult":
        if (self.fate in {EventFate.REFUSED, EventFate.UNKNOWN}) != (self.problem is not None):
            raise ValueError("a problem comes with what was refused or is unknown, and with nothing else")
        return self


class BatchAnswer(Wire):
    """One result an event, in the order of the batch."""

    results: tuple[EventResult, ...]


__all__ = [
    "DATA_OF",
    "SCOPE_OF",
    "AlarmCause",
    "AlarmRaised",
    "BatchAnswer",
    "CallReceived",
    "CancelRequested",
    "ChatSaid",
    "CloudEventIn",
    "ConditionKind",
    "DeviceCondition",
    "EventData",
    "EventFate",
    "EventResult",
    "EventType",
    "MedicalUpdated",
    "PositionUpdated",
    "ReportedPerson",
    "Subject",
    "TrackerCondition",
    "TrackerMoved",
]
