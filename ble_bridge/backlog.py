"""The fixes of a track that wait to be sent. Pure.

The newest go first: where she is now is not held up behind where she was. What is older follows,
oldest first. A backlog that is full is thinned where it is oldest, so that a long outage costs
detail there, and never the beginning or the end of the way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from ble_bridge import timing
from ble_bridge.moment import Moment
from ble_bridge.ports import Fix


@dataclass(frozen=True, slots=True)
class WaitingFix:
    """A fix with its number in the track; ``fix.fixed_s`` counts within ``era``."""

    index: int
    fix: Fix
    era: str

    def age_s(self, now: Moment) -> float | None:
        """Return how old the fix is; None when nobody can tell."""
        return now.since(Moment(self.fix.fixed_at, self.fix.fixed_s, self.era))


class Backlog:
    """Fixes by index, rising. Those above the highest one that arrived are the newest."""

    def __init__(self, waiting: Iterable[WaitingFix] = (), arrived: int = 0) -> None:
        self._waiting = {fix.index: fix for fix in waiting}
        self._arrived = arrived

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, fix: WaitingFix) -> Sequence[int]:
        """Take the next fix; return the indexes of those that had to go for it."""
        self._waiting[fix.index] = fix
        return self._thin() if len(self._waiting) > timing.FIXES_WAITING_MOST else ()

    def batch(self, most: int) -> Sequence[WaitingFix]:
        """Return at most ``most`` fixes to send together, in the order of their indexes."""
        newest = islice(
            takewhile(lambda fix: fix.index > self._arrived, reversed(self._waiting.values())), most
        )
        chosen = {fix.index: fix for fix in newest}
        for fix in self._waiting.values():
            if len(chosen) >= most:
                break
            chosen[fix.index] = fix
        return sorted(chosen.values(), key=lambda fix: fix.index)

    def sent(self, fixes: Iterable[WaitingFix]) -> None:
        """Forget fixes that arrived, or that never can."""
        for fix in fixes:
            self._waiting.pop(fix.index, None)
            self._arrived = max(self._arrived, fix.index)

    def _thin(self) -> Sequence[int]:
        """Drop every second fix of the older half, but not the first of all."""
        older = list(islice(self._waiting, len(self._waiting) // 2))
        thinned = older[1::2]
        for index in thinned:
            del self._waiting[index]
        return thinned
