"""How many fixes are sent together, and when. Pure; time and chance are arguments.

A batch must not occupy a slow network for longer than about a second, for a press may want it: it
grows while the answers are quick and shrinks when they are not. Whatever fails is tried again with
half as many, so that after an outage the first thing to arrive is where she is now.
"""

from collections.abc import Callable

from ble_bridge import timing


class Pace:
    """``most`` fixes may go together, not before ``due_s``. ``chance`` returns a float in [0, 1)."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._failures = 0
        self.most = timing.FIXES_FIRST_BATCH
        self.due_s = float("-inf")

    @property
    def is_failing(self) -> bool:
        """Whether the last batch did not arrive."""
        return self._failures > 0

    def arrived(self, sent: int, began_s: float, now_s: float) -> None:
        """Note that a batch of ``sent`` fixes, begun at ``began_s``, was answered at ``now_s``."""
        self._failures = 0
        self.due_s = began_s + timing.POSITIONS_PAUSE_S
        took_s = now_s - began_s
        if took_s > timing.POSITIONS_SLOW_S:
            self.most = max(1, self.most // 2)
        elif took_s < timing.POSITIONS_QUICK_S and sent >= self.most:
            self.most = min(timing.FIXES_A_BATCH, 2 * self.most)

    def failed(self, now_s: float, *, is_refused: bool = False) -> None:
        """Note a batch without a good answer; ``is_refused``: every gateway said no."""
        self._failures += 1
        self.most = max(1, self.most // 2)
        longest_s = timing.POSITIONS_REFUSED_S if is_refused else timing.POSITIONS_RETRY_MAX_S
        # The exponent is bounded only to keep the power a sane number.
        grown_s = timing.POSITIONS_PAUSE_S * 2.0 ** min(self._failures - 1, 16)
        pause_s = longest_s if is_refused else min(longest_s, grown_s)
        self.due_s = now_s + timing.POSITIONS_PAUSE_S / 2 + pause_s * self._chance()
