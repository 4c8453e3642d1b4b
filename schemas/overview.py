"""What a supervisor sees of her centres: consoles, what waits, who is not protected, how soon is answered.

Nothing personal: files are named by their references, operators by their names.
"""

from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from schemas.alarm import LadderStep
from schemas.base import CentreId, Instant, Line, Wire
from schemas.frames import SoundState
from schemas.protection import FaultKind, NoticeView, ProtectionState
from schemas.session import OperatorName

ANSWERED_WITHIN_S: Final = (15, 20, 30, 60)
"""NENA-STA-020.1-2020 asks for 90 % within 15 s and 95 % within 20 s; the ladder's supervisor and
neighbour are told after 30 s and 60 s."""

Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class ConsoleFault(StrEnum):
    """Why an alarm might come to a console unnoticed, the gravest first."""

    SOUND_BLOCKED = "sound_blocked"
    NOT_HEARD = "not_heard"
    HIDDEN = "hidden"
    SOUND_UNCHECKED = "sound_unchecked"
    SLOW = "slow"
    MAY_GO_DARK = "may_go_dark"


class ConsoleView(Wire):
    """One attached console; ``sound``, ``visible``, ``awake`` and ``lag_ms`` None: it does not say."""

    console: UUID
    operator: OperatorName
    node: Line
    centres: tuple[CentreId, ...] = Field(description="Those of its centres that the reader supervises")
    since: Instant = Field(description="When it was attached")
    heard_at: Instant = Field(description="Known to a few seconds")
    sound: SoundState | None = None
    sound_since: Instant | None = None
    silenced_until: Instant | None = None
    visible: bool | None = None
    awake: bool | None = None
    lag_ms: float | None = None
    faults: tuple[ConsoleFault, ...] = Field(default=(), description="The gravest first")


class UnansweredAlarm(Wire):
    """A real alarm that nobody has; ``level`` 0: it has only been raised."""

    alarm_id: UUID
    owner: CentreId = Field(description="Whose it is; another centre's when it is shared with this one")
    reference: Line | None = None
    raised_at: Instant
    press_count: Annotated[int, Field(ge=1)]
    verified: bool
    lapses: Count = 0
    level: Count = 0
    step: LadderStep | None = Field(default=None, description="What the level did")
    next_at: Instant | None = Field(default=None, description="When the next level is told")


class WithoutUnit(Wire):
    """A real alarm that somebody took and sent no unit to, or none any more."""

    alarm_id: UUID
    owner: CentreId
    reference: Line | None = None
    raised_at: Instant
    acknowledged_at: Instant
    acknowledged_by: OperatorName
    lapses_at: Instant | None = Field(default=None, description="When it falls back to raised")


class SoundMissing(Wire):
    """That a console was silenced, or its sound blocked."""

    at: Instant
    operator: OperatorName
    sound: SoundState
    silenced_until: Instant | None = None


class CanarySeen(Wire):
    """When the last canary through a node was drawn at that node's canary console."""

    node: Line
    seen_at: Instant


class Within(Wire):
    """How many alarms were answered within so many seconds."""

    seconds: Count
    alarms: Count


class AnswerTimes(Wire):
    """From raised to first acknowledged, of the real alarms of a period that the centre owns.

    An alarm counts from when it is answered, or unanswered for a minute; one that is not answered yet
    counts in the percentiles with its age.
    """

    alarms: Count = 0
    unanswered: Count = 0
    p50_s: Seconds | None = None
    p90_s: Seconds | None = None
    within: tuple[Within, ...] = tuple(Within(seconds=seconds, alarms=0) for seconds in ANSWERED_WITHIN_S)
    escalated: Count = Field(default=0, description="Told to more people than the centre's own operators")


class CentreOverview(Wire):
    """One centre. Lists that are cut have their whole number beside them."""

    centre: CentreId
    unattended_since: Instant | None = None
    consoles: tuple[ConsoleView, ...] = ()
    open_alarms: Count = Field(default=0, description="Real ones that it owns")
    open_apart: Count = Field(default=0, description="Tests and exercises")
    unanswered_count: Count = 0
    unanswered: tuple[UnansweredAlarm, ...] = Field(default=(), description="The longest first")
    without_unit_count: Count = 0
    without_unit: tuple[WithoutUnit, ...] = Field(default=(), description="The longest first")
    notices: tuple[NoticeView, ...] = Field(
        default=(), description="Open ones about the centre as a whole: a flood, many silent, nobody there"
    )
    protections: dict[ProtectionState, Count] = Field(default_factory=dict)
    faults: dict[FaultKind, Count] = Field(default_factory=dict)
    canaries: tuple[CanarySeen, ...] = Field(default=(), description="By node; none: none was ever seen")
    sound_missing: tuple[SoundMissing, ...] = Field(
        default=(), description="Of the last 24 hours, the newest first"
    )
    day: AnswerTimes = AnswerTimes()
    month: AnswerTimes = AnswerTimes()


class Overview(Wire):
    """A supervisor's centres, by code (``GET /v1/overview``).

    ``as_of`` is the database's time. ``protections``, ``faults``, ``day`` and ``month`` are as of
    ``counted_at``, some seconds earlier.
    """

    as_of: Instant
    counted_at: Instant
    centres: tuple[CentreOverview, ...]
