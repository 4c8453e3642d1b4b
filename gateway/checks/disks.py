"""The spool, and the disks: room, and how long one takes to hold what it is given."""

import os
import shutil
import time
from pathlib import Path
from typing import Final

from gateway.checks.check import Check, doubt, good, worst, wrong
from gateway.settings import Settings
from gateway.store.spool_directory import BAD, fault_of
from gateway.store.spool_file import SUFFIX

MB: Final = 1_000_000
LEAST_BYTES: Final = 100 * MB
FREE_RATIO: Final = 0.2
"""The alert DiskFilling has the same."""

SLOW_S: Final = 0.1
"""A press that is only kept waits for its file to be on the disk: > 100 ms, and presses queue for it."""

WRITES: Final = 3
WRITTEN: Final = bytes(4096)  # what a press takes


def spool(settings: Settings) -> Check:
    """Look whether a start would take the spool, and whether presses wait in it."""
    name, path = "spool", settings.spool
    if fault := fault_of(path):
        return wrong(name, fault, "the directory must be this account's alone, mode 0700")
    kept, bad = (sum(1 for _ in there.glob(f"*{SUFFIX}")) for there in (path, path / BAD))
    if kept:
        waiting = f"{path}: {kept} presses wait to be stored"
        return doubt(name, waiting, "they are stored once the database is back", "SpoolNotEmpty")
    if bad:
        aside = f"{path / BAD}: {bad} files did not open"
        return doubt(name, aside, "put the missing key into the key file and start anew", "SpoolNotEmpty")
    return good(name, f"{path}: empty, at most {settings.spool_max_mb} MB")


def disks(settings: Settings) -> Check:
    """Look how full they are, and how fast the spool's is."""
    found = [_room("data", settings.data_dir, 0), _room("spool", settings.spool, settings.spool_max_mb * MB)]
    if settings.spool.is_dir() and (took_s := synchronised_s(settings.spool)) is not None:
        found.append(_fast(took_s))
    return worst("disks", found, "")


def _room(where: str, path: Path, wanted: int) -> Check:
    usage = shutil.disk_usage(next(one for one in (path, *path.absolute().parents) if one.exists()))
    ratio = usage.free / usage.total
    said = f"{where} {usage.free / MB:,.0f} MB free ({ratio:.0%})"
    if usage.free < LEAST_BYTES:
        return wrong("disks", said, "make room", "DiskFilling")
    if usage.free < wanted:
        return doubt("disks", f"{said}, less than the spool may take", "make room", "DiskFilling")
    return doubt("disks", said, "make room", "DiskFilling") if ratio < FREE_RATIO else good("disks", said)


def _fast(took_s: float) -> Check:
    said = f"the spool's takes {took_s * 1000:.1f} ms to hold 4 kB"
    if took_s > SLOW_S:
        return doubt("disks", said, "give the spool a disk of its own: each press that is kept waits for it")
    return good("disks", said)


def synchronised_s(directory: Path) -> float | None:
    """Return the longest of some synchronised writes, in seconds; None where that cannot be tried.

    To a file without a name: a node that has the directory sees nothing, and nothing of it stays.
    """
    try:
        descriptor = os.open(directory, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except (AttributeError, OSError):
        return None
    try:
        longest = 0.0
        for _ in range(WRITES):
            begun = time.perf_counter()
            os.write(descriptor, WRITTEN)
            os.fsync(descriptor)
            longest = max(longest, time.perf_counter() - begun)
    finally:
        os.close(descriptor)
    return longest
