"""What the looks share: the settings, and the database once it is reached and its schema fits."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from enum import Enum, auto
from threading import Thread
from typing import Any, Final

from gateway.clock import SystemClock
from gateway.settings import Settings
from gateway.store.connect import Database, Pool, Role, acquire, create_pool
from gateway.store.database import opened

POOL_MAX: Final = 4
"""A look that hangs keeps one connection; on a server that is short of them the doctor takes few."""

GOODBYE_S: Final = 0.5
"""So long the embedded server is waited for when its last user lets go of it; it ends by itself."""


class Need(Enum):
    """What a look cannot do without."""

    NOTHING = auto()
    DATABASE = auto()
    SCHEMA = auto()


class Context:
    """Held for one examination. What needs a database that is not there is not looked at."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self._opened = ExitStack()
        self._connected = AsyncExitStack()
        self._held: Pool | None = None
        self._pool: asyncio.Future[Pool | None] = asyncio.Future()
        self._fits: asyncio.Future[bool] = asyncio.Future()

    async def has(self, need: Need) -> bool:
        """Wait until it is known whether there is what is needed."""
        if need is Need.NOTHING:
            return True
        reached = await asyncio.shield(self._pool) is not None
        return reached and (need is Need.DATABASE or await asyncio.shield(self._fits))

    async def reach(self) -> None:
        """Connect to the database. Raises what ``opened`` and ``create_pool`` raise."""
        try:
            url = await asyncio.to_thread(self._opened.enter_context, opened(self.settings))
            pool = create_pool(url, application_name="msa doctor", role=Role.TOOL, max_size=POOL_MAX)
            self._held = await self._connected.enter_async_context(pool)
        finally:
            self.is_reached()

    def is_reached(self) -> None:
        """Let whoever waits for the database know that it is there, or will not be."""
        if not self._pool.done():
            self._pool.set_result(self._held)

    def fits(self, *, fits: bool) -> None:
        """Let whoever waits for the schema know whether it can be read."""
        self._fits.set_result(fits)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """Borrow a connection, once ``has`` has said that there is one."""
        assert self._held is not None  # noqa: S101 (``has`` was asked)
        async with acquire(self._held) as database:
            yield database

    async def close(self, *, abruptly: bool) -> None:
        """Let go of everything; ``abruptly``: a server that says nothing is not told."""
        if self._held is not None and abruptly:
            self._held.terminate()
        await self._connected.aclose()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(self._opened.close), GOODBYE_S)


class Abandoning(ThreadPoolExecutor):
    """A thread a call, which the process does not wait for when it ends: a disk or resolver may hang."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Call it in a thread of its own."""
        future: Future[Any] = Future()

        def call() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 (whoever waits for the future gets it)
                future.set_exception(error)

        future.set_running_or_notify_cancel()
        Thread(target=call, daemon=True).start()
        return future

    def shutdown(self, *_: Any, **__: Any) -> None:
        """Wait for nobody."""
