"""What becomes of a watch by when fixes were observed: in whatever order they come, and by whatever node.

The fixes of the last minutes are gone through anew, in the order of their instants, from where the watch
stood before them. What that comes to is held against what was told. So a fix that comes late ends no stay
that a newer one shows, and whoever is first heard of late to have been inside is told of all the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.perimeters.machine import INSIDE, Sign, Watch, step
from schemas.perimeters import WatchState

REPLAYED_S: Final = 300.0
"""So far back fixes are gone through again: as long as trackers' fixes are kept at all."""

TICK: Final = timedelta(microseconds=1)
"""A move by a late fix is later than the move before it by this: of a watch time goes one way."""

TICKS: Final = 1000 * TICK

BEGUN: Final = Watch()


@dataclass(frozen=True, kw_only=True, slots=True)
class Observed:
    """What a fix says of a perimeter. ``at``: when it was so."""

    at: datetime
    sign: Sign
    probability: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """``moves``: what is to be told, in order; ``stands``: the watch after all of it."""

    moves: tuple[Watch, ...]
    stands: Watch


def settle(told: Sequence[Watch], seen: Iterable[Observed], since: datetime) -> Settled:
    """Go through what was observed after ``since``.

    ``told``: the last moves of the watch, the oldest first, the last of them as it stands; none: it is far.
    Nothing that was observed before a move counts if no fix that is known made the move: it was armed anew,
    or began from far, or somebody tampered.
    """
    seen = tuple(seen)
    number = _base(told, since, [one.at for one in seen])
    base = BEGUN if number is None else _at_entry(told[number])
    known = told[0 if number is None else number :]
    path = _path(base, seen)
    last = path[-1] if path else base
    now = told[-1] if told else BEGUN
    entered = max((one for one in path if one.state in INSIDE), key=lambda one: one.peak, default=None)
    moves: list[Watch] = []
    if entered is not None and _is_news(entered, now, last, known):
        state = WatchState.BREACH if entered.certain else WatchState.POSSIBLE_BREACH
        now = replace(entered, state=state, fixed_at=_later(now, entered), run=0, run_since=None)
        moves.append(now)
    if last.state is not now.state:
        now = replace(last, fixed_at=_later(now, last))
        moves.append(now)
    stands = now if moves else replace(last, fixed_at=max(_instants(now, last), default=None))
    return Settled(moves=tuple(moves), stands=stands)


def _is_news(entered: Watch, now: Watch, last: Watch, known: Sequence[Watch]) -> bool:
    """Whether it is to be told that he was inside, or that he surely was."""
    if entered.certain and not any(one.state is WatchState.BREACH for one in known):
        return True
    was_told = any(one.state in INSIDE for one in known)
    return now.state not in INSIDE and (last.state in INSIDE or not was_told)


def _base(told: Sequence[Watch], since: datetime, instants: Sequence[datetime]) -> int | None:
    """Return which move what was observed comes after; None: there is none."""
    found = None
    for number, one in enumerate(told):
        at, before = one.fixed_at, told[number - 1].fixed_at if number else None
        is_reset = at is None or (before is not None and at <= before)
        if at is None or is_reset or at <= since or not _made_by_any(at, instants):
            found = number
    return found


def _made_by_any(moved_at: datetime, instants: Sequence[datetime]) -> bool:
    return any(at <= moved_at < at + TICKS for at in instants)


def _path(base: Watch, seen: Iterable[Observed]) -> list[Watch]:
    """Return every watch on the way, in the order of what was observed; of one instant the nearest counts."""
    path: list[Watch] = []
    nearness = tuple(Sign)
    for one in sorted(seen, key=lambda one: (one.at, -nearness.index(one.sign))):
        before = path[-1] if path else base
        after = step(before, one.sign, one.probability, one.at)
        if after is not before:
            path.append(after)
    return path


def _at_entry(watch: Watch) -> Watch:
    """Return a watch as it was when it moved: what led it away is the first of its run."""
    if watch.state is not WatchState.LEAVING:
        return replace(watch, run=0, run_since=None)
    return replace(watch, run=1, run_since=watch.fixed_at)


def _later(before: Watch, watch: Watch) -> datetime | None:
    if before.fixed_at is None or watch.fixed_at is None or watch.fixed_at > before.fixed_at:
        return watch.fixed_at
    return before.fixed_at + TICK


def _instants(*watches: Watch) -> list[datetime]:
    return [one.fixed_at for one in watches if one.fixed_at is not None]
