"""A clock that moves only when a test says so."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class VirtualClock:
    """``gateway.ports.Clock`` in a test's hands; wall and monotonic time move together."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        """Return the instant the test has reached."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds the test has reached."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def step(self, seconds: float) -> None:
        """Set the wall clock ahead (or back) without time passing, as NTP does."""
        self._now += timedelta(seconds=seconds)
