"""Which figures are told: one protected table of all places and years, of which every answer is a view.

So no two answers as of one day can be held against each other. It is decided from totals to parts: what is
told of a total stands when its parts are decided. What sums hold in it:

- the country is its centres, a centre its arrondissements, an arrondissement its zones;
- a total is its parts (``PARTS``), those included that have no name (files that did not press);
- the files of a year are the new ones and those that were active at the end of the year before.

The last would tell of a zone who came and went one by one: new, closed and active files, and requests and
decisions, are told of centres and of the country. A zone with fewer than ``K`` files in a year is not told
of in that year, and a total is told in parts only where it is large enough; what is not told of in a place
is one remainder, which is in no answer and is protected with the rest. Sums over years are not in it: they
are rounded (``answers``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from gateway.domain.casework.figures import Leaf, Tallies, Tally
from gateway.domain.casework.suppression import SPARE, K, Sum, hidden
from schemas.statistics import By, Count


class Place(NamedTuple):
    """Where a row of the table is about; the country has no code."""

    by: By
    code: str | None


COUNTRY: Final = Place(By.YEAR, None)

AGES: Final = tuple(count for count in Count if count.startswith("age_"))


class Parts(NamedTuple):
    """A total and what it is made of, told where the total is ``least`` or more.

    ``left``: there is one part more, which has no name of its own.
    """

    total: Count
    of: tuple[Count, ...]
    least: int
    left: bool = False


PARTS: Final = (
    Parts(Count.USERS, (Count.PRESSED,), 2 * K, left=True),
    Parts(Count.USERS, AGES, 4 * K),
    Parts(Count.REAL, (Count.ATTENDED,), 2 * K, left=True),
    Parts(Count.REAL, (Count.REPEATED,), 2 * K, left=True),
    Parts(Count.REAL, (Count.GENUINE, Count.NOISE, Count.UNSETTLED), 2 * K),
    Parts(
        Count.GENUINE,
        (Count.ARREST, Count.OFFENDER_GONE, Count.OFFENDER_NOT_FOUND, Count.PREVENTED),
        4 * K,
    ),
    Parts(Count.NOISE, (Count.SLIP, Count.TECHNICAL, Count.DUPLICATE, Count.MISUSE), 4 * K),
)
"""In an order in which each total is decided before its parts are."""

PLAIN: Final = (
    Count.USERS,
    Count.REAL,
    Count.REQUESTED,
    Count.GRANTED,
    Count.REFUSED,
    Count.TEST,
    Count.EXERCISE,
)
"""Counts that are part of no other."""

WORTH: Final = {By.ZONE: 0, By.ARRONDISSEMENT: 1, By.CENTRE: 2, By.YEAR: 3}
"""What is hidden for others' sake is rather a small place's."""


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told: of each year and place the counts (None: hidden). ``tallies`` are as they are."""

    years: tuple[int, ...]
    rows: Mapping[tuple[int, Place], Mapping[Count, int | None]]
    tallies: Mapping[tuple[int, Place], Tally]


def told(found: Tallies) -> Told:
    """Decide what is told of what was counted."""
    if not found:
        return Told(years=(), rows={}, tallies={})
    years = tuple(range(min(year for year, _ in found), max(year for year, _ in found) + 1))
    places = Places(leaf for _, leaf in found)
    tallies = _summed(found, places, years)
    rows: dict[tuple[int, Place], dict[Count, int | None]] = {
        (year, place): dict.fromkeys(Count)
        for (year, place), tally in sorted(tallies.items(), key=str)
        if _large(place, tally) or place in places.spanning
    }
    for year in years:
        of_year = {place: tallies[year, place].counts for place in places.every}
        shown = {place: rows[year, place] for place in places.every if (year, place) in rows}
        for count in PLAIN:
            _tell(Sheet(places, of_year, shown), Parts(count, (), 0))
        for parts in PARTS:
            _tell(Sheet(places, of_year, shown), parts)
    tell_flows(places, years, tallies, rows)
    for (_, place), counts in rows.items():
        if place.by in {By.ZONE, By.ARRONDISSEMENT}:
            counts.update(dict.fromkeys(ASKED))
    large = {key: counts for key, counts in rows.items() if _large(key[1], tallies[key])}
    return Told(years=years, rows=large, tallies=tallies)


