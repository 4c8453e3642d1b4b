"""Which counts of a publication must be hidden, so that nobody can tell a small one.

A count below ``K`` is hidden, nought as well: where noughts are told, a hidden count is at least one, and
many are computed back from that alone (Handbook on Statistical Disclosure Control, chapter 5, frequency
tables; UK Longitudinal Linkage Collaboration, guide to disclosure control: counts below the threshold
"including zero", masked "row-wise and column-wise so counts cannot be back-calculated"). Then more is
hidden, until no hidden count can be computed back; small and other hidden counts bear one mark.

Whoever tries knows every count that is told, every sum that holds among counts, that no count is
negative, and of some what they do not exceed. Each hidden count is shown to be safe from her by example:
other whole numbers in its place, and in the place of other hidden ones, with which everything that is told
stays as it is. So no solver, however good, finds fewer than ``SPARE`` + 1 values for it. Where no example is
found within a bounded search, one more count is hidden: what is hidden may be more than the least, and is
never too little.
"""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

K: Final = 5
"""The smallest count that is told."""

SPARE: Final = 2
"""A hidden count can have at least this many values besides its own: whoever has narrowed it down to two
knows as good as which."""

STEPS_MAX: Final = 60
"""How long an example is looked for before more is hidden instead: most take 4 to 16 steps, and with 200
hardly less is hidden."""

PLENTY: Final = 1 << 30
"""As far as a count may move where nothing is below nought."""

