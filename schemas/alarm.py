"""An alarm as a console sees it."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Wire
from schemas.position import Position
from schemas.press import ButtonReading, Pattern, Purpose
from schemas.registration import Circumstance, Person


class AlarmState(StrEnum):
    """The states of an alarm; how it moves between them is ``gateway.domain.alarm``."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Trail(Wire):
    """The instants of an alarm's first press, in the order they happen.

    Clocks: ``pressed_at``, ``heard_at`` and ``sent_at`` are the companion's, moved to the
    gateway's clock when ``companion_skew_ms`` (how far the companion's clock is ahead) is known;
    the rest are the gateway's and its database's. ``delivered_at`` is when the first console's
    ``delivered`` arrived.
    """

    pressed_at: Instant | None = None
    heard_at: Instant | None = None
    sent_at: Instant | None = None
    received_at: Instant
    committed_at: Instant
    fanned_out_at: Instant | None = None
    delivered_at: Instant | None = None
    acknowledged_at: Instant | None = None
    companion_skew_ms: float | None = None


class OperatorName(Wire):
    """Who did something."""

    operator_id: UUID
    name: Line


class AlarmView(Wire):
    """Everything a console shows of one alarm, after the event that carries it.

    ``person`` is None where the alarm is not enriched (``enriched`` false): un-enriched beats delayed.
    """

    alarm_id: UUID
    centre: CentreId
    registration_id: UUID
    reference: Line | None = None
    purpose: Purpose
    state: AlarmState
    version: Annotated[int, Field(ge=1)]
    raised_at: Instant
    press_count: Annotated[int, Field(ge=1)] = 1
    last_pressed_at: Instant
    pattern: Pattern | None = None
    verified: bool = Field(description="The companion's signature held; false asks for a call back")
    flags: tuple[str, ...] = ()
    button: ButtonReading | None = None
    phone_battery_pct: int | None = None
    positions: tuple[Position, ...] = Field(default=(), description="Newest first, on the gateway's clock")
    acknowledged_by: OperatorName | None = None
    acknowledged_at: Instant | None = None
    enriched: bool = False
    person: Person | None = None
    circumstances: tuple[Circumstance, ...] = ()
    trail: Trail
