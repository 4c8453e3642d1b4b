"""What a drill has shown: each guarantee with the facts that speak for it, or against."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from rich.table import Table

GUARANTEES: Final = {
    "G1": "durable",
    "G2": "once",
    "G3": "complete",
    "G4": "answered",
    "G5": "tolerant",
    "G6": "isolated",
    "G7": "honest",
}


@dataclass(frozen=True, slots=True)
class Tick:
    """One fact."""

    guarantee: str
    claim: str
    seen: str
    holds: bool


@dataclass(slots=True)
class Evidence:
    """Facts in the order in which they were seen; ``say`` is told each."""

    say: Callable[[str], None]
    ticks: list[Tick] = field(default_factory=list)

    def show(self, guarantee: str, claim: str, seen: object, *, holds: bool) -> None:
        """Note one fact."""
        tick = Tick(guarantee, claim, str(seen), holds)
        self.ticks.append(tick)
        mark = "[green]holds[/]" if holds else "[bold red]BROKEN[/]"
        self.say(f"{mark} {guarantee} {claim}: {seen}")

    @property
    def complete(self) -> bool:
        """Whether every guarantee was shown, and none broken."""
        shown = {tick.guarantee for tick in self.ticks}
        return shown >= set(GUARANTEES) and all(tick.holds for tick in self.ticks)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the facts for a script."""
        return [
            {"guarantee": tick.guarantee, "claim": tick.claim, "seen": tick.seen, "holds": tick.holds}
            for tick in self.ticks
        ]

    def table(self) -> Table:
        """Return the facts for a reader."""
        table = Table(title="Guarantees", show_lines=False)
        for heading in ("", "guarantee", "claim", "seen"):
            table.add_column(heading)
        for name, word in GUARANTEES.items():
            for tick in (one for one in self.ticks if one.guarantee == name):
                mark = "[green]✓[/]" if tick.holds else "[bold red]✗[/]"
                table.add_row(mark, f"{name} {word}", tick.claim, tick.seen)
        return table
