"""So many at once of each sender: who sends a thousand waits for its own, and nobody else does."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.domain.errors import CannotCommit


@dataclass(slots=True)
class _Gate:
    semaphore: asyncio.Semaphore
    users: int = 0


class Turns:
    """Gates of ``most`` places, one a sender; one that nobody is at is forgotten."""

    def __init__(self, most: int, wait_s: float) -> None:
        self._most = most
        self._wait_s = wait_s
        self._gates: dict[Hashable, _Gate] = {}

    @asynccontextmanager
    async def of(self, sender: Hashable) -> AsyncIterator[None]:
        """Hold a place among a sender's. Raises ``CannotCommit`` where none is free for ``wait_s``."""
        gate = self._gates.setdefault(sender, _Gate(asyncio.Semaphore(self._most)))
        gate.users += 1
        try:
            await self._place(gate)
            try:
                yield
            finally:
                gate.semaphore.release()
        finally:
            gate.users -= 1
            if not gate.users:
                del self._gates[sender]

    async def _place(self, gate: _Gate) -> None:
        try:
            async with asyncio.timeout(self._wait_s):
                await gate.semaphore.acquire()
        except TimeoutError:
            raise CannotCommit from None
