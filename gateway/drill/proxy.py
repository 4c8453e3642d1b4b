"""A link that breaks on demand: a TCP (or unix socket) proxy between two real programs.

Between a companion or a console and a gateway it listens on a port; between a gateway and
PostgreSQL on a unix socket. ``up`` is towards the server, ``down`` is back to who connected.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

Direction = Literal["up", "down"]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

CHUNK: Final = 65_536
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)  # SO_LINGER for no time: close() sends RST


@dataclass(kw_only=True)
class _Cut:
    """Let bytes through until ``after`` of them from ``marker`` on (at once without one), then cut."""

    direction: Direction
    after: int
    marker: bytes
    then: Callable[[], None]
    passed: int = 0
    found: bool = field(default=False)

    def allows(self, data: bytes) -> int | None:
        """Return how many bytes of ``data`` may pass before the cut; None when all of them."""
        start = 0
        if not self.found:
            start = data.find(self.marker)
            if start < 0:
                return None
            self.found = True
        left = self.after - self.passed
        if len(data) - start <= left:
            self.passed += len(data) - start
            return None
        return start + left


class Proxy:
    """One listening place and the links through it."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self._connect = connect
        self._links: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._cut: _Cut | None = None
        self._flowing = {"up": asyncio.Event(), "down": asyncio.Event()}
        self._refusing = False
        self.delay_s = 0.0
        self.dropping: set[Direction] = set()
        self.cuts = 0
        self.url = ""
        self.heal()

    # --- faults -----------------------------------------------------------------------------

    def blackhole(self) -> None:
        """Pass nothing on in either direction, and say nothing: every link hangs."""
        for flow in self._flowing.values():
            flow.clear()

    def drop(self, direction: Direction) -> None:
        """Swallow what goes one way: a sender is heard and never answered."""
        self.dropping.add(direction)

    def cut(self) -> None:
        """Cut every link, and any new one until ``heal``."""
        self._refusing = True
        self.reset()

    def heal(self) -> None:
        """Let everything flow again; links that were cut stay cut."""
        self._refusing = False
        self.dropping.clear()
        self.delay_s = 0.0
        for flow in self._flowing.values():
            flow.set()

    def reset(self) -> None:
        """Cut every link with RST, as a middlebox that forgot it does."""
        for writer in tuple(self._writers):
            _reset(writer)

    def cut_after(
        self,
        after: int,
        *,
        direction: Direction = "down",
        marker: bytes = b"",
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Cut the next link on which ``after`` bytes from ``marker`` on have passed; then call ``then``."""
        self._cut = _Cut(direction=direction, after=after, marker=marker, then=then)

    # --- inside -----------------------------------------------------------------------------

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection in a task of its own."""
        task = asyncio.create_task(self._link(reader, writer))
        self._links.add(task)
        task.add_done_callback(self._links.discard)

    async def close(self) -> None:
        """End every link."""
        for link in tuple(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            _reset(writer)
            return
        try:
            server_reader, server_writer = await self._connect()
        except OSError:
            _reset(writer)
            return
        ends = (writer, server_writer)
        self._writers.update(ends)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump("up", reader, server_writer, ends))
                both.create_task(self._pump("down", server_reader, writer, ends))
        finally:
            self._writers.difference_update(ends)
            for end in ends:
                end.close()

    async def _pump(
        self,
        direction: Direction,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        ends: tuple[asyncio.StreamWriter, ...],
    ) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                await self._flowing[direction].wait()
                if direction in self.dropping:
                    continue
                cut = self._cut
                allowed = cut.allows(data) if cut is not None and cut.direction == direction else None
                target.write(data if allowed is None else data[:allowed])
                await target.drain()
                if cut is not None and allowed is not None:
                    self._cut = None
                    self.cuts += 1
                    cut.then()
                    break
        for end in ends:
            end.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    raw: socket.socket = writer.get_extra_info("socket")
    if raw.family != socket.AF_UNIX:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    writer.transport.abort()


@asynccontextmanager
async def tcp_proxy(target: str) -> AsyncIterator[Proxy]:
    """Stand before the server at URL ``target``; ``proxy.url`` is where to connect instead."""
    address = urlsplit(target)
    proxy = Proxy(lambda: asyncio.open_connection(address.hostname, address.port))
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.url = f"{address.scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with _serving(server, proxy):
        yield proxy


@asynccontextmanager
async def postgres_proxy(database: str, directory: Path) -> AsyncIterator[Proxy]:
    """Stand before PostgreSQL's unix socket; ``proxy.url`` is the database's URL through here."""
    address = urlsplit(database)
    options = dict(pair.split("=", 1) for pair in address.query.split("&"))
    name = f".s.PGSQL.{options['port']}"
    real = options["host"].replace("%2F", "/")
    proxy = Proxy(lambda: asyncio.open_unix_connection(f"{real}/{name}"))
    server = await asyncio.start_unix_server(proxy.accept, directory / name)
    proxy.url = f"postgresql://{address.netloc}{address.path}?host={directory}&port={options['port']}"
    async with _serving(server, proxy):
        yield proxy


@asynccontextmanager
async def _serving(server: asyncio.Server, proxy: Proxy) -> AsyncIterator[None]:
    try:
        yield
    finally:
        server.close()
        await proxy.close()
