"""Which press is sent next, and when. Pure; time and chance are arguments.

A new press is due at once, and once more right after its first failure; then full jitter spreads
the tries between nothing and a ceiling that doubles up to ``retry_max_s``. A refused press is asked
again every ``timing.PARKED_RETRY_S``. Any receipt proves that the way is open: then everything that
waits is due, so a backlog drains at the speed of the gateway and in order.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from ble_bridge import timing
from ble_bridge.entry import Entry


class Schedule:
    """The due instants of waiting presses. ``chance`` returns a float in [0, 1)."""

    def __init__(self, retry_max_s: float, chance: Callable[[], float]) -> None:
        self._retry_max_s = retry_max_s
        self._chance = chance
        self._due_s: dict[UUID, float] = {}
        self._tries: dict[UUID, int] = {}
        self._hurried: set[UUID] = set()
        self._stubborn: set[UUID] = set()

    def next(self, waiting: Sequence[Entry], now: float) -> Entry | None:
        """Return the first press of ``waiting`` (real first, oldest first) that is due."""
        return next((entry for entry in waiting if self._due(entry) <= now), None)

    def wake_at(self, waiting: Sequence[Entry]) -> float | None:
        """Return when the next of ``waiting`` falls due; None when nothing waits."""
        return min((self._due(entry) for entry in waiting), default=None)

    def failed(self, entry: Entry, now: float) -> None:
        """Note a sending without a receipt; ``entry`` as it is after it."""
        press_id = entry.press.press_id
        self._tries[press_id] = tries = self._tries.get(press_id, 0) + 1
        self._due_s[press_id] = now + self._pause(tries, is_parked=entry.parked is not None)
        if entry.parked is not None or press_id in self._hurried:
            self._stubborn.add(press_id)

    def receipted(self, press_id: UUID) -> None:
        """Forget a press that is done, and let the others be due.

        Not those that failed although the way was open, lest one bad press is sent between any
        two good ones.
        """
        for book in (self._due_s, self._tries):
            book.pop(press_id, None)
        self._stubborn.discard(press_id)
        self._hurried.discard(press_id)
        for hurried in self._due_s.keys() - self._stubborn:
            del self._due_s[hurried]
            self._hurried.add(hurried)

    def _due(self, entry: Entry) -> float:
        return self._due_s.get(entry.press.press_id, float("-inf"))

    def _pause(self, tries: int, *, is_parked: bool) -> float:
        if is_parked:
            return timing.PARKED_RETRY_S * (1 + timing.RECONNECT_JITTER * self._chance())
        if tries == 1:
            return 0.0
        # The exponent is bounded only to keep the power a sane number.
        ceiling = min(self._retry_max_s, timing.RETRY_STEP_S * 2.0 ** min(tries - 2, 32))
        return ceiling * self._chance()
