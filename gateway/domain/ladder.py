"""The ladder: whom an alarm that nobody answers is told to, level by level, and when.

It never ends in silence: past its last level the centres that were told are reminded for ever. A
level is told once, also after an outage, and then only the highest that is owed; falling back to
raised starts the ladder anew. A centre that nobody attends is passed over at once. (NFPA 1225 and
NENA-STA-020 ask for an answer within 10 to 15 s, so the first levels are seconds apart.)
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from gateway.domain.alarm import Change, DeadlineKind, Due, EventKind, seen_by, step
from gateway.domain.errors import NotAllowedNow
from schemas.alarm import AlarmView, Escalation, LadderStep, Share, ShareReason
from schemas.press import Purpose

Reason = Literal["unanswered", "no_console"]


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the ladder, ``after_s`` seconds after the alarm was raised."""

    step: LadderStep
    after_s: float


DEFAULT_LEVELS: Final = (
    Level(LadderStep.REMIND, 10),
    Level(LadderStep.SUPERVISOR, 30),
    Level(LadderStep.NEIGHBOUR, 60),
    Level(LadderStep.NATIONAL, 90),
    Level(LadderStep.WEBHOOK, 120),
)

DEFAULT_REPEAT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of a centre, in order of time. Raises ``ValueError`` when they are not, or none."""

    levels: tuple[Level, ...] = DEFAULT_LEVELS
    repeat_s: float = DEFAULT_REPEAT_S

    def __post_init__(self) -> None:
        instants = [level.after_s for level in self.levels]
        if not instants or instants != sorted(set(instants)) or instants[0] <= 0 or self.repeat_s <= 0:
            raise ValueError("a ladder has levels at rising, positive seconds, and a positive repeat_s")

    def step_of(self, level: int) -> LadderStep:
        """Return what ``level`` (from 1) does; beyond the last, it reminds."""
        return self.levels[level - 1].step if level <= len(self.levels) else LadderStep.REMIND

    def wait_s(self, level: int) -> float:
        """Return the seconds between the level before (0: raised) and ``level``."""
        if level > len(self.levels):
            return self.repeat_s
        return self.levels[level - 1].after_s - (self.levels[level - 2].after_s if level > 1 else 0.0)

    def due(self, level: int) -> Due:
        """Return the deadline of ``level``, counted from the level before."""
        return Due(DeadlineKind.ESCALATE, self.wait_s(level), level)

    def owed(self, level: int, late_s: float) -> tuple[int, float]:
        """Return the highest level owed when ``level`` is told so late, and how late that one is.

        Reminders past the last level are not made up for: one is as good as twenty.
        """
        while level < len(self.levels) and late_s >= self.wait_s(level + 1):
            level += 1
            late_s -= self.wait_s(level)
        return level, late_s if late_s < self.wait_s(level + 1) else 0.0

    @property
    def first_diversion(self) -> int:
        """The first level that tells another centre; without one, the last."""
        elsewhere = {LadderStep.NEIGHBOUR, LadderStep.NATIONAL}
        return next(
            (n for n, level in enumerate(self.levels, 1) if level.step in elsewhere), len(self.levels)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Who else could answer: the neighbours by length of border, the national default, who is attended."""

    neighbours: Sequence[str]
    national: str
    attended: AbstractSet[str]


def escalate(
    alarm: AlarmView,
    level: int,
    ladder: Ladder,
    around: Surroundings,
    at: datetime,
    late_s: float = 0.0,
) -> Change:
    """Tell ``level``, which fell due ``late_s`` seconds ago.

    Where later levels are owed by now, the highest is told and one event tells everybody whom those
    in between would have told: nobody is woken once a level that an outage has missed. The next
    level is due when it would have been, not later by what this one is late. From the first
    diversion on, somebody who is there is told when nobody sits where the alarm is known.

    Raises:
        NotAllowedNow: the alarm is not raised: somebody answered, and nobody is told any more; or this
            level was told already; or the alarm is not real.
    """
    highest, late_s = ladder.owed(level, late_s)
    rungs = [ladder.step_of(each) for each in range(level, highest + 1)]
    told = tuple(centre for rung in rungs for centre in _told(alarm, rung, around))
    if highest >= ladder.first_diversion and around.attended.isdisjoint((*seen_by(alarm), *told)):
        told += _somebody(around)
    following = ladder.due(highest + 1)
    following = replace(following, after_s=max(0.0, following.after_s - late_s))
    return _told_of(alarm, highest, rungs, told, "unanswered", following, at)


