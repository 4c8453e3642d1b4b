"""Counting files and alarms: by year and by the smallest place there is, the case team.

All of it comes from what was recorded as having happened (steps of files, events of alarms); whoever
reads that up to an instant gets the figures as of that instant.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from schemas.outcome import GENUINE, Outcome
from schemas.press import Purpose
from schemas.statistics import Count

UNREVIEWED: Final = "unreviewed"
"""Outcome of an alarm whose closing needs a second look that nobody has taken yet."""

REPEATED_S: Final = 30 * 86_400.0
"""An alarm within so long after another of the same registration is a repeated one: 30 days."""

DAYS_A_MONTH: Final = 365.25 / 12

AGES: Final[Mapping[str, Count]] = MappingProxyType(
    {
        "<18": Count.AGE_UNDER_18,
        "18-29": Count.AGE_18_29,
        "30-39": Count.AGE_30_39,
        "40-49": Count.AGE_40_49,
        "50-64": Count.AGE_50_64,
        "65+": Count.AGE_65_UP,
    }
)
"""The bands that a step may carry as ``facts.age_band``; anything else is unknown."""

OLDEST: Final = (17, 29, 39, 49, 64)
"""The last year of age of each band but the last."""

OUTCOMES: Final[Mapping[str | None, Count]] = MappingProxyType(
    {
        Outcome.ARREST: Count.ARREST,
        Outcome.OFFENDER_GONE: Count.OFFENDER_GONE,
        Outcome.OFFENDER_NOT_FOUND: Count.OFFENDER_NOT_FOUND,
        Outcome.PREVENTED: Count.PREVENTED,
        Outcome.SLIP: Count.SLIP,
        Outcome.TECHNICAL: Count.TECHNICAL,
        Outcome.DUPLICATE: Count.DUPLICATE,
        Outcome.MISUSE: Count.MISUSE,
        Outcome.TEST: Count.MISUSE,
    }
)
"""How each outcome counts; a real alarm that was closed as a test was no danger and no test either."""


class Leaf(NamedTuple):
    """The smallest place: a case team. A centre's own team has the centre's name and no arrondissement."""

    centre: str
    arrondissement: str | None
    team: str


def age_band(born_on: date, on_date: date) -> str:
    """Return the band of the age that somebody born on a day has on another."""
    age = on_date.year - born_on.year - ((on_date.month, on_date.day) < (born_on.month, born_on.day))
    return next((band for most, band in zip(OLDEST, AGES, strict=False) if age <= most), "65+")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file: where it was last, and on which days its steps were.

    ``imported``: it came with its alarm, on ``installed_on``; since when she had it is not known.
    """

    registration_id: UUID
    leaf: Leaf
    requested_on: date | None = None
    granted_on: date | None = None
    refused_on: date | None = None
    installed_on: date | None = None
    closed_on: date | None = None
    age_band: str | None = None
    imported: bool = False


@dataclass(frozen=True, slots=True)
class AlarmFacts:
    """What is known of a real alarm. ``outcome`` None: it is open. ``year``: in Brussels."""

    registration_id: UUID
    leaf: Leaf
    year: int
    raised_at: datetime
    answered_at: datetime | None = None
    there_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Apart:
    """How many tests or exercises there were."""

    leaf: Leaf
    year: int
    purpose: Purpose
    number: int


