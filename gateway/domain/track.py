"""An alarm's track: its fixes on our clock, what is odd about them, what her companion is told.

Fixes come late, doubled and in any order. What is kept of one depends on nothing but itself and when
it was received, so that the track is the same in whatever order they came; what only its neighbours
tell (a jump) is found when the track is read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gateway.domain.plausibility import JUMP, judge_fix
from gateway.domain.position import radius_95
from gateway.domain.press import OurClock
from schemas.alarm import AlarmState, Life
from schemas.enrolment import CompanionPolicy
from schemas.position import Position
from schemas.track import TrackedPosition, TrackFix, TrackingPolicy

BEFORE_PRESS: Final = timedelta(minutes=5)
"""Fixes from so long before the press are kept: they say where she came from. Earlier ones are nobody's
business: positions exist only during alarms. A fix whose instant cannot be told counts as earlier."""


RADIUS_MAX_M: Final = 1_000_000.0
"""The largest radius a ``Position`` may have: at 95 % one becomes no larger either. It says "anywhere"."""


@dataclass(frozen=True, slots=True)
class PlacedFix:
    """One fix on our clock. ``radius_m`` is at 95 %; ``position`` keeps the radius that was sent."""

    index: int
    position: Position
    radius_m: float | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownFix:
    """One fix as consoles are shown it: radius at 95 %, and what is odd about it."""

    position: Position
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An alarm that has a new last fix. ``newest`` are its last fixes, newest first; at least one."""

    alarm_id: UUID
    owner: str
    centres: tuple[str, ...]
    state: AlarmState
    life: Life
    newest: tuple[ShownFix, ...]

    @property
    def last(self) -> ShownFix:
        """The last fix, judged by the one before it."""
        return last_of(self.newest)


def last_of(newest: Sequence[ShownFix]) -> ShownFix:
    """Return the first of the newest fixes, judged by the second, which is the one before it."""
    fix, before = newest[0], newest[1].position if len(newest) > 1 else None
    return ShownFix(fix.position, with_jump(fix.flags, fix.position, before))


def place_fixes(
    fixes: Iterable[TrackFix], sent_at: datetime | None, received_at: datetime
) -> tuple[PlacedFix, ...]:
    """Return the fixes of a batch on our clock. ``sent_at`` is by the companion's clock."""
    clock = OurClock(received_at, None if sent_at is None else sent_at - received_at)
    sent = clock.place(sent_at) or received_at
    return tuple(_placed(fix, clock.place_fix(fix, sent), received_at) for fix in fixes)


def _placed(fix: TrackFix, placed: Position, received_at: datetime) -> PlacedFix:
    radius_m = radius_95(placed)
    return PlacedFix(
        fix.index,
        placed,
        None if radius_m is None else min(radius_m, RADIUS_MAX_M),
        judge_fix(placed, None, received_at),
    )


def with_jumps(track: Iterable[TrackedPosition]) -> Iterator[TrackedPosition]:
    """Return fixes in time order, each flagged where nothing gets there from the one before of the same."""
    last: dict[int, Position] = {}
    for fix in track:
        yield fix.model_copy(update={"flags": with_jump(fix.flags, fix.position, last.get(fix.number))})
        last[fix.number] = fix.position


def with_jump(flags: Sequence[str], fix: Position, before: Position | None) -> tuple[str, ...]:
    """Return the flags of a fix, the jump from the one before it among them."""
    jumps = before is not None and JUMP in judge_fix(fix, before, fix.fixed_at)
    return (*flags, JUMP) if jumps else tuple(flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How far an alarm is followed. ``until``: its fixes count up to then; None: never at all."""

    state: AlarmState
    until: datetime | None


def policy_of(
    followed: Followed, now: datetime, battery_pct: int | None, *, anything_wanted: bool
) -> TrackingPolicy:
    """Return how long and how often her companion sends positions from now on.

    When the time is up while the alarm is open, what was fixed before and still waits on her phone is
    wanted: ``until`` lies in the past, and ``stop`` is said only once nothing of a batch is wanted
    (``anything_wanted``). Of a closed alarm nothing more is asked for.
    """
    until = followed.until
    over = until is None or followed.state is AlarmState.CLOSED or (until <= now and not anything_wanted)
    if over:
        return TrackingPolicy(state="stop", until=until, every_s=TRACKING.tracking_every_s)
    low = battery_pct is not None and battery_pct < TRACKING.tracking_low_pct
    return TrackingPolicy(
        state="track",
        until=until,
        every_s=TRACKING.tracking_low_every_s if low else TRACKING.tracking_every_s,
    )


TRACKING: Final = CompanionPolicy()
