"""The way straight to a console's socket, past Starlette and websockets.

Every frame to a console is the same bytes for all of them, so nothing that uvicorn and websockets
do per message (encode, frame, await) is worth paying N times. ``ConsoleProtocol`` is uvicorn's own
websocket protocol; it puts an ``Outlet`` into the ASGI scope and tells it when the socket may no
longer be written to. Handshake, pings, close and everything inbound stay uvicorn's.
"""

import asyncio
import socket
import sys
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

TCP_USER_TIMEOUT_MS = 8_000
"""How long the kernel keeps unacknowledged data of a peer that vanished before it drops the link."""

SEND_BUFFER_BYTES = 131_072
"""What the kernel keeps for a console that does not read (twice this, on Linux), before our own
bound begins to count. Left to itself it keeps 2.6 MB a console, so that memory has no bound worth
the name and a stalled console is found out two hundred alarms late."""


class Outlet:
    """One console's transport. ``write`` and ``full`` are what the hub's loop calls."""

    __slots__ = ("_protocol", "is_open", "on_closed", "transport")

    def __init__(self, protocol: "ConsoleProtocol") -> None:
        self._protocol = protocol
        self.transport = protocol.transport
        self.is_open = True
        self.on_closed: Callable[[], None] | None = None

    def write(self, frames: bytes) -> None:
        """Hand whole frames to the kernel, or to the transport's buffer when it is full."""
        if self.is_open:
            self.transport.write(frames)

    def unsent(self) -> int:
        """Return the bytes that the kernel has not taken yet."""
        return self.transport.get_write_buffer_size()

    async def drained(self, within_s: float) -> None:
        """Wait until the buffer is low again.

        Raises:
            TimeoutError: the peer did not read within ``within_s``.
        """
        async with asyncio.timeout(within_s):
            await self._protocol.writable.wait()

    def shut(self) -> None:
        """No data frame may follow: the connection is closing."""
        if self.is_open:
            self.is_open = False
            if self.on_closed is not None:
                self.on_closed()

    def close(self, code: int, reason: str, grace_s: float) -> None:
        """Say goodbye after what is unsent; a peer that has not read it in ``grace_s`` is dropped.

        Never waits, unlike ASGI's ``websocket.close``, which a peer that stops reading blocks.
        """
        if self.is_open:
            self.shut()
            self._protocol.say_goodbye(code, reason, grace_s)

    def abort(self) -> None:
        """Drop the connection with whatever is unsent."""
        self.shut()
        self.transport.abort()


class ConsoleProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol, with an outlet in the scope and no patience for dead peers."""

    outlet: Outlet

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport; let the kernel notice a vanished peer in seconds."""
        super().connection_made(transport)
        self.outlet = Outlet(self)
        raw: socket.socket | None = transport.get_extra_info("socket")
        if raw is not None and sys.platform == "linux" and raw.family != socket.AF_UNIX:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TCP_USER_TIMEOUT_MS)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    async def run_asgi(self) -> None:
        """Run the application with the outlet in reach."""
        scope: dict[str, Any] = self.scope  # type: ignore[assignment] # a TypedDict that may be extended
        scope["msa.outlet"] = self.outlet
        await super().run_asgi()

    def say_goodbye(self, code: int, reason: str, grace_s: float) -> None:
        """Queue a close frame and tell the application that the conversation is over.

        The socket stays open, and read, until the peer answers: one that is closed with unread
        bytes in it is reset, and a peer that was still talking would never see the close frame.
        ``close_timer`` is what makes uvicorn leave the closing to that answer.
        """
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(grace_s, self.transport.abort)

    def handle_parser_exception(self) -> None:
        """Stop writing to a peer whose frames cannot be read (too large, not UTF-8, no frame)."""
        self.outlet.shut()
        super().handle_parser_exception()

    def handle_close(self, event: Frame) -> None:
        """Stop writing the moment the peer says goodbye."""
        self.outlet.shut()
        super().handle_close(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop writing to what is gone."""
        self.outlet.shut()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Stop writing before uvicorn's own goodbye (1012)."""
        self.outlet.shut()
        super().shutdown()
