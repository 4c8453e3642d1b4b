"""What the machine gives to a measurement: which cores are whose, how many sockets may be open."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cores:
    """Cores by number; empty means wherever the system likes."""

    gateway: frozenset[int] = frozenset()
    generator: frozenset[int] = frozenset()


def share_cores() -> Cores:
    """Give the first core to the gateway and its database, the others to the generator.

    One core alone is not divided, nor are those of another system than Linux.
    """
    if not sys.platform.startswith("linux"):
        return Cores()
    first, *others = sorted(os.sched_getaffinity(0))
    return Cores(frozenset({first}), frozenset(others)) if others else Cores()


def pin(pid: int, cores: frozenset[int]) -> None:
    """Keep a process (0: this one), and what it starts from now on, on these cores."""
    if cores and sys.platform.startswith("linux"):
        os.sched_setaffinity(pid, cores)


@contextmanager
def anywhere() -> Iterator[None]:
    """Let what is started in this block run on every core there is, whatever this process is kept on."""
    if not sys.platform.startswith("linux"):
        yield
        return
    kept = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, kept)


def allow_sockets(count: int) -> None:
    """Raise this process's limit of open files where it is too low for so many sockets.

    Raises:
        ValueError: the system does not allow it.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (not made for Windows)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
