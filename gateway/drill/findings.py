"""What a drill of one fault has found: what must hold, what was seen, and the bound that it was held to."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must hold. ``bound`` is empty where there is nothing to measure."""

    claim: str
    seen: str
    bound: str
    holds: bool


@dataclass(slots=True)
class Findings:
    """In the order in which they were seen; ``say`` is told each."""

    say: Callable[[str], None]
    found: list[Finding] = field(default_factory=list)

    def show(self, claim: str, seen: object, *, holds: bool, bound: str = "") -> None:
        """Note one."""
        self.found.append(Finding(claim, str(seen), bound, holds))
        mark = "[green]holds[/]" if holds else "[bold red]BROKEN[/]"
        self.say(f"{mark} {claim}: {seen}{f' ({bound})' if bound else ''}")

    def within(self, claim: str, seconds: list[float], bound_s: float, *, of: str) -> None:
        """Note how long something took, each time: the slowest must keep to the bound.

        Nothing measured is nothing shown: then it does not hold.
        """
        if not seconds:
            self.show(claim, f"none of {of}", holds=False, bound=f"<= {bound_s:g} s")
            return
        ordered = sorted(seconds)
        middle, slowest = ordered[len(ordered) // 2], ordered[-1]
        late = sum(one > bound_s for one in ordered)
        seen = f"{len(ordered)} {of}: p50 {middle:.3f} s, slowest {slowest:.3f} s"
        seen += f", {late} later than that" if late else ""
        self.show(claim, seen, holds=slowest <= bound_s, bound=f"<= {bound_s:g} s")

    @property
    def holds(self) -> bool:
        """Whether something was shown, and nothing is broken."""
        return bool(self.found) and all(finding.holds for finding in self.found)

    def as_json(self) -> list[dict[str, Any]]:
        """Return them for a script."""
        return [asdict(finding) for finding in self.found]

    def table(self, title: str) -> Table:
        """Return them for a reader."""
        table = Table(title=title)
        for heading in ("", "what must hold", "seen", "bound"):
            table.add_column(heading, overflow="fold")
        for finding in self.found:
            mark = "[green]✓[/]" if finding.holds else "[bold red]✗[/]"
            table.add_row(mark, finding.claim, finding.seen, finding.bound)
        return table
