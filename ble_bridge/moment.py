"""One instant on both clocks, and the time since an earlier one. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ble_bridge.ports import Clock


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` on the wall clock, ``s`` on the monotonic one, which counts within ``era``."""

    at: datetime
    s: float
    era: str

    @classmethod
    def of(cls, clock: Clock) -> Self:
        """Return the moment it is."""
        return cls(clock.now(), clock.monotonic(), clock.era)

    def since(self, earlier: Self) -> float | None:
        """Return the seconds since ``earlier``.

        Within one era the monotonic clock is the judge. Across a restart of the machine only the
        wall clock is left; where that contradicts itself (it was set back) nobody knows: None.
        """
        if self.era == earlier.era:
            return max(0.0, self.s - earlier.s)
        seconds = (self.at - earlier.at).total_seconds()
        return seconds if seconds >= 0 else None