NOTHING: Final[Mapping[int, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sum:
    """Counts that add up to another, each named by its place in the list of counts."""

    total: int
    parts: tuple[int, ...]


def hidden(
    counts: Sequence[int],
    sums: Sequence[Sum],
    k: int = K,
    *,
    besides: Collection[int] = (),
    told: Collection[int] = (),
    worth: Sequence[int] = (),
    most: Mapping[int, int] = NOTHING,
) -> frozenset[int]:
    """Return the places of the counts that must not be told.

    ``sums`` are all sums that a reader may know to hold; a count may be in many of them. ``besides``: what
    must be hidden though it is not small; ``told``: what is told already. ``worth``: of counts that could be
    hidden for others' sake, those that are worth least come first; by default the smallest. ``most``: what a
    reader knows a count not to exceed.
    """
    return _Hiding(counts, sums, k, worth, most).found(besides, told)


class _Hiding:
    def __init__(
        self,
        counts: Sequence[int],
        sums: Sequence[Sum],
        k: int,
        worth: Sequence[int],
        most: Mapping[int, int],
    ) -> None:
        self.counts = counts
        self.room = [most[cell] - count if cell in most else PLENTY for cell, count in enumerate(counts)]
        """How far each may go up."""
        self._k = k
        self._worth = worth or [0] * len(counts)
        self._members = [[(part, 1) for part in one.parts] + [(one.total, -1)] for one in sums if one.parts]
        self.sums_of: list[list[tuple[int, int]]] = [[] for _ in counts]
        self.hidden_members: list[list[tuple[int, int]]] = [[] for _ in self._members]
        for number, members in enumerate(self._members):
            for cell, sign in members:
                self.sums_of[cell].append((number, sign))
        self._stays = bytearray(len(counts))
        """What is hidden, or told whatever happens: it is not to be chosen any more."""
        self._high = [0] * len(counts)
        self._low = [0] * len(counts)
        self._lone = deque[int]()
        self._queue = list[int]()

    def found(self, besides: Collection[int], told: Collection[int]) -> frozenset[int]:
        """Hide what is small, then what would give it away."""
        for cell in told:
            self._stays[cell] = 1
        for cell, count in enumerate(self.counts):
            if not self._stays[cell] and (count < self._k or cell in besides):
                self._hide(cell)
        self._settle()
        for cell in self._queue:  # grows meanwhile
            while not self._safe(cell):
                self._hide_next_to(cell)
        return frozenset(self._queue)

    def _hide(self, cell: int) -> None:
        self._stays[cell] = 1
        self._queue.append(cell)
        for number, sign in self.sums_of[cell]:
            self.hidden_members[number].append((cell, sign))
            if len(self.hidden_members[number]) == 1:
                self._lone.append(number)

    def _settle(self) -> None:
        """Let no sum have a single hidden member, which would be the difference of the others."""
        while self._lone:
            number = self._lone.popleft()
            if len(self.hidden_members[number]) == 1 and (more := self._smallest([number])) >= 0:
                self._hide(more)

    def _smallest(self, numbers: Sequence[int]) -> int:
        """Return the smallest count that is told in these sums; of equals rather a part."""
        told = (
            (self._worth[cell], self.counts[cell], -sign, cell)
            for number in numbers
            for cell, sign in self._members[number]
            if not self._stays[cell]
        )
        return min(told, default=(0, 0, 0, -1))[3]

    def _hide_next_to(self, cell: int) -> None:
        """Hide one more count: in a sum of this one, else in the sums of its neighbours, and so on."""
        reached, edge = set[int](), [cell]
        while edge:
            numbers = sorted({number for one in edge for number, _ in self.sums_of[one]} - reached)
            more = self._smallest(numbers)
            if more >= 0:
                self._hide(more)
                self._settle()
                return
            reached.update(numbers)
            edge = sorted({one for number in numbers for one, _ in self._members[number]})
            if not numbers:
                break
        self._low[cell] = -SPARE  # it has no part in anything that is told

    def _safe(self, cell: int) -> bool:
        """Whether there are examples of enough other values; looks for those that are missing."""
        for sign, need in ((1, SPARE), (-1, SPARE), (1, 1), (-1, 1)):
            if self._high[cell] - self._low[cell] >= SPARE:
                return True
            self._look(cell, sign, need)
        return self._high[cell] - self._low[cell] >= SPARE

    def _look(self, cell: int, sign: int, need: int) -> None:
        """Look for counts that can move together while all that is told stays, this one first."""
        moved = _Search(self, need).from_(cell, sign)
        if not moved:
            return
        ups = min(self.room[one] if way > 0 else self.counts[one] for one, way in moved.items())
        downs = min(self.counts[one] if way > 0 else self.room[one] for one, way in moved.items())
        for one, way in moved.items():
            high, low = (ups, downs) if way > 0 else (downs, ups)
            self._high[one] = max(self._high[one], high)
            self._low[one] = min(self._low[one], -low)


class _Search:
    """Looks for a move: hidden counts that go up or down by one each, so that all sums still hold."""

    def __init__(self, hiding: "_Hiding", need: int) -> None:
        self._members, self._in = hiding.hidden_members, hiding.sums_of
        self._counts, self._room, self._need = hiding.counts, hiding.room, need
        self._moved = dict[int, int]()
        self._off = dict[int, int]()
        self._steps = STEPS_MAX

    def from_(self, cell: int, way: int) -> dict[int, int]:
        """Return a move that begins with this count; empty: none was found."""
        if not self._can(cell, way):
            return {}
        self._moved[cell] = way
        self._shift(cell, way)
        return self._moved if self._mend() else {}

    def _can(self, cell: int, way: int) -> bool:
        """Whether a count can go that way as far as is needed."""
        return (self._room if way > 0 else self._counts)[cell] >= self._need

    def _shift(self, cell: int, way: int) -> None:
        off = self._off
        for number, sign in self._in[cell]:
            now = off.get(number, 0) + sign * way
            if now:
                off[number] = now
            else:
                del off[number]

    def _mend(self) -> bool:
        """Move others until every sum holds again; go back where that leads nowhere."""
        if not self._off:
            return True
        for _, cell, way in self._candidates(next(iter(self._off))):
            self._steps -= 1
            if self._steps < 0:
                return False
            self._moved[cell] = way
            self._shift(cell, way)
            if self._mend():
                return True
            del self._moved[cell]
            self._shift(cell, -way)
        return False

    def _candidates(self, number: int) -> list[tuple[int, int, int]]:
        """Return what can bring this sum nearer, whatever disturbs others least first."""
        off, moved, sums_of = self._off, self._moved, self._in
        wanted = -1 if off[number] > 0 else 1
        found = []
        for cell, sign in self._members[number]:
            way = sign * wanted
            if cell in moved or not self._can(cell, way):
                continue
            cost = 0
            for other, other_sign in sums_of[cell]:
                is_off = off.get(other)
                cost += 1 if is_off is None else (-1 if (is_off > 0) != (other_sign * way > 0) else 1)
            if cost == -len(sums_of[cell]):
                return [(cost, cell, way)]
            found.append((cost, cell, way))
        found.sort()
        return found
