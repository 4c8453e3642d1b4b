"""Circumstances as a case team edits them: versions, review, the risk level, photos."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import CentreId, Instant, Line, Printable, Wire
from schemas.casework import TeamId
from schemas.registration import Circumstance, Person
from schemas.session import OperatorName

PHOTO_MAX_BYTES: Final = 4 * 1024 * 1024
"""What may be uploaded as one photo: what a phone or a scanner makes; it is kept far smaller."""

ENTRIES_MAX: Final = 16

Ground = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Printable]


class RiskLevel(StrEnum):
    """How great the danger is judged to be; each level has its review interval."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    EXTREME = "extreme"


class ReviewClock(Wire):
    """When something of a file wants to be gone through again."""

    entry: int | None = Field(description="Place in ``circumstances``, from 0; None: who they are and where")
    due_on: date | None = Field(description="None: nobody has ever confirmed it, it is due now")
    overdue: bool


class Lowering(Wire):
    """A lower level that somebody asked for; a second person says yes, or it lapses."""

    request_id: UUID
    level: RiskLevel
    asked_by: OperatorName
    asked_at: Instant
    expires_at: Instant
    ground: Ground | None = Field(description="None: it cannot be opened")
    mine: bool = Field(description="Whoever asked cannot be the second person")


class RiskView(Wire):
    """The level of a file, how often it wants a review, and what is asked about it."""

    level: RiskLevel
    review_days: Annotated[int, Field(ge=1)]
    lowering: Lowering | None = None


class RiskWish(Wire):
    """A level that a case officer wants; ``was`` is the one she saw."""

    was: RiskLevel
    level: RiskLevel
    ground: Ground


class CircumstancesView(Wire):
    """One version of a file's circumstances, opened; of an old one, nothing is due."""

    registration_id: UUID
    reference: Line
    centre: CentreId
    team: TeamId
    version: Annotated[int, Field(ge=1)]
    newest: bool
    saved_at: Instant
    saved_by: OperatorName | None = Field(description="None: it was imported")
    person: Person
    circumstances: tuple[Circumstance, ...]
    reviews: tuple[ReviewClock, ...] = ()
    screen_lines: Annotated[int, Field(ge=0)]
    screen_lines_max: Annotated[int, Field(ge=1)]
    risk: RiskView
    may_edit: bool = Field(description="This person may save, confirm and raise; else she reads and decides")
    alarm_open: bool = Field(
        description="An alarm of hers is open, and shows what the file held when she pressed"
    )


class CircumstancesEdit(Wire):
    """A file's person and circumstances as they shall be; photos and review dates are not set by it."""

    expected_version: Annotated[int, Field(ge=1)]
    person: Person
    circumstances: Annotated[tuple[Circumstance, ...], Field(max_length=ENTRIES_MAX)]


class Checked(Wire):
    """Somebody went through these today, and nothing has changed."""

    expected_version: Annotated[int, Field(ge=1)]
    entries: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=ENTRIES_MAX)] = ()
    person: bool = False


class VersionSummary(Wire):
    """One version: who saved it, when, and what was changed, as kinds alone."""

    version: Annotated[int, Field(ge=1)]
    saved_at: Instant
    saved_by: OperatorName | None
    changed: tuple[str, ...] | None = Field(description="None: it was erased, or cannot be opened")


class VersionList(Wire):
    """Versions of a file, newest first; ``more``: there are older ones."""

    versions: tuple[VersionSummary, ...]
    more: bool


class PhotoOf(StrEnum):
    """Of whom a photo is."""

    VICTIM = "victim"
    OFFENDER = "offender"
