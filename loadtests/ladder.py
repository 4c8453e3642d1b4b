"""Whether every level of the ladder was told: once, in time, never after somebody answered.

Judged from the stream alone: a level's deadline is ``escalates_at`` of the alarm's image before it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from loadtests.feed import Seen

EARLY: Final = timedelta(milliseconds=50)
"""A level is told too soon when it is by more than this: two clocks of one machine, rounded."""

OVERDUE: Final = timedelta(seconds=5)
"""A level that has not been told so long after its deadline does not come any more."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level that was told, by the event ``sequence``; instants on the wall clock."""

    sequence: int
    level: int
    due_at: datetime
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Climbed:
    """What the ladder did; ``broken`` are its guarantees that did not hold, in words."""

    levels: tuple[Level, ...]
    broken: tuple[str, ...]


@dataclass(slots=True)
class _Ladder:
    """One alarm's ladder, as its events tell it."""

    state: str | None = None
    due_at: datetime | None = None
    told: int = 0

    def take(self, sequence: int, seen: Seen, wrong: Counter[str]) -> Level | None:
        """Take the next event of the alarm; return the level it tells, if it tells one."""
        level = None
        if seen.kind == "alarm.escalated":
            level = self._told(sequence, seen, wrong)
        elif seen.state != self.state or seen.level is None:
            self.told = 0  # raised again: the ladder starts anew
        self.state = seen.state
        self.due_at = None if seen.escalates_at is None else datetime.fromisoformat(seen.escalates_at)
        return level

    def _told(self, sequence: int, seen: Seen, wrong: Counter[str]) -> Level | None:
        at, number = datetime.fromisoformat(seen.at), seen.level or 0
        wrong["told after somebody answered"] += self.state not in {None, "raised"}
        wrong["told again"] += number <= self.told
        wrong["told elsewhere as if nobody attended"] += seen.reason == "no_console"
        self.told = max(self.told, number)
        if self.due_at is None:
            return None
        wrong["told before their deadline"] += self.due_at - at > EARLY and seen.reason != "no_console"
        return Level(sequence, number, self.due_at, at)


@dataclass(slots=True)
class _Count:
    ladders: dict[str, _Ladder] = field(default_factory=dict)
    levels: list[Level] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)


def climbed(events: Mapping[int, Seen], ours: Iterable[str], ended_at: datetime) -> Climbed:
    """Judge the alarms ``ours`` by their centre's events up to ``ended_at``."""
    count = _Count(ladders={alarm_id: _Ladder() for alarm_id in ours})
    for sequence in sorted(events):
        seen = events[sequence]
        ladder = count.ladders.get(seen.alarm_id or "")
        if ladder is not None and (level := ladder.take(sequence, seen, count.wrong)) is not None:
            count.levels.append(level)
    for ladder in count.ladders.values():
        overdue = ladder.due_at is not None and ended_at - ladder.due_at > OVERDUE
        count.wrong["never told"] += ladder.state == "raised" and overdue
    said = tuple(f"{number} levels {what}" for what, number in sorted(count.wrong.items()) if number)
    return Climbed(tuple(count.levels), said)
