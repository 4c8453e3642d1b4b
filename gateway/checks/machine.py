"""The machine itself: what keeps its clock, how many files a process may open."""

import ctypes
import resource
from typing import Final

from gateway.checks.check import Check, doubt, good

ERROR: Final = 5  # TIME_ERROR of adjtimex(2): nothing keeps the clock
TIMEX_BYTES: Final = 512  # more than struct timex of any Linux

FILES: Final = 4096
"""A console, a companion's connection, a receiver take one each; a thousand is gone with half the country."""


class _Timex(ctypes.Structure):
    """How struct timex begins; nothing is set where ``modes`` is 0."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("max_error_us", ctypes.c_long),
        ("rest", ctypes.c_char * TIMEX_BYTES),
    )


def time_service() -> Check | None:
    """Ask the kernel whether something keeps this machine's clock; None where it cannot be asked."""
    timex = _Timex()
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.byref(timex))
    except (AttributeError, OSError):
        return None
    if state < 0:
        return None
    if state == ERROR:
        free = "nothing keeps this machine's clock: companions' signatures are judged by it"
        return doubt("time service", free, "run chrony or systemd-timesyncd")
    return good("time service", f"keeps the clock, within {timex.max_error_us / 1000:.0f} ms")


def open_files() -> Check:
    """Look how many files a process started from here may have open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= FILES:
        return good("open files", f"{'any number' if soft == resource.RLIM_INFINITY else soft} at once")
    most = "any number" if hard == resource.RLIM_INFINITY else hard
    few = f"{soft} at once from this shell, up to {most}: each console and companion takes one"
    return doubt(
        "open files", few, f"ulimit -n {FILES}; with systemd LimitNOFILE= of the unit counts instead"
    )
