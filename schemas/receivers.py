"""Doors out: receivers that are told of alarms, and what a stream's reader is told besides."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.alarm import AlarmView
from schemas.base import CentreId, Instant, Line, Wire
from schemas.frames import EventKind
from schemas.press import Purpose


class ReceiverFormat(StrEnum):
    """What is sent: CloudEvents (structured JSON), EIDO JSON, or CAP 1.2."""

    CLOUDEVENTS = "cloudevents"
    EIDO = "eido"
    CAP = "cap"


class ReceiverState(StrEnum):
    """How a receiver is. ``disabled``: it answered 410, and is sent nothing until somebody resumes it."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class ReceiverView(Wire):
    """One receiver; nothing secret in it."""

    receiver_id: UUID
    integrator_id: UUID
    integrator: Line
    name: Line
    url: str
    format: ReceiverFormat
    centres: tuple[CentreId, ...]
    purposes: tuple[Purpose, ...]
    kinds: tuple[EventKind, ...] = Field(default=(), description="Only these; none: every event of an alarm")
    with_person: bool = False
    state: ReceiverState
    created_at: Instant
    waiting: int = Field(default=0, description="Events on their way")
    dead: int = Field(default=0, description="Events that were given up")


class DeadSending(Wire):
    """An event that a receiver was not given, and why: a status, or a kind of failure."""

    number: int
    centre: CentreId
    alarm_id: UUID
    sequence: int
    kind: EventKind
    made_at: Instant
    ended_at: Instant
    tries: int
    error: Line | None = None


class Lost(Wire):
    """Sequences of a stream that a reader is not told, both included."""

    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]


class StreamReset(Wire):
    """``be.msa.stream.reset``: forget what you hold of this centre; its open alarms follow."""

    reason: Literal["first_attach", "epoch_changed", "expired", "ahead_of_log", "too_far_behind"]
    cursor: str = Field(description="EPOCH:SEQUENCE as of which the open alarms are")
    alarms: int = Field(description="How many open alarms follow, each as `be.msa.alarm.snapshot`")
    lost: Lost | None = Field(
        default=None,
        description="What is passed over; what became of alarms that were closed in it is asked for by hand."
        " None: nothing is, or it cannot be said (`epoch_changed`, `ahead_of_log`)",
    )


class StreamGap(Wire):
    """``be.msa.stream.gap``: what a receiver was not given and will not be. It rebuilds from ``href``."""

    reason: Literal["given_up", "epoch_changed"] = Field(
        description="Events were given up after a day; or the log is another than before (a standby took"
        " over, a copy was restored), and what the receiver holds may never have been"
    )
    epoch: str
    first: Annotated[int, Field(ge=1)] | None = Field(default=None, description="The first sequence it lacks")
    last: Annotated[int, Field(ge=1)] | None = Field(default=None, description="The last one it lacks")
    events: int = Field(description="How many events in between it lacks; the others it was given")
    alarms: tuple[UUID, ...] = Field(default=(), description="The alarms that they are of, a hundred at most")
    href: str = Field(description="A snapshot of the centre's open alarms, relative to the gateway")


class ThinAlarm(Wire):
    """What stands for an alarm that would be too long for a call; all of it is in the stream."""

    alarm_id: UUID
    thin: Literal[True] = True
    href: str = Field(description="Where to fetch this event, relative to the gateway")


class _OfAnAlarm(Wire):
    """CloudEvents 1.0 of an event of an alarm."""

    specversion: Literal["1.0"]
    type: str = Field(description="`be.msa.` and the event's kind", examples=["be.msa.alarm.raised"])
    source: str = Field(description="The centre", examples=["/centres/BE-VOV"])
    id: str = Field(description="EPOCH:SEQUENCE; in a snapshot the alarm's id follows")
    subject: UUID = Field(description="The alarm")
    time: Instant
    datacontenttype: str
    dataschema: str = Field(description="`urn:msa:schema:v1:` and the model of the data")
    sequence: Annotated[str, Field(pattern=r"^\d{20}$")]
    purpose: Purpose


class AlarmEvent(_OfAnAlarm):
    """What happened to an alarm, with the alarm as it is after it."""

    data: AlarmView


class ThinEvent(_OfAnAlarm):
    """What happened to an alarm that would be too long for a call: where to read it."""

    data: ThinAlarm


class GapEvent(Wire):
    """``be.msa.stream.gap`` to a receiver: what it lacks, and how it rebuilds."""

    specversion: Literal["1.0"]
    type: Literal["be.msa.stream.gap"]
    source: str
    id: str
    time: Instant
    datacontenttype: str
    dataschema: str
    data: StreamGap


class ResetEvent(Wire):
    """``be.msa.stream.reset`` in a stream: why it begins anew; the open alarms follow."""

    specversion: Literal["1.0"]
    type: Literal["be.msa.stream.reset"]
    source: str
    id: str
    time: Instant
    datacontenttype: str
    dataschema: str
    data: StreamReset
