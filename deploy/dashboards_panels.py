"""What a dashboard is made of, said without Grafana: rows that each ask one question, and their panels.

``deploy/dashboards_grafana.py`` turns it into Grafana's JSON. Queries are PromQL with Grafana's
variables ``$__rate_interval`` (at least four scrapes) and ``$__range`` (what the screen shows).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

GREEN: Final = "green"
ORANGE: Final = "orange"
RED: Final = "red"
BLUE: Final = "blue"

UP_DOWN: Final = {1: ("up", GREEN), 0: ("down", RED)}
"""The words of a gauge that is 1 while all is well."""

Limits = tuple[tuple[float, str], ...]
"""From this value on, this colour."""


class Shape(StrEnum):
    """How a panel draws; the value is Grafana's type of panel."""

    NUMBER = "stat"
    LINES = "timeseries"
    BARS = "bargauge"
    HEAT = "heatmap"
    TABLE = "table"


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One query of a panel. ``legend``: what each of its series is called, with ``{{label}}``."""

    expr: str
    legend: str = ""
    exemplars: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One panel. ``says``: what it shows and what is normal; ``runbook``: the page of the alert beside it.

    ``below``: the colour of what is smaller than the first limit; ``words``: what to say for a value.
    """

    title: str
    says: str
    queries: tuple[Query, ...]
    shape: Shape = Shape.LINES
    unit: str = "short"
    below: str = GREEN
    limits: Limits = ()
    words: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    runbook: str = ""
    width: int = 8
    height: int = 8
    most: float | None = None
    nothing: str = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """Panels that answer one question, which is the row's title."""

    question: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A variable at the top. ``values``: fixed ones with those chosen at first, or read from Prometheus."""

    name: str
    label: str
    read: str = ""
    values: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """One dashboard; ``name`` is its file, its address in Grafana and its tag."""

    name: str
    title: str
    says: str
    rows: tuple[Row, ...]
    choices: tuple[Choice, ...] = ()


def number(title: str, expr: str, says: str, *, legend: str = "", **more: object) -> Panel:
    """Return a number in large letters, a sixth of the screen wide."""
    return _panel(
        Shape.NUMBER, title, says, (Query(expr=expr, legend=legend),), {"width": 4, "height": 4, **more}
    )


def lines(title: str, queries: Mapping[str, str], says: str, **more: object) -> Panel:
    """Return lines over time, from legend to query, a third of the screen wide."""
    exemplars = bool(more.pop("exemplars", False))
    asked = tuple(Query(expr=expr, legend=legend, exemplars=exemplars) for legend, expr in queries.items())
    return _panel(Shape.LINES, title, says, asked, more)


def bars(title: str, expr: str, legend: str, says: str, **more: object) -> Panel:
    """Return a bar a series, with its newest value."""
    return _panel(Shape.BARS, title, says, (Query(expr=expr, legend=legend),), more)


def heat(title: str, metric: str, says: str, **more: object) -> Panel:
    """Return how a histogram's values are spread over time."""
    expr = f"sum by (le) (increase({metric}[$__rate_interval]))"
    return _panel(Shape.HEAT, title, says, (Query(expr=expr, legend="{{le}}", exemplars=True),), more)


def table(title: str, expr: str, says: str, **more: object) -> Panel:
    """Return a line a series: its labels and its newest value."""
    return _panel(Shape.TABLE, title, says, (Query(expr=expr),), more)


def quantile(share: float, metric: str, by: str = "") -> str:
    """Return the query of a histogram's quantile; ``metric`` with its suffix and what narrows it down."""
    kept = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({kept}) (rate({metric}[$__rate_interval])))"


def spread(metric: str, shares: tuple[float, ...] = (0.5, 0.99, 0.999)) -> dict[str, str]:
    """Return queries of some quantiles, by their names."""
    return {f"p{share * 100:g}": quantile(share, metric) for share in shares}


def counted(metric: str, by: str, over: str = "$__rate_interval", *, rare: bool = False) -> str:
    """Return how much a counter grew, by labels; one series of 0 while nothing was counted yet.

    ``rare``: its first one matters, see ``grown``.
    """
    growth = grown(metric, over) if rare else f"increase({metric}[{over}])"
    return or_zero(f"sum by ({by}) ({growth})", by)


def total(metric: str, over: str = "$__range", *, rare: bool = True) -> str:
    """Return how much a counter grew in all; 0 while nothing was counted yet."""
    growth = grown(metric, over) if rare else f"increase({metric}[{over}])"
    return f"round(sum({growth})) or vector(0)"


def grown(metric: str, over: str) -> str:
    """Return how much a counter grew, its first one counted too.

    Labels have no series until something happens; ``increase`` would not see the first. The price: all that
    it ever counted is shown when Prometheus itself was away for so long, which is seldom and small here.
    """
    return f"({metric} unless {metric} offset {over}) or increase({metric}[{over}])"


def or_zero(expr: str, by: str) -> str:
    """Return a query by labels with one series of 0, called ``none``, while it would give nothing at all."""
    return f'{expr} or on() label_replace(vector(0), "{by.partition(",")[0]}", "none", "", "")'


def _panel(
    shape: Shape, title: str, says: str, queries: tuple[Query, ...], more: Mapping[str, object]
) -> Panel:
    return Panel(title=title, says=says, queries=queries, shape=shape, **more)  # type: ignore[arg-type] # Panel's own fields
