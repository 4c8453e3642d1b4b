"""What a service manager gives a node, and what it is told (systemd's ``sd_listen_fds``, ``sd_notify``).

It may hold the listening sockets, so that nobody is refused while one process ends and the next begins:
what connects in between waits in the socket's queue. Names: ``http``, ``metrics``, ``dc09``.
"""

import asyncio
import os
import socket
from collections.abc import Mapping, MutableMapping
from typing import Final, Self

from gateway.domain.errors import SocketsRefused

FIRST: Final = 3
"""The first descriptor that is handed over."""

NAMES: Final = frozenset({"http", "metrics", "dc09"})
UNNAMED: Final = frozenset({"", "unknown"})

Sockets = Mapping[str, socket.socket]


def handed_over(environment: MutableMapping[str, str]) -> Sockets:
    """Return the listening sockets that were handed to this process, by name; it keeps no word of them.

    Raises ``SocketsRefused``: one has no name of ours, or two have the same. A single one without a name is
    ``http``.
    """
    given = {name: environment.pop(f"LISTEN_{name}", "") for name in ("PID", "FDS", "FDNAMES")}
    if given["PID"] != str(os.getpid()) or not given["FDS"].isdigit():
        return {}
    number = int(given["FDS"])
    names = given["FDNAMES"].split(":") if given["FDNAMES"] else [""] * number
    if number == 1 and names[0] in UNNAMED:
        names = ["http"]
    if len(names) != number or len(set(names)) != number or not NAMES.issuperset(names):
        raise SocketsRefused(
            f"their names are {':'.join(names)}; FileDescriptorName= is http, metrics or dc09"
        )
    return {name: _listening(FIRST + index, name) for index, name in enumerate(names)}


def _listening(descriptor: int, name: str) -> socket.socket:
    os.set_inheritable(descriptor, False)
    try:
        given = socket.socket(fileno=descriptor)
        listens = given.type == socket.SOCK_STREAM and given.getsockopt(
            socket.SOL_SOCKET, socket.SO_ACCEPTCONN
        )
    except OSError:
        listens = 0
    if not listens:
        raise SocketsRefused(f"{name} is no listening stream socket")
    if given.family != socket.AF_UNIX:
        given.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return given


class ServiceManager:
    """Whoever started this process, if it wants to be told."""

    def __init__(self, address: str | None, watchdog_s: float | None) -> None:
        self._address = address
        self._watchdog_s = watchdog_s if address else None

    @classmethod
    def of(cls, environment: MutableMapping[str, str]) -> Self:
        """Read what it asks for; children of this process are not asked."""
        address = environment.pop("NOTIFY_SOCKET", "")
        microseconds = environment.pop("WATCHDOG_USEC", "")
        ours = environment.pop("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watched = ours and microseconds.isdigit() and int(microseconds) > 0
        return cls(address or None, int(microseconds) / 1e6 if watched else None)

    def tell(self, state: str) -> None:
        """Say ``READY=1``, ``STOPPING=1`` or the like. Never blocks and never fails."""
        if self._address is None:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)
                line.sendto(state.encode(), address)
        except OSError:
            return  # it restarts, or its queue is full: the next word will do

    async def prove_life(self) -> None:
        """Say each half of its patience that the event loop turns, for ever."""
        while self._watchdog_s is not None:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self._watchdog_s / 2)
