"""What dispatch needs of the world: the log, the commands, the deliveries, the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from schemas.alarm import AlarmView
from schemas.frames import Acknowledge, Cursor, Delivered, Event, Refused, Result
from schemas.session import OperatorView


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What of a centre's log can be read: sequences ``first_kept`` to ``head`` of ``epoch``."""

    epoch: str
    first_kept: int
    head: int


class StreamLog(Protocol):
    """The committed stream of each centre, read from the primary.

    Every method raises ``LogUnavailable`` when it cannot answer now; asking again is always right.
    """

    async def bounds(self) -> dict[str, Bounds]:
        """Return the bounds of every centre."""

    async def read(self, centre: str, *, after: int, up_to: int, limit: int) -> Sequence[Event]:
        """Return the events with ``after`` < sequence <= ``up_to``, in order, at most ``limit``."""

    async def snapshot(self, centre: str) -> tuple[Cursor, Sequence[AlarmView]]:
        """Return all open alarms of the centre as of one cursor."""


class LogUnavailable(Exception):
    """The log cannot be read now."""


class Commands(Protocol):
    """What an operator may do to an alarm. A refusal is an answer, not an exception."""

    async def acknowledge(self, operator: OperatorView, command: Acknowledge) -> Result | Refused:
        """Take the alarm for ``operator``."""


class Deliveries(Protocol):
    """Where it is recorded that an alarm was drawn on a screen. Never blocks and never raises."""

    def record(
        self, operator: OperatorView, console: UUID, seen: Delivered, fanned_out_at: datetime | None
    ) -> None:
        """Take note of one delivery."""


class Clock(Protocol):
    """Aware UTC wall time, and a monotonic clock in seconds."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
