"""The door of DC-09 on a TCP port. A slow, huge, half-open or lying peer costs its own connection."""

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import structlog

from gateway.door_metrics import DoorMetrics
from gateway.door_settings import DoorSettings
from gateway.door_timing import (
    DC09_CONNECTIONS_MAX,
    DC09_CONNECTIONS_PER_ADDRESS,
    DC09_FRAME_S,
    DC09_IDLE_S,
    DC09_WRITE_S,
    DC09_WRONG_MAX,
)
from gateway.gear.dc09.door import Dc09Door, Said
from gateway.gear.dc09.framing import Deframer

READ_BYTES: Final = 4096


class Dc09Server:
    """Listens, and has each connection's frames answered one after the other."""

    def __init__(
        self,
        door: Dc09Door,
        settings: DoorSettings,
        metrics: DoorMetrics,
        listener: socket.socket | None = None,
    ) -> None:
        """Listen nowhere yet; ``listener``, if any, in place of the settings' host and port."""
        self._listener = listener
        self._tls = _tls(settings)
        self._door = door
        self._settings = settings
        self._metrics = metrics
        self._of_address: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self.listening = asyncio.Event()
        self.port = 0

    async def run(self) -> None:
        """Serve until it is cancelled. Raises ``OSError`` where the port cannot be had."""
        where: dict[str, Any] = {"host": self._settings.dc09_host, "port": self._settings.dc09_port}
        if self._listener is not None:
            where = {"sock": self._listener.dup()}  # this one is needed again should this run be
        server = await asyncio.start_server(
            self._accept,
            limit=READ_BYTES,
            ssl=self._tls,
            ssl_handshake_timeout=None if self._tls is None else DC09_FRAME_S,
            **where,
        )
        self.port = server.sockets[0].getsockname()[1]
        self.listening.set()
        structlog.get_logger().info("gear_door_open", port=self.port)
        try:
            async with server:
                await server.serve_forever()
        finally:
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def reread(self) -> Callable[[], None]:
        """Read certificate and key again; who connects after the returned call is shown them.

        Raises ``OSError`` (``ssl.SSLError``) where they cannot be used.
        """
        _tls(self._settings)  # a pair that does not fit must not reach the one that serves
        return self._show_certificate

    def _show_certificate(self) -> None:
        if self._tls is not None:
            _load(self._tls, self._settings)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        address = str(peer[0]) if peer else "unknown"
        full = self._of_address.total() >= DC09_CONNECTIONS_MAX
        if full or self._of_address[address] >= DC09_CONNECTIONS_PER_ADDRESS:
            self._metrics.gear.labels("dc09", "refused").inc()
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (asyncio runs this in a task)
        self._tasks.add(task)
        self._of_address[address] += 1
        self._metrics.gear_connections.inc()
        try:
            await self._converse(reader, writer)
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # its own connection, and nothing else; and nothing is above this task to be told of an end
        except Exception as error:  # noqa: BLE001 (a fault of ours in one message must not end the door)
            structlog.get_logger().error("gear_message_failed", error=type(error).__name__)
        finally:
            self._tasks.discard(task)
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]
            self._metrics.gear_connections.dec()
            with contextlib.suppress(OSError):
                writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        deframer, proved, wrong = Deframer(), False, 0
        loop = asyncio.get_running_loop()
        begun_at = loop.time()
        while True:
            wait_s = DC09_IDLE_S if proved and not deframer.begun else begun_at + DC09_FRAME_S - loop.time()
            async with asyncio.timeout(wait_s):
                data = await reader.read(READ_BYTES)
            if not data:
                return
            if not deframer.begun:
                begun_at = loop.time() if proved else begun_at
            for frame in deframer.feed(data):
                answer = await self._door.answer(frame)
                proved = proved or answer.proved
                wrong = 0 if answer.said is Said.ACK else wrong + 1
                if answer.said is Said.NOTHING:
                    return
                async with asyncio.timeout(DC09_WRITE_S):
                    writer.write(answer.reply)
                    await writer.drain()
                if wrong >= DC09_WRONG_MAX:
                    return
                begun_at = loop.time()


def _tls(settings: DoorSettings) -> ssl.SSLContext | None:
    if settings.dc09_tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load(context, settings)
    return context


def _load(context: ssl.SSLContext, settings: DoorSettings) -> None:
    assert settings.dc09_tls_certificate is not None  # noqa: S101 (there is no context without one)
    context.load_cert_chain(settings.dc09_tls_certificate, settings.dc09_tls_key)
