"""uvicorn, as this gateway runs it."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Final

import uvicorn

from dispatch.outlet import ConsoleProtocol
from gateway.http.front import Application
from gateway.http.prompt import PromptProtocol
from gateway.timing import DRAIN_S
from schemas.frames import MAX_FRAME_BYTES

BACKLOG: Final = 2048
KEEP_ALIVE_S: Final = 75
"""A companion's connection stays warm between its heartbeats (25 s)."""


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens, whose connections send at once. Raises ``OSError``.

    asyncio sees to that for sockets that name their protocol only, and these do not: the body of an answer
    would wait 40 ms, until its head is acknowledged.
    """
    listener = socket.create_server((host, port), backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class Server(uvicorn.Server):
    """Without uvicorn's own signal handlers: who starts and stops is decided by the composition root."""

    def __init__(self, front: Application) -> None:
        self._own = Configuration(front)
        super().__init__(self._own)
        self.servers: list[asyncio.base_events.Server] = []  # told to end before it began, it has none

    @property
    def idle(self) -> bool:
        """Nobody is connected, console or other."""
        return not self.server_state.connections

    def leave(self) -> None:
        """Say with each answer from now on that its connection ends."""
        self._own.leaving = True

    def stop_listening(self) -> None:
        """Take no more connections; those that were taken are served."""
        for server in self.servers:
            server.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def run_on(self, listener: socket.socket) -> None:
        """Serve until told to stop; when a loop has died instead, still say goodbye to everybody."""
        try:
            await self.serve(sockets=[listener])
        except asyncio.CancelledError:
            if self.started:
                await self.shutdown(sockets=[listener])
            raise


class Configuration(uvicorn.Config):
    """What uvicorn and its protocols go by; ``leaving`` once the node has been told to end."""

    def __init__(self, front: Application) -> None:
        super().__init__(
            front,
            http=PromptProtocol,
            ws=ConsoleProtocol,
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,  # costs more than it saves, and 250 kB a console
            ws_ping_interval=None,  # heartbeat and pong prove life, and TCP_USER_TIMEOUT finds the vanished
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=round(DRAIN_S) + 3,
            backlog=BACKLOG,
        )
        self.leaving = False
