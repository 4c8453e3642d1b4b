"""The host's clock; the only place that asks it."""

import time
from datetime import UTC, datetime


class SystemClock:
    """``gateway.ports.Clock`` on the host."""

    def now(self) -> datetime:
        """Return the host's instant, aware and in UTC."""
        return datetime.now(UTC)  # noqa: TID251 (this is the Clock that everyone else asks)

    def monotonic(self) -> float:
        """Return the host's monotonic seconds."""
        return time.monotonic()
