"""Every frame on ``WS /v1/console`` (subprotocol ``msa.console.v1``): two unions tagged by ``type``.

JSON text, at most 64 KiB a frame. A console attaches with its cursors; each centre answers with
the events after the cursor, or with ``reset`` and a snapshot when the log cannot be continued;
``caught_up`` ends either. From then on every event has the next sequence.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, TypeAdapter

from schemas.alarm import AlarmView
from schemas.base import CentreId, Instant, InstantOfThisAge, Line, Wire
from schemas.commands import Command
from schemas.position import Position
from schemas.problems import Problem
from schemas.protection import NoticeView, ProtectionView
from schemas.session import OperatorName, OperatorView
from schemas.unit import UnitView

SUBPROTOCOL: Final = "msa.console.v1"
MAX_FRAME_BYTES: Final = 65_536


EventKind = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z_]+(\.[a-z_]+)+$"),
    Field(
        description="What happened, in the past tense: alarm.*, unit.*, notice.*, protection.*; a later"
        " version may tell others: apply them all the same"
    ),
]


class Cursor(Wire):
    """A place in a centre's stream. ``epoch`` changes when the log cannot be continued."""

    epoch: Annotated[str, Field(pattern=r"^[0-9a-f]{1,40}$")]
    sequence: Annotated[int, Field(ge=0, lt=2**63)]


# --- from the console -----------------------------------------------------------------------


class Attach(Wire):
    """Follow these centres, each from its cursor (none: from a snapshot). May be sent again."""

    type: Literal["attach"] = "attach"
    console: UUID = Field(description="One attached screen; a second attach with it supersedes the first")
    centres: Annotated[tuple[CentreId, ...], Field(min_length=1, max_length=32)]
    cursors: dict[CentreId, Cursor] = Field(default_factory=dict)


class Delivered(Wire):
    """The alarm was drawn on a screen at ``painted_at`` (the console's clock)."""

    type: Literal["delivered"] = "delivered"
    alarm_id: UUID
    centre: CentreId
    sequence: Annotated[int, Field(ge=1, lt=2**63)]
    painted_at: Instant


class Pong(Wire):
    """The console is alive; answers each heartbeat."""

    type: Literal["pong"] = "pong"


class SoundState(StrEnum):
    """Whether a console's siren can be heard. ``blocked``: it cannot, or nobody heard its check."""

    UNCHECKED = "unchecked"
    READY = "ready"
    SOUNDING = "sounding"
    SILENCED = "silenced"
    BLOCKED = "blocked"


class Condition(Wire):
    """How a console is: said once attached, with each heartbeat and on each change; answered ``noted``."""

    type: Literal["condition"] = "condition"
    sound: SoundState
    silenced_until: InstantOfThisAge | None = Field(
        default=None, description="When a silenced siren sounds again"
    )
    visible: bool = Field(description="The page is in front, not in a hidden tab")
    awake: bool = Field(default=False, description="The workstation's screen is kept from going dark")
    wall: bool = Field(
        default=False, description="It shows the wall display: nobody answers at it, so it attends no centre"
    )
    lag_ms: Annotated[float, Field(ge=0, le=3_600_000)] | None = Field(
        default=None, description="How long the last ``condition`` took to be answered"
    )


# --- from the gateway -----------------------------------------------------------------------


class Welcome(Wire):
    """First frame: who serves, who is signed in, how often to expect a heartbeat."""

    type: Literal["welcome"] = "welcome"
    node: str
    server_time: Instant
    operator: OperatorView
    heartbeat_s: float
    protocol: str = SUBPROTOCOL
    commands_until: Instant | None = Field(
        default=None,
        description="When the session runs out: from then on commands are refused `not-signed-in`, and"
        " everything is still told",
    )


class Reset(Wire):
    """The log cannot be continued from your cursor; a snapshot follows."""

    type: Literal["reset"] = "reset"
    centre: CentreId
    reason: Literal["epoch_changed", "expired", "ahead_of_log", "too_far_behind"]


