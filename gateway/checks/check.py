"""What one look has found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

RUNBOOK: Final = "docs/runbook/{}.md"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is good, and what was found. ``doubtful``: good enough to start.

    ``remedy``: what to do where it is not good. ``ms``: how long the look took, in milliseconds.
    """

    name: str
    ok: bool
    found: str
    doubtful: bool = False
    remedy: str = ""
    ms: int = 0


def good(name: str, found: str) -> Check:
    """Say that it is as it should be."""
    return Check(name, True, found)


def doubt(name: str, found: str, remedy: str = "", page: str = "") -> Check:
    """Say that a node can start, and that somebody should look; ``page`` is the runbook's."""
    return Check(name, True, found, doubtful=True, remedy=_with_page(remedy, page))


def wrong(name: str, found: str, remedy: str = "", page: str = "") -> Check:
    """Say that it is not as it must be; ``page`` is the runbook's."""
    return Check(name, False, found, remedy=_with_page(remedy, page))


def worst(name: str, found: Sequence[Check], none: str) -> Check:
    """Make one of several of the same kind, as bad as the worst; ``none`` is said of nothing."""
    if not found:
        return good(name, none)
    bad = min(found, key=lambda one: (one.ok, not one.doubtful))
    said = "; ".join(one.found for one in found)
    return Check(name, bad.ok, said, doubtful=bad.doubtful, remedy=bad.remedy)


def _with_page(remedy: str, page: str) -> str:
    return ", ".join(part for part in (remedy, RUNBOOK.format(page) if page else "") if part)
