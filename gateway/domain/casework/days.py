"""A day of the case teams: a day in Belgium, whatever the server's zone."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/Brussels")


def day_of(now: datetime) -> date:
    """Return the day on which an instant falls in Belgium."""
    return now.astimezone(ZONE).date()
