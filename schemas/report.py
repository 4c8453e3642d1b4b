"""The daily report of a case team: what happened to each of its files in a day, and what waits."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.alarm import AlarmState
from schemas.base import CentreId, Instant, Line, Percent, Wire
from schemas.casework import TeamId
from schemas.circumstances import RiskLevel
from schemas.outcome import Outcome
from schemas.press import Purpose
from schemas.protection import Fault, FaultKind, ProtectionState
from schemas.protection_board import ProtectionTime
from schemas.session import OperatorName


class ReportFormat(StrEnum):
    """How a report is asked for."""

    JSON = "json"
    HTML = "html"
    PDF = "pdf"


class TaskKind(StrEnum):
    """What waits for somebody."""

    DECISION_OVERDUE = "decision_overdue"
    DECISION = "decision"
    SUPPORT_OVERDUE = "support_overdue"
    EVALUATION_OVERDUE = "evaluation_overdue"
    EVALUATION = "evaluation"
    REVIEW = "review"
    OFFICER = "officer"
    MAGISTRATE = "magistrate"


class Task(Wire):
    """Something that waits; ``on`` is the day by which, None where there is none."""

    kind: TaskKind
    on: date | None = None


class PositionHealth(StrEnum):
    """Whether a press would have brought a position. ``unknown``: nothing was heard for a while."""

    GOOD = "good"
    OLD = "old"
    NONE = "none"
    OFF = "off"
    UNKNOWN = "unknown"


class ReportedAlarm(Wire):
    """An alarm that was raised in the day, or was still open in it."""

    alarm_id: UUID
    purpose: Purpose
    raised_at: Instant
    state: AlarmState
    outcome: Outcome | None = None
    answered_s: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="From raised to the acknowledgement that stands"
    )
    press_count: int = 1


class ReportedFile(Wire):
    """One file in the day. ``state`` None: no alarm of hers is installed."""

    registration_id: UUID
    reference: Line
    name: Line | None = Field(default=None, description="The victim's; only for an officer of the team")
    risk: RiskLevel
    life: Line
    state: ProtectionState | None = None
    since: Instant | None = None
    faults: tuple[Fault, ...] = Field(default=(), description="At the end of the day")
    faults_seen: tuple[FaultKind, ...] = Field(default=(), description="At any time in it")
    time: ProtectionTime = ProtectionTime()
    alarms: tuple[ReportedAlarm, ...] = ()
    tests: int = 0
    button_battery_pct: Percent | None = None
    phone_battery_pct: Percent | None = None
    position: PositionHealth = PositionHealth.UNKNOWN
    heard_at: Instant | None = None
    tasks: tuple[Task, ...] = ()


class ReportTotals(Wire):
    """The day in figures."""

    files: int = 0
    protected: int = 0
    degraded: int = 0
    unprotected: int = 0
    alarms: int = 0
    open_alarms: int = 0
    tests: int = 0
    tasks: int = 0


class SendingState(StrEnum):
    """What became of a report's mail. ``unaddressed``: there was nobody to send it to."""

    DUE = "due"
    SENT = "sent"
    UNADDRESSED = "unaddressed"
    GIVEN_UP = "given_up"


class SendingView(Wire):
    """One mail of a report: number 0 is the daily one, others were asked for."""

    number: int
    state: SendingState
    asked_at: Instant
    asked_by: OperatorName | None = None
    ended_at: Instant | None = None
    tries: int = 0
    recipients: int = 0
    refused: int = Field(default=0, description="Addresses that the mail server would not take")


class DailyReport(Wire):
    """A team's day (``GET /v1/reports/daily/{date}``): from its hour the day before to its hour on ``day``.

    In Brussels' time, so a day has 23 or 25 hours when the clocks change. ``final``: it was made when the
    day was over, and stays so; otherwise it says how things stand.
    """

    team: TeamId
    team_name: Line
    centre: CentreId
    day: date
    from_at: Instant
    until_at: Instant
    made_at: Instant
    final: bool
    totals: ReportTotals
    files: tuple[ReportedFile, ...]
    sendings: tuple[SendingView, ...] = ()
