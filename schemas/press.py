"""A press of a button, as its companion posts it, and what it is told."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Percent, Wire
from schemas.position import Position


class Purpose(StrEnum):
    """Why a press exists; only ``real`` sounds the siren."""

    REAL = "real"
    TEST = "test"
    EXERCISE = "exercise"
    CANARY = "canary"


class Pattern(StrEnum):
    """The act on the button."""

    SHORT = "short"
    DOUBLE = "double"
    HOLD = "hold"


class ButtonReading(Wire):
    """What the bridge knows of the button at the press.

    ``counter`` counts presses since ``boot``; both only where the button has them. ``forgeable``
    is true where anyone near can imitate the button (no bond, no encryption).
    """

    button_id: Line
    driver: Line
    bonded: bool = False
    encrypted: bool = False
    forgeable: bool = True
    counter: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    boot: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    battery_pct: Percent | None = None


class Press(Wire):
    """One physical act on a button (``POST /v1/presses``).

    ``age_ms`` is the time from the act to this sending on the companion's monotonic clock, so
    that a wrong wall clock cannot hide or invent a delay. ``latched`` says that the button kept
    the press while out of reach. ``positions`` holds the last fixes, newest first.
    """

    press_id: UUID
    purpose: Literal[Purpose.REAL, Purpose.TEST] = Purpose.REAL
    pattern: Pattern = Pattern.HOLD
    pressed_at: Instant | None = None
    heard_at: Instant | None = None
    sent_at: Instant | None = None
    age_ms: Annotated[float, Field(ge=0, le=31_536_000_000)] | None = None
    latched: bool = False
    attempt: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    button: ButtonReading | None = None
    phone_battery_pct: Percent | None = None
    positions: Annotated[tuple[Position, ...], Field(max_length=3)] = ()
    companion_version: Line | None = None


class ProvisionalReceipt(Wire):
    """The press is on this gateway's disk, sealed, and shown at consoles; the database is away.

    Not committed: only a ``Receipt`` says so. Send the same press again after ``again_after_s``, here or
    elsewhere, until there is one; a gateway that has it already says the same again.
    """

    press_id: UUID
    centre: CentreId
    kept_at: Instant
    again_after_s: Annotated[float, Field(gt=0)]
    provisional: Literal[True] = True
    flags: tuple[str, ...] = Field(default=(), description="What was odd or dropped, as codes")


class Receipt(Wire):
    """The press is committed; the same ``press_id`` is always told the same alarm and sequence."""

    press_id: UUID
    alarm_id: UUID
    centre: CentreId
    sequence: Annotated[int, Field(ge=1)]
    committed_at: Instant
    purpose: Purpose = Field(
        default=Purpose.REAL,
        description="What it was taken as: a real press is a test while her test window is open",
    )
    seen_before: bool = False
    flags: tuple[str, ...] = Field(default=(), description="What was odd or dropped, as codes")
