"""Growing, jittered delays between tries that go on for ever. Pure; chance is an argument."""

import random
from collections.abc import Callable

from ble_bridge import timing


class Backoff:
    """Delays from ``timing.RECONNECT_FIRST_S`` to ``RECONNECT_MAX_S``, doubling, each jittered."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._next_s = timing.RECONNECT_FIRST_S

    def delay_s(self) -> float:
        """Return how long to wait before the next try."""
        jitter = 1 + timing.RECONNECT_JITTER * (2 * self._chance() - 1)
        delay_s, self._next_s = self._next_s, min(2 * self._next_s, timing.RECONNECT_MAX_S)
        return delay_s * jitter

    def reset(self) -> None:
        """Begin anew: the last try worked."""
        self._next_s = timing.RECONNECT_FIRST_S
