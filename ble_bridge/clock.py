"""The clock of this machine."""

import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """Wall clock, and a monotonic one that also counts the time spent asleep where it can."""

    def __init__(self) -> None:
        self._clock_id = getattr(time, "CLOCK_BOOTTIME", None)
        self.era = _machine_boot() if self._clock_id is not None else str(uuid.uuid4())

    def now(self) -> datetime:
        """Return aware UTC."""
        return datetime.now(UTC)  # noqa: TID251 (this is the Clock that the rule points to)

    def monotonic(self) -> float:
        """Return seconds since the machine started, or since some fixed instant elsewhere."""
        return time.monotonic() if self._clock_id is None else time.clock_gettime(self._clock_id)


def _machine_boot() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return str(uuid.uuid4())
