"""The steps that people take in the life of a registration, as they are asked for."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Paragraph, Wire
from schemas.casework import TeamId
from schemas.life import (
    Advice,
    ClosingReason,
    Context,
    DocumentReference,
    EvaluationAdvice,
    Forum,
    Ground,
    PvNumber,
    RefusalReason,
    StepKind,
    Threat,
)


class _Step(Wire):
    on_date: date = Field(description="The day it was done, in Europe/Brussels")
    document: DocumentReference | None = None
    ground: Paragraph | None = Field(default=None, description="On what ground, in words; kept sealed")


class _Decision(_Step):
    ground: Ground = Field(description="On what ground, in words; kept sealed")


class HeardStep(_Step):
    """She was heard: whether she will carry the alarm, and has signed the usage agreement."""

    kind: Literal[StepKind.HEARD]
    willing: bool
    agreement_signed: bool
    pv_number: PvNumber | None = Field(default=None, description="Where the request had none yet")


class DeliberatedStep(_Step):
    """Police and prosecutor consulted."""

    kind: Literal[StepKind.DELIBERATED]
    forum: Forum
    risk_assessed: bool = Field(description="Whether the risk was assessed in it")
    advice: Advice


class GrantedStep(_Decision):
    """The magistrate grants the alarm: for nine months, unless another day is given."""

    kind: Literal[StepKind.GRANTED]
    threat: Threat
    context: Context
    ends_on: date | None = Field(default=None, description="Its last day; at most 12 months on")


class RefusedStep(_Decision):
    """The magistrate refuses it. An alarm that is installed stays so until the file is closed."""

    kind: Literal[StepKind.REFUSED]
    reason: RefusalReason


class InstalledStep(_Step):
    """Her alarm is paired, tested and active; what proves it is looked up, not said."""

    kind: Literal[StepKind.INSTALLED]


class VictimSupportNotifiedStep(_Step):
    """The houses of justice's victim support (slachtofferonthaal) was told."""

    kind: Literal[StepKind.VICTIM_SUPPORT_NOTIFIED]


class EvaluatedStep(_Step):
    """The case team evaluated whether she still needs it."""

    kind: Literal[StepKind.EVALUATED]
    advice: EvaluationAdvice


class ExtendedStep(_Decision):
    """The magistrate extends it; without a day by nine months from its end."""

    kind: Literal[StepKind.EXTENDED]
    ends_on: date | None = None


class ClosedStep(_Decision):
    """The magistrate closes the file; her phones are revoked with it."""

    kind: Literal[StepKind.CLOSED]
    reason: ClosingReason


class ArchivedStep(_Step):
    """Nothing more is to be done."""

    kind: Literal[StepKind.ARCHIVED]


class TransferredStep(_Decision):
    """Another zone's team has it from now on, and the one that gave it no more."""

    kind: Literal[StepKind.TRANSFERRED]
    to: TeamId


class MultiAgencyBeganStep(_Step):
    """The case went over to the multi-agency approach (ketenaanpak); the alarm stays."""

    kind: Literal[StepKind.MULTI_AGENCY_BEGAN]


class MultiAgencyEndedStep(_Step):
    """The case came back from the multi-agency approach."""

    kind: Literal[StepKind.MULTI_AGENCY_ENDED]


NewStep = Annotated[
    HeardStep
    | DeliberatedStep
    | GrantedStep
    | RefusedStep
    | InstalledStep
    | VictimSupportNotifiedStep
    | EvaluatedStep
    | ExtendedStep
    | ClosedStep
    | ArchivedStep
    | TransferredStep
    | MultiAgencyBeganStep
    | MultiAgencyEndedStep,
    Field(discriminator="kind"),
]
"""A step that a person takes."""


class StepRequest(Wire):
    """Take a step (``POST /v1/registrations/{id}/steps``)."""

    expected_version: Annotated[int, Field(ge=0)] = Field(description="The file's version that was seen")
    step: NewStep
