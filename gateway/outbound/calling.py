"""The calls themselves: HTTP/1.1 to receivers that may hang, lie, redirect, or be elsewhere than they say.

Each receiver has connections and a thread for its name look-ups of its own, so that one whose server or
whose name server hangs costs the others nothing. Of an answer the status and Retry-After are believed; a
redirect is not followed; a body is not read but where it is short and the connection can be kept for it.
Names are looked up here, so that where we connect is where we looked (``may_reach``).
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID

import httpcore

from gateway.domain.receivers import Answer, may_reach
from gateway.door_timing import RECEIVER_SLOTS, RECEIVER_TRY_S
from gateway.settings import Settings

BODY_READ_MAX: Final = 4_096
"""Bytes of an answer that are read so that its connection can be used again."""

KEEP_ALIVE_S: Final = 60.0
RETRY_AFTER_MAX: Final = 64


class UnreachableAddress(OSError):
    """The receiver is at no address that may be called."""


@dataclass(kw_only=True)
class Calls:
    """Makes calls to receivers. ``loopback``: one may be on this machine; ``proxy``: the way out."""

    loopback: bool = False
    ca_file: Path | None = None
    proxy: str | None = None
    _pools: dict[UUID, "_Own"] = field(default_factory=dict)
    _trusted: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        """Read whom to trust once: that takes some 20 ms, which no call may take from a press."""
        self._trusted = ssl.create_default_context(cafile=self.ca_file)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return what makes calls, as the settings have it."""
        proxy = None if settings.receiver_proxy is None else str(settings.receiver_proxy)
        return cls(loopback=settings.receiver_loopback, ca_file=settings.receiver_ca_file, proxy=proxy)

    def reread(self) -> Callable[[], None]:
        """Read the authorities again; those that are new are trusted too after the returned call.

        One that was taken out is trusted until the next start. Raises ``OSError`` (``ssl.SSLError``).
        """
        ssl.create_default_context(cafile=self.ca_file)
        return partial(self._trusted.load_verify_locations, self.ca_file)

    async def post(self, receiver_id: UUID, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Make one call; whatever goes wrong is in the answer."""
        own = self._pools.get(receiver_id)
        if own is None:
            own = self._pools[receiver_id] = self._own()
        try:
            answered: list[Answer] = []
            with suppress(TimeoutError):  # what a receiver has answered counts, however long it goes on
                async with asyncio.timeout(RECEIVER_TRY_S):
                    await _post(own.pool, url, headers, body, answered)
            return answered[0] if answered else Answer(error=TimeoutError.__name__)
        except (
            OSError,
            UnicodeError,  # a host whose name cannot be looked up
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            httpcore.ProxyError,
            httpcore.UnsupportedProtocol,
        ) as error:
            return Answer(error=type(error).__name__)

    def _own(self) -> "_Own":
        lookups = ThreadPoolExecutor(max_workers=1, thread_name_prefix="receiver-name")
        shared: dict[str, Any] = {
            "ssl_context": self._trusted,
            "max_connections": RECEIVER_SLOTS,
            "max_keepalive_connections": RECEIVER_SLOTS // 2,
            "keepalive_expiry": KEEP_ALIVE_S,
        }
        if self.proxy is not None:  # it looks names up itself, and says where one may go
            return _Own(httpcore.AsyncHTTPProxy(self.proxy, **shared), lookups)
        backend = _Guarded(lookups, loopback=self.loopback)
        return _Own(httpcore.AsyncConnectionPool(**shared, network_backend=backend), lookups)

    async def forget(self, receiver_id: UUID) -> None:
        """Close the connections to a receiver."""
        own = self._pools.pop(receiver_id, None)
        if own is not None:
            await own.close()

    async def close(self) -> None:
        """Close every connection."""
        for receiver_id in list(self._pools):
            await self.forget(receiver_id)


async def _post(
    pool: httpcore.AsyncConnectionPool | httpcore.AsyncHTTPProxy,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    answered: list[Answer],
) -> None:
    """Call, and put the answer down as soon as its first lines are there."""
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    async with pool.stream("POST", url, headers=sent, content=body) as response:
        found = {name.lower(): value for name, value in response.headers}
        retry_after = found.get(b"retry-after")
        answered.append(
            Answer(
                status=response.status,
                retry_after=retry_after.decode("latin-1")
                if retry_after and len(retry_after) <= RETRY_AFTER_MAX
                else None,
            )
        )
        length = found.get(b"content-length", b"")
        if length.isdigit() and int(length[:9]) <= BODY_READ_MAX:
            with suppress(OSError, httpcore.NetworkError, httpcore.ProtocolError):
                async for _ in response.aiter_stream():
                    pass  # what it says beyond changes nothing


@dataclass(frozen=True, slots=True)
class _Own:
    """What one receiver has for itself."""

    pool: httpcore.AsyncConnectionPool | httpcore.AsyncHTTPProxy
    lookups: ThreadPoolExecutor

    async def close(self) -> None:
        await self.pool.aclose()
        self.lookups.shutdown(wait=False, cancel_futures=True)


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to an address that was judged, and to no other of the same name."""

    def __init__(self, lookups: ThreadPoolExecutor, *, loopback: bool) -> None:
        self._lookups = lookups
        self._loopback = loopback
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (as httpcore has it)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the name that may be reached and answers."""
        failed: Exception = UnreachableAddress(host)
        for address in await self._addresses(host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def sleep(self, seconds: float) -> None:
        """Sleep as the network below does; httpcore asks for it between its own tries."""
        await self._network.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._lookups, _looked_up, host, port)
        return [one for one in found if may_reach(ip_address(one.partition("%")[0]), loopback=self._loopback)]


def _looked_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))
