"""A receiver outside: a real HTTP server that takes, hangs, lies, redirects, and checks what it gets."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from standardwebhooks import Webhook

HANG: Final = 0
DRIP: Final = -1
HALF_OPEN: Final = -2
ENDLESS: Final = -3
"""Instead of a status: says nothing; answers a byte at a time; hangs up; 200, and a body without end."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent in it."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def verified(self, secret: str) -> Any:
        """Verify as a customer would, with the standard's own library; return what it says."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass(kw_only=True)
class Receiver:
    """What it answers, by call; and what came, in order."""

    url: str = ""
    answer: Callable[[Call], int] = lambda _: 204
    headers: tuple[str, ...] = ()
    calls: list[Call] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def got(self, number: int, deadline_s: float = 10) -> list[Call]:
        """Wait until so many calls came."""
        async with asyncio.timeout(deadline_s), self._came:
            await self._came.wait_for(lambda: len(self.calls) >= number)
        return self.calls

    @property
    def ids(self) -> list[str]:
        return [call.id for call in self.calls]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    call = await _read(reader)
                    async with self._came:
                        self.calls.append(call)
                        self._came.notify_all()
                    if not await self._answered(self.answer(call), reader, writer):
                        break
        finally:
            writer.transport.abort()

    async def _answered(
        self, status: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer; return whether the connection goes on."""
        if status == HANG:
            await reader.read()
            return False
        if status == HALF_OPEN:
            return False
        if status == ENDLESS:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while not writer.is_closing():
                writer.write(b"1000\r\n" + bytes(4096) + b"\r\n")
                await writer.drain()
            return False
        if status == DRIP:
            for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        more = "".join(f"{line}\r\n" for line in self.headers)
        body = "" if status == 204 else "Content-Length: 2\r\n\r\nok"
        writer.write(f"HTTP/1.1 {status} So\r\n{more}{body or chr(13) + chr(10)}".encode())
        await writer.drain()
        return True


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
    return Call(headers, await reader.readexactly(int(headers["content-length"])))


@asynccontextmanager
async def a_receiver(
    answer: Callable[[Call], int] | int = 204, *headers: str, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Run one on this machine; ``tls``: its certificate."""
    chosen = answer if callable(answer) else lambda _: answer
    receiver = Receiver(answer=chosen, headers=headers)
    running: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.create_task(receiver.serve(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    home = "https://localhost" if tls else "http://127.0.0.1"
    receiver.url = f"{home}:{server.sockets[0].getsockname()[1]}/alarms"
    try:
        yield receiver
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)  # the sockets of what was aborted are closed in the loop's next turn
