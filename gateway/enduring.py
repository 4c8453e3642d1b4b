"""Loops that outlive a fault of their own: what one cannot read must not end the node that takes presses."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from gateway.failing import failed, may_fail
from gateway.timing import LOOP_AGAIN_S

Loop = Callable[[], Awaitable[None]]


def enduring(loop: Loop) -> Loop:
    """Return a loop that is begun anew after a pause whenever it fails; one that returns has ended.

    All loops of a node stand in one group, which an exception of any of them would end, and the node with
    it. What failed is logged by its kind alone: an error's words may be somebody's.
    """

    async def run() -> None:
        name = getattr(getattr(loop, "func", loop), "__qualname__", type(loop).__name__)  # a partial has none
        may_fail(name)
        while True:
            try:
                await loop()
            except Exception as error:  # noqa: BLE001 (the task's edge: a fault of ours must not end the rest)
                failed(name)
                structlog.get_logger().error("loop_failed", loop=name, error=type(error).__name__)
                await asyncio.sleep(LOOP_AGAIN_S)
            else:
                return

    return run
