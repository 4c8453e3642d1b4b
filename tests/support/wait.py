"""Waiting for what real processes do: conditions with deadlines, never a fixed sleep."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

POLL_S: Final = 0.02
"""Between two looks at a condition: short beside the tenths of a second that a process takes."""


async def comes_true(condition: Callable[[], bool | Awaitable[bool]], within_s: float) -> bool:
    """Return whether ``condition`` holds within so many seconds, as soon as it does."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while True:
        held = condition()
        if held if isinstance(held, bool) else await held:
            return True
        if loop.time() > deadline:
            return False
        await asyncio.sleep(POLL_S)


async def until(what: str, condition: Callable[[], bool | Awaitable[bool]], within_s: float = 15.0) -> None:
    """Return when ``condition`` holds; fail the test, naming ``what``, when it does not in time."""
    if not await comes_true(condition, within_s):
        raise AssertionError(f"not within {within_s} s: {what}")