class Snapshot(Wire):
    """What the centre has as of ``cursor``: open alarms, units, open notices, who is not protected.

    Parts follow each other while ``more`` is true; the first replaces what the console held.
    """

    type: Literal["snapshot"] = "snapshot"
    centre: CentreId
    cursor: Cursor
    alarms: tuple[AlarmView, ...]
    units: tuple[UnitView, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    protections: tuple[ProtectionView, ...] = Field(default=(), description="Those that are not protected")
    reason: Literal["first_attach", "epoch_changed", "expired", "ahead_of_log", "too_far_behind"]
    first: bool = True
    more: bool = False


class Event(Wire):
    """One entry of the centre's stream, with the one thing it is about as it is after it."""

    type: Literal["event"] = "event"
    centre: CentreId
    cursor: Cursor
    kind: EventKind
    at: Instant
    by: OperatorName | None = Field(default=None, description="Who did it; None: nobody at a console")
    alarm: AlarmView | None = None
    unit: UnitView | None = None
    notice: NoticeView | None = None
    protection: ProtectionView | None = None

    @property
    def the_alarm(self) -> AlarmView:
        """The alarm of an event about one. Raises ``LookupError`` for any other event."""
        if self.alarm is None:
            raise LookupError(self.kind)
        return self.alarm


class PositionFrame(Wire):
    """Where somebody of an open alarm is now: unnumbered, the newest of each wins, at most one a second.

    ``position.radius_m`` is at 95 %; ``flags`` say what is odd about the fix.
    """

    type: Literal["position"] = "position"
    alarm_id: UUID
    centre: CentreId = Field(description="The centre whose console is told")
    who: Literal["victim", "offender"] = "victim"
    number: Annotated[int, Field(ge=1)] = Field(
        default=1, description="Which offender: each has frames of his own"
    )
    of: Annotated[int, Field(ge=1)] = Field(
        default=1, description="How many offenders wear a tracker for the file"
    )
    position: Position
    flags: tuple[Line, ...] = ()


class CaughtUp(Wire):
    """All that was committed up to ``cursor`` has been sent; events are live from here."""

    type: Literal["caught_up"] = "caught_up"
    centre: CentreId
    cursor: Cursor


class Result(Wire):
    """The command with this ``request_id`` is committed."""

    type: Literal["result"] = "result"
    request_id: UUID
    alarm_id: UUID | None = None
    version: int | None = None


class Refused(Wire):
    """The command with this ``request_id`` changed nothing; after a 5xx problem that is not known."""

    type: Literal["refused"] = "refused"
    request_id: UUID
    problem: Problem
    taken_by: Line | None = None


class Heartbeat(Wire):
    """Proof of life every ``heartbeat_s``; a head beyond your cursor means: attach again."""

    type: Literal["heartbeat"] = "heartbeat"
    server_time: Instant
    heads: dict[CentreId, Cursor]


class Noted(Wire):
    """The last ``condition`` is known here; the time between them is the link's latency."""

    type: Literal["noted"] = "noted"
    server_time: Instant


class Provisional(Wire):
    """A press that is on a gateway's disk and not in the database yet, because that is away.

    Beside the stream: unnumbered, told at once and again to whoever attaches while it lasts. ``alarm`` is
    what the press would raise, with her file as this node last read it (``file_read_at``); the log knows
    no such alarm yet, so nothing can be commanded on it. It is over with ``provisional_over``; once the
    stream tells an alarm of the same registration with a ``last_pressed_at`` that is not before this one's;
    or with ``caught_up``, when its own ``node`` has not told it again since the centre was attached.
    """

    type: Literal["provisional"] = "provisional"
    centre: CentreId = Field(description="The centre whose console is told")
    press_id: UUID
    node: str = Field(description="The node on whose disk it is")
    kept_at: Instant
    file_read_at: Instant | None = Field(default=None, description="None: her file is not known there")
    alarm: AlarmView


class ProvisionalOver(Wire):
    """A provisional press is in the database, as, or as a further press on, ``alarm_id``."""

    type: Literal["provisional_over"] = "provisional_over"
    centre: CentreId
    press_id: UUID
    alarm_id: UUID


class Reconnect(Wire):
    """The node drains, or another has news that this one lacks: reconnect after ``after_s``."""

    type: Literal["reconnect"] = "reconnect"
    after_s: float


ConsoleFrame = Annotated[Attach | Delivered | Condition | Command | Pong, Field(discriminator="type")]
ServerFrame = Annotated[
    Welcome
    | Reset
    | Snapshot
    | Event
    | PositionFrame
    | CaughtUp
    | Result
    | Refused
    | Heartbeat
    | Noted
    | Provisional
    | ProvisionalOver
    | Reconnect,
    Field(discriminator="type"),
]

console_frame: Final[TypeAdapter[ConsoleFrame]] = TypeAdapter(ConsoleFrame)
server_frame: Final[TypeAdapter[ServerFrame]] = TypeAdapter(ServerFrame)
