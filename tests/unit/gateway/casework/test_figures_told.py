"""What is told of places and years keeps what is small in any of them."""

from datetime import date
from itertools import pairwise

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gateway.domain.casework.answers import Asked, answer
from gateway.domain.casework.figures import Leaf, Tallies, Tally
from gateway.domain.casework.suppression import SPARE, K, Sum
from gateway.domain.casework.telling import COUNTRY, FLOWS, Parts, Place, Places, Told, told
from schemas.statistics import By, Count
from tests.support.table_attacker import values

LEAVES = (
    Leaf("BE-VOV", "Oost", "BE-0001"),
    Leaf("BE-VOV", "Oost", "BE-0002"),
    Leaf("BE-VOV", None, "BE-VOV"),
    Leaf("BE-VAN", "Over", "BE-0003"),
    Leaf("BE-VBR", "Over", "BE-0004"),
)
SETTLED = Parts(Count.REAL, (Count.GENUINE, Count.NOISE, Count.UNSETTLED), 2 * K)
USED = Parts(Count.USERS, (Count.PRESSED,), 2 * K, left=True)


@st.composite
def counted(draw: st.DrawFn) -> Tallies:
    """Two years of a few zones, of one arrondissement in a centre and one in two."""
    found: Tallies = {}
    for leaf in LEAVES:
        was = 0
        for year in (2024, 2025):
            counts = Tally().counts
            counts[Count.NEW] = draw(st.sampled_from([0, 1, 3, 6, 12]))
            counts[Count.USERS] = was + counts[Count.NEW]
            counts[Count.CLOSED] = draw(st.integers(0, counts[Count.USERS]))
            was = counts[Count.ACTIVE] = counts[Count.USERS] - counts[Count.CLOSED]
            counts[Count.PRESSED] = draw(st.integers(0, counts[Count.USERS]))
            for part in SETTLED.of:
                counts[part] = draw(st.sampled_from([0, 0, 1, 2, 5, 9]))
            counts[Count.REAL] = sum(counts[part] for part in SETTLED.of)
            found[year, leaf] = Tally(counts=counts)
    return found


class Published:
    """What a reader can write down of one year: every count there is, told or not, and all sums."""

    def __init__(self, figures: Told, year: int, parts: Parts) -> None:
        self.places = Places(LEAVES)
        self.told = set[int]()
        self.counts: list[int] = []
        self.sums: list[Sum] = []
        self.most: dict[int, int] = {}
        cells: dict[tuple[Place, str], int] = {}
        for place in self.places.every:
            counts, row = figures.tallies[year, place].counts, figures.rows.get((year, place))
            for count in (parts.total, *parts.of):
                cells[place, count] = self._cell(counts[count], None if row is None else row[count])
            if parts.total is Count.USERS and row is None:
                self.most[cells[place, Count.USERS]] = K - 1
            inside = [cells[place, part] for part in parts.of]
            if parts.left:
                cells[place, ""] = self._cell(counts[parts.total] - sum(self.counts[c] for c in inside), None)
                inside.append(cells[place, ""])
            self.sums.append(Sum(cells[place, parts.total], tuple(inside)))
        for name in (parts.total, *parts.of, *([""] if parts.left else [])):
            self.sums += [
                Sum(cells[above, name], tuple(cells[one, name] for one in inside))
                for above, inside in self.places.of.items()
            ]

    def _cell(self, count: int, told: int | None) -> int:
        self.counts.append(count)
        if told is not None:
            assert told == count
            self.told.add(len(self.counts) - 1)
        return len(self.counts) - 1

    def small(self) -> list[int]:
        return [cell for cell, count in enumerate(self.counts) if count < K]


@settings(max_examples=5, phases=(Phase.generate,))
@given(counted(), st.sampled_from([SETTLED, USED]))
def test_nothing_small_is_computed_back_from_places_and_parts(found: Tallies, parts: Parts) -> None:
    figures = told(found)
    for year in figures.years:
        table = Published(figures, year, parts)
        for cell in table.small():
            assert cell not in table.told
            seen = values(table.counts, frozenset(table.told), table.sums, cell, table.most)
            assert len(seen) > SPARE


def test_an_arrondissement_of_two_centres_does_not_tell_of_its_small_zones() -> None:
    """Each zone has four files at most, as it has no row; of two that have seven, one has three."""
    found = {(2025, leaf): Tally() for leaf in LEAVES}
    for leaf, files in zip(LEAVES[3:], (3, 4), strict=True):
        found[2025, leaf].counts.update({Count.USERS: files, Count.ACTIVE: files, Count.NEW: files})
    figures = told(found)
    assert figures.rows[2025, Place(By.ARRONDISSEMENT, "Over")][Count.USERS] is None
    assert figures.rows[2025, COUNTRY][Count.USERS] is None


