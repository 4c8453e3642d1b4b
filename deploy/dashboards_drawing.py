"""Draw the panels of a dashboard, each in its frame. Not Grafana: the same JSON, the same numbers."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from deploy.a_prometheus import Series
from deploy.dashboards_reading import ReadPanel
from deploy.dashboards_units import worded

COLUMNS: Final = 24
WIDTH_IN: Final = 16.0
LEGEND_MAX: Final = 12
LEGEND_LINES_MAX: Final = 4
LEGEND_ENTRY_MAX: Final = 44
LEGEND_LETTERS: Final = 370
"""So many letters of a legend stand beside each other in the whole width."""

INK: Final = "#24292e"
GREY: Final = "#6c757d"
COLORS: Final = {"green": "#56a64b", "orange": "#ff780a", "red": "#e02f44", "blue": "#3274d9"}
PALETTE: Final = (
    "#56a64b",
    "#e0b400",
    "#3274d9",
    "#ff780a",
    "#e02f44",
    "#1f9bcf",
    "#a352cc",
    "#37872d",
    "#b08d00",
    "#1250b0",
    "#c4581a",
    "#8f1d2c",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One series of a panel and what it is called."""

    name: str
    labels: Mapping[str, str]
    points: Sequence[tuple[float, float]]

    @property
    def newest(self) -> float:
        """The last value that is a number; NaN when there is none."""
        return next((value for _, value in reversed(self.points) if math.isfinite(value)), math.nan)

    @property
    def most(self) -> float:
        """The largest value; NaN when there is none."""
        return max((value for _, value in self.points if math.isfinite(value)), default=math.nan)


def named(legend: str, series: Sequence[Series]) -> list[Line]:
    """Give series the names of a panel's legend."""
    lines = []
    for one in series:
        name = re.sub(r"\{\{(\w+)\}\}", lambda found: one.labels.get(found[1], ""), legend)  # noqa: B023 (called at once)
        lines.append(Line("" if legend == "__auto" else name.strip(), one.labels, one.points))
    return lines


def drawn(axes: Axes, panel: ReadPanel, lines: Sequence[Line], span: tuple[float, float]) -> None:
    """Draw a panel's lines into its axes."""
    if panel.kind == "stat":
        _number(axes, panel, lines)
    elif not any(math.isfinite(line.most) for line in lines):
        _nothing(axes, panel)
    else:
        _DRAWN[panel.kind](axes, panel, lines, span)


def _color(panel: ReadPanel, value: float) -> str:
    """Return the colour of a value by the panel's limits."""
    mapped = _words(panel, value)
    if mapped is not None:
        return COLORS[mapped[1]]
    chosen = panel.limits[0][1]
    for limit, color in panel.limits[1:]:
        chosen = color if limit is not None and value >= limit else chosen
    return COLORS[chosen] if math.isfinite(value) else "#adb5bd"


def _words(panel: ReadPanel, value: float) -> tuple[str, str] | None:
    """Return what a panel says for a value, and its colour."""
    for mapping in panel.defaults.get("mappings", ()):
        said = mapping["options"].get(f"{value:g}")
        if said is not None:
            return said["text"], said["color"]
    return None


def _said(panel: ReadPanel, value: float) -> str:
    mapped = _words(panel, value)
    if mapped is not None:
        return mapped[0]
    return worded(value, panel.unit) if math.isfinite(value) else str(panel.defaults.get("noValue", "none"))


def _blank(axes: Axes) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")


def _nothing(axes: Axes, panel: ReadPanel) -> None:
    _blank(axes)
    axes.text(0.5, 0.5, panel.defaults.get("noValue", "none"), ha="center", va="center", color=GREY)


def _number(axes: Axes, panel: ReadPanel, lines: Sequence[Line]) -> None:
    """Large figures on the colour of their limits, a strip a series."""
    _blank(axes)
    shown = lines or (Line("", {}, ()),)
    for number, line in enumerate(shown):
        left, width = number / len(shown), 1 / len(shown)
        axes.add_patch(Rectangle((left, 0), width, 1, facecolor=_color(panel, line.newest), linewidth=0))
        size = 17 if len(shown) < 3 else 11
        middle = left + width / 2
        axes.text(middle, 0.56, _said(panel, line.newest), ha="center", va="center", color="white", size=size)
        if line.name:
            axes.text(middle, 0.12, line.name, ha="center", va="center", color="white", size=6.5)


