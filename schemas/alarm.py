"""An alarm as a console sees it."""

from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, computed_field

from schemas.base import CentreId, Instant, LanguageTag, Line, Percent, Printable, Wire
from schemas.events import ConditionKind
from schemas.outcome import DISPOSITIONS, Disposition, Outcome
from schemas.position import Position
from schemas.press import ButtonReading, Pattern, Purpose
from schemas.registration import Circumstance, Person
from schemas.session import OperatorName
from schemas.unit import AssignedUnit

NOTES_SHOWN: Final = 3
"""Notes that travel with every frame of an alarm, the newest: with the file they fit into a frame."""

NOTES_APART: Final = frozenset({"alarm.call_received", "alarm.message_received", "alarm.medical_received"})
"""Kinds of events whose notes travel with no frame: other systems may say more than fits into one."""

NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), Printable]


TraceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
SpanId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class AlarmState(StrEnum):
    """The states of an alarm; how it moves between them is ``gateway.domain.alarm``."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Trail(Wire):
    """The instants of an alarm's first press, in the order they happen.

    Clocks: ``pressed_at``, ``heard_at`` and ``sent_at`` are the companion's, moved to the
    gateway's clock when ``companion_skew_ms`` (how far the companion's clock is ahead) is known;
    the rest are the gateway's and its database's. ``delivered_at`` is when the first console's
    ``delivered`` arrived. ``trace_id`` and ``span_id`` (W3C Trace Context) are of the request that
    brought it: under the first its way is found in logs and traces.
    """

    pressed_at: Instant | None = None
    heard_at: Instant | None = None
    sent_at: Instant | None = None
    received_at: Instant
    committed_at: Instant
    fanned_out_at: Instant | None = None
    delivered_at: Instant | None = None
    acknowledged_at: Instant | None = None
    companion_skew_ms: float | None = None
    trace_id: TraceId | None = None
    span_id: SpanId | None = None


class RoutedBy(StrEnum):
    """What chose the centre of an alarm."""

    POSITION = "position"
    REGISTRATION = "registration"
    NEAREST = "nearest"
    DEFAULT = "default"


class ShareReason(StrEnum):
    """Why another centre sees an alarm too."""

    NEAR_BORDER = "near_border"
    DOUBTFUL_POSITION = "doubtful_position"
    ESCALATED = "escalated"
    NO_CONSOLE = "no_console"
    CROSSED = "crossed"
    TRANSFERRED = "transferred"


class Share(Wire):
    """A centre that sees an alarm besides the one that owns it; its operators may act on it too."""

    centre: CentreId
    reason: ShareReason
    since: Instant


class SourceKind(StrEnum):
    """What an alarm came from. ``device``: a button without a phone; ``perimeter``: a zone was entered."""

    BUTTON = "button"
    APP_112 = "app_112"
    DEVICE = "device"
    ALARM_CENTRE = "alarm_centre"
    PERIMETER = "perimeter"


class AlarmSource(Wire):
    """What the last sign of an alarm came from; ``name`` is the integrator's, None for our own button."""

    kind: SourceKind = SourceKind.BUTTON
    name: Line | None = None


class Breach(Wire):
    """The offender is, or may be, where a judge forbade it: the last judgement while the alarm is open.

    ``probability`` is that of being inside, as the fix and its radius say; below 0.95 it is possible, not
    certain. ``distance_m`` and ``heading_deg`` lead to the offender: from the victim, or ``from_place``,
    where it is not known where she is now, from the zone's middle.
    """

    perimeter_id: UUID
    name: Line
    certain: bool
    probability: Annotated[float, Field(ge=0, le=1)]
    distance_m: Annotated[float, Field(ge=0)] | None = None
    heading_deg: Annotated[float, Field(ge=0, lt=360)] | None = None
    from_place: bool = False
    approaching: bool | None = None
    offender: Position
    number: Annotated[int, Field(ge=1)] = Field(
        default=1, description="Which offender, by his tracker's number"
    )
    of: Annotated[int, Field(ge=1)] = Field(default=1, description="How many wear a tracker for the file")
    judged_at: Instant
    inside: bool = Field(default=True, description="False: he has left since, and is shown all the same")


class LadderStep(StrEnum):
    """Whom a level of the ladder tells."""

    REMIND = "remind"
    SUPERVISOR = "supervisor"
    NEIGHBOUR = "neighbour"
    NATIONAL = "national"
    WEBHOOK = "webhook"


class Escalation(Wire):
    """The last level an unanswered alarm has reached since it was raised (again)."""

    level: Annotated[int, Field(ge=1)]
    step: LadderStep
    steps: tuple[LadderStep, ...] = Field(
        default=(), description="Everything that this event did: more than ``step`` where levels were owed"
    )
    reason: Literal["unanswered", "no_console"] = "unanswered"
    at: Instant
    to: tuple[CentreId, ...] = Field(default=(), description="Centres that this level told")


