"""How much of an integrator's is worked off at once: a token bucket each.

Beyond it a position waits as the newest of its subject alone, and everything else waits its turn. Alarms
and wishes to cancel ask nobody. A node counts what comes in by itself.
"""

from collections import OrderedDict
from typing import Final
from uuid import UUID

BURST_S: Final = 2.0
"""So many seconds' worth may come at once: a system that gathers for a second is within its quota."""

REMEMBERED: Final = 10_000
"""Integrators whose buckets are kept, some 200 bytes each; one that is forgotten starts full."""


class Quotas:
    """The buckets of all integrators. Times are monotonic, in s."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[UUID, tuple[float, float]] = OrderedDict()

    def admit(self, integrator_id: UUID, per_s: float, now: float) -> bool:
        """Take a token if there is one."""
        tokens = self._filled(integrator_id, per_s, now)
        within = tokens >= 1
        self._keep(integrator_id, tokens - 1 if within else tokens, now)
        return within

    def wait(self, integrator_id: UUID, per_s: float, now: float, most_s: float) -> float | None:
        """Take a token that is there or will be; return in how many s. None, and none is taken: too late."""
        tokens = self._filled(integrator_id, per_s, now) - 1
        wait_s = max(0.0, -tokens / per_s)
        if wait_s > most_s:
            self._keep(integrator_id, tokens + 1, now)
            return None
        self._keep(integrator_id, tokens, now)
        return wait_s

    def _filled(self, integrator_id: UUID, per_s: float, now: float) -> float:
        most = max(1.0, per_s * BURST_S)
        tokens, since = self._buckets.pop(integrator_id, (most, now))
        return min(most, tokens + max(0.0, now - since) * per_s)

    def _keep(self, integrator_id: UUID, tokens: float, now: float) -> None:
        self._buckets[integrator_id] = (tokens, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
