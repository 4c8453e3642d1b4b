"""Instants of the generator's clock on the wall clock, which frames carry."""

from datetime import UTC, datetime, timedelta
from time import perf_counter_ns
from typing import Final

from loadtests.samples import utc_now

_MICROSECOND: Final = 1000


class WallClock:
    """Places ``perf_counter_ns`` on the wall clock as it was when this was made: it takes no steps."""

    def __init__(self) -> None:
        self._began_ns = perf_counter_ns()
        self._began_at = utc_now()

    def at(self, instant_ns: int) -> datetime:
        """Return an instant in ns, to the microsecond."""
        return self._began_at + timedelta(microseconds=(instant_ns - self._began_ns) // _MICROSECOND)

    def ns(self, instant: datetime) -> int:
        """Return an instant in ns of the generator's clock."""
        return self._began_ns + (instant - self._began_at) // timedelta(microseconds=1) * _MICROSECOND

    def now(self) -> datetime:
        """Return the instant."""
        return self.at(perf_counter_ns())


def instant(text: str) -> datetime:
    """Read an instant of a frame, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
