"""What dispatch needs of the world: the log, the commands, the deliveries, the clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from dispatch.session import Close
from schemas.commands import Command
from schemas.frames import Condition, Cursor, Delivered, Refused, Result
from schemas.session import OperatorView


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What of a centre's log can be read: sequences ``first_kept`` to ``head`` of ``epoch``."""

    epoch: str
    first_kept: int
    head: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One committed event: what the hub must know of it, and its ``Event`` frame as JSON.

    ``payload`` is encoded once, where the event comes from, and never again. ``purpose`` is the
    alarm's; None: it is not about an alarm. ``trace``: under which ids the press is traced that raised it.
    """

    centre: str
    epoch: str
    sequence: int
    kind: str
    at: datetime
    alarm_id: UUID | None
    payload: bytes
    purpose: str | None = None
    trace: Mapping[str, str] = field(default_factory=dict)

    @property
    def cursor(self) -> Cursor:
        """Where in its stream it stands."""
        return Cursor(epoch=self.epoch, sequence=self.sequence)


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing of a snapshot: the field of ``Snapshot`` it belongs to, its JSON, an alarm's purpose."""

    field: Literal["alarms", "units", "notices", "protections"]
    payload: bytes
    purpose: str | None = None


class StreamLog(Protocol):
    """The committed stream of each centre, read from the primary.

    Every method raises ``LogUnavailable`` when it cannot answer now; asking again is always right.
    """

    async def bounds(self) -> dict[str, Bounds]:
        """Return the bounds of every centre."""

    async def read(self, centre: str, *, after: int, up_to: int, limit: int) -> Sequence[Logged]:
        """Return the events with ``after`` < sequence <= ``up_to``, in order, at most ``limit``."""

    async def snapshot(self, centre: str) -> tuple[Cursor, Sequence[Shown]]:
        """Return what the centre has as of one cursor: its open alarms first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFix:
    """Where the victim of an open alarm, or an offender, is now, and the centres that see the alarm.

    ``payload`` are the members of its ``PositionFrame`` besides the alarm's id and the centre, as JSON
    without braces: encoded once, where the fix comes from. ``number``: which of an alarm's offenders.
    """

    alarm_id: UUID
    centres: frozenset[str]
    fixed_at: datetime
    payload: bytes
    number: int = 1


class LastFixes(Protocol):
    """The last fixes of open alarms."""

    async def changed(self) -> Sequence[LastFix]:
        """Return those that other nodes changed since it was last asked, and some it has told before.

        The first time all of them. Raises ``LogUnavailable``; asking again is always right.
        """


class LogUnavailable(Exception):
    """The log cannot be read now."""


@dataclass(frozen=True, slots=True)
class Admission:
    """On what grounds a console was let in: a session, its operator as of then, until when it commands.

    ``session`` names it to whoever keeps sessions; nothing here looks into it.
    """

    session: bytes = field(repr=False)
    operator: OperatorView
    commands_until: datetime
    withheld: frozenset[UUID] = frozenset()
    """Registrations that this operator must not know of."""

    def only_watches(self, now: datetime) -> bool:
        """Whether its session has run out: it is told everything, and commands nothing."""
        return self.commands_until <= now


class Commands(Protocol):
    """What an operator may do. A refusal is an answer, not an exception."""

    async def carry_out(self, admission: Admission, command: Command) -> Result | Refused | Close:
        """Do it for the operator, once whatever is repeated.

        ``Close``: nothing was done, as the grounds of the admission do not hold any more.
        """


class Deliveries(Protocol):
    """Where it is recorded that an alarm was drawn on a screen. Never blocks and never raises."""

    def record(
        self, operator: OperatorView, console: UUID, seen: Delivered, fanned_out_at: datetime | None
    ) -> None:
        """Take note of one delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedConsole:
    """How an attached console is, as far as its node knows; ``condition`` None: it does not say.

    ``heard_s`` is how long ago it last spoke; ``sound_since`` when its sound became what it is.
    """

    console: UUID
    operator: OperatorView
    centres: frozenset[str]
    since: datetime
    heard_s: float
    condition: Condition | None = None
    sound_since: datetime | None = None


class Sounds(Protocol):
    """Where it is recorded what consoles' sirens do. Never blocks and never raises."""

    def record(self, console: AttachedConsole) -> None:
        """Take note of a sound that changed, or was said for the first time."""


class HubMetrics(Protocol):
    """What the hub counts."""

    def fanned_out(self, event: Logged, consoles: int, at: datetime) -> None:
        """Count one event written to so many consoles."""

    def slow_console(self, centre: str) -> None:
        """Count one console closed because it did not read fast enough."""

    def gap_filled_by(self, centre: str, events: int) -> None:
        """Count events that came from the log instead of straight from a commit here."""

    def resynced(self, reason: str) -> None:
        """Count a snapshot that a console was sent because its cursor cannot be continued, or it has none."""


class Clock(Protocol):
    """Aware UTC wall time, and a monotonic clock in seconds."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
