"""Panels as one picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from loadtests.figures import Panel

PANEL_INCHES: Final = (6.0, 4.4)


def draw(title: str, panels: Sequence[Panel], file: Path) -> None:
    """Write a PNG with the panels side by side."""
    width, height = PANEL_INCHES
    figure = Figure(figsize=(width * max(1, len(panels)), height), layout="constrained")
    for number, panel in enumerate(panels, 1):
        axes = figure.add_subplot(1, len(panels), number)
        for line in panel.lines:
            axes.plot(
                [x for x, _ in line.points], [y for _, y in line.points], line.mark, label=line.label, ms=3
            )
        for label, level in panel.levels.items():
            axes.axhline(level, color="#8a8a8a", linestyle="--", linewidth=1, label=label)
        if panel.logarithmic:
            axes.set_yscale("log")
        axes.set_title(panel.title)
        axes.set_xlabel(panel.across)
        axes.set_ylabel(panel.up)
        axes.grid(visible=True, alpha=0.25)
        if panel.lines or panel.levels:
            axes.legend()
    figure.suptitle(title)
    figure.savefig(file, dpi=120)
