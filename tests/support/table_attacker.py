"""Somebody who has a publication and wants what is hidden in it: every whole number that fits, exactly.

Written apart from what she attacks: she narrows intervals by the sums, and tries values one by one.
"""

from collections.abc import Mapping, Sequence

from gateway.domain.casework.suppression import Sum

Bounds = dict[int, tuple[int, int]]
MOST = 60
"""More than any count of the tables that are attacked."""


def values(told: Mapping[int, int], hidden: Sequence[int], sums: Sequence[Sum], wanted: int) -> list[int]:
    """Return what ``wanted`` may be, of three values at most: the least, and the next that fit."""
    start = {cell: (count, count) for cell, count in told.items()}
    start |= dict.fromkeys(hidden, (0, MOST))
    narrowed = _narrow(start, sums)
    assert narrowed is not None, "what is told holds together"
    low, high = narrowed[wanted]
    fitting = []
    for value in range(low, high + 1):
        if _fits({**narrowed, wanted: (value, value)}, sums):
            fitting.append(value)
        if len(fitting) == 3:
            break
    return fitting


def _fits(bounds: Bounds, sums: Sequence[Sum]) -> bool:
    narrowed = _narrow(bounds, sums)
    if narrowed is None:
        return False
    open_ = [(high - low, cell) for cell, (low, high) in narrowed.items() if low < high]
    if not open_:
        return True
    cell = min(open_)[1]
    low, high = narrowed[cell]
    return any(_fits({**narrowed, cell: (value, value)}, sums) for value in range(low, high + 1))


def _narrow(bounds: Bounds, sums: Sequence[Sum]) -> Bounds | None:
    """Narrow every interval by every sum until nothing changes; None: nothing fits."""
    bounds = dict(bounds)
    changed = True
    while changed:
        changed = False
        for one in sums:
            terms = [(part, 1) for part in one.parts] + [(one.total, -1)]
            for cell, sign in terms:
                rest = [(other, way) for other, way in terms if other != cell]
                least = sum(bounds[o][0] if w > 0 else -bounds[o][1] for o, w in rest)
                most = sum(bounds[o][1] if w > 0 else -bounds[o][0] for o, w in rest)
                low, high = bounds[cell]
                to = (max(low, -most), min(high, -least)) if sign > 0 else (max(low, least), min(high, most))
                if to[0] > to[1]:
                    return None
                if to != (low, high):
                    bounds[cell], changed = to, True
    return bounds
