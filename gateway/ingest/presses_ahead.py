"""Presses go ahead: what can wait lets those pass that are being committed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from gateway.door_timing import PRESSES_AHEAD_S

Yield = Callable[[], Awaitable[None]]


class UnderWay:
    """The presses that are being committed now."""

    def __init__(self) -> None:
        self._presses = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one, for as long as the block takes."""
        self._presses += 1
        self._none.clear()
        try:
            yield
        finally:
            self._presses -= 1
            if not self._presses:
                self._none.set()

    async def passed(self) -> None:
        """Wait until there is none."""
        await self._none.wait()


def presses_ahead(presses: UnderWay) -> Yield:
    """Return what waits while presses are under way, for so long at most."""
    return partial(_let_pass, presses)


async def _let_pass(presses: UnderWay) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(PRESSES_AHEAD_S):
            await presses.passed()
