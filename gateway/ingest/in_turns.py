"""Much work in little pieces, so that a press that comes meanwhile waits for a piece and not for all."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

from gateway.door_timing import EVENTS_A_TURN

T = TypeVar("T")


async def in_turns(items: Iterable[T], a_turn: int = EVENTS_A_TURN) -> AsyncIterator[T]:
    """Hand out items with a turn of the event loop for others after every so many."""
    for at, item in enumerate(items, 1):
        yield item
        if at % a_turn == 0:
            await asyncio.sleep(0)
