"""Who may look at a file and who looked: breaking the glass, the deny list, the log of looks."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Paragraph, Wire
from schemas.casework import TeamId
from schemas.registration import Circumstance, Person
from schemas.session import OperatorName, Role


class GlassReason(StrEnum):
    """Why somebody asks to see a file that is not hers."""

    DANGER = "danger"
    NO_ALARM = "no_alarm"
    HANDOVER = "handover"
    INQUIRY = "inquiry"
    OTHER = "other"


class GlassState(StrEnum):
    """What became of the asking. ``lapsed``: nobody answered in time; ``over``: the hour has passed."""

    ASKED = "asked"
    ALLOWED = "allowed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    OVER = "over"


class GlassWish(Wire):
    """Ask to see the file of this very reference (``POST /v1/glass``)."""

    centre: CentreId
    reference: Line
    reason: GlassReason
    words: Paragraph = Field(description="Sealed; read by whoever answers, and by auditors")


class FileGlassWish(Wire):
    """Ask to see a file whose id is known (``POST /v1/registrations/{id}/glass``)."""

    centre: CentreId
    reason: GlassReason
    words: Paragraph


class GlassAnswer(Wire):
    """Allow or refuse, as another person than who asked (``POST /v1/glass/{id}/answer``)."""

    allowed: bool


class GlassView(Wire):
    """Somebody asked to see a file. Whether there is such a file is told to who was let in, only."""

    glass_id: UUID
    centre: CentreId
    reason: GlassReason
    state: GlassState
    asked_at: Instant
    answer_by: Instant
    asked_by: OperatorName
    mine: bool = Field(description="It is the reader who asked")
    may_answer: bool = Field(description="The reader may allow or refuse it now")
    registration_id: UUID | None = Field(default=None, description="None to who asked, until let in")
    reference: Line | None = None
    words: Paragraph | None = Field(default=None, description="None: not the reader's, or erased")
    answered_by: OperatorName | None = None
    answered_at: Instant | None = None
    until: Instant | None = Field(default=None, description="Until when the file is open to who asked")


class DenialReason(StrEnum):
    """Why somebody may never see a file."""

    SUSPECT = "suspect"
    RELATIVE = "relative"
    ACQUAINTANCE = "acquaintance"
    RECUSED = "recused"
    OTHER = "other"


class DenialWish(Wire):
    """Keep a file from somebody (``POST /v1/registrations/{id}/denials``)."""

    operator_id: UUID
    reason: DenialReason
    words: Paragraph | None = Field(default=None, description="Sealed")


class DenialView(Wire):
    """Somebody from whom a file is, or was, kept."""

    denial_id: UUID
    operator: OperatorName
    reason: DenialReason
    words: Paragraph | None = None
    denied_at: Instant
    denied_by: OperatorName
    admitted_at: Instant | None = None
    admitted_by: OperatorName | None = None


class NearPerson(Wire):
    """An account of the file's centre or team."""

    operator_id: UUID
    name: Line
    roles: tuple[Role, ...]
    on_case: bool = Field(description="Works on this file")


class FileAccess(Wire):
    """Who may see a file besides its team, and who may not (``GET /v1/registrations/{id}/access``)."""

    denials: tuple[DenialView, ...]
    asked: tuple[GlassView, ...]
    people: tuple[NearPerson, ...]


class NeedToKnow(Wire):
    """What is shown of a file to who must know it now (``GET /v1/registrations/{id}/known``)."""

    registration_id: UUID
    reference: Line
    centre: CentreId
    why: str = Field(description="case, decision, alarm or break_glass")
    until: Instant | None = Field(default=None, description="When a broken glass closes again")
    readable: bool = Field(description="False: erased, or this node lacks its key")
    person: Person | None = None
    circumstances: tuple[Circumstance, ...] = ()


class LookView(Wire):
    """Something that was done with a file, or tried: who, what, when, why."""

    look_id: Annotated[str, Field(max_length=100)]
    at: Instant
    kind: Annotated[str, Field(max_length=40)] = Field(description="As in the journal, or console.shown")
    by: OperatorName | None = Field(default=None, description="None: the gateway itself")
    roles: tuple[str, ...] = ()
    why: Annotated[str, Field(max_length=40)] | None = None
    registration_id: UUID | None = None
    reference: Line | None = None
    alarm_id: UUID | None = None
    centre: CentreId | None = None
    team: TeamId | None = None
    what: Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="Which part of it: a code"
    )
    honeytoken: bool = Field(default=False, description="Of a file about nobody")


class LooksPage(Wire):
    """Looks, the newest first."""

    looks: tuple[LookView, ...]
    next: str | None = Field(default=None, description="`after` of the next page; None: there is none")


class AnomalyKind(StrEnum):
    """What is odd about how somebody looks."""

    MANY_LOOKS = "many_looks"
    HONEYTOKEN = "honeytoken"


class AnomalyView(Wire):
    """Somebody looked at more files than she and her like do, or at one that nobody has a reason to see."""

    anomaly_id: UUID
    kind: AnomalyKind
    at: Instant
    by: OperatorName
    roles: tuple[str, ...]
    registration_id: UUID | None = None
    files: int | None = Field(default=None, description="Different files within the hour")
    usual: int | None = Field(default=None, description="What was to be expected at most")


class Honeytoken(Wire):
    """Whether a file is about nobody, so that every look at it is told at once."""

    on: bool
