"""Notice that the database's clock was set: compare its progress with that of the monotonic clock.

Deadlines are instants on the database's clock. Set forward, it makes them fall due early, which is
safe. Set back, it would make them late, so that each node claims what was set before the step
earlier by as much. Another server that took over is a step too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

STEP_S: Final = 0.5
"""A smaller difference is slewing, or a slow answer; a deadline may be a second late."""

REMEMBERED_S: Final = 7200.0
"""No rung and no lapse waits longer: what was set before the step has fallen due by then."""

FORGOTTEN_MAX: Final = 16
"""A clock that is set more often than this is broken; the last steps count."""


@dataclass(frozen=True, slots=True)
class Step:
    """The clock went ``by_s`` seconds (negative: back) for deadlines up to ``last_deadline_id``."""

    by_s: float
    last_deadline_id: int
    seen_at: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The database's clock, read at some moment between two readings of our monotonic clock (s)."""

    database: datetime
    before: float
    after: float


class ClockWatch:
    """Follows one database's clock from reading to reading."""

    def __init__(self) -> None:
        self._last: Reading | None = None
        self._last_deadline_id = 0
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that still matter, oldest first."""
        return tuple(self._steps)

    def see(self, reading: Reading, last_deadline_id: int) -> float:
        """Compare with the reading before; return by how much the clock was set, 0 if it was not.

        ``last_deadline_id`` is the newest deadline there is; those that came since the reading
        before may be from either side of the step, and are not hastened.
        """
        last, self._last = self._last, reading
        known, self._last_deadline_id = self._last_deadline_id, last_deadline_id
        self._steps = [step for step in self._steps if reading.after - step.seen_at < REMEMBERED_S]
        by_s = 0.0 if last is None else _stepped(last, reading)
        if by_s:
            self._steps = [*self._steps, Step(by_s, known, reading.after)][-FORGOTTEN_MAX:]
        return by_s

    def delay_s(self, deadline_id: int) -> float:
        """Return how much later (negative: earlier) the clock makes a deadline than it was meant."""
        return -sum(step.by_s for step in self._steps if deadline_id <= step.last_deadline_id)


def _stepped(last: Reading, reading: Reading) -> float:
    """Return how far the clock went beyond what can have passed, if by more than ``STEP_S``."""
    went_s = (reading.database - last.database).total_seconds()
    least_s, most_s = reading.before - last.after, reading.after - last.before
    if went_s < least_s - STEP_S:
        return went_s - least_s
    if went_s > most_s + STEP_S:
        return went_s - most_s
    return 0.0
