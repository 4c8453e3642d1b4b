"""The highest rate a gateway keeps up with: a coarse search in steps of one sample each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from loadtests.measured import Measured

UP: Final = 1.35
DOWN: Final = 0.75
STEPS_MAX: Final = 30
TRIES: Final = 2
"""A rate is not kept when it fails this often in a row: one stall of the machine is not the gateway's."""

P99_MAX_MS: Final = 100.0


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest rate that was kept, its step, and every step tried. A coarse figure: +-35 %."""

    rate: float
    at: Measured | None
    steps: tuple[Measured, ...]


def kept(step: Measured) -> bool:
    """Whether nothing was lost and 99 of 100 deliveries came within 100 ms."""
    return step.faults.none and step.receipt is not None and step.receipt.p99 <= P99_MAX_MS


async def find_highest(step: Callable[[float], Awaitable[Measured]], first: float) -> Highest:
    """Go up while the rate is kept and down while it is not; stop where the two meet."""
    steps: list[Measured] = []
    best: Measured | None = None
    lowest_failed = float("inf")
    rate = first
    while len(steps) < STEPS_MAX and rate < lowest_failed and rate >= 1:
        for _ in range(TRIES):
            steps.append(await step(rate))
            if kept(steps[-1]):
                break
        if kept(steps[-1]):
            best = steps[-1]
            rate *= UP
        else:
            lowest_failed = rate
            rate *= DOWN
            if best is not None and rate <= best.rate:
                break
    return Highest(best.rate if best else 0.0, best, tuple(steps))
