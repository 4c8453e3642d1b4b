"""A TCP proxy between two real programs, so that a test can take the network away and give it back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_CHUNK = 65_536


@dataclass(slots=True)
class Proxy:
    """Passes bytes both ways while ``passing``; cutting closes what is open and refuses what is new."""

    to_port: int
    port: int = 0
    passing: bool = True
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Take the network away."""
        self.passing = False
        for writer in tuple(self._open):
            writer.transport.abort()

    def restore(self) -> None:
        """Give it back to new connections."""
        self.passing = True

    async def serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join one connection to another."""
        if not self.passing:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        self._open |= {writer, far_writer}
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pass(reader, far_writer))
                ways.create_task(self._pass(far_reader, writer))
        finally:
            self._open -= {writer, far_writer}

    @staticmethod
    async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(_CHUNK):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass  # one end is gone; so is the other
        finally:
            writer.close()


@asynccontextmanager
async def proxied(to_port: int) -> AsyncIterator[Proxy]:
    """Run a proxy to a port of this machine."""
    proxy = Proxy(to_port)
    server = await asyncio.start_server(proxy.serve_one, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
