"""Days and terms of a file: a day is a day in Europe/Brussels, a month a calendar month.

Where a number is ours and not the sources', the reason stands beside it.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from gateway.domain.casework.days import ZONE

GRANTED_MONTHS: Final = 9
"""For so long an alarm is granted and extended, unless the magistrate names a day (the circular's term)."""

TERM_MONTHS_MAX: Final = 12
"""No term is longer than that, whoever names it: a year without evaluation is a typing error."""

EVALUATION_DAYS: Final = (42, 14, 0)
"""Reminders of the evaluation, days before the term ends: six weeks, two weeks, the day itself."""

DECISION_SOON_DAYS: Final = 2
"""A reminder of a pending decision comes so long before it is due: one working day to act in."""

SUPPORT_DAYS: Final = 1
"""In the urgent procedure victim support is told within 24 h of the installation: the next working hand."""

WRITTEN_DAYS: Final = 30
"""A step is written down within so many days: longer ago nobody remembers, and figures are told by then."""

DECIDED_DAYS: Final = 7
"""A magistrate's decision is written down within a week: it binds from its date on."""


def end_of(day: date) -> datetime:
    """Return the instant at which a day ends in Brussels, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC)


def months_on(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of that month if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
