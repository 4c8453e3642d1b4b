"""Failures of background tasks: each place that counts one names a task that is known beforehand."""

import re
from contextvars import copy_context
from pathlib import Path

from gateway import failing

SOURCES = Path(failing.__file__).parent.rglob("*.py")


def test_every_task_that_is_counted_is_known_and_every_known_one_is_counted() -> None:
    counted = {
        name for path in SOURCES for name in re.findall(r'\bfailed\("(\w+)"\)', path.read_text("utf-8"))
    }
    assert counted == set(failing.TASKS)


def test_who_counts_is_told_of_what_fails_from_then_on_and_nobody_elsewhere_is() -> None:
    counts: list[tuple[str, int]] = []

    def count() -> None:
        failing.counted_by(lambda task, failures: counts.append((task, failures)))
        failing.failed("sealing")

    copy_context().run(count)
    failing.failed("sealing")
    assert counts == [*((task, 0) for task in failing.TASKS), ("sealing", 1)]
