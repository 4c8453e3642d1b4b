"""CPU time and memory of the processes under test, from /proc; empty on other systems."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU time in ns since the processes (or, for ``machine``, all cores) began; memory (RSS) in kB."""

    gateway_ns: int
    database_ns: int
    generator_ns: int
    machine_ns: int
    gateway_kb: int


@dataclass(frozen=True, slots=True)
class Watched:
    """The processes that are the gateway, and those that are its database (the postmaster's)."""

    gateway: int | None = None
    postmaster: int | None = None

    def usage(self) -> Usage | None:
        """Measure now; None where it cannot be measured."""
        if self.gateway is None or not sys.platform.startswith("linux"):
            return None
        servers = () if self.postmaster is None else (self.postmaster, *_children(self.postmaster))
        return Usage(
            gateway_ns=_run_time([self.gateway]),
            database_ns=_run_time(servers),
            generator_ns=_run_time([os.getpid()]),
            machine_ns=_busy(),
            gateway_kb=_resident_kb(self.gateway),
        )


def strangers(before: Usage, after: Usage, seconds: float) -> float:
    """Return how many cores, on average, others than the three programs measured kept busy."""
    ours = (
        after.gateway_ns - before.gateway_ns + after.database_ns - before.database_ns,
        after.generator_ns - before.generator_ns,
    )
    return max(0.0, (after.machine_ns - before.machine_ns - sum(ours)) / 1e9 / seconds)


def _run_time(pids: Iterable[int]) -> int:
    """Sum the time that all threads of these processes have run; nanoseconds, as the scheduler counts."""
    total = 0
    for pid in pids:
        for schedstat in _PROC.glob(f"{pid}/task/*/schedstat"):
            try:
                total += int(schedstat.read_text().split(maxsplit=1)[0])
            except (FileNotFoundError, ProcessLookupError):
                continue  # a thread that ended between being listed and being read
    return total


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for children in _PROC.glob(f"{pid}/task/*/children"):
        found.extend(int(child) for child in children.read_text().split())
    return found


def _busy() -> int:
    fields = (_PROC / "stat").read_text().split("\n", 1)[0].split()
    user, nice, system, _idle, _wait, interrupt, soft, steal = (int(ticks) for ticks in fields[1:9])
    ticks = user + nice + system + interrupt + soft + steal
    return ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def _resident_kb(pid: int) -> int:
    for line in (_PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
