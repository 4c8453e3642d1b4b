"""Presses go before everything else that this companion sends."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Precedence:
    """Who sends a press says so; who sends anything large asks for its turn."""

    def __init__(self) -> None:
        self._presses = 0
        self._free = asyncio.Event()
        self._free.set()

    @contextmanager
    def press(self) -> Iterator[None]:
        """Have the way while the block runs; it is bounded, for every request of a press is."""
        self._presses += 1
        self._free.clear()
        try:
            yield
        finally:
            self._presses -= 1
            if not self._presses:
                self._free.set()

    async def turn(self) -> None:
        """Wait until no press is being sent."""
        await self._free.wait()
