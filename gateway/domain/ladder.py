"""The ladder: whom an alarm that nobody answers is told to, level by level, and when.

It never ends in silence: past its last level the centres that were told are reminded for ever. A
level is told once; falling back to raised starts the ladder anew. (NFPA 1225 and NENA-STA-020 ask
for an answer within 10 to 15 s, so the first levels are seconds apart.)
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from gateway.domain.alarm import Change, DeadlineKind, Due, EventKind, seen_by, step
from gateway.domain.errors import NotAllowedNow
from schemas.alarm import AlarmView, Escalation, LadderStep, Share, ShareReason
from schemas.press import Purpose


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

    @property
    def first_diversion(self) -> int:
        """The first level that tells another centre; without one, the first of all."""
        elsewhere = {LadderStep.NEIGHBOUR, LadderStep.NATIONAL}
        return next((n for n, level in enumerate(self.levels, 1) if level.step in elsewhere), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Who else could answer: the neighbours by length of border, the national default, who is attended."""

    neighbours: Sequence[str]
    national: str
    attended: Collection[str]


def escalate(
    alarm: AlarmView,
    level: int,
    ladder: Ladder,
    around: Surroundings,
    at: datetime,
    reason: Literal["unanswered", "no_console"] = "unanswered",
) -> Change:
    """Tell ``level``.

    Raises:
        NotAllowedNow: the alarm is not raised: somebody answered, and nobody is told any more; or this
            level was told already; or the alarm is not real.
    """
    told_before = 0 if alarm.escalation is None else alarm.escalation.level
    if alarm.purpose is not Purpose.REAL or level <= told_before:
        raise NotAllowedNow
    rung = ladder.step_of(level)
    told = _told(alarm, rung, around)
    shared = (*alarm.shared, *_shares(alarm, told, at, reason))
    following = ladder.due(level + 1)
    changed = step(
        alarm,
        EventKind.ESCALATED,
        escalation=Escalation(level=level, step=rung, reason=reason, at=at, to=told),
        escalates_at=at + timedelta(seconds=following.after_s),
        shared=shared,
    )
    return Change(kind=EventKind.ESCALATED, alarm=changed, due=(following,))


def _told(alarm: AlarmView, rung: LadderStep, around: Surroundings) -> tuple[str, ...]:
    """Return the centres that this level tells; a diversion prefers one where somebody sits."""
    knowing = set(seen_by(alarm))
    if rung is LadderStep.WEBHOOK:
        return ()
    if rung is LadderStep.NATIONAL:
        return (around.national,)
    if rung is LadderStep.NEIGHBOUR:
        fresh = [centre for centre in around.neighbours if centre not in knowing]
        attended = [centre for centre in fresh if centre in around.attended]
        return tuple((attended or fresh or [around.national])[:1])
    return tuple(sorted(knowing))


def _shares(
    alarm: AlarmView, told: tuple[str, ...], at: datetime, reason: Literal["unanswered", "no_console"]
) -> list[Share]:
    knowing = set(seen_by(alarm))
    why = ShareReason.NO_CONSOLE if reason == "no_console" else ShareReason.ESCALATED
    return [Share(centre=centre, reason=why, since=at) for centre in told if centre not in knowing]
