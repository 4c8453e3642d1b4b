"""Tasks with one owner: none outlives it, and none fails unseen."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """A set of background tasks that its owner closes.

    A TaskGroup would do, were its tasks not to live as long as a block of code: here they live as
    long as an object (a peripheral, a daemon) that is started and stopped by others.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._failures: list[Exception] = []

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start ``work`` as a task of this owner."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)

    async def close(self) -> None:
        """Cancel what still runs, wait for its end, and raise what failed as an ExceptionGroup."""
        running = self._running - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if self._failures:
            failures, self._failures = self._failures, []
            raise ExceptionGroup("background tasks failed", failures)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and isinstance(failure := task.exception(), Exception):
            self._failures.append(failure)
