"""A verdict of the history checker: what was counted, and everything that is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What can be wrong."""

    LOST = "lost"
    DOUBLED = "doubled"
    GAP = "gap"
    UNTRUE = "untrue"
    DISAGREEMENT = "disagreement"
    SECOND_ALARM = "second alarm"
    REFUSED = "refused"
    IMPOSSIBLE = "impossible"
    UNEXPLAINED_RESET = "unexplained reset"
    BROKEN_STREAM = "broken stream"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be, in words for whoever looks for the cause."""

    kind: Kind
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Counts, and everything that is wrong."""

    counts: Mapping[str, int | str]
    violations: Sequence[Violation]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations

    def kinds(self) -> set[Kind]:
        """Return what is wrong, by kind."""
        return {violation.kind for violation in self.violations}

    def __str__(self) -> str:
        wrong = Counter(violation.kind for violation in self.violations)
        lines = [f"{name:>22}  {value}" for name, value in self.counts.items()]
        lines += [f"{kind:>22}  {wrong[kind]}" for kind in Kind]
        lines += [f"  {violation.kind}: {violation.what}" for violation in self.violations[:20]]
        lines.append(f"{'verdict':>22}  {'holds' if self.holds else 'BROKEN'}")
        return "\n".join(lines)
