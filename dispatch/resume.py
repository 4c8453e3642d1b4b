"""From the cursor a console asks for and the bounds of the log: replay, or a snapshot and why."""

from dataclasses import dataclass
from typing import Literal

from dispatch.ports import Bounds
from schemas.frames import Cursor

Reason = Literal["first_attach", "epoch_changed", "expired", "ahead_of_log", "too_far_behind"]


@dataclass(frozen=True, slots=True)
class Replay:
    """Send the events after ``after``."""

    after: int


@dataclass(frozen=True, slots=True)
class FromSnapshot:
    """Send the open alarms; the log cannot serve this cursor because of ``reason``."""

    reason: Reason


def resume(asked: Cursor | None, bounds: Bounds, *, replay_max: int) -> Replay | FromSnapshot:
    """Decide how a console continues. Only an unbroken log of the same epoch is replayed."""
    if asked is None:
        return FromSnapshot("first_attach")
    if asked.epoch != bounds.epoch:
        return FromSnapshot("epoch_changed")
    if asked.sequence > bounds.head:
        return FromSnapshot("ahead_of_log")
    if asked.sequence < bounds.first_kept - 1:
        return FromSnapshot("expired")
    if bounds.head - asked.sequence > replay_max:
        return FromSnapshot("too_far_behind")
    return Replay(asked.sequence)
