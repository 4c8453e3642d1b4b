"""Figures with their targets, and what to make of them: a table, JSON, a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from loadtests.measured import Faults, Spread

BUSY_CORES: Final = 0.2
"""Above this, strangers on the machine made the latencies what they are."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that was measured; None where it could not be. ``target`` is the most it should be.

    ``key`` is its name in JSON, ``words`` say it to people.
    """

    key: str
    words: str
    value: float | None
    unit: str = ""
    target: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing to compare."""
        return None if self.target is None or self.value is None else self.value <= self.target


@dataclass(frozen=True, slots=True)
class Line:
    """Points of a picture; ``mark`` is matplotlib's format."""

    label: str
    points: Sequence[tuple[float, float]]
    mark: str = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture beside others; ``levels`` are horizontal lines, by their label."""

    title: str
    across: str
    up: str
    lines: Sequence[Line]
    levels: Mapping[str, float] = field(default_factory=dict)
    logarithmic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a profile found. Figures are reported as met or missed; only ``faults`` are fatal."""

    title: str
    figures: Sequence[Figure]
    faults: Faults
    remarks: Sequence[str] = ()
    panels: Sequence[Panel] = ()

    def show(self, out: Console) -> None:
        """Print the table, then what to make of it."""
        table = Table("", "measured", "wanted", "", title=self.title, box=SIMPLE)
        for one in self.figures:
            wanted = "" if one.target is None else f"<= {_number(one.target)} {one.unit}"
            table.add_row(one.words, f"{_number(one.value)} {one.unit}".strip(), wanted, _MET[one.met])
        out.print(table)
        for remark in self.remarks:
            out.print(remark, markup=False)
        out.print(verdict(self.faults))

    def as_json(self) -> dict[str, Any]:
        """Return everything that was measured."""
        return {
            "ok": self.faults.none,
            "title": self.title,
            "faults": asdict(self.faults),
            "figures": {one.key: _figure_json(one) for one in self.figures},
            "remarks": list(self.remarks),
        }

    def draw(self, file: Path) -> None:
        """Write a PNG with every panel."""
        from loadtests.plot import draw  # noqa: PLC0415 (matplotlib takes a second to import)

        draw(self.title, self.panels, file)


def spread_figures(
    key: str, words: str, spread: Spread | None, unit: str = "ms", **targets: float
) -> list[Figure]:
    """Return p50, p99 and max of something as figures; ``targets`` by these names."""
    return [
        Figure(
            f"{key}_{name}_{unit}",
            f"{words}, {name}",
            None if spread is None else getattr(spread, name),
            unit,
            targets.get(name),
        )
        for name in ("p50", "p99", "max")
    ]


def in_seconds(spread: Spread | None, name: str) -> float | None:
    """Return one of a spread's latencies in s."""
    return None if spread is None else float(getattr(spread, name)) / 1000


def strangers_remark(cores: float | None) -> list[str]:
    """Say it where others kept the machine busy."""
    if cores is None or cores <= BUSY_CORES:
        return []
    return [f"others kept {cores:.1f} cores busy: the latencies are the machine's"]


def verdict(faults: Faults) -> str:
    """Return the last line: whether everything arrived everywhere, and every guarantee held."""
    if faults.none:
        return "[green]nothing lost, doubled or gapped[/]: every sequence on every console, once and in order"
    counted = [
        f"{name} {value}" for name, value in asdict(faults).items() if value and isinstance(value, int)
    ]
    said = [text.replace("[", "\\[") for text in (*faults.closed, *faults.broken)]
    return f"[red]not as it must be[/]: {'; '.join((*counted, *said))}"


_MET: Final = {None: "", True: "[green]met[/]", False: "[yellow]missed[/]"}


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {"value": figure.value, "unit": figure.unit, "target": figure.target, "met": figure.met}
