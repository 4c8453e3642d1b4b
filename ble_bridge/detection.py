"""From a button's ups and downs to acts: short, double, hold. Pure; time is an argument.

A hold is an act the moment the finger has been down for ``hold_s``, not when it lifts. A short act
is one when no second push follows within ``double_gap_s``, and at once where the policy has no use
for a double. When a release is lost with the link, a push counts as a hold after ``hold_s``: a false
alarm costs less than a lost one. Whatever changes the detector's state is in ``_AFTER``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple

from ble_bridge import timing
from ble_bridge.decoding import Act, Edge
from schemas.press import Pattern
from schemas.registration import ButtonPolicy


class State(Enum):
    """Where the finger is in an act."""

    IDLE = auto()
    PUSHED = auto()
    BETWEEN = auto()
    PUSHED_AGAIN = auto()
    HELD = auto()


class Input(Enum):
    """What can happen to a button."""

    DOWN = auto()
    UP = auto()
    TIME = auto()
    TOLD_HOLD = auto()


class _Step(NamedTuple):
    to: State
    acts: tuple[Pattern, ...] = ()


# A DOWN while down means that the release between was lost; an UP while up says nothing new.
_AFTER: Final[dict[tuple[State, Input], _Step]] = {
    (State.IDLE, Input.DOWN): _Step(State.PUSHED),
    (State.IDLE, Input.TOLD_HOLD): _Step(State.IDLE, (Pattern.HOLD,)),
    (State.PUSHED, Input.DOWN): _Step(State.PUSHED_AGAIN),
    (State.PUSHED, Input.UP): _Step(State.BETWEEN),
    (State.PUSHED, Input.TIME): _Step(State.HELD, (Pattern.HOLD,)),
    (State.PUSHED, Input.TOLD_HOLD): _Step(State.HELD, (Pattern.HOLD,)),
    (State.BETWEEN, Input.DOWN): _Step(State.PUSHED_AGAIN),
    (State.BETWEEN, Input.TIME): _Step(State.IDLE, (Pattern.SHORT,)),
    (State.BETWEEN, Input.TOLD_HOLD): _Step(State.IDLE, (Pattern.SHORT, Pattern.HOLD)),
    (State.PUSHED_AGAIN, Input.DOWN): _Step(State.PUSHED, (Pattern.DOUBLE,)),
    (State.PUSHED_AGAIN, Input.UP): _Step(State.IDLE, (Pattern.DOUBLE,)),
    (State.PUSHED_AGAIN, Input.TIME): _Step(State.HELD, (Pattern.SHORT, Pattern.HOLD)),
    (State.PUSHED_AGAIN, Input.TOLD_HOLD): _Step(State.HELD, (Pattern.SHORT, Pattern.HOLD)),
    (State.HELD, Input.DOWN): _Step(State.PUSHED),
    (State.HELD, Input.UP): _Step(State.IDLE),
}
_IS_DOWN: Final = {State.PUSHED, State.PUSHED_AGAIN, State.HELD}


@dataclass(slots=True)
class Detector:
    """The acts of one button. ``now``, ``at_s`` and ``deadline`` are on one monotonic clock."""

    hold_s: float
    double_gap_s: float
    state: State = State.IDLE
    _since_s: float = 0.0
    _first_up_s: float = 0.0

    @classmethod
    def under(cls, policy: ButtonPolicy) -> "Detector":
        """Return the detector for a registration's policy."""
        wants_double = Pattern.DOUBLE in policy.alarm_patterns
        return cls(policy.hold_s, policy.double_gap_s if wants_double else 0.0)

    @property
    def deadline(self) -> float | None:
        """When ``due`` has something to say even if nothing more is heard."""
        if self.state in {State.PUSHED, State.PUSHED_AGAIN}:
            return self._since_s + self.hold_s
        return self._since_s + self.double_gap_s if self.state is State.BETWEEN else None

    def due(self, now: float) -> Sequence[Act]:
        """Return the acts that time alone has completed by ``now``."""
        deadline = self.deadline
        return () if deadline is None or now < deadline else self._take(Input.TIME, deadline, now)

    def edge(self, edge: Edge) -> Sequence[Act]:
        """Take an edge; return the acts complete by then, in order."""
        acts = list(self.due(edge.at_s))
        if edge.asked and edge.down == (self.state in _IS_DOWN):
            return acts
        acts += self._take(Input.DOWN if edge.down else Input.UP, edge.at_s, edge.at_s)
        acts += self.due(edge.at_s)
        return acts

    def told(self, act: Act) -> Sequence[Act]:
        """Take an act the button reports by itself; a hold already counted is not one more."""
        if act.pattern is not Pattern.HOLD or act.step is not None:
            return (act,)
        return (*self.due(act.heard_s), *self._take(Input.TOLD_HOLD, act.heard_s, act.heard_s))

    def _take(self, what: Input, at_s: float, heard_s: float) -> Sequence[Act]:
        step = _AFTER.get((self.state, what))
        if step is None:
            return ()
        acts = [
            Act(pattern, self._first_up_s if pattern is Pattern.SHORT else at_s, heard_s)
            for pattern in step.acts
        ]
        if what is Input.UP or (what is Input.DOWN and self.state is State.PUSHED):
            self._first_up_s = at_s
        self.state, self._since_s = step.to, at_s
        return acts


def is_alarm(pattern: Pattern, policy: ButtonPolicy) -> bool:
    """Tell whether her policy makes this act an alarm."""
    return pattern in policy.alarm_patterns


@dataclass(slots=True)
class Repeats:
    """Drops the second of two equal values of one characteristic within ``timing.REPEAT_S``."""

    _last: dict[str, tuple[bytes, float]]

    def __init__(self) -> None:
        self._last = {}

    def is_repeat(self, uuid: str, value: bytes, at_s: float) -> bool:
        """Tell whether this value was only heard twice."""
        seen = self._last.get(uuid)
        self._last[uuid] = (value, at_s)
        return seen is not None and seen[0] == value and at_s - seen[1] < timing.REPEAT_S
