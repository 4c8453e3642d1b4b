"""Perimeters: where a judge forbids somebody to be, who is bound by it, and the trackers that tell.

A perimeter has an **alarm zone** (``area``) and a **pre-alert ring** around it. It binds trackers. A case
officer drafts it, a magistrate decides; from then on it changes by a magistrate's decision alone, save for
the trackers, which wear out.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import CentreId, Instant, Line, Percent, Printable, Wire
from schemas.casework import TeamId
from schemas.circumstances import Ground
from schemas.events import ConditionKind
from schemas.integrators import Subject
from schemas.session import OperatorName

RADIUS_MIN_M: Final = 50.0
RADIUS_MAX_M: Final = 20_000.0
"""Smaller than a tracker is right, or larger than a province: a slip of whoever drew it."""

CORNERS_MAX: Final = 100
BOUND_MAX: Final = 8
"""Trackers that one perimeter binds."""

DURATION_MAX_DAYS: Final = 731
"""Two years, which is as long as the French order lasts: a longer ban is decided anew."""

Latitude = Annotated[float, Field(ge=-85, le=85)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
RadiusM = Annotated[float, Field(ge=RADIUS_MIN_M, le=RADIUS_MAX_M)]
PerimeterName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Printable
]
DecisionReference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), Printable
]


class CircleArea(Wire):
    """Everything within ``radius_m`` of a place."""

    shape: Literal["circle"] = "circle"
    latitude: Latitude
    longitude: Longitude
    radius_m: RadiusM


class Corner(Wire):
    """A corner of a polygon."""

    latitude: Latitude
    longitude: Longitude


class PolygonArea(Wire):
    """What lies within straight lines from corner to corner; the last leads back to the first."""

    shape: Literal["polygon"] = "polygon"
    corners: Annotated[tuple[Corner, ...], Field(min_length=3, max_length=CORNERS_MAX)]


class VictimArea(Wire):
    """Everything within ``radius_m`` of the victim, wherever she is (her tracker, or her open alarm)."""

    shape: Literal["victim"] = "victim"
    radius_m: RadiusM


Area = Annotated[CircleArea | PolygonArea | VictimArea, Field(discriminator="shape")]


class VictimTold(StrEnum):
    """When the victim herself is told. The centre always is."""

    NEVER = "never"
    ON_BREACH = "on_breach"
    ON_PRE_ALERT = "on_pre_alert"


class TamperedNear(StrEnum):
    """What follows if a tracker is tampered with while it is in the ring."""

    NOTICE = "notice"
    ALARM = "alarm"


class Decision(Wire):
    """Whose word a perimeter is."""

    reference: DecisionReference
    authority: PerimeterName = Field(description="The court or magistrate that decided")
    decided_on: date


class PerimeterTerms(Wire):
    """What a perimeter says."""

    name: PerimeterName = Field(description="What consoles call it: her home, her work")
    area: Area
    ring_m: RadiusM | None = Field(
        default=None,
        description="Width of the pre-alert ring around the alarm zone; None: as much as the zone's own"
        " radius, so that the ring reaches twice as far",
    )
    trackers: Annotated[tuple[UUID, ...], Field(max_length=BOUND_MAX)] = Field(
        default=(), description="Whom it binds: trackers of the file whose role is offender"
    )
    starts_on: date
    ends_on: date = Field(description="The last day")
    victim_told: VictimTold = VictimTold.NEVER
    tampered_near: TamperedNear = TamperedNear.NOTICE

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.ends_on < self.starts_on:
            raise PydanticCustomError("ends_before", "ends before it starts")
        if (self.ends_on - self.starts_on).days > DURATION_MAX_DAYS:
            raise PydanticCustomError("too_long", "lasts longer than two years")
        if len(set(self.trackers)) < len(self.trackers):
            raise PydanticCustomError("bound_twice", "binds a tracker twice")
        return self


class NewPerimeter(PerimeterTerms):
    """A perimeter to be (``POST /v1/registrations/{id}/perimeters``).

    Without ``decision`` it is a draft, which does nothing; with it, sent by a magistrate, it is in force.
    """

    decision: Decision | None = None


class PerimeterChange(Wire):
    """A change (``PATCH /v1/perimeters/{id}``): ``terms`` whole, or ``trackers`` alone.

    Of one in force the terms change by a ``decision`` of a magistrate; trackers by a case officer, too.
    """

    expected_version: Annotated[int, Field(ge=1)]
    terms: PerimeterTerms | None = None
    trackers: Annotated[tuple[UUID, ...], Field(max_length=BOUND_MAX)] | None = None
    decision: Decision | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if (self.terms is None) == (self.trackers is None):
            raise PydanticCustomError("one_of_two", "give either terms or trackers")
        return self


class PerimeterDecided(Wire):
    """A magistrate puts a draft into force (``POST /v1/perimeters/{id}/decide``)."""

    expected_version: Annotated[int, Field(ge=1)]
    decision: Decision


class PerimeterEnded(Wire):
    """It is no more (``POST /v1/perimeters/{id}/end``): a magistrate ends one in force."""

    expected_version: Annotated[int, Field(ge=1)]
    ground: Ground


class PerimeterState(StrEnum):
    """``in_force`` from its first day to its last; what ended is kept, and watches nobody."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"


