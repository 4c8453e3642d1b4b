"""A press's instants and positions, moved from the companion's clock to ours.

The companion's wall clock may be a day off and must not hide or invent a delay. It sends ages from
its monotonic clock beside the instants; with them the gateway places everything on its own clock
and only reports how far the companion's clock is off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from schemas.alarm import Trail
from schemas.position import Position
from schemas.press import Press

SKEW_FLAGGED_S: Final = 60.0
"""A companion's clock further off than this is flagged; below, networks explain it."""

LATE_S: Final = 30.0
"""A press older than this on arrival is shown as late; a good path takes well under one second."""

STALE_FIX_S: Final = 30.0
"""A newest position older than this at the press is flagged as stale."""

AGE_MAX: Final = timedelta(days=365)
"""Nothing older is believed: such an instant is a clock that was never set."""

SYNCHRONISED: Final = timedelta(seconds=1)
"""Clocks this close are taken as equal, so that the network's share of the way stays visible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What the gateway makes of a press's clocks. ``positions`` are newest first."""

    pressed_at: datetime
    trail: Trail
    positions: tuple[Position, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OurClock:
    """Moves instants of a companion's clock, which is ahead by ``skew``, to ours."""

    received_at: datetime
    skew: timedelta | None

    def place(self, instant: datetime | None) -> datetime | None:
        """Return the instant by our clock; None when it cannot be told or believed."""
        if instant is None or self.skew is None:
            return None
        try:
            placed = instant - (self.skew if abs(self.skew) > SYNCHRONISED else timedelta())
        except OverflowError:
            return None
        return min(placed, self.received_at) if self.received_at - placed < AGE_MAX else None

    def place_fix(self, position: Position, sent_at: datetime) -> Position:
        """Place one fix; one whose age cannot be told counts as old as can be, never as fresh."""
        if position.age_s is not None:
            fixed_at = sent_at - min(timedelta(seconds=position.age_s), AGE_MAX)
        else:
            fixed_at = self.place(position.fixed_at) or self.received_at - AGE_MAX
        return position.model_copy(update={"fixed_at": fixed_at, "age_s": None})


def place_on_our_clock(press: Press, received_at: datetime) -> Placed:
    """Return when the press was made, by our clock, and what is odd about it.

    A companion's clock is compared at its sending: the way here counts as zero, unless the clocks
    agree anyway. What comes out is in order (pressed, heard, sent, received), though an age may be
    rounded and a clock may have been set in between.
    """
    skew = press.sent_at - received_at if press.sent_at is not None else None
    clock = OurClock(received_at, skew)
    sent_at = clock.place(press.sent_at)
    latest = sent_at or received_at
    pressed_at = min(_pressed_at(press, latest, clock), latest)
    heard_at = clock.place(press.heard_at)
    positions = sorted(
        (clock.place_fix(position, latest) for position in press.positions),
        key=lambda position: position.fixed_at,
        reverse=True,
    )
    return Placed(
        pressed_at=pressed_at,
        trail=Trail(
            pressed_at=pressed_at,
            heard_at=heard_at and min(max(heard_at, pressed_at), latest),
            sent_at=sent_at,
            received_at=received_at,
            committed_at=received_at,
            companion_skew_ms=None if skew is None else skew.total_seconds() * 1000,
        ),
        positions=tuple(positions),
        flags=tuple(_flags(press, pressed_at, positions, clock)),
    )


def _pressed_at(press: Press, sent_at: datetime, clock: OurClock) -> datetime:
    if press.age_ms is not None:
        return sent_at - min(timedelta(milliseconds=press.age_ms), AGE_MAX)
    return clock.place(press.pressed_at) or clock.received_at


def _flags(press: Press, pressed_at: datetime, positions: Sequence[Position], clock: OurClock) -> list[str]:
    flags = []
    if clock.skew is not None and abs(clock.skew.total_seconds()) > SKEW_FLAGGED_S:
        flags.append("clock_skew")
    if (clock.received_at - pressed_at).total_seconds() > LATE_S:
        flags.append("late")
    if press.latched:
        flags.append("latched")
    if press.button is not None and press.button.forgeable:
        flags.append("forgeable_button")
    if not positions:
        flags.append("no_position")
    elif (pressed_at - positions[0].fixed_at).total_seconds() > STALE_FIX_S:
        flags.append("stale_position")
    if any(position.mock for position in positions):
        flags.append("mock_position")
    return flags
