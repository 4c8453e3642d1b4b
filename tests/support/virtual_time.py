"""An event loop whose time jumps to the next timer: hours pass in milliseconds, always the same way."""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.support.clock import START

T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    """Never waits: where it would, ``passed_s`` grows by as much."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise AssertionError("nothing will ever happen again")
        self.passed_s += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """For code without threads and sockets."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return 1000.0 + self._jumping.passed_s


class LoopClock:
    """``ble_bridge.ports.Clock`` on a virtual loop's time."""

    era = "boot-1"

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic() - 1000.0)


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end; raise AssertionError where everything waits for nothing."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
