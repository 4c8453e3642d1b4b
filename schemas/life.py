"""The life of a registration on the wire: from request to archive, and the steps between."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import CentreId, Instant, Line, Paragraph, Printable, Wire
from schemas.casework import TeamId
from schemas.protection import FaultKind, ProtectionState
from schemas.registration import Person, Population
from schemas.session import OperatorName, Role

PvNumber = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, pattern=r"^[A-Z]{2,3}[A-Z0-9. -]{0,24}[0-9]{4,7}/(19|20)[0-9]{2}$"
    ),
    Field(
        description="Number of a police report (PV); a code of its own form, so that no name is one",
        examples=["GE.43.LB.012345/2026"],
    ),
]
DocumentReference = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, pattern=r"^[A-Za-z ./:_()-]*[0-9][A-Za-z0-9 ./:_()-]*$", max_length=60
    ),
    Field(description="Where a document is filed; kept in the clear, so a code with a digit, no sentence"),
]
Ground = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000), Printable]


class Procedure(StrEnum):
    """``urgent``: the alarm is installed at once; hearing, deliberation and decision follow."""

    STANDARD = "standard"
    URGENT = "urgent"


class FileState(StrEnum):
    """How far a file has come. ``installed``: she carries her alarm, until ``closed``."""

    REQUESTED = "requested"
    HEARD = "heard"
    DELIBERATED = "deliberated"
    GRANTED = "granted"
    REFUSED = "refused"
    INSTALLED = "installed"
    CLOSED = "closed"
    ARCHIVED = "archived"


class StepKind(StrEnum):
    """What was done, in the past tense. The last four are the system's own."""

    REQUESTED = "requested"
    HEARD = "heard"
    DELIBERATED = "deliberated"
    GRANTED = "granted"
    REFUSED = "refused"
    INSTALLED = "installed"
    VICTIM_SUPPORT_NOTIFIED = "victim_support_notified"
    EVALUATED = "evaluated"
    EXTENDED = "extended"
    CLOSED = "closed"
    ARCHIVED = "archived"
    TRANSFERRED = "transferred"
    MULTI_AGENCY_BEGAN = "multi_agency_began"
    MULTI_AGENCY_ENDED = "multi_agency_ended"
    IMPORTED = "imported"
    EVALUATION_DUE = "evaluation_due"
    DECISION_OVERDUE = "decision_overdue"


class Gate(StrEnum):
    """What a step cannot do without; a step that lacks one is refused with its code."""

    PV_NUMBER = "pv_number"
    WILLING = "willing"
    AGREEMENT_SIGNED = "agreement_signed"
    DELIBERATED = "deliberated"
    RISK_ASSESSED = "risk_assessed"
    GROUND = "ground"
    UNDECIDED = "undecided"
    GRANTED = "granted"
    PROOF_PRESS = "proof_press"
    PROOF_POSITION = "proof_position"
    SUPPORT_NOTIFIED = "support_notified"
    EVALUATED = "evaluated"
    NO_OPEN_ALARM = "no_open_alarm"
    SUPPORT_OPEN = "support_open"
    OUT_OF_MULTI_AGENCY = "out_of_multi_agency"
    IN_MULTI_AGENCY = "in_multi_agency"
    EVALUATION_NEAR = "evaluation_near"
    DECISION_LATE = "decision_late"


class Turn(StrEnum):
    """Whose next step a file waits for."""

    OFFICER = "officer"
    MAGISTRATE = "magistrate"
    NOBODY = "nobody"


class Requester(StrEnum):
    """Who asked for the alarm."""

    VICTIM = "victim"
    POLICE = "police"
    THIRD_PARTY = "third_party"
    MAGISTRATE = "magistrate"


class Forum(StrEnum):
    """Where police and prosecutor consulted: the 'indicatiecommissie', or article 458ter's consultation."""

    INDICATION_COMMITTEE = "indication_committee"
    CASE_CONSULTATION = "case_consultation"


class Advice(StrEnum):
    """What those who deliberated advise the magistrate."""

    GRANT = "grant"
    REFUSE = "refuse"
    NONE = "none"


class Threat(StrEnum):
    """How dangerous the stalking is."""

    LIFE_THREATENING = "life_threatening"
    THREATENING = "threatening"
    NOT_THREATENING = "not_threatening"


class Context(StrEnum):
    """In what context she is stalked."""

    DOMESTIC = "domestic"
    HONOUR = "honour"
    OTHER = "other"


class RefusalReason(StrEnum):
    """Why the magistrate refuses."""

    NOT_THREATENING = "not_threatening"
    OTHER_CONTEXT = "other_context"
    NOT_WILLING = "not_willing"
    OTHER_MEASURE = "other_measure"


