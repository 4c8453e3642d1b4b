"""The companions' side: a pool of warm HTTP connections that write prepared requests."""

import asyncio
import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any, Final, Generic, Protocol, TypeVar, cast

from loadtests.asking import Address
from loadtests.presses import Prepared
from schemas.press import Receipt

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_STATUS: Final = slice(9, 12)
KEPT: Final = 202


class Request(Protocol):
    """Something prepared to be posted."""

    @property
    def request(self) -> bytes:
        """The whole HTTP request."""


R = TypeVar("R", bound=Request)


@dataclass(slots=True, eq=False)
class Sent(Generic[R]):
    """One request on its way; instants in ns, 0 while they have not come; ``lost``: no answer will."""

    prepared: R
    scheduled: int
    sent: int = 0
    answered: int = 0
    status: int = 0
    body: bytes = b""
    lost: bool = False


class Posted(Sent[Prepared]):
    """One press on its way."""

    __slots__ = ()

    def receipt(self) -> Receipt | None:
        """Return the receipt; None where the gateway did not commit it or did not answer."""
        return Receipt.model_validate_json(self.body) if self.status in {200, 201} else None

    @property
    def is_kept(self) -> bool:
        """Whether the gateway only keeps it: it is shown now and committed later, without our being told."""
        return self.status == KEPT


class Door:
    """Posts requests, each on the first connection that is free, waiting in order where none is.

    A gateway closes what is not used for long; where all are closed they are opened anew for what waits.
    """

    def __init__(self) -> None:
        self._links: list[_Link] = []
        self._free: deque[_Link] = deque()
        self._waiting: deque[Sent[Any]] = deque()
        self._address: Address | None = None
        self._connections = 0
        self._opening: asyncio.Task[None] | None = None
        self.pending = 0

    async def open(self, address: Address, connections: int) -> None:
        """Have so many connections open and free; replaces those that the gateway closed."""
        self._address, self._connections = address, connections
        self._links = [link for link in self._links if link.is_open]
        while len(self._links) < connections:
            self._links.append(await self._linked(address))
        self._free = deque(self._links)

    def post(self, posted: Sent[Any]) -> None:
        """Send one request now, or as soon as a connection is free."""
        self.pending += 1
        while self._free:
            link = self._free.popleft()
            if link.is_open:  # the gateway closes those that are not used for long
                link.send(posted)
                return
        self._waiting.append(posted)
        self._open_where_none_is()

    def settled(self, link: "_Link") -> None:
        """Use a connection that has its answer for what waits."""
        self.pending -= 1
        if self._waiting:
            link.send(self._waiting.popleft())
        else:
            self._free.append(link)

    def lost(self, *, unanswered: bool) -> None:
        """Take note that a connection is gone, perhaps with a request that no answer comes to."""
        self.pending -= unanswered
        if self._waiting:
            self._open_where_none_is()

    def abandon(self) -> None:
        """Give up on whatever has not been answered."""
        self._waiting.clear()
        for link in self._links:
            if link.busy:
                link.abort()
        self.pending = 0

    def close(self) -> None:
        """Close every connection."""
        self._waiting.clear()
        if self._opening is not None:
            self._opening.cancel()
        for link in self._links:
            link.abort()

    def _open_where_none_is(self) -> None:
        idle = self._opening is None or self._opening.done()
        if idle and self._address is not None and not any(link.is_open for link in self._links):
            self._opening = asyncio.create_task(self._reopen(self._address))

    async def _reopen(self, address: Address) -> None:
        """Open all anew; what waits at a gateway that is gone is left unanswered."""
        with suppress(OSError):
            for _ in range(self._connections):
                link = await self._linked(address)
                self._links.append(link)
                if self._waiting:
                    link.send(self._waiting.popleft())
                else:
                    self._free.append(link)

    async def _linked(self, address: Address) -> "_Link":
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(lambda: _Link(self), *address))[1]


class _Link(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._transport: asyncio.Transport | None = None
        self._posted: Sent[Any] | None = None
        self._received = b""
        self.is_open = True

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._posted is not None

    def send(self, posted: Sent[Any]) -> None:
        """Write one request."""
        self._posted = posted
        posted.sent = perf_counter_ns()
        if self._transport is not None:
            self._transport.write(posted.prepared.request)

    def abort(self) -> None:
        """Drop the connection."""
        if self._posted is not None:
            self._posted.lost = True
            self._posted = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """Leave the request unanswered, which the judge then finds."""
        self.is_open = False
        unanswered = self._posted is not None
        if self._posted is not None:
            self._posted.lost = True
            self._posted = None
        self._door.lost(unanswered=unanswered)

    def data_received(self, data: bytes) -> None:
        """Collect one answer."""
        now = perf_counter_ns()
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if not found or length is None or len(body) < int(length[1]) or self._posted is None:
            return
        posted, self._posted, self._received = self._posted, None, b""
        posted.answered, posted.status, posted.body = now, int(head[_STATUS]), body
        self._door.settled(self)