class TrackingState(StrEnum):
    """Whether the victim's position is being followed. ``lost``: it should be, and nothing comes."""

    OFF = "off"
    LIVE = "live"
    LOST = "lost"
    ENDED = "ended"


SaidText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1200), Printable]
"""What another system said: a ``Paragraph``, and what stands before it."""


class Note(Wire):
    """What an operator wrote, or another system said; ``about`` is the kind of event it came with."""

    at: Instant
    by: OperatorName = Field(description="An operator; or an integrator, by its id and name, of no centre")
    text: SaidText
    about: Line = "alarm.noted"
    said_at: Instant | None = Field(default=None, description="When it was said, as the other system tells")
    said_by: Literal["victim", "centre"] | None = Field(default=None, description="Who wrote a chat line")
    lang: LanguageTag | None = None


class DeviceReport(Wire):
    """How her device is, as another system said last while the alarm was open."""

    condition: ConditionKind = ConditionKind.OK
    battery_pct: Percent | None = None
    at: Instant


class CancelRequest(Wire):
    """The victim's phone asked to cancel: that lowers nothing. ``coerced``: she gave her duress word."""

    at: Instant
    coerced: bool
    word: Literal["none", "safe", "duress", "unknown"] = Field(
        default="none", description="Which of her words came with it; the word itself is never kept"
    )
    count: Annotated[int, Field(ge=1)] = 1


class Closure(Wire):
    """How it was closed; what needs a second look does not count until ``reviewed_at``."""

    at: Instant
    by: OperatorName | None = Field(description="None: the gateway itself, for what is not real")
    outcome: Outcome
    needs_second_look: bool = False
    reviewed_by: OperatorName | None = None
    reviewed_at: Instant | None = None

    @computed_field(description="The outcome as APCO ANS 1.111.2 codes it")  # type: ignore[prop-decorator] # pydantic's documented order
    @property
    def disposition(self) -> Disposition:
        """The standard disposition of the outcome."""
        return DISPOSITIONS[self.outcome]


class Life(Wire):
    """What happens to an alarm after its press, as its events write it; nothing personal in it."""

    news_version: Annotated[int, Field(ge=1)] = Field(
        default=1, description="Version of her last press or wish to cancel: who closes must have seen it"
    )
    routed_by: RoutedBy = RoutedBy.REGISTRATION
    test_until: Instant | None = Field(
        default=None, description="A test window was open until then when she last pressed in it"
    )
    shared: tuple[Share, ...] = ()
    escalation: Escalation | None = None
    escalates_at: Instant | None = Field(default=None, description="When the next level is told")
    lapses_at: Instant | None = Field(
        default=None, description="When an acknowledgement without a unit falls back to raised"
    )
    lapses: int = Field(default=0, description="How often that has happened")
    units: tuple[AssignedUnit, ...] = ()
    tracking: TrackingState = TrackingState.OFF
    tracking_until: Instant | None = None
    assigned_position: Position | None = Field(
        default=None, description="Where she was when the last unit was told; moves are measured from it"
    )
    moved_m: float | None = Field(default=None, description="How far she has moved since, in m")
    crossed_to: CentreId | None = Field(
        default=None, description="She is in another centre's area: a hand-over is offered to it"
    )
    cancel: CancelRequest | None = None
    calls: int = Field(default=0, description="Emergency calls of hers that other systems told of")
    messages: int = Field(default=0, description="Lines of the 112 app's chat so far; they are notes")
    medical: int = Field(default=0, description="How often medical fields came; they are notes")
    device: DeviceReport | None = None
    closure: Closure | None = None
    reopened: int = 0


class AlarmView(Life):
    """Everything a console shows of one alarm, after the event that carries it.

    ``centre`` owns it; the stream that carries it may be that of a centre it is shared with.

    ``person`` is None where the alarm is not enriched (``enriched`` false): un-enriched beats delayed.
    """

    alarm_id: UUID
    centre: CentreId
    registration_id: UUID
    reference: Line | None = None
    purpose: Purpose
    state: AlarmState
    version: Annotated[int, Field(ge=1)]
    raised_at: Instant
    press_count: Annotated[int, Field(ge=1)] = 1
    last_pressed_at: Instant
    pattern: Pattern | None = None
    verified: bool = Field(description="The companion's signature held; false asks for a call back")
    flags: tuple[str, ...] = ()
    button: ButtonReading | None = None
    phone_battery_pct: int | None = None
    positions: tuple[Position, ...] = Field(default=(), description="Newest first, on the gateway's clock")
    acknowledged_by: OperatorName | None = None
    acknowledged_at: Instant | None = None
    enriched: bool = False
    person: Person | None = None
    circumstances: tuple[Circumstance, ...] = ()
    notes: tuple[Note, ...] = Field(default=(), description="The latest, newest first; all of them by HTTP")
    trail: Trail
    source: AlarmSource = AlarmSource()
    breach: Breach | None = None
