"""Machines as network namespaces on one bridge, and what can happen to their links.

The bridge has a namespace of its own, so this machine's own network is left alone. The network is one
that is set aside for tests of this kind (RFC 2544).
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = "msa-"
SWITCH: Final = f"{PREFIX}net"
NETWORK: Final = "198.18.12"
NOWHERE: Final = "02:00:00:00:00:00"
"""A hardware address that nobody has: what is sent there is lost without a word."""
CLONE_NEWNET: Final = 0x40000000

ADDRESSES: Final = {
    "edge": 10,
    "gw1": 11,
    "gw2": 12,
    "db1": 21,
    "db2": 22,
    "db3": 23,
    "bus": 30,
    "client": 40,
}


@dataclass(frozen=True, slots=True)
class Link:
    """One machine's place in the network."""

    name: str

    @property
    def namespace(self) -> str:
        """Its network namespace."""
        return f"{PREFIX}{self.name}"

    @property
    def address(self) -> str:
        """Its address."""
        return f"{NETWORK}.{ADDRESSES[self.name]}"

    def enter(self) -> list[str]:
        """Return the words that run a program in it."""
        return ["nsenter", f"--net=/run/netns/{self.namespace}", "--"]

    def down(self) -> None:
        """Pull its cable."""
        _ip("-n", self.namespace, "link", "set", "eth0", "down")

    def up(self) -> None:
        """Plug it in again."""
        _ip("-n", self.namespace, "link", "set", "eth0", "up")

    def lose_towards(self, others: Sequence["Link"]) -> None:
        """Lose every packet that it sends to ``others``; what they send still arrives."""
        for other in others:
            where = ("to", other.address, "lladdr", NOWHERE, "dev", "eth0", "nud", "permanent")
            _ip("-n", self.namespace, "neigh", "replace", *where)

    def heal_towards(self, others: Sequence["Link"]) -> None:
        """Lose nothing any more."""
        for other in others:
            _ip("-n", self.namespace, "neigh", "del", other.address, "dev", "eth0")

    def kill(self) -> int:
        """End whatever runs in it, as a power cut would; return how many processes there were."""
        listed = subprocess.run(
            ["ip", "netns", "pids", self.namespace], check=True, capture_output=True, text=True
        )
        pids = [int(word) for word in listed.stdout.split() if int(word) != os.getpid()]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)


@contextlib.contextmanager
def network(names: Sequence[str]) -> Iterator[dict[str, Link]]:
    """Have the machines on their bridge for a ``with`` block, and nothing of them afterwards.

    Whatever an earlier run that was killed has left is removed first.
    """
    links = {name: Link(name) for name in names}
    _remove(links.values())
    try:
        _add_switch()
        for link in links.values():
            _add(link)
        yield links
    finally:
        _remove(links.values())


def enter(link: Link) -> None:
    """Put this thread's sockets, and those of threads that it starts, into a machine. Raises ``OSError``."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/run/netns/{link.namespace}").open("rb") as namespace:
        if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {link.namespace}")


def listening(link: Link, port: int) -> socket.socket:
    """Hold a listening socket on a machine, as its service manager does for a program that comes and goes."""
    made: list[socket.socket] = []

    def make() -> None:
        enter(link)  # this thread only, which ends with it
        made.append(socket.create_server((link.address, port), backlog=2048))

    thread = threading.Thread(target=make, name=f"socket of {link.name}")
    thread.start()
    thread.join()
    (held,) = made
    return held


def _add_switch() -> None:
    _ip("netns", "add", SWITCH)
    _ip("-n", SWITCH, "link", "add", "bridge", "type", "bridge")
    _ip("-n", SWITCH, "link", "set", "bridge", "up")


def _add(link: Link) -> None:
    _ip("netns", "add", link.namespace)
    peer = ("peer", "name", link.name, "netns", SWITCH)
    _ip("-n", link.namespace, "link", "add", "eth0", "type", "veth", *peer)
    _ip("-n", SWITCH, "link", "set", link.name, "master", "bridge")
    _ip("-n", SWITCH, "link", "set", link.name, "up")
    _ip("-n", link.namespace, "address", "add", f"{link.address}/24", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip("-n", link.namespace, "link", "set", device, "up")


def _remove(links: Iterable[Link]) -> None:
    there = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True).stdout
    names = {line.split()[0] for line in there.splitlines() if line.strip()}
    for link in links:
        if link.namespace in names:
            link.kill()
            _ip("netns", "del", link.namespace)
    if SWITCH in names:
        _ip("netns", "del", SWITCH)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
