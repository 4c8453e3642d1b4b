"""What is answered to who asks for figures: rows of what is told, and what was measured where it may be.

A measured value needs ``K`` cases whose number is told, a ninetieth percentile twice as many. Shares of
answer times say how the control room does, not a victim: whole per cent, of a number that is told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import floor
from statistics import quantiles
from types import MappingProxyType
from typing import Final

from gateway.domain.casework.days import ZONE
from gateway.domain.casework.figures import Tally
from gateway.domain.casework.suppression import K
from gateway.domain.casework.telling import Place, Told
from gateway.domain.errors import FieldInvalid
from schemas.session import Role
from schemas.statistics import By, Count, FiguresRow, Statistics, Value

POLICE: Final = frozenset({Role.CASE_OFFICER, Role.SUPERVISOR})
"""They may ask for any day; for others a day is the last of a month that is over: from two answers as of
two days that are close, what happened in between is easily told."""

SUMMED: Final = (Count.USERS, Count.REAL, Count.GENUINE, Count.ATTENDED)
"""What is told of all years together."""

ARRIVED_SOON_S: Final = 600.0
"""The ten minutes that councils ask about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which figures are asked for; ``place``: one row of the table, by its code."""

    as_of: date
    by: By = By.YEAR
    place: str | None = None
    first: int | None = None
    last: int | None = None


def end_of(as_of: date) -> datetime:
    """Return the instant up to which a day counts: midnight in Brussels."""
    return datetime.combine(as_of + timedelta(days=1), time(), ZONE)


def as_of_for(wanted: date | None, roles: Iterable[Role], today: date) -> date:
    """Return the day that is answered for.

    Raises:
        FieldInvalid: the day is yet to come, or older than anything.
    """
    last_month = today.replace(day=1) - timedelta(days=1)
    if wanted is None:
        return last_month
    if not date(2000, 1, 1) <= wanted <= today:
        raise FieldInvalid("as_of", "a day from 2000 to today")
    if not POLICE.isdisjoint(roles):
        return wanted
    next_month = (wanted.replace(day=28) + timedelta(days=4)).replace(day=1)
    whole = next_month - timedelta(days=1)
    return whole if wanted == whole and whole <= last_month else wanted.replace(day=1) - timedelta(days=1)


def answer(told: Told, asked: Asked, today: date, names: Mapping[tuple[str, str], str]) -> Statistics:
    """Return the rows asked for, each place after its years; the first years come first."""
    first, last = asked.first or 0, asked.last or 9999
    if first > last:
        raise FieldInvalid("from", "not after `to`")
    rows = [
        _row(year, place, counts, told.tallies[year, place], names)
        for (year, place), counts in told.rows.items()
        if first <= year <= last and _wanted(place, asked)
    ]
    rows += _all_years(told, asked, names)
    return Statistics(
        as_of=asked.as_of,
        provisional=asked.as_of >= today,
        by=asked.by,
        first_year=told.years[0] if told.years else None,
        hidden_below=K,
        rows=tuple(sorted(rows, key=lambda row: (row.place or "", row.year or 9999))),
    )


def _wanted(place: Place, asked: Asked) -> bool:
    if asked.by is By.YEAR and asked.place is not None:
        return place.code == asked.place
    return place.by is asked.by and (asked.place is None or place.code == asked.place)


def _all_years(told: Told, asked: Asked, names: Mapping[tuple[str, str], str]) -> list[FiguresRow]:
    """Sum up all years of a place, rounded: exact sums would give a hidden year away."""
    places = {place for _, place in told.tallies if _wanted(place, asked)}
    return [_all_years_of(told, place, names) for place in sorted(places, key=str)]


def _all_years_of(told: Told, place: Place, names: Mapping[tuple[str, str], str]) -> FiguresRow:
    summed = Tally()
    for year in told.years:
        summed.add(told.tallies[year, place])
    rounded: dict[Count, int | None] = dict.fromkeys(Count)
    for count in SUMMED:
        total = summed.counts[Count.NEW if count is Count.USERS else count]
        rounded[count] = _rounded(_known(told, place, count), total)
    return _row(None, place, rounded, summed, names)


def _known(told: Told, place: Place, count: Count) -> tuple[int, bool]:
    """Return how much of the sum over years everybody can tell, and whether that is all of it."""
    rows = [told.rows.get((year, place), {}) for year in told.years]
    numbers = [row.get(count) for row in rows]
    if count is not Count.USERS:
        return sum(number or 0 for number in numbers), None not in numbers
    # Who came, each once: in the first year all of it, and never fewer than there were in any one.
    came = [numbers[0], *(row.get(Count.NEW) for row in rows[1:])]
    known = max(sum(number or 0 for number in came), *(number or 0 for number in numbers))
    return known, None not in came


def _rounded(known: tuple[int, bool], total: int) -> int | None:
    """Round a sum to multiples of ``K``.

    What of it is hidden counts as the middle of its band of ``K``: where the sum that is told lies near the
    edge of what rounds to it, there would be one or two hidden numbers left that it could be.
    """
    number, is_all = known
    if not is_all:
        number += K * ((total - number) // K) + K // 2
    return None if number < K else K * round(number / K)


def _row(
    year: int | None,
    place: Place,
    counts: Mapping[Count, int | None],
    tally: Tally,
    names: Mapping[tuple[str, str], str],
) -> FiguresRow:
    code = place.code
    return FiguresRow(
        year=year,
        place=code,
        name=None if code is None else names.get((place.by, code), code),
        counts=dict(counts),
        values={value: measure(counts, tally) for value, measure in MEASURES.items()},
    )


Measure = Callable[[Mapping[Count, int | None], Tally], float | None]


def _median(of: Callable[[Tally], list[float]], base: Count | None, digits: int) -> Measure:
    def measure(counts: Mapping[Count, int | None], tally: Tally) -> float | None:
        values = of(tally)
        if len(values) < K or (base is not None and counts[base] is None):
            return None
        return round(quantiles(values, n=2, method="inclusive")[0], digits)

    return measure


def _ninth(of: Callable[[Tally], list[float]], base: Count) -> Measure:
    def measure(counts: Mapping[Count, int | None], tally: Tally) -> float | None:
        values = of(tally)
        if len(values) < 2 * K or counts[base] is None:
            return None
        return round(quantiles(values, n=10, method="inclusive")[8], 0)

    return measure


def _within(of: Callable[[Tally], list[float]], base: Count, seconds: float) -> Measure:
    def measure(counts: Mapping[Count, int | None], tally: Tally) -> float | None:
        if counts[base] is None or tally.counts[base] < K:
            return None
        return _pct(sum(took <= seconds for took in of(tally)), tally.counts[base])

    return measure


def _pressed(counts: Mapping[Count, int | None], _: Tally) -> float | None:
    users, pressed = counts[Count.USERS], counts[Count.PRESSED]
    return None if not users or pressed is None else _pct(pressed, users)


def _pct(part: int, whole: int) -> float:
    return float(floor(100 * part / whole + 0.5))


MEASURES: Final[Mapping[Value, Measure]] = MappingProxyType(
    {
        Value.MONTHS_ACTIVE: _median(lambda tally: tally.months_active, None, 1),
        Value.DAYS_TO_GRANT: _median(lambda tally: tally.days_to_grant, None, 0),
        Value.DAYS_TO_INSTALL: _median(lambda tally: tally.days_to_install, None, 0),
        Value.ANSWER_MEDIAN_S: _median(lambda tally: tally.answers_s, Count.REAL, 0),
        Value.ANSWER_P90_S: _ninth(lambda tally: tally.answers_s, Count.REAL),
        Value.ANSWERED_15_S_PCT: _within(lambda tally: tally.answers_s, Count.REAL, 15.0),
        Value.ANSWERED_20_S_PCT: _within(lambda tally: tally.answers_s, Count.REAL, 20.0),
        Value.ANSWERED_30_S_PCT: _within(lambda tally: tally.answers_s, Count.REAL, 30.0),
        Value.ANSWERED_60_S_PCT: _within(lambda tally: tally.answers_s, Count.REAL, 60.0),
        Value.ARRIVAL_MEDIAN_S: _median(lambda tally: tally.arrivals_s, Count.ATTENDED, 0),
        Value.ARRIVAL_P90_S: _ninth(lambda tally: tally.arrivals_s, Count.ATTENDED),
        Value.ARRIVED_10_MIN_PCT: _within(lambda tally: tally.arrivals_s, Count.ATTENDED, ARRIVED_SOON_S),
        Value.PRESSED_PCT: _pressed,
    }
)
"""How each value is measured; None: too few, or their number is hidden."""


def as_table(figures: Statistics) -> tuple[list[str], list[list[str | int | float | None]]]:
    """Return heading and rows of a table of these figures. What is hidden is empty."""
    heading = ["as_of", "year", "place", "name", *Count, *Value]
    rows: list[list[str | int | float | None]] = [
        [
            figures.as_of.isoformat(),
            row.year or "all",
            row.place or "",
            row.name or "",
            *(row.counts[count] for count in Count),
            *(row.values[value] for value in Value),
        ]
        for row in figures.rows
    ]
    return heading, rows
