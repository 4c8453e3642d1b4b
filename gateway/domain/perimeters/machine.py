"""Where one perimeter and one tracker stand. Whatever moves a watch stands in this file, as a table.

A fix gives a ``Sign``; ``AFTER`` says what it makes of the state at once. Going in takes one fix; coming out
takes a margin and a run: ``CONFIRMED`` says what the state becomes once the last signs all led away, three
fixes of them, or two over a minute. A fix that is doubtful (stale, simulated, a jump, of the future) leads
nowhere away. One that is older than the last that was judged moves nothing, and neither does the same one
again: time goes one way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from schemas.perimeters import WatchState

CERTAIN: Final = 0.95
"""From this probability on a breach is said to be certain; below it, possible."""

POSSIBLE: Final = 0.05
"""From this probability on somebody may be inside: what lies beyond is more than the 95 % radius away."""

MARGIN_M: Final = 50.0
"""Beyond a border by less than this is not outside yet: half a street, and what a fix under trees wanders."""

LEAVING_FIXES: Final = 3
LEAVING_S: Final = 60.0
"""So many fixes in a row that lead away, or two over so long: one that strays outside ends no breach."""


class Sign(StrEnum):
    """What one fix says of one perimeter, the nearest last."""

    UNSURE = "unsure"
    CLEAR = "clear"
    FRINGE = "fringe"
    RING = "ring"
    EDGE = "edge"
    POSSIBLE = "possible"
    CERTAIN = "certain"


class Effect(StrEnum):
    """What follows from a move. ``raise``: an alarm, or news on the one that is open."""

    WARN = "warn"
    RAISE = "raise"
    LEFT = "left"
    CALM = "calm"


_S = WatchState
AFTER: Final[Mapping[WatchState, Mapping[Sign, WatchState]]] = MappingProxyType(
    {
        _S.FAR: {
            Sign.UNSURE: _S.FAR,
            Sign.CLEAR: _S.FAR,
            Sign.FRINGE: _S.FAR,
            Sign.RING: _S.PRE_ALERT,
            Sign.EDGE: _S.PRE_ALERT,
            Sign.POSSIBLE: _S.POSSIBLE_BREACH,
            Sign.CERTAIN: _S.BREACH,
        },
        _S.PRE_ALERT: {
            **dict.fromkeys((Sign.UNSURE, Sign.CLEAR, Sign.FRINGE, Sign.RING, Sign.EDGE), _S.PRE_ALERT),
            Sign.POSSIBLE: _S.POSSIBLE_BREACH,
            Sign.CERTAIN: _S.BREACH,
        },
        _S.POSSIBLE_BREACH: {
            **dict.fromkeys((Sign.CLEAR, Sign.FRINGE, Sign.RING), _S.LEAVING),
            **dict.fromkeys((Sign.UNSURE, Sign.EDGE, Sign.POSSIBLE), _S.POSSIBLE_BREACH),
            Sign.CERTAIN: _S.BREACH,
        },
        _S.BREACH: {
            **dict.fromkeys((Sign.CLEAR, Sign.FRINGE, Sign.RING), _S.LEAVING),
            **dict.fromkeys((Sign.UNSURE, Sign.EDGE, Sign.POSSIBLE, Sign.CERTAIN), _S.BREACH),
        },
        _S.LEAVING: {
            **dict.fromkeys((Sign.UNSURE, Sign.CLEAR, Sign.FRINGE, Sign.RING, Sign.EDGE), _S.LEAVING),
            Sign.POSSIBLE: _S.POSSIBLE_BREACH,
            Sign.CERTAIN: _S.BREACH,
        },
    }
)
"""State before, what a fix says, state after."""

CONFIRMED: Final[Mapping[WatchState, Mapping[Sign, WatchState]]] = MappingProxyType(
    {
        _S.PRE_ALERT: {Sign.CLEAR: _S.FAR},
        _S.LEAVING: {Sign.CLEAR: _S.FAR, Sign.FRINGE: _S.PRE_ALERT, Sign.RING: _S.PRE_ALERT},
    }
)
"""What a run of signs that lead away makes of a state; the last of them says which."""

INSIDE: Final = frozenset({_S.POSSIBLE_BREACH, _S.BREACH, _S.LEAVING})
"""He came in, and has not been seen to have left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """Where it stands. ``peak``: the highest probability since he came in; ``run``: signs that led away."""

    state: WatchState = WatchState.FAR
    fixed_at: datetime | None = None
    peak: float = 0.0
    run: int = 0
    run_since: datetime | None = None

    @property
    def certain(self) -> bool:
        """Whether the breach was certain at any time."""
        return self.state in INSIDE and self.peak >= CERTAIN


def step(watch: Watch, sign: Sign, probability: float, fixed_at: datetime) -> Watch:
    """Return the watch after a fix; the very same for one that is not newer."""
    if watch.fixed_at is not None and fixed_at <= watch.fixed_at:
        return watch
    state = AFTER[watch.state][sign]
    if state is WatchState.POSSIBLE_BREACH and watch.certain:
        state = WatchState.BREACH  # he was surely inside, and has not left since
    run, since = _run(watch, state, sign, fixed_at)
    if _is_confirmed(run, since, fixed_at):
        state = CONFIRMED.get(state, {}).get(sign, state)
    if state is not watch.state and state in {WatchState.FAR, WatchState.PRE_ALERT}:
        run, since = 0, None
    peak = max(watch.peak, probability) if state in INSIDE and watch.state in INSIDE else probability
    return replace(
        watch, state=state, fixed_at=fixed_at, peak=peak if state in INSIDE else 0.0, run=run, run_since=since
    )


def effects(before: Watch, after: Watch) -> tuple[Effect, ...]:
    """Return what follows from a move, in the order in which it is done."""
    was, now = before.state, after.state
    if was is now:
        return ()
    if now is WatchState.BREACH and not before.certain:
        return (Effect.RAISE,)
    if now is WatchState.POSSIBLE_BREACH and was not in INSIDE:
        return (Effect.RAISE,)
    if now is WatchState.FAR:
        return (Effect.LEFT, Effect.CALM) if was in INSIDE else (Effect.CALM,)
    if now is WatchState.PRE_ALERT:
        return (Effect.LEFT, Effect.WARN) if was in INSIDE else (Effect.WARN,)
    return ()


def _run(watch: Watch, state: WatchState, sign: Sign, fixed_at: datetime) -> tuple[int, datetime | None]:
    """Count the signs that lead away; one that is unsure neither counts nor breaks the run."""
    if sign is Sign.UNSURE:
        return watch.run, watch.run_since
    leads_away = sign in CONFIRMED.get(state, {})
    if not leads_away:
        return 0, None
    return watch.run + 1, watch.run_since or fixed_at


def _is_confirmed(run: int, since: datetime | None, fixed_at: datetime) -> bool:
    if since is None:
        return False
    return run >= LEAVING_FIXES or (run > 1 and (fixed_at - since).total_seconds() >= LEAVING_S)
