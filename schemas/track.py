"""An alarm's track: what a companion posts and what a console is shown."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import Instant, Line, Wire
from schemas.position import Position

BATCH_MAX: Final = 300
"""Fixes in one batch: 5 min at 1 Hz, some 50 kB."""


class TrackFix(Position):
    """One fix of a track; ``index`` counts from 1 within alarm and companion, so resending is harmless."""

    index: Annotated[int, Field(ge=1, lt=2**31)]


class PositionBatch(Wire):
    """Fixes of one alarm (``POST /v1/alarms/{id}/positions``), in any order, as late as may be."""

    sent_at: Instant | None = None
    phone_battery_pct: Annotated[int, Field(ge=0, le=100)] | None = None
    fixes: Annotated[tuple[TrackFix, ...], Field(min_length=1, max_length=BATCH_MAX)]


class TrackingPolicy(Wire):
    """How long and how often the companion sends positions from now on."""

    state: Literal["track", "stop"]
    until: Instant | None = None
    every_s: float = 1.0


class PositionsReceipt(Wire):
    """Answer 202: so many were new, so many were known; the rest is said in ``dropped``."""

    alarm_id: UUID
    stored: int
    known: int
    dropped: int = 0
    policy: TrackingPolicy


class TrackedPosition(Wire):
    """One fix as stored: radius at 95 %, the original kept beside it, and what was odd about it."""

    position: Position
    original_radius_m: float | None = None
    original_confidence: float | None = None
    received_at: Instant
    number: Annotated[int, Field(ge=1)] = Field(
        default=1, description="Which offender it is of, where it is of one"
    )
    flags: tuple[Line, ...] = ()


class Track(Wire):
    """The fixes of an alarm in time order (``GET /v1/alarms/{id}/track``), and the last with its age."""

    alarm_id: UUID
    who: Literal["victim", "offender"] = "victim"
    fixes: tuple[TrackedPosition, ...]
    last: TrackedPosition | None = None
    last_age_s: float | None = None
    more: bool = Field(default=False, description="Older fixes are left out; ask with ``before``")


class CancelWish(Wire):
    """The victim's phone asks to cancel (``POST /v1/alarms/{id}/cancel``); the answer is always the same."""

    word: Line | None = None


class CancelAnswer(Wire):
    """What her phone is told, whatever word she gave. The alarm goes on."""

    alarm_id: UUID
    noted: Literal[True] = True