class ClosingReason(StrEnum):
    """Why the magistrate closes."""

    DANGER_OVER = "danger_over"
    AT_HER_WISH = "at_her_wish"
    OTHER_MEASURE = "other_measure"
    NOT_USED = "not_used"
    REFUSED = "refused"
    MOVED_ABROAD = "moved_abroad"
    DECEASED = "deceased"


class EvaluationAdvice(StrEnum):
    """What the evaluation says."""

    EXTEND = "extend"
    CLOSE = "close"


class ReminderKind(StrEnum):
    """What somebody is reminded of; each is given once for each date it is about."""

    SIX_WEEKS = "six_weeks"
    TWO_WEEKS = "two_weeks"
    DUE = "due"
    DECISION_SOON = "decision_soon"
    DECISION_OVERDUE = "decision_overdue"
    SUPPORT_OVERDUE = "support_overdue"


class StepView(Wire):
    """A step that was taken; it is never changed."""

    registration_id: UUID
    number: int = Field(description="1, 2, 3 … in the file; also the file's version since")
    kind: StepKind
    at: Instant = Field(description="When it was written down")
    on_date: date
    done_by: OperatorName | None = Field(description="None: the system itself")
    team: TeamId
    state: FileState = Field(description="The file's state since")
    document: str | None = None
    facts: dict[str, str | int | float | bool | None] = Field(
        default_factory=dict, description="The step's own codes and dates"
    )
    ground: str | None = None
    ground_erased: bool = Field(default=False, description="There was a ground; its key is destroyed")


class NextStep(Wire):
    """A step that could follow, and what it still lacks."""

    kind: StepKind
    by: tuple[Role, ...] = Field(description="The roles that take it")
    missing: tuple[Gate, ...] = Field(description="Nobody can take it before these are there")
    asks: tuple[Gate, ...] = Field(description="What the step itself must bring, as it is not there yet")


class NewFile(Wire):
    """Open a file (``POST /v1/registrations``)."""

    procedure: Procedure
    requested_by: Requester
    on_date: date = Field(description="The day of the request, in Europe/Brussels")
    team: TeamId | None = Field(default=None, description="Needed by whoever has several")
    pv_number: PvNumber | None = Field(default=None, description="The urgent procedure needs it at once")
    reference: DocumentReference | None = Field(default=None, description="None: the PV number is it")
    ground: Paragraph | None = None
    person: Person


class ProtectionNow(Wire):
    """Is she protected now; more is said on the board of protection."""

    state: ProtectionState
    since: Instant
    faults: tuple[FaultKind, ...] = ()


class Pending(Wire):
    """Since when, or until when, somebody is waited for."""

    decide_by: Instant | None = Field(default=None, description="Urgent: the magistrate decides by then")
    decision_overdue: bool = False
    support_by: Instant | None = Field(default=None, description="Urgent: victim support is told by then")
    support_overdue: bool = False
    evaluation_from: date | None = Field(default=None, description="From then on its evaluation is due")
    evaluation_overdue: bool = False


class FileLine(Wire):
    """A file in the list of a team."""

    registration_id: UUID
    reference: Line
    team: TeamId
    centre: CentreId
    state: FileState
    procedure: Procedure
    version: int
    victim: Line | None = Field(description="None: erased, or it does not open")
    ends_on: date | None
    pending: Pending
    turn: Turn
    next: NextStep | None = Field(description="The step that is waited for, and what it lacks")
    protection: ProtectionNow | None = Field(description="None: no alarm of hers is to work now")
    alarm_open: bool
    updated_at: Instant


class FilesPage(Wire):
    """A page of the files of my teams, worst protection first (``GET /v1/registrations``)."""

    files: tuple[FileLine, ...]
    after: str | None = Field(description="Ask with it for what follows; None: that was all")


class FileView(Wire):
    """A file, opened (``GET /v1/registrations/{id}``)."""

    registration_id: UUID
    reference: Line
    team: TeamId
    team_name: Line
    centre: CentreId
    state: FileState
    procedure: Procedure
    imported: bool
    decision: Literal["granted", "refused"] | None
    version: int
    population: Population
    person: Person | None = Field(description="None: erased")
    erased: bool
    held: bool = Field(description="On legal hold")
    multi_agency: bool
    installed_on: date | None
    ends_on: date | None
    pending: Pending
    turn: Turn
    awaited: StepKind | None = Field(description="The step that is waited for; None: nothing is")
    next: tuple[NextStep, ...]
    protection: ProtectionNow | None
    alarm_open: bool
    created_at: Instant
    updated_at: Instant


class StepsView(Wire):
    """The life of a file, oldest step first (``GET /v1/registrations/{id}/steps``)."""

    registration_id: UUID
    version: int
    steps: tuple[StepView, ...]