@settings(max_examples=5, phases=(Phase.generate,))
@given(counted())
def test_who_came_and_went_is_not_computed_back_over_the_years(found: Tallies) -> None:
    figures = told(found)
    counts, sums, known = list[int](), list[Sum](), set[int]()
    cells: dict[tuple[int, Place, Count], int] = {}
    upper = [COUNTRY, *Places(LEAVES).of[COUNTRY]]
    for year in figures.years:
        for place in upper:
            for count in (Count.USERS, *FLOWS):
                cell = cells[year, place, count] = len(counts)
                counts.append(figures.tallies[year, place].counts[count])
                if figures.rows[year, place][count] is not None:
                    known.add(cell)
            users, new, closed, active = (cells[year, place, c] for c in (Count.USERS, *FLOWS))
            sums.append(Sum(users, (closed, active)))
            before = [cells[year - 1, place, Count.ACTIVE]] if year > figures.years[0] else []
            sums.append(Sum(users, (new, *before)))
        for count in (Count.USERS, *FLOWS):
            sums.append(Sum(cells[year, upper[0], count], tuple(cells[year, p, count] for p in upper[1:])))
    for cell in [cell for cell, count in enumerate(counts) if count < K]:
        assert len(values(counts, frozenset(known), sums, cell)) > SPARE


def test_years_and_rows_are_those_there_are_and_no_zone_with_few_files_is_told_of() -> None:
    few, many = Tally(), Tally()
    few.counts[Count.USERS], many.counts[Count.USERS] = K - 1, 40
    figures = told({(2023, LEAVES[0]): many, (2025, LEAVES[0]): many, (2025, LEAVES[1]): few})
    assert figures.years == (2023, 2024, 2025)
    zones = {(year, place.code) for year, place in figures.rows if place.by is By.ZONE}
    assert zones == {(2023, "BE-0001"), (2025, "BE-0001")}
    assert all(second - first == 1 for first, second in pairwise(figures.years))
    assert told({}).rows == {}


@given(
    known=st.lists(st.integers(K, 60), min_size=1, max_size=4),
    band=st.integers(0, 6).map(lambda each: each * K),
    count=st.sampled_from([Count.REAL, Count.GENUINE, Count.ATTENDED]),
)
def test_a_sum_over_years_says_no_more_of_a_hidden_year_than_a_band(
    known: list[int], band: int, count: Count
) -> None:
    place, hides = Place(By.ZONE, "BE-0001"), 2020 + len(known)

    def summed(secret: int) -> int | None:
        years = [*known, secret]
        rows = {
            (2020 + year, place): {**dict.fromkeys(Count), count: number} for year, number in enumerate(known)
        }
        tallies = {(2020 + year, place): Tally() for year in range(len(years))}
        for year, number in enumerate(years):
            tallies[2020 + year, place].counts[count] = number
        figures = Told(years=tuple(range(2020, hides + 1)), rows=rows, tallies=tallies)
        whole = answer(figures, Asked(as_of=date(hides, 12, 31), by=By.ZONE), date(2099, 1, 1), {})
        return next(row.counts[count] for row in whole.rows if row.year is None)

    told_of = {summed(secret) for secret in range(band, band + K)}
    assert len(told_of) == 1
    assert abs((told_of.pop() or 0) - sum(known) - band) <= 2 * K


def test_victims_over_years_are_not_fewer_than_in_one_of_them_and_say_no_more_than_a_band() -> None:
    place = Place(By.ZONE, "BE-0001")

    def summed(later: int) -> int | None:
        tallies = {(year, place): Tally() for year in (2024, 2025)}
        tallies[2024, place].counts |= {Count.USERS: 12, Count.NEW: 12}
        tallies[2025, place].counts[Count.NEW] = later
        rows = {(2024, place): {**dict.fromkeys(Count), Count.USERS: 12}}
        figures = Told(years=(2024, 2025), rows=rows, tallies=tallies)
        whole = answer(figures, Asked(as_of=date(2025, 12, 31), by=By.ZONE), date(2099, 1, 1), {})
        return next(row.counts[Count.USERS] for row in whole.rows if row.year is None)

    assert {summed(later) for later in range(K)} == {15}
