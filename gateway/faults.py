"""Named places where a test may kill the process, to see that nothing depends on surviving them.

``MSA_FAULT=after_commit:2`` kills at the second time the place is reached. It works only beside
``MSA_ALLOW_FAULTS=yes``, so that a stray variable in production does nothing.
"""

import os
import signal
from typing import Final

POINTS: Final = frozenset(
    {
        "before_commit",
        "after_commit",
        "after_reply",
        "after_inbox",
        "after_effect",
        "before_keep",
        "after_keep",
        "before_let_go",
    }
)


class _Fault:
    def __init__(self, armed: str) -> None:
        point, _, count = armed.partition(":")
        self.point = point if point in POINTS else ""
        self.left = int(count or 1)


_fault: Final = _Fault(os.environ.get("MSA_FAULT", "") if os.environ.get("MSA_ALLOW_FAULTS") == "yes" else "")


def reach(point: str) -> None:
    """Pass a named place; die there without a word if a test says so."""
    if point == _fault.point:
        _fault.left -= 1
        if _fault.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