def _curves(axes: Axes, panel: ReadPanel, lines: Sequence[Line], span: tuple[float, float]) -> None:
    for line, color in zip(lines, PALETTE * (1 + len(lines) // len(PALETTE)), strict=False):
        whens = [when for when, _ in line.points]
        values = [value for _, value in line.points]
        axes.plot(whens, values, color=color, linewidth=1.1)
        if len(lines) <= 4:
            axes.fill_between(whens, 0, values, color=color, alpha=0.08, linewidth=0)
    most = max((line.most for line in lines if math.isfinite(line.most)), default=0.0)
    axes.set(xlim=span, ylim=(0, most * 1.15 or 1))
    for limit, color in panel.limits[1:]:
        if limit is not None and limit <= most * 1.15:
            axes.axhline(limit, color=COLORS[color], linestyle="--", linewidth=0.9)
    _ticks(axes, panel.unit, span)
    entries, columns = _legend(panel, lines)
    handles = axes.get_lines()[: len(entries)]
    axes.legend(
        handles,
        entries,
        loc="upper left",
        bbox_to_anchor=(-0.45 / (panel.place[2] * WIDTH_IN / COLUMNS - 0.7), -0.12),
        ncols=columns,
        fontsize=6,
        frameon=False,
        handlelength=1.0,
        columnspacing=1.0,
        labelspacing=0.25,
    )
    _inset(axes, math.ceil(len(entries) / columns))


def _legend(panel: ReadPanel, lines: Sequence[Line]) -> tuple[list[str], int]:
    """Return what there is room for to say of the lines, and in how many columns."""
    entries = [_entry(line, panel.unit) for line in lines]
    longest = max(len(entry) for entry in entries)
    columns = max(1, min(4, LEGEND_LETTERS * panel.place[2] // COLUMNS // (longest + 5)))
    room = columns * LEGEND_LINES_MAX
    if len(entries) > room:
        entries = [*entries[: room - 1], f"{entries[room - 1][:12]}…, and {len(entries) - room} more"]
    return entries, columns


def _entry(line: Line, unit: str) -> str:
    name = line.name if len(line.name) <= LEGEND_ENTRY_MAX else f"{line.name[: LEGEND_ENTRY_MAX - 1]}…"
    return f"{name}  {worded(line.newest, unit)} (max {worded(line.most, unit)})"


def _ticks(axes: Axes, unit: str, span: tuple[float, float]) -> None:
    low, high = axes.get_ylim()
    heights = [low + (high - low) * part for part in (0, 0.25, 0.5, 0.75, 1)]
    axes.set_yticks(heights, [worded(height, unit) for height in heights], fontsize=6, color=GREY)
    whens = [span[0] + (span[1] - span[0]) * part / 5 for part in range(1, 5)]
    clock = [datetime.fromtimestamp(when, UTC).strftime("%H:%M:%S") for when in whens]
    axes.set_xticks(whens, clock, fontsize=6, color=GREY)
    axes.tick_params(length=0, pad=2)
    axes.grid(visible=True, color="#e9ecef", linewidth=0.6)
    for side in axes.spines.values():
        side.set_visible(False)


def _inset(axes: Axes, legend_lines: int) -> None:
    """Leave room inside the frame for the scale and the legend."""
    box, figure = axes.get_position(), axes.get_figure()
    if figure is None:
        return
    width_in, height_in = WIDTH_IN, float(figure.get_size_inches()[1])
    below = (0.32 + 0.125 * min(legend_lines, LEGEND_LINES_MAX)) / height_in
    axes.set_position(
        (
            box.x0 + 0.5 / width_in,
            box.y0 + below,
            box.width - 0.6 / width_in,
            box.height - below - 0.05 / height_in,
        )
    )


def _bars(axes: Axes, panel: ReadPanel, lines: Sequence[Line], _span: tuple[float, float]) -> None:
    _blank(axes)
    shown = lines[:LEGEND_MAX]
    most = max((line.newest for line in shown if math.isfinite(line.newest)), default=0) or 1.0
    for number, line in enumerate(shown):
        height = 1 / max(4, len(shown))
        base = 1 - (number + 1) * height
        part = 0.0 if not math.isfinite(line.newest) else line.newest / most
        axes.add_patch(Rectangle((0.3, base + height * 0.15), 0.52, height * 0.7, facecolor="#f1f3f5"))
        color = _color(panel, line.newest)
        axes.add_patch(Rectangle((0.3, base + height * 0.15), 0.52 * part, height * 0.7, facecolor=color))
        axes.text(0.28, base + height / 2, line.name, ha="right", va="center", size=7, color=INK)
        axes.text(0.84, base + height / 2, worded(line.newest, panel.unit), va="center", size=8, color=color)


def _heat(axes: Axes, panel: ReadPanel, lines: Sequence[Line], span: tuple[float, float]) -> None:
    buckets = sorted(lines, key=lambda line: float(line.labels["le"]))
    whens = sorted({when for line in buckets for when, _ in line.points})
    below = dict.fromkeys(whens, 0.0)
    cells = []
    for line in buckets:
        upto = dict(line.points)
        cells.append([max(0.0, upto.get(when, 0.0) - below[when]) or math.nan for when in whens])
        below = {when: upto.get(when, 0.0) for when in whens}
    axes.pcolormesh(whens, range(len(buckets)), cells, cmap="Oranges", shading="nearest", vmin=0)
    axes.set(xlim=span)
    _ticks(axes, panel.unit, span)
    bounds = [float(line.labels["le"]) for line in buckets]
    names = [worded(bound, panel.unit) if math.isfinite(bound) else "more" for bound in bounds]
    axes.set_yticks(range(len(buckets)), names, fontsize=6, color=GREY)
    _inset(axes, 0)


def _table(axes: Axes, panel: ReadPanel, lines: Sequence[Line], _span: tuple[float, float]) -> None:
    _blank(axes)
    heads = [*sorted({label for line in lines for label in line.labels if label != "__name__"}), "Value"]
    rows = [heads]
    rows += [
        [*(line.labels.get(head, "") for head in heads[:-1]), worded(line.newest, panel.unit)]
        for line in lines[:LEGEND_MAX]
    ]
    for down, row in enumerate(rows):
        for right, cell in enumerate(row):
            looks = {"color": COLORS["blue"], "weight": "bold"} if down == 0 else {"color": INK}
            place = (0.03 + right * 0.94 / len(heads), 0.95 - down / (LEGEND_MAX + 1.5))
            axes.text(*place, cell, va="top", size=7, **looks)  # type: ignore[arg-type] # text's own properties


_DRAWN: Final = {"timeseries": _curves, "bargauge": _bars, "heatmap": _heat, "table": _table}
