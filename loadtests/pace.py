"""Open-loop posting: press k is due at start + k / rate, whatever became of those before.

Timers of an event loop are a millisecond coarse and a sleeping core takes long to wake, so the loop
turns without sleeping shortly before a press is due and as long as an alarm is on its way. How long
each of these turns took tells whether the generator keeps up.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter_ns
from typing import Final

from loadtests.door import Door, Posted
from loadtests.measured import Latencies
from loadtests.presses import Prepared

AWAKE_NS: Final = 3_000_000
LONGEST_SLEEP_S: Final = 0.02
LOOK_S: Final = 0.01
SETTLE_S: Final = 5.0
"""A delivery that has not come this long after anything last came is lost."""


@dataclass(slots=True)
class Turns:
    """How long the turns of the loop took, each counted by its own length (a stall of 5 ms weighs 5 ms)."""

    latencies: Latencies = field(default_factory=Latencies)
    _since: int = 0

    def asleep(self) -> None:
        """Leave out what follows: the loop is told to sleep."""
        self._since = 0

    def turned(self, now: int) -> None:
        """Count one turn."""
        if self._since:
            took = now - self._since
            self.latencies.add(took, max(1, took // 10_000))
        self._since = now


Job = tuple[int, Callable[[int], None]]
"""Nanoseconds from the start, and what to do then; it is given the instant at which it was due."""


class Pace:
    """Does what is due when it is due; ``quiet`` says whether everything posted so far has arrived."""

    def __init__(self, door: Door, quiet: Callable[[], bool], progress: Callable[[], int]) -> None:
        self._door = door
        self._quiet = quiet
        self._progress = progress
        self.turns = Turns()

    async def post(self, presses: Sequence[Prepared], rate: float) -> list[Posted]:
        """Post every press when it is due; return once the last was handed to a connection."""
        interval = 1e9 / rate
        posted: list[Posted] = []

        def send(press: Prepared, due: int) -> None:
            one = Posted(press, due)
            posted.append(one)
            self._door.post(one)

        await self.keep(
            (round(index * interval), partial(send, press)) for index, press in enumerate(presses)
        )
        return posted

    async def keep(self, jobs: Iterable[Job]) -> None:
        """Do every job when it is due, whatever became of those before; return after the last."""
        start = perf_counter_ns() + AWAKE_NS
        for offset, act in jobs:
            due = start + offset
            await self._until(due)
            act(due)

    async def settle(self) -> bool:
        """Wait until everything has arrived; False when nothing more comes for ``SETTLE_S``."""
        seen, since = -1, perf_counter_ns()
        while not (self._door.pending == 0 and self._quiet()):
            now = perf_counter_ns()
            self.turns.turned(now)
            if (progress := self._progress()) != seen:
                seen, since = progress, now
            elif now - since > SETTLE_S * 1e9:
                return False
            await asyncio.sleep(0)
        self.turns.asleep()
        return True

    async def _until(self, due: int) -> None:
        while (now := perf_counter_ns()) < due:
            if due - now > AWAKE_NS and self._door.pending == 0 and self._quiet():
                self.turns.asleep()
                await asyncio.sleep(min((due - now - AWAKE_NS) / 1e9, LONGEST_SLEEP_S))
            else:
                self.turns.turned(now)
                await asyncio.sleep(0)


async def until(done: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so, at most so long; whether it is."""
    deadline = perf_counter_ns() + round(seconds * 1e9)
    while not done():
        if perf_counter_ns() > deadline:
            return False
        await asyncio.sleep(LOOK_S)
    return True
