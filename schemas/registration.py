"""The file of one victim: what the team must know on arrival, and how her button behaves."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import CentreId, LanguageTag, Line, Paragraph, Wire
from schemas.press import Pattern

FILE_MAX_BYTES: Final = 24_576
"""Person and circumstances of one registration as UTF-8 JSON: they travel in every frame about her
alarm, and an alarm fits into one frame of 64 KiB with room to spare, whatever its characters."""


class Severity(StrEnum):
    """How much a circumstance changes what the team does; the console lists them in this order."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"


class CircumstanceKind(StrEnum):
    """What a circumstance is about; the console has a word for each in every language."""

    WEAPON = "weapon"
    THREAT_TO_LIFE = "threat_to_life"
    CHILDREN = "children"
    MEASURE = "measure"
    APPROACH = "approach"
    MEDICAL = "medical"
    MENTAL_STATE = "mental_state"
    VEHICLE = "vehicle"
    PET = "pet"
    HABIT = "habit"
    PLACE = "place"
    OTHER = "other"


class MeasureKind(StrEnum):
    """Which measure a circumstance of that kind is; it ends on ``until``."""

    CONTACT_BAN = "contact_ban"
    AREA_BAN = "area_ban"
    HOME_BAN = "home_ban"
    DUTY_TO_REPORT = "duty_to_report"
    OTHER = "other"


class Circumstance(Wire):
    """One thing to know on arrival, in the language it was written in."""

    kind: CircumstanceKind
    measure: MeasureKind | None = Field(default=None, description="Of a court measure: which")
    severity: Severity = Severity.NORMAL
    text: Paragraph
    lang: LanguageTag = "nl"
    checked_on: date | None = Field(default=None, description="When somebody last confirmed it")
    until: date | None = Field(default=None, description="When it ends, e.g. a contact ban")


class Address(Wire):
    """A place that belongs to a person, e.g. home or work."""

    label: Line
    text: Line
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = Field(
        default=None, description="WGS84; with it a position near the address is told (``/v1/hotspots``)"
    )
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None


class AgeBand(StrEnum):
    """How old somebody is, as far as a team must know."""

    BABY = "baby"
    CHILD = "child"
    TEENAGER = "teenager"
    ADULT = "adult"
    ELDERLY = "elderly"


class CoProtected(Wire):
    """Somebody who is in danger with her, e.g. a child."""

    name: Line
    relation: Line | None = None
    age_band: AgeBand | None = None


PhotoVersion = Annotated[int, Field(ge=1)]
"""The version of the file with which a photo came; that very photo, whatever came later."""


class Victim(Wire):
    """The protected person."""

    name: Line
    born_on: date | None = None
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=5)] = ()
    phone: Line | None = None
    addresses: Annotated[tuple[Address, ...], Field(max_length=5)] = ()
    photo: Line | None = Field(default=None, description="Reference of her photo in the police's own store")
    photo_version: PhotoVersion | None = Field(default=None, description="Photo kept here; None: none is")


class Offender(Wire):
    """The person she is threatened by."""

    name: Line
    also_known_as: Line | None = None
    born_on: date | None = None
    relation: Line | None = None
    description: Paragraph | None = None
    vehicle: Line | None = None
    addresses: Annotated[tuple[Address, ...], Field(max_length=5)] = ()
    photo: Line | None = None
    photo_version: PhotoVersion | None = None


class Person(Wire):
    """Who is behind an alarm: everything personal, sealed together in the database."""

    victim: Victim
    offender: Offender | None = None
    co_protected: Annotated[tuple[CoProtected, ...], Field(max_length=6)] = ()
    checked_on: date | None = Field(
        default=None, description="When somebody last confirmed who they are and where"
    )
    safe_word: Line | None = Field(
        default=None, description="She says it on the phone if she is free to speak"
    )
    duress_word: Line | None = Field(
        default=None, description="She gives it when she is made to cancel: coercion is flagged, nothing ends"
    )


def file_bytes(person: Person, circumstances: Iterable[Circumstance]) -> int:
    """Return what a file takes in a frame, as UTF-8 JSON; at most ``FILE_MAX_BYTES`` fit."""
    return sum(len(part.model_dump_json().encode()) for part in (person, *circumstances))


class ButtonPolicy(Wire):
    """Which acts on her button are an alarm."""

    alarm_patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)] = (Pattern.HOLD,)
    hold_s: Annotated[float, Field(ge=0.3, le=10)] = 2.0
    double_gap_s: Annotated[float, Field(ge=0.1, le=2)] = 0.5
    confirm_on_button: bool = Field(
        default=True, description="Silent vibration or LED when received and seen"
    )


class Population(StrEnum):
    """Whom a file is about; only a real victim's, or a stand-in, can raise a real alarm.

    ``stand_in``: nobody's file; it stands for somebody whom an integrator raised an alarm for and who
    has none here, so that the alarm is shown all the same.
    """

    REAL = "real"
    EXERCISE = "exercise"
    CANARY = "canary"
    STAND_IN = "stand_in"


class Registration(Wire):
    """One file, as imported and exported (one JSON object a line)."""

    registration_id: UUID
    centre: CentreId
    reference: Line = Field(description="The file's own reference, e.g. its police report number")
    person: Person
    circumstances: Annotated[tuple[Circumstance, ...], Field(max_length=16)] = ()
    policy: ButtonPolicy = ButtonPolicy()
    population: Population = Population.REAL

    @model_validator(mode="after")
    def _fits_into_an_alarm(self) -> Self:
        size = file_bytes(self.person, self.circumstances)
        if size > FILE_MAX_BYTES:
            raise PydanticCustomError(
                "file_too_large",
                "person and circumstances take {size} bytes as JSON; at most {most} fit into an alarm",
                {"size": size, "most": FILE_MAX_BYTES},
            )
        return self