def divert(alarm: AlarmView, level: int, ladder: Ladder, around: Surroundings, at: datetime) -> Change:
    """Tell elsewhere at once, because nobody attends the alarm's centre; ``level`` was next.

    The first diversion is told now, and the levels after it too until one tells a centre where
    somebody sits. If none does, whichever centre is attended is told.

    Raises:
        NotAllowedNow: as ``escalate``.
    """
    highest = max(level, ladder.first_diversion)
    told = tuple(_told(alarm, ladder.step_of(highest), around))
    while around.attended.isdisjoint(told) and highest < len(ladder.levels):
        highest += 1
        told += _told(alarm, ladder.step_of(highest), around)
    if around.attended.isdisjoint(told):
        told += _somebody(around)
    rungs = [ladder.step_of(each) for each in range(level, highest + 1)]
    return _told_of(alarm, highest, rungs, told, "no_console", ladder.due(highest + 1), at)


def _told_of(
    alarm: AlarmView,
    level: int,
    rungs: Sequence[LadderStep],
    told: tuple[str, ...],
    reason: Reason,
    following: Due,
    at: datetime,
) -> Change:
    """Return the event that ``rungs``, up to ``level``, were carried out and ``told`` were told."""
    told = tuple(dict.fromkeys(told))
    told_before = 0 if alarm.escalation is None else alarm.escalation.level
    if alarm.purpose is not Purpose.REAL or level <= told_before:
        raise NotAllowedNow
    escalation = Escalation(
        level=level, step=rungs[-1], steps=tuple(dict.fromkeys(rungs)), reason=reason, at=at, to=told
    )
    changed = step(
        alarm,
        EventKind.ESCALATED,
        escalation=escalation,
        escalates_at=at + timedelta(seconds=following.after_s),
        shared=(*alarm.shared, *_shares(alarm, told, at, reason)),
    )
    return Change(kind=EventKind.ESCALATED, alarm=changed, due=(following,))


def _told(alarm: AlarmView, rung: LadderStep, around: Surroundings) -> tuple[str, ...]:
    """Return the centres that this level tells; a diversion prefers one where somebody sits."""
    knowing = seen_by(alarm)
    match rung:
        case LadderStep.WEBHOOK:
            return ()
        case LadderStep.SUPERVISOR:
            return (alarm.centre,)
        case LadderStep.NATIONAL:
            return (around.national,)
        case LadderStep.NEIGHBOUR:
            others = [centre for centre in around.neighbours if centre != alarm.centre]
            fresh = [centre for centre in others if centre not in knowing]
            attended = [centre for centre in (*fresh, *others) if centre in around.attended]
            return tuple((attended or fresh or [around.national])[:1])
    return tuple(sorted(knowing))


def _somebody(around: Surroundings) -> tuple[str, ...]:
    """Return a centre where somebody sits, a neighbour if there is one; none where nobody does."""
    near = [centre for centre in around.neighbours if centre in around.attended]
    return tuple((near or sorted(around.attended))[:1])


def _shares(alarm: AlarmView, told: tuple[str, ...], at: datetime, reason: Reason) -> list[Share]:
    knowing = set(seen_by(alarm))
    why = ShareReason.NO_CONSOLE if reason == "no_console" else ShareReason.ESCALATED
    return [Share(centre=centre, reason=why, since=at) for centre in told if centre not in knowing]
