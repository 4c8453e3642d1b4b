"""The file of one victim: what the team must know on arrival, and how her button behaves."""

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
    OTHER = "other"


class Circumstance(Wire):
    """One thing to know on arrival, in the language it was written in."""

    kind: CircumstanceKind
    severity: Severity = Severity.NORMAL
    text: Paragraph
    lang: LanguageTag = "nl"
    checked_on: date | None = Field(default=None, description="When somebody last confirmed it")
    until: date | None = Field(default=None, description="When it ends, e.g. a contact ban")


class Address(Wire):
    """A place that belongs to a person, e.g. home or work."""

    label: Line
    text: Line


class Victim(Wire):
    """The protected person."""

    name: Line
    born_on: date | None = None
    languages: Annotated[tuple[LanguageTag, ...], Field(max_length=5)] = ()
    phone: Line | None = None
    addresses: Annotated[tuple[Address, ...], Field(max_length=5)] = ()
    photo: Line | None = Field(default=None, description="Reference of her photo in the police's own store")


class Offender(Wire):
    """The person she is threatened by."""

    name: Line
    relation: Line | None = None
    description: Paragraph | None = None
    vehicle: Line | None = None
    addresses: Annotated[tuple[Address, ...], Field(max_length=5)] = ()
    photo: Line | None = None


class Person(Wire):
    """Who is behind an alarm: everything personal, sealed together in the database."""

    victim: Victim
    offender: Offender | None = None
    safe_word: Line | None = Field(
        default=None, description="She says it on the phone if she is free to speak"
    )
    duress_word: Line | None = Field(
        default=None, description="She gives it when she is made to cancel: coercion is flagged, nothing ends"
    )


class ButtonPolicy(Wire):
    """Which acts on her button are an alarm."""

    alarm_patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)] = (Pattern.HOLD,)
    hold_s: Annotated[float, Field(ge=0.3, le=10)] = 2.0
    double_gap_s: Annotated[float, Field(ge=0.1, le=2)] = 0.5
    confirm_on_button: bool = Field(
        default=True, description="Silent vibration or LED when received and seen"
    )


class Population(StrEnum):
    """Whom a file is about; only a real victim's can raise a real alarm."""

    REAL = "real"
    EXERCISE = "exercise"
    CANARY = "canary"


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
        parts = (self.person, *self.circumstances)
        size = sum(len(part.model_dump_json().encode()) for part in parts)
        if size > FILE_MAX_BYTES:
            raise PydanticCustomError(
                "file_too_large",
                "person and circumstances take {size} bytes as JSON; at most {most} fit into an alarm",
                {"size": size, "most": FILE_MAX_BYTES},
            )
        return self
