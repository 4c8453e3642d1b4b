"""When the circumstances of a file want to be gone through again, by its risk level."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias
from uuid import UUID

from schemas.circumstances import ReviewClock, RiskLevel
from schemas.registration import Circumstance, Person

Intervals: TypeAlias = Mapping[RiskLevel, int]
"""Days between two reviews, by level."""

INTERVALS: Final[Intervals] = MappingProxyType(
    {RiskLevel.EXTREME: 3, RiskLevel.HIGH: 7, RiskLevel.MEDIUM: 30, RiskLevel.LOW: 60}
)
"""Those of VioGén, the Spanish police's follow-up of gender violence: extreme 72 h, high 7 days, medium
30, low 60. Days, not hours, as an entry is confirmed on a day."""

LEVELS: Final = tuple(RiskLevel)
"""From the lowest to the highest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewDue:
    """A file of which something is due; ``since`` None: something was never confirmed by anybody."""

    registration_id: UUID
    reference: str
    level: RiskLevel
    entries: int
    since: date | None


def is_lower(level: RiskLevel, than: RiskLevel) -> bool:
    """Whether a level is below another: going there needs a second person."""
    return LEVELS.index(level) < LEVELS.index(than)


def due_on(checked_on: date | None, interval_days: int) -> date | None:
    """Return the day on which something is to be gone through; None: it never was, it is due now."""
    return None if checked_on is None else checked_on + timedelta(days=interval_days)


def reviews(
    person: Person, circumstances: Iterable[Circumstance], interval_days: int, today: date
) -> tuple[ReviewClock, ...]:
    """Return the clock of each entry, the person's first."""
    return tuple(
        _review(place, checked_on, interval_days, today)
        for place, checked_on in (
            (None, person.checked_on),
            *((place, one.checked_on) for place, one in enumerate(circumstances)),
        )
    )


def checked_days(person: Person, circumstances: Iterable[Circumstance]) -> list[date | None]:
    """Return when each entry was last confirmed, the person's first: what is kept in the clear."""
    return [person.checked_on, *(one.checked_on for one in circumstances)]


def _review(place: int | None, checked_on: date | None, interval_days: int, today: date) -> ReviewClock:
    due = due_on(checked_on, interval_days)
    return ReviewClock(entry=place, due_on=due, overdue=due is None or due <= today)
