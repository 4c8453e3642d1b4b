"""How a file is kept: legal hold, erasure and its proof, what hinders it."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.alarm import AlarmState
from schemas.base import Instant, Line, Wire
from schemas.press import Purpose
from schemas.session import OperatorName


class Hindrance(StrEnum):
    """Why a file is not erased now."""

    ERASED = "erased"
    HELD = "held"
    ALARM_OPEN = "alarm_open"
    NOT_CLOSED = "not_closed"


class ErasureGround(StrEnum):
    """On what ground a file is erased: a code, as free text may be personal."""

    RETENTION = "retention"
    REQUEST = "request"
    COURT_ORDER = "court_order"


class HoldWish(Wire):
    """Hold the file, or release it."""

    held: bool


class EraseWish(Wire):
    """Erase the file for ever; ``reference`` is typed by hand, so that it is not another one."""

    reference: Line
    ground: ErasureGround


class DisposalView(Wire):
    """What was destroyed of a file, when, and on whose word."""

    disposal_id: int
    at: Instant
    data_class: Line
    ground: Line
    by: OperatorName | None = Field(description="None: the gateway itself, as the retention says")
    counts: dict[str, Any]


class KeptAlarm(Wire):
    """An alarm of a file, whose evidence can be taken."""

    alarm_id: UUID
    raised_at: Instant
    purpose: Purpose
    state: AlarmState


class KeepingView(Wire):
    """How a file is kept, and what whoever asks may do about it."""

    registration_id: UUID
    reference: Line
    held_since: Instant | None
    erased_at: Instant | None
    hindrances: tuple[Hindrance, ...] = Field(description="What stands against erasing it, without an order")
    by_order: tuple[Hindrance, ...] = Field(description="What stands against it even with a court's order")
    may_decide: bool = Field(description="Whoever asks may hold, release and erase it")
    alarms: tuple[KeptAlarm, ...] = Field(description="The latest first, at most 50; no canary")
    disposals: tuple[DisposalView, ...]


class ErasureProof(Wire):
    """A signed statement that a file was erased: ``jws`` is of the canonical JSON of ``statement``."""

    statement: dict[str, Any]
    jws: Annotated[str, Field(description="Compact JWS (RFC 7515), Ed25519")]
    key_id: Line
