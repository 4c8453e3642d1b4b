"""Somebody who has a publication and wants what is hidden in it: every whole number that fits, exactly.

Written apart from what she attacks: she narrows intervals by the sums, and tries values one by one.
Values near the truth are tried first: what fits is found sooner so, and nothing else is found.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from gateway.domain.casework.suppression import Sum

Bounds = dict[int, tuple[int, int]]
MOST = 200
"""More than any count of the tables that are attacked."""
TRIED, STEPS = 12, 150
"""How many values she tries, and how long each: a value that would take longer counts as none."""
NOTHING: Mapping[int, int] = MappingProxyType({})


def values(
    counts: Sequence[int],
    told: frozenset[int],
    sums: Sequence[Sum],
    wanted: int,
    most: Mapping[int, int] = NOTHING,
) -> list[int]:
    """Return what ``wanted`` may be, three values at most.

    ``told``: which of the counts are told. ``most``: what she knows a hidden one not to exceed.
    """
    start = {
        cell: (count, count) if cell in told else (0, most.get(cell, MOST))
        for cell, count in enumerate(counts)
    }
    narrowed = _narrow(start, sums)
    assert narrowed is not None, "what is told holds together"
    fitting: list[int] = []
    for value in _near(counts[wanted], narrowed[wanted])[:TRIED]:
        if _fits({**narrowed, wanted: (value, value)}, sums, counts, [STEPS]):
            fitting.append(value)
        if len(fitting) == 3:
            break
    return fitting


def _near(truth: int, between: tuple[int, int]) -> list[int]:
    low, high = between
    return sorted(range(low, high + 1), key=lambda value: (abs(value - truth), value))


def _fits(bounds: Bounds, sums: Sequence[Sum], counts: Sequence[int], steps: list[int]) -> bool:
    steps[0] -= 1
    narrowed = _narrow(bounds, sums) if steps[0] >= 0 else None
    if narrowed is None:
        return False
    open_ = [(high - low, cell) for cell, (low, high) in narrowed.items() if low < high]
    if not open_:
        return True
    cell = min(open_)[1]
    return any(
        _fits({**narrowed, cell: (value, value)}, sums, counts, steps)
        for value in _near(counts[cell], narrowed[cell])
    )


def _narrow(bounds: Bounds, sums: Sequence[Sum]) -> Bounds | None:
    """Narrow every interval by every sum until nothing changes; None: nothing fits."""
    bounds = dict(bounds)
    changed = True
    while changed:
        changed = False
        for one in sums:
            terms = [(part, 1) for part in one.parts] + [(one.total, -1)]
            least = sum(bounds[c][0] if w > 0 else -bounds[c][1] for c, w in terms)
            most = sum(bounds[c][1] if w > 0 else -bounds[c][0] for c, w in terms)
            if least > 0 or most < 0:
                return None
            for cell, sign in terms:
                low, high = bounds[cell]
                if low == high:
                    continue
                own_least, own_most = (low, high) if sign > 0 else (-high, -low)
                from_, to = max(own_least, -(most - own_most)), min(own_most, -(least - own_least))
                if from_ > to:
                    return None
                new = (from_, to) if sign > 0 else (-to, -from_)
                if new != (low, high):
                    bounds[cell], changed = new, True
                    least += from_ - own_least
                    most += to - own_most
    return bounds
