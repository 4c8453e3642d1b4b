"""How a finger becomes an act: short, double or hold. Pure; the caller owns the clock.

first push: released before hold_ms -> waits double_gap_ms for a second push
            released, no second push -> SHORT      second push released -> DOUBLE
either push: still down after hold_ms -> HOLD, at that instant and not at the release
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from ble_bridge.reference_service import PatternCode, Settings


class Finger(Enum):
    """What can happen: the finger goes down or up, or the deadline passes."""

    DOWN = auto()
    UP = auto()
    DEADLINE = auto()


class _State(Enum):
    IDLE = auto()
    FIRST_PUSH = auto()
    BETWEEN = auto()
    SECOND_PUSH = auto()
    HELD = auto()


_AFTER: Final = {
    (_State.IDLE, Finger.DOWN): (_State.FIRST_PUSH, None),
    (_State.FIRST_PUSH, Finger.UP): (_State.BETWEEN, None),
    (_State.FIRST_PUSH, Finger.DEADLINE): (_State.HELD, PatternCode.HOLD),
    (_State.BETWEEN, Finger.DOWN): (_State.SECOND_PUSH, None),
    (_State.BETWEEN, Finger.DEADLINE): (_State.IDLE, PatternCode.SHORT),
    (_State.SECOND_PUSH, Finger.UP): (_State.IDLE, PatternCode.DOUBLE),
    (_State.SECOND_PUSH, Finger.DEADLINE): (_State.HELD, PatternCode.HOLD),
    (_State.HELD, Finger.UP): (_State.IDLE, None),
}


@dataclass(frozen=True, slots=True)
class Act:
    """A complete act. ``completed_at_s`` is the release, or the end of ``hold_ms`` for a hold."""

    pattern: PatternCode
    completed_at_s: float


class Gesture:
    """The machine. ``deadline_s`` is when ``Finger.DEADLINE`` must be given, None for never."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.deadline_s: float | None = None
        self._state = _State.IDLE
        self._released_at_s = 0.0

    def feel(self, finger: Finger, now_s: float) -> Act | None:
        """Take one step; return the act it completes. What the table does not name is a bounce."""
        step = _AFTER.get((self._state, finger))
        if step is None:
            return None
        self._state, pattern = step
        if finger is Finger.UP:
            self._released_at_s = now_s
        self.deadline_s = self._next_deadline(now_s)
        if pattern is None:
            return None
        return Act(pattern, now_s if pattern is PatternCode.HOLD else self._released_at_s)

    def _next_deadline(self, now_s: float) -> float | None:
        if self._state in {_State.FIRST_PUSH, _State.SECOND_PUSH}:
            return now_s + self.settings.hold_ms / 1000
        if self._state is _State.BETWEEN:
            return now_s + self.settings.double_gap_ms / 1000
        return None