class WatchState(StrEnum):
    """Where a tracker is, as far as one perimeter is concerned."""

    FAR = "far"
    PRE_ALERT = "pre_alert"
    POSSIBLE_BREACH = "possible_breach"
    BREACH = "breach"
    LEAVING = "leaving"


class WatchView(Wire):
    """One perimeter and one tracker, as they stand; where he was is not said outside of zones."""

    tracker_id: UUID
    state: WatchState
    since: Instant
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    distance_m: float | None = Field(default=None, description="From the victim, or the place")
    alarm_id: UUID | None = None


class Blindness(Wire):
    """A perimeter around the victim by which nobody is judged, as nobody knows where she is."""

    since: Instant
    seen_at: Instant | None = Field(default=None, description="When she was seen last, if ever")


class PerimeterTally(Wire):
    """How often somebody came near and in, of all whom it bound, since it was first in force.

    A stay counts once, from the fix that led in to those that led out.
    """

    approaches: int = Field(default=0, ge=0, description="From afar into the pre-alert ring")
    possible_breaches: int = Field(default=0, ge=0, description="Stays that never became certain")
    breaches: int = Field(default=0, ge=0, description="Stays that were certain")
    last_at: Instant | None = Field(default=None, description="When the last of these began")


class PerimeterView(Wire):
    """A perimeter as it stands. ``terms`` None: it cannot be opened here, or was erased."""

    perimeter_id: UUID
    registration_id: UUID
    reference: Line | None = None
    centre: CentreId
    team: TeamId
    version: Annotated[int, Field(ge=1)]
    state: PerimeterState
    watching: bool = Field(description="Fixes are judged by it today")
    terms: PerimeterTerms | None
    decision: Decision | None = None
    zone_radius_m: float | None = Field(default=None, description="How far its alarm zone reaches")
    ring_reach_m: float | None = Field(default=None, description="How far its pre-alert ring reaches")
    made_at: Instant
    made_by: OperatorName | None = None
    changed_at: Instant
    changed_by: OperatorName | None = None
    decided_by: OperatorName | None = None
    ended_at: Instant | None = None
    ended_by: OperatorName | None = None
    ground: Ground | None = Field(default=None, description="Why it was ended")
    watches: tuple[WatchView, ...] = ()
    blind: Blindness | None = Field(
        default=None, description="It moves with her, and nobody knows where she is"
    )
    tally: PerimeterTally = PerimeterTally()


class PerimeterList(Wire):
    """Perimeters, the newest first."""

    perimeters: tuple[PerimeterView, ...]
    more: bool = False


class TrackerRole(StrEnum):
    """Whom a tracker is on."""

    OFFENDER = "offender"
    VICTIM = "victim"


SUPERVISED_S: Final = 300.0
"""A tracker that was not heard for so long is silent, unless somebody says otherwise: tags report each minute
or five, and a tunnel takes less."""


class TrackerSwap(Wire):
    """A tracker in the place of another (``POST /v1/trackers/{id}/swap``): same wearer, bound alike."""

    integrator: Line = Field(description="The name of the system that sends its fixes")
    subject: Subject
    label: PerimeterName = Field(description="What people here call it")
    supervised_s: Annotated[float, Field(ge=30, le=86_400)] = Field(
        default=SUPERVISED_S, description="Silent if it is not heard for so long"
    )


class NewTracker(TrackerSwap):
    """A tracker of a file (``POST /v1/registrations/{id}/trackers``), as the integrator calls it."""

    role: TrackerRole


class TrackerView(Wire):
    """A tracker of a file. Where it is, is not here: only alarms show that."""

    tracker_id: UUID
    registration_id: UUID
    integrator: Line
    role: TrackerRole
    number: Annotated[int, Field(ge=1)] = Field(
        description="Which of those of its role that the file has at a time: offender 1, offender 2"
    )
    label: Line | None = Field(description="None: it cannot be opened")
    supervised_s: float
    added_at: Instant
    added_by: OperatorName | None = None
    ended_at: Instant | None = None
    heard_at: Instant | None = None
    condition: ConditionKind = ConditionKind.OK
    silent: bool = False
    battery_pct: Percent | None = None


class TrackerList(Wire):
    """The trackers of a file, those that ended last."""

    trackers: tuple[TrackerView, ...]
