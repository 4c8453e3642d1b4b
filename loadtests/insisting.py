"""A press sent as a companion sends it: again and again, until it has its receipt.

The rule is the bridge's (``ble_bridge.schedule``): at once, once more right after the first failure, then
after pauses of full jitter below ``URGENT_S``, whose ceiling doubles up to ``RETRY_MAX_S`` once
``URGENT_TRIES`` have failed; the same press each time.
"""

import asyncio
import random
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import Final

from loadtests.asking import Address, exchange
from loadtests.door import Posted

URGENT_S: Final = 1.0
URGENT_TRIES: Final = 60
RETRY_MAX_S: Final = 30.0
ANSWER_S: Final = 5.0
REFUSALS: Final = frozenset({400, 401, 403, 404, 413, 422})
"""Answers that will not change: the press is refused."""


def pause_s(tries: int, chance: float) -> float:
    """Return how long to wait after so many tries without a receipt; ``chance`` is in [0, 1)."""
    if tries < 2:
        return 0.0
    return chance * min(RETRY_MAX_S, URGENT_S * 2.0 ** max(0, tries - 1 - URGENT_TRIES))


@dataclass(slots=True)
class Insisting:
    """Companions that insist. ``retried`` counts presses that were sent more than once."""

    address: Address
    retried: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def send(self, posted: Posted) -> None:
        """Begin to send a press."""
        task = asyncio.get_running_loop().create_task(self._insist(posted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def pending(self) -> int:
        """How many have no receipt yet."""
        return len(self._tasks)

    async def give_up(self) -> None:
        """Leave the rest without a receipt, which the judge then finds."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _insist(self, posted: Posted) -> None:
        tries = 0
        while not await self._try(posted):
            tries += 1
            self.retried += tries == 1
            await asyncio.sleep(pause_s(tries, random.random()))

    async def _try(self, posted: Posted) -> bool:
        """Send it once; whether that was the end of it."""
        posted.sent = posted.sent or perf_counter_ns()
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await exchange(self.address, posted.prepared.request)
        except OSError:
            return False
        posted.answered, posted.status, posted.body = perf_counter_ns(), answer.status, answer.body
        return answer.status in {200, 201} or answer.status in REFUSALS