def _large(place: Place, tally: Tally) -> bool:
    return place.by is not By.ZONE or tally.counts[Count.USERS] >= K


def _tell(sheet: "Sheet", parts: Parts) -> None:
    sheet.lay(parts)
    sheet.tell()


class Places:
    """Which places each place is made of; an arrondissement of several centres is in none of them."""

    def __init__(self, leaves: Iterable[Leaf]) -> None:
        self.leaves = sorted(set(leaves), key=str)
        self.of: dict[Place, list[Place]] = {COUNTRY: []}
        spans = defaultdict[str | None, set[str]](set)
        for leaf in self.leaves:
            spans[leaf.arrondissement].add(leaf.centre)
        for leaf in self.leaves:
            zone, centre = Place(By.ZONE, leaf.team), Place(By.CENTRE, leaf.centre)
            self._put(centre, COUNTRY)
            if leaf.arrondissement is None:
                self._put(zone, centre)
                continue
            district = Place(By.ARRONDISSEMENT, leaf.arrondissement)
            self._put(zone, district)
            self._put(district if len(spans[leaf.arrondissement]) == 1 else zone, centre)
        self.spanning = {
            place
            for leaf in self.leaves
            if leaf.arrondissement and len(spans[leaf.arrondissement]) > 1
            for place in Places.around(leaf)
        }
        """Zones that are part of two places, and these: each stands for itself, also where it is small."""
        self.every = sorted({*self.of, *(place for inside in self.of.values() for place in inside)}, key=str)

    def _put(self, place: Place, above: Place) -> None:
        inside = self.of.setdefault(above, [])
        if place not in inside:
            inside.append(place)

    @staticmethod
    def around(leaf: Leaf) -> Iterator[Place]:
        """List the places that a case team is in, its own zone first."""
        yield Place(By.ZONE, leaf.team)
        if leaf.arrondissement:
            yield Place(By.ARRONDISSEMENT, leaf.arrondissement)
        yield Place(By.CENTRE, leaf.centre)
        yield COUNTRY


def _summed(found: Tallies, places: Places, years: Iterable[int]) -> dict[tuple[int, Place], Tally]:
    """Add up every place in every year."""
    summed: dict[tuple[int, Place], Tally] = {
        (year, place): Tally() for year in years for place in places.every
    }
    for (year, leaf), tally in sorted(found.items(), key=str):
        for place in Places.around(leaf):
            summed[year, place].add(tally)
    return summed