@dataclass(slots=True)
class Tally:
    """What is counted in one place and year, and what is measured there, one value a case."""

    counts: defaultdict[Count, int] = field(default_factory=lambda: defaultdict(int))
    months_active: list[float] = field(default_factory=list)
    days_to_grant: list[float] = field(default_factory=list)
    days_to_install: list[float] = field(default_factory=list)
    answers_s: list[float] = field(default_factory=list)
    arrivals_s: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Take in what another place or year has."""
        for count, number in other.counts.items():
            self.counts[count] += number
        self.months_active += other.months_active
        self.days_to_grant += other.days_to_grant
        self.days_to_install += other.days_to_install
        self.answers_s += other.answers_s
        self.arrivals_s += other.arrivals_s


Tallies = dict[tuple[int, Leaf], Tally]


def tallies(
    files: Iterable[FileFacts], alarms: Iterable[AlarmFacts], apart: Iterable[Apart], last_year: int
) -> Tallies:
    """Count by year and case team, up to ``last_year``: the year that what was read ends in."""
    found: defaultdict[tuple[int, Leaf], Tally] = defaultdict(Tally)
    by_file = _by_file(alarms)
    for file in files:
        pressed = {alarm.year for alarm in by_file.get(file.registration_id, ())}
        for year, count in _counted(file, pressed, last_year):
            if year <= last_year:
                found[year, file.leaf].counts[count] += 1
        _measure_file(file, found, last_year)
    for one in by_file.values():
        _count_alarms(one, found)
    for few in apart:
        found[few.year, few.leaf].counts[Count(few.purpose.value)] += few.number
    return dict(found)


def _by_file(alarms: Iterable[AlarmFacts]) -> Mapping[UUID, list[AlarmFacts]]:
    found = defaultdict[UUID, list[AlarmFacts]](list)
    for alarm in alarms:
        found[alarm.registration_id].append(alarm)
    return found


def _counted(file: FileFacts, pressed: set[int], last_year: int) -> Iterator[tuple[int, Count]]:
    """List the years a file counts in, and as what."""
    for day, count in (
        (file.requested_on, Count.REQUESTED),
        (file.granted_on, Count.GRANTED),
        (file.refused_on, Count.REFUSED),
    ):
        if day is not None:
            yield day.year, count
    if file.installed_on is None:
        return
    first = file.installed_on.year
    closed = file.closed_on is not None and file.closed_on.year <= last_year
    last = max(first, file.closed_on.year) if file.closed_on is not None and closed else last_year
    age = AGES.get(file.age_band or "", Count.AGE_UNKNOWN)
    yield first, Count.NEW
    for year in range(first, last + 1):
        yield year, Count.USERS
        yield year, age
        yield year, Count.CLOSED if closed and year == last else Count.ACTIVE
        if year in pressed:
            yield year, Count.PRESSED


def _measure_file(file: FileFacts, found: Mapping[tuple[int, Leaf], Tally], last_year: int) -> None:
    asked, granted, installed, closed = (
        file.requested_on,
        file.granted_on,
        file.installed_on,
        file.closed_on,
    )
    if asked and granted and granted.year <= last_year:
        found[granted.year, file.leaf].days_to_grant.append(max(0, (granted - asked).days))
    if asked and installed and installed.year <= last_year:
        found[installed.year, file.leaf].days_to_install.append(max(0, (installed - asked).days))
    if installed and closed and closed.year <= last_year and not file.imported:
        year = max(installed.year, closed.year)
        months = max(0, (closed - installed).days) / DAYS_A_MONTH
        found[year, file.leaf].months_active.append(months)


def _count_alarms(of_one: list[AlarmFacts], found: Mapping[tuple[int, Leaf], Tally]) -> None:
    """Count the real alarms of one registration."""
    instants = sorted(alarm.raised_at for alarm in of_one)
    for alarm in of_one:
        tally = found[alarm.year, alarm.leaf]
        counts = tally.counts
        counts[Count.REAL] += 1
        if alarm.outcome is None or alarm.outcome == UNREVIEWED:
            counts[Count.UNSETTLED] += 1
        else:
            counts[OUTCOMES[alarm.outcome]] += 1
            counts[Count.GENUINE if alarm.outcome in GENUINE else Count.NOISE] += 1
        place = bisect_left(instants, alarm.raised_at)
        if place and (alarm.raised_at - instants[place - 1]).total_seconds() <= REPEATED_S:
            counts[Count.REPEATED] += 1
        if alarm.answered_at is not None:
            tally.answers_s.append(max(0.0, (alarm.answered_at - alarm.raised_at).total_seconds()))
        if alarm.there_at is not None:
            counts[Count.ATTENDED] += 1
            tally.arrivals_s.append(max(0.0, (alarm.there_at - alarm.raised_at).total_seconds()))
