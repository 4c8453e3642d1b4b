"""One dashboard on one page: rows and frames where Grafana's grid has them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from deploy.dashboards_drawing import COLUMNS, GREY, INK, WIDTH_IN, Line, drawn
from deploy.dashboards_reading import ReadPanel

ROW_IN: Final = 0.34
"""One line of Grafana's grid."""

GAP_IN: Final = 0.05
TITLE_IN: Final = 0.26
DPI: Final = 100
PAPER: Final = "#f1f3f5"


class Picture:
    """One dashboard on one page."""

    def __init__(self, title: str, caption: str, grid_rows: int, span: tuple[float, float]) -> None:
        self._height_in = (grid_rows + 2) * ROW_IN
        self._figure = Figure(figsize=(WIDTH_IN, self._height_in), dpi=DPI, facecolor=PAPER)
        self._span = span
        self._text(0.15, 0.30, title, size=15, weight="bold")
        self._text(0.15, 0.54, caption, size=8, color=GREY)

    def row(self, panel: ReadPanel) -> None:
        """Write a row's question."""
        _, y, _, _ = panel.place
        self._text(0.15, (y + 2) * ROW_IN + 0.24, f"▾ {panel.title}", size=11, weight="bold")

    def panel(self, panel: ReadPanel, lines: Sequence[Line]) -> None:
        """Draw one panel."""
        drawn(self._box(panel), panel, lines, self._span)

    def save(self, file: Path) -> None:
        """Write a PNG."""
        self._figure.savefig(file, dpi=DPI, facecolor=PAPER)

    def _box(self, panel: ReadPanel) -> Axes:
        """Return axes that fill a panel's frame but for its title."""
        x, y, width, height = panel.place
        unit = WIDTH_IN / COLUMNS
        left, right = x * unit + GAP_IN, (x + width) * unit - GAP_IN
        top, bottom = (y + 2) * ROW_IN + GAP_IN, (y + 2 + height) * ROW_IN - GAP_IN
        self._figure.add_artist(
            Rectangle(
                (left / WIDTH_IN, 1 - bottom / self._height_in),
                (right - left) / WIDTH_IN,
                (bottom - top) / self._height_in,
                facecolor="white",
                edgecolor="#d8dadd",
                linewidth=0.8,
                zorder=-1,
                transform=self._figure.transFigure,
            )
        )
        self._text(left + 0.08, top + 0.2, panel.title, size=8.5, weight="bold")
        sides = (left / WIDTH_IN, (right - left) / WIDTH_IN)
        tall = (bottom - top - TITLE_IN) / self._height_in
        return self._figure.add_axes((sides[0], 1 - bottom / self._height_in, sides[1], tall))

    def _text(self, left_in: float, top_in: float, words: str, **looks: Any) -> None:
        looks = {"color": INK, "family": "DejaVu Sans", **looks}
        self._figure.text(left_in / WIDTH_IN, 1 - top_in / self._height_in, words, **looks)
