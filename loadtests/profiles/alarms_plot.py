"""The latencies as a picture, by number of consoles, with the targets drawn in."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loadtests.measured import Measured, Spread
from loadtests.profiles.alarms_report import TARGETS_MS, Outcome

INK: Final = {"p50": "#1b6ca8", "p99": "#c2571a", "max": "#8a8a8a"}
SIZE_INCHES: Final = (11, 4.6)


def draw(outcomes: Sequence[Outcome], file: Path) -> None:
    """Write a PNG: all receipts on the left, the last console of each alarm on the right."""
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    medians = [outcome.medians for outcome in outcomes]
    _lines(left, medians, lambda one: one.receipt, ("p50", "p99", "max"))
    _lines(right, medians, lambda one: one.last, ("p50", "p99"))
    _targets(left, 1, "p99")
    _targets(right, 0, "p50")
    left.set_title("every console")
    right.set_title("the last console of each alarm")
    left.set_ylabel("ms from due to received")
    figure.suptitle(f"One alarm to N consoles, {medians[0].rate:g} alarms/s, commit included")
    figure.savefig(file, dpi=120)


def _lines(
    axes: Axes, medians: Sequence[Measured], of: Callable[[Measured], Spread | None], names: Sequence[str]
) -> None:
    found = [(one.consoles, spread) for one in medians if (spread := of(one)) is not None]
    for name in names:
        values = [getattr(spread, name) for _, spread in found]
        axes.plot([consoles for consoles, _ in found], values, "o-", color=INK[name], label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("consoles")
    axes.grid(visible=True, which="both", alpha=0.25)
    axes.legend()


def _targets(axes: Axes, index: int, name: str) -> None:
    consoles = list(TARGETS_MS)
    values = [TARGETS_MS[one][index] for one in consoles]
    axes.plot(
        consoles, values, "_", color=INK[name], markersize=22, markeredgewidth=2, label=f"target {name}"
    )
    axes.legend()
