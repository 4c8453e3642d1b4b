"""How often somebody may try: a bucket of tries a key, time as an argument."""

from collections import OrderedDict
from typing import Final

KEYS_KEPT: Final = 10_000  # the keys tried longest ago are forgotten first, so memory stays bounded


class Throttle:
    """Allows ``burst`` tries at once, then one every ``every_s`` seconds, for each key.

    Kept as the instant at which the key's bucket is full again (the generic cell rate algorithm).
    """

    def __init__(self, burst: int, every_s: float, keys_kept: int = KEYS_KEPT) -> None:
        self._slack = burst * every_s
        self._every = every_s
        self._keys_kept = keys_kept
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def allow(self, key: str, now: float) -> bool:
        """Count a try at ``now`` (monotonic seconds); False, and not counted, when there are too many."""
        full_at = max(self._full_at.get(key, now), now) + self._every
        if full_at - now > self._slack + 1e-9:
            return False
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._keys_kept:
            self._full_at.popitem(last=False)
        return True
