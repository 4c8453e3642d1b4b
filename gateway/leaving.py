"""How a node leaves: not ready first, then its consoles, then its listener, then what still runs.

Until balancers have noticed, a node that is leaving takes whatever comes; every answer says that its
connection ends. A listener that was handed over is let go at once: its queue is another process's.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from dispatch.hub import Hub
from dispatch.websocket import Endpoint
from gateway.http.live import Health
from gateway.http.server import Server
from gateway.timing import DRAIN_LOOK_S

Handlers = dict[signal.Signals, Callable[[], None]]


@dataclass(kw_only=True)
class Leaving:
    """One node's way out. ``shared``: its listener is another process's too. ``drain_s``: for balancers."""

    health: Health
    hub: Hub
    endpoint: Endpoint
    server: Server
    drain_s: float
    shared: bool
    begun: Callable[[], None]

    async def drain(self) -> None:
        """Leave: seconds for whoever has to notice, then the end of the server."""
        self.health.draining = True
        self.begun()
        self.server.leave()
        if self.shared:
            self.server.stop_listening()
        self.hub.wake()
        self.endpoint.drain(self.drain_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.drain_s):
                await self._nobody_left()
        self.server.should_exit = True

    async def _nobody_left(self) -> None:
        """Wait until nobody is connected, where nobody can come any more."""
        while not (self.shared and self.server.idle):  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(DRAIN_LOOK_S)

    def handlers(self, tasks: asyncio.TaskGroup) -> Handlers:
        """Return what ends the node: SIGTERM and SIGINT, by way of ``drain``."""
        return dict.fromkeys((signal.SIGTERM, signal.SIGINT), partial(self._told, tasks))

    def _told(self, tasks: asyncio.TaskGroup) -> None:
        """Leave, once told; told again, end at once."""
        if self.health.draining:
            self.server.force_exit = self.server.should_exit = True
        else:
            self.health.draining = True
            tasks.create_task(self.drain())


@contextlib.contextmanager
def on_signals(handlers: Handlers) -> Iterator[None]:
    """Call a handler in the event loop when its signal comes, for a ``with`` block."""
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, or not the main thread
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        with contextlib.suppress(NotImplementedError, RuntimeError):
            for number in handlers:
                loop.remove_signal_handler(number)
