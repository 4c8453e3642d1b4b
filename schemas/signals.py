"""What the victim may feel: the signals of her alarm (``GET /v1/alarms/{id}/signals``)."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Wire


class SignalKind(StrEnum):
    """``seen``: an operator has it. ``unit_on_the_way``: a team was sent and is not back yet."""

    COMMITTED = "committed"
    SEEN = "seen"
    UNIT_ON_THE_WAY = "unit_on_the_way"
    CLOSED = "closed"


class Signal(Wire):
    """One signal; ``index`` counts from 1 within the alarm."""

    index: int
    kind: SignalKind
    at: Instant


class Signals(Wire):
    """The signals after ``after``; empty when the long poll ran out."""

    alarm_id: UUID
    signals: tuple[Signal, ...] = ()
    last: int = Field(description="Give it as ``after`` next time")
