"""Failures of background tasks, counted where they are caught.

A loop that catches what fails and goes on is a fault nobody sees: its log line is one among many, and often
only the first is written. Each such place says so here as well. Who counts is told once, for the context in
which the node's tasks are begun; elsewhere (a command, a test of one part) nobody does.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

TASKS: Final = (
    "alarms_followed",
    "attendance",
    "breaches_told",
    "canaries_deleted",
    "companions_refreshed",
    "consoles_told",
    "counted",
    "daily_reports",
    "deadlines_mended",
    "deadlines_swept",
    "deliveries_written",
    "devices_watched",
    "enriching",
    "follow_ups",
    "heartbeats_written",
    "hotspots_watched",
    "housekeeping",
    "known_files_refreshed",
    "looks_watched",
    "node_watched",
    "perimeters_kept",
    "protection_told",
    "receivers_told",
    "reminders",
    "reopened_read",
    "retention",
    "reviews_told",
    "revocations",
    "sealing",
    "silence_looked_for",
    "supervision",
    "webhooks",
    "windows_swept",
)
"""The tasks that catch their own failures; a loop begun anew by ``enduring`` is named by its function."""


def _nobody(_task: str, _failures: int) -> None:
    pass


_count: ContextVar[Callable[[str, int], None]] = ContextVar("count_failures", default=_nobody)


def counted_by(count: Callable[[str, int], None]) -> None:
    """Have every failure counted that tasks begun from here on catch: ``count(task, failures)``."""
    _count.set(count)
    for task in TASKS:
        count(task, 0)


def failed(task: str) -> None:
    """Count one failure that a task caught and outlives."""
    _count.get()(task, 1)


def may_fail(task: str) -> None:
    """Have a task known that has not failed: a counter that is not there cannot be seen to rise."""
    _count.get()(task, 0)
