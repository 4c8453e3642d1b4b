"""What the gateway needs from outside, as small protocols; adapters stand at the edge.

Each docstring says what failure looks like. Fakes in the tests implement these too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from schemas.alarm import AlarmView
from schemas.press import Purpose
from schemas.session import OperatorView


class Clock(Protocol):
    """Time. Never fails."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC; it may step when the host's clock is set."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back. For waits and durations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressRecord:
    """One press as it is committed. ``facts`` is JSON without anything personal but positions.

    ``sent_id`` is the id the companion sent. An unverified press is committed under another one,
    ``press_id``, so that it never takes a real press's place; but where ``sent_id`` is committed
    already, it is that press once more and gets its receipt.
    """

    press_id: UUID
    sent_id: UUID
    registration_id: UUID
    companion_id: UUID
    centre: str
    alarm_id: UUID
    purpose: Purpose
    pressed_at: datetime
    received_at: datetime
    facts: dict[str, Any]
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """The first answer to a press, which every later try gets again."""

    press_id: UUID
    alarm_id: UUID
    centre: str
    sequence: int
    committed_at: datetime
    seen_before: bool


class Presses(Protocol):
    """Where presses become durable."""

    async def commit(self, record: PressRecord) -> Committed:
        """Return once the press is committed, and no earlier.

        Raises ``CannotCommit`` when that is not known to have happened in time: the caller may
        and should try again with the same press.
        """


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The committed acknowledgement."""

    alarm_id: UUID
    version: int


class Alarms(Protocol):
    """Alarms as stored. Raises ``DatabaseUnavailable`` when they cannot be read now."""

    async def find(self, alarm_id: UUID) -> AlarmView | None:
        """Return the alarm, enriched, or None."""

    async def acknowledge(
        self, alarm: AlarmView, operator: OperatorView, request_id: UUID
    ) -> Acknowledged | None:
        """Take the alarm if it still is as given; None when it has changed.

        A repeated request gets the first answer again.
        """


@dataclass(frozen=True, slots=True)
class FirstDelivery:
    """When an alarm was first written to consoles, and first drawn on one."""

    fanned_out_at: datetime | None
    painted_at: datetime
    delivered_at: datetime
