"""The one place where the checks read the clock."""

import time


def unix_s() -> float:
    """Return the time in Unix seconds."""
    return time.time()  # noqa: TID251 (a program of its own, and this is its clock)


def rfc3339(off_s: float = 0) -> str:
    """Return the time, so many seconds off, as a timestamp (RFC 3339)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix_s() + off_s))
