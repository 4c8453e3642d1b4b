"""Whether somebody looks at more files in an hour than she and her like do. Pure.

Robust: judged by medians and median deviations, so that one wild hour of hers does not excuse the next.
By her own hours, so that a quiet person's burst is seen though others do more; and by those of the others
in her role, so that who grows bold slowly is seen though she has long done the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import median
from typing import Final

FEW: Final = 8
"""Different files within an hour that are nobody's business: a busy shift, a meeting about cases."""

HOURS_ENOUGH: Final = 10
"""Active hours of her own before they count: fewer say nothing about her."""

PEERS_ENOUGH: Final = 3
"""Other people in her role before what they do counts: one colleague is no measure."""

OWN_SPREADS: Final = 6.0
PEER_SPREADS: Final = 10.0
"""So many median deviations above the median are unusual; people differ more than one person's hours."""

DEVIATION: Final = 1.4826
"""The standard deviation of what is normally distributed, in median absolute deviations."""

UNKNOWN: Final = 3 * FEW
"""What is allowed where nothing is known of anybody."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many different files it was, and how many were to be expected at most."""

    files: int
    usual: int

    @property
    def unusual(self) -> bool:
        """Whether somebody should ask her why."""
        return self.files > self.usual


def judge(files: int, own: Sequence[int], peers: Sequence[Sequence[int]]) -> Verdict:
    """Judge the current hour.

    ``own``: different files she looked at in each earlier hour in which she looked at any; ``peers``:
    likewise, of each other person with her role.
    """
    limits = []
    if len(own) >= HOURS_ENOUGH:
        limits.append(_limit(own, OWN_SPREADS))
    peers = [hours for hours in peers if hours]
    if len(peers) >= PEERS_ENOUGH:
        limits.append(_limit([hour for hours in peers for hour in hours], PEER_SPREADS))
    return Verdict(files, max(FEW, min(limits, default=UNKNOWN)))


def _limit(hours: Sequence[int], spreads: float) -> int:
    middle = float(median(hours))
    spread = DEVIATION * float(median(abs(hour - middle) for hour in hours))
    # Counts of things that come by themselves spread by the root of their number at least.
    return ceil(middle + spreads * max(spread, sqrt(middle) / 2, 0.5))
