"""Files of keys, secrets and certificates, read again while the node runs, at SIGHUP.

Each is read whole and judged before anything of it counts: a file that cannot be used is refused with a
warning, and what was there stays. Nothing of what a file holds is logged.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from gateway.domain.errors import GatewayError

Put = Callable[[], None]
"""Puts in place what was read; called in the event loop. Raises as ``Reread`` does."""

Reread = Callable[[], Put]
"""Reads a file in a thread and judges it. Raises ``GatewayError``, ``OSError``, ``ValueError``."""

REFUSED: Final = (GatewayError, OSError, ValueError)


class Rereading:
    """Reads the files again that it was given, by what they are for."""

    def __init__(self, files: Mapping[str, Reread]) -> None:
        self._files = dict(files)
        self._asked = asyncio.Event()

    def soon(self) -> None:
        """Read them all again, soon; a signal's handler calls this."""
        self._asked.set()

    async def run(self) -> None:
        """Read them again whenever somebody asks, for ever."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            for name, reread in self._files.items():
                await self._one(name, reread)

    async def _one(self, name: str, reread: Reread) -> None:
        log = structlog.get_logger()
        try:
            put = await asyncio.to_thread(reread)
            put()
        except REFUSED as error:
            why = str(error) if isinstance(error, GatewayError) else type(error).__name__
            log.warning("reread_refused", file=name, why=why)
        else:
            log.info("reread", file=name)
