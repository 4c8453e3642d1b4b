"""Which press is sent next, and when. Pure; time and chance are arguments.

A failure is of *the way* (no network, a portal, a gateway that cannot commit) or of *the press* (the
gateway chokes on it, or refuses it). While the way is closed it is probed with the first press that
waits, after pauses of full jitter: short ones for half a minute, then with a ceiling that doubles up
to ``retry_max_s``; then everything follows in order. A press of its own fault has pauses of its own
and holds up nobody. Whatever the way is like, a new press is sent at once, and once more right after
its first failure.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from ble_bridge import timing
from ble_bridge.entry import Entry

_NEVER_WAITS = float("-inf")

# Sendings of a new press that ask nobody: the first, and its immediate retry.
_AT_ONCE = 2

# Every fourth probe takes another press: the first one may itself be what breaks the way.
_PROBES_A_TURN = 4


class Schedule:
    """The due instants of waiting presses. ``chance`` returns a float in [0, 1)."""

    def __init__(self, retry_max_s: float, chance: Callable[[], float]) -> None:
        self._retry_max_s = retry_max_s
        self._chance = chance
        self._tries: dict[UUID, int] = {}
        self._own_due_s: dict[UUID, float] = {}
        self._failed_before_receipt: set[UUID] = set()
        self._way_due_s = _NEVER_WAITS
        self._way_tries = 0

    def next(self, waiting: Sequence[Entry], now: float) -> Entry | None:
        """Return the press of ``waiting`` (real first, oldest first) to send now."""
        due = [entry for entry in waiting if self._due_s(entry) <= now]
        if not due:
            return None
        is_turn = self._way_tries % _PROBES_A_TURN == _PROBES_A_TURN - 1
        return due[self._way_tries // _PROBES_A_TURN % len(due)] if is_turn else due[0]

    def wake_at(self, waiting: Sequence[Entry]) -> float | None:
        """Return when the next of ``waiting`` falls due; None when nothing waits."""
        return min((self._due_s(entry) for entry in waiting), default=None)

    def failed(self, entry: Entry, now: float, *, is_way: bool) -> None:
        """Note a sending without a receipt: ``entry`` as it is after it, and whose fault it was."""
        press_id = entry.press.press_id
        self._tries[press_id] = tries = self._tries.get(press_id, 0) + 1
        if entry.parked is not None:
            jitter = 1 + timing.RECONNECT_JITTER * self._chance()
            self._own_due_s[press_id] = now + timing.PARKED_RETRY_S * jitter
        elif not is_way or press_id in self._failed_before_receipt:
            self._own_due_s[press_id] = now + self._pause_s(tries)
        if not is_way:
            self._open_way()
        elif self._way_due_s <= now:
            self._way_tries += 1
            self._way_due_s = now + self._way_pause_s(self._way_tries)

    def kept(self, press_id: UUID, now: float, again_after_s: float) -> None:
        """Note that a gateway only keeps a press: the way is open, and it is asked for again that soon."""
        self._tries[press_id] = max(self._tries.get(press_id, 0), _AT_ONCE)
        self._own_due_s[press_id] = now + again_after_s
        self._open_way()

    def receipted(self, press_id: UUID) -> None:
        """Forget a press that is done: the way is open, and who failed has seen it open."""
        self._tries.pop(press_id, None)
        self._own_due_s.pop(press_id, None)
        self._failed_before_receipt = set(self._tries)
        self._open_way()

    def _open_way(self) -> None:
        self._way_due_s, self._way_tries = _NEVER_WAITS, 0

    def _due_s(self, entry: Entry) -> float:
        press_id = entry.press.press_id
        if self._tries.get(press_id, 0) < _AT_ONCE and entry.parked is None:
            return _NEVER_WAITS
        return max(self._way_due_s, self._own_due_s.get(press_id, _NEVER_WAITS))

    def _pause_s(self, tries: int) -> float:
        return self._below(timing.RETRY_STEP_S, tries - 2)

    def _way_pause_s(self, tries: int) -> float:
        return self._below(timing.URGENT_S, max(0, tries - timing.URGENT_TRIES))

    def _below(self, first_s: float, doublings: int) -> float:
        # The exponent is bounded only to keep the power a sane number.
        return self._chance() * min(self._retry_max_s, first_s * 2.0 ** min(doublings, 32))