class Sheet:
    """The counts that are decided together, with every sum that holds among them."""

    def __init__(
        self,
        places: Places,
        counts: Mapping[Place, Mapping[Count, int]],
        shown: Mapping[Place, dict[Count, int | None]],
    ) -> None:
        self._places, self._of, self._shown = places, counts, shown
        self.counts: list[int] = []
        self._worth: list[int] = []
        self.sums: list[Sum] = []
        self._besides: set[int] = set()
        self._most: dict[int, int] = {}
        self._stands: set[int] = set()
        self._cells: dict[tuple[Place, str], int] = {}
        self._named: list[tuple[Place, Count, int]] = []

    def lay(self, parts: Parts) -> None:
        """Put a total in, and its parts where it has any; then what they are in the places above."""
        names: list[str] = [parts.total, *parts.of, *([""] if parts.left else [])]
        for place, shown in self._shown.items():
            total = self._cells[place, parts.total] = self.add(self._of[place][parts.total], place)
            if parts.total is Count.USERS and place.by is By.ZONE and self.counts[total] < K:
                self._most[total] = K - 1  # which its having no row says
            if not parts.of:
                self._named.append((place, parts.total, total))
                continue
            (self._stands if shown[parts.total] is not None else self._besides).add(total)
            if self._of[place][parts.total] >= parts.least or place in self._places.spanning:
                self._divide(place, total, parts)
        for above, inside in self._places.of.items():
            for name in names:
                self._add_up(above, inside, name)

    def _divide(self, place: Place, total: int, parts: Parts) -> None:
        cells = []
        for part in parts.of:
            cell = self._cells[place, part] = self.add(self._of[place][part], place)
            self._named.append((place, part, cell))
            cells.append(cell)
        if parts.left:
            cell = self._cells[place, ""] = self.add(
                self.counts[total] - sum(self.counts[one] for one in cells), place
            )
            cells.append(cell)
        self.sums.append(Sum(total, tuple(cells)))

    def _add_up(self, above: Place, inside: list[Place], name: str) -> None:
        """Say that a place is what is in it: what is told of, and a remainder where something is not."""
        total = self._cells.get((above, name))
        if total is None:
            return
        cells = [cell for one in inside if (cell := self._cells.get((one, name))) is not None]
        untold = len(inside) - len(cells)
        if untold:
            left = self.add(self.counts[total] - sum(self.counts[cell] for cell in cells))
            if name == Count.USERS and self.counts[left] > untold * (K - 1) - SPARE:
                self._besides.add(left)  # else each of them had about as many as it can have had
            cells.append(left)
        self.sums.append(Sum(total, tuple(cells)))

    def add(self, count: int, place: Place | None = None) -> int:
        """Put a count in; return where it is."""
        self.counts.append(count)
        self._worth.append(WORTH[place.by] if place else 0)
        return len(self.counts) - 1

    def tell(self) -> None:
        """Decide, and write down what may be told."""
        besides = self._besides - self._stands
        kept = hidden(
            self.counts, self.sums, besides=besides, told=self._stands, worth=self._worth, most=self._most
        )
        for place, count, cell in self._named:
            self._shown[place][count] = None if cell in kept else self.counts[cell]


ASKED: Final = (Count.REQUESTED, Count.GRANTED, Count.REFUSED)
"""As good as who came: told where that is, of centres and of the country."""

FLOWS: Final = (Count.NEW, Count.CLOSED, Count.ACTIVE)


def tell_flows(
    places: Places,
    years: tuple[int, ...],
    tallies: Mapping[tuple[int, Place], Tally],
    rows: Mapping[tuple[int, Place], dict[Count, int | None]],
) -> None:
    """Decide what is told of who came and went, in centres and in the country, over all years at once."""
    counts, sums, stands, besides = list[int](), list[Sum](), set[int](), set[int]()
    cells: dict[tuple[int, Place, Count], int] = {}
    upper = [COUNTRY, *places.of[COUNTRY]]
    for year in years:
        for place in upper:
            for count in (Count.USERS, *FLOWS):
                cells[year, place, count] = len(counts)
                counts.append(tallies[year, place].counts[count])
            users = cells[year, place, Count.USERS]
            (stands if rows[year, place][Count.USERS] is not None else besides).add(users)
            closed, active = cells[year, place, Count.CLOSED], cells[year, place, Count.ACTIVE]
            sums.append(Sum(users, (closed, active)))
            # Everybody knows that nobody had an alarm before the first year there is.
            before = [cells[year - 1, place, Count.ACTIVE]] if year > years[0] else []
            sums.append(Sum(users, (cells[year, place, Count.NEW], *before)))
        for count in (Count.USERS, *FLOWS):
            inside = tuple(cells[year, place, count] for place in places.of[COUNTRY])
            sums.append(Sum(cells[year, COUNTRY, count], inside))
    worth = [place is COUNTRY for _, place, _ in cells]
    kept = hidden(counts, sums, besides=besides, told=stands, worth=worth)
    for (year, place, count), cell in cells.items():
        if count in FLOWS:
            rows[year, place][count] = None if cell in kept else counts[cell]
