"""What is hidden cannot be computed back, however it is tried."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.casework.suppression import SPARE, K, Sum, hidden
from tests.support.table_attacker import values

Table = tuple[list[int], list[Sum]]

few = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 9])


@st.composite
def crossed(draw: st.DrawFn) -> Table:
    """A table of rows and columns with all totals: what a place, an outcome and a year add up to."""
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    counts = [[draw(few) for _ in range(columns)] for _ in range(rows)]
    counts = [[*row, sum(row)] for row in counts]
    counts.append([sum(column) for column in zip(*counts, strict=True)])
    width = columns + 1
    sums = [
        Sum(row * width + columns, tuple(range(row * width, row * width + columns)))
        for row in range(rows + 1)
    ]
    sums += [
        Sum(rows * width + column, tuple(row * width + column for row in range(rows)))
        for column in range(width)
    ]
    return [count for row in counts for count in row], sums


@st.composite
def nested(draw: st.DrawFn) -> Table:
    """A country of centres of zones, with a total and its two parts in each place."""
    zones = [draw(st.integers(1, 3)) for _ in range(draw(st.integers(1, 2)))]
    leaves = [[(one, two) for one, two in product([draw(few)], [draw(few)])] for _ in range(sum(zones))]
    counts, sums = list[int](), list[Sum]()

    def place(one: int, two: int) -> int:
        at = len(counts)
        counts.extend((one + two, one, two))
        sums.append(Sum(at, (at + 1, at + 2)))
        return at

    centres = []
    for number in zones:
        kids = [place(*leaves.pop()[0]) for _ in range(number)]
        at = place(sum(counts[kid + 1] for kid in kids), sum(counts[kid + 2] for kid in kids))
        sums += [Sum(at + part, tuple(kid + part for kid in kids)) for part in range(3)]
        centres.append(at)
    country = place(*(sum(counts[one + part] for one in centres) for part in (1, 2)))
    sums += [Sum(country + part, tuple(one + part for one in centres)) for part in range(3)]
    return counts, sums


@settings(max_examples=60)
@given(st.one_of(crossed(), nested()))
def test_no_hidden_count_can_be_computed_back_from_what_is_told(table: Table) -> None:
    counts, sums = table
    kept = hidden(counts, sums)
    assert all(count >= K for cell, count in enumerate(counts) if cell not in kept)
    told = frozenset(range(len(counts))) - kept
    for cell in kept:
        assert len(values(counts, told, sums, cell)) > SPARE


@given(st.one_of(crossed(), nested()))
def test_the_same_table_is_hidden_alike_each_time_and_what_is_large_is_told(table: Table) -> None:
    counts, sums = table
    assert hidden(counts, sums) == hidden(list(counts), list(sums))
    assert not hidden([count + K for count in counts], [])


def test_a_single_small_count_takes_the_smallest_beside_it_along() -> None:
    counts = [4, 30, 12, 46]
    assert hidden(counts, [Sum(3, (0, 1, 2))]) == {0, 2}


def test_noughts_are_hidden_as_other_small_counts_are() -> None:
    assert hidden([0, 0, 20, 20], [Sum(3, (0, 1, 2))]) == {0, 1, 2}


def test_a_difference_that_is_small_hides_what_it_is_the_difference_of() -> None:
    used, not_used, files = 17, 1, 18
    assert hidden([used, not_used, files], [Sum(2, (0, 1))]) == {0, 1}


def test_a_small_zone_is_not_found_through_the_level_above_nor_through_the_country() -> None:
    country, ghent, aalst, antwerp, small, mechelen = range(6)
    counts = [100, 28, 2, 0, 0, 0]
    counts[antwerp], counts[small], counts[mechelen] = 70, 50, 20
    sums = [Sum(country, (ghent, aalst, antwerp)), Sum(antwerp, (small, mechelen))]
    kept = hidden(counts, sums)
    assert kept >= {aalst, ghent}
    assert antwerp not in kept
