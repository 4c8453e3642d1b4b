"""Time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time. Never fails."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC; it may step when the host's clock is set."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; never goes back. For waits and durations."""
