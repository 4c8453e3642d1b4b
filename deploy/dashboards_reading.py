"""Read a dashboard's JSON back, as Grafana would: its panels, and queries with their variables filled in."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
SELECTOR: Final = re.compile(r"\b((?:msa|process|python)_\w+|up)\b(\{[^}]*\})?")
LABEL: Final = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
GROUPING: Final = re.compile(r"\bby \(([^)]*)\)")
SUFFIX: Final = re.compile(r"_(bucket|count|sum|total)$")


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel."""

    expr: str
    legend: str
    exemplars: bool


@dataclass(frozen=True, slots=True)
class ReadPanel:
    """One panel as it stands in the JSON; ``place`` is x, y, width and height on Grafana's grid of 24."""

    title: str
    kind: str
    place: tuple[int, int, int, int]
    targets: tuple[Target, ...]
    defaults: Mapping[str, Any]

    @property
    def unit(self) -> str:
        """The unit of its values."""
        return str(self.defaults.get("unit", "short"))

    @property
    def limits(self) -> list[tuple[float | None, str]]:
        """From which value on which colour, the lowest first (``None``)."""
        return [(step["value"], step["color"]) for step in self.defaults["thresholds"]["steps"]]


def document(file: Path) -> dict[str, Any]:
    """Return a dashboard's JSON."""
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def panels(board: Mapping[str, Any]) -> Iterator[ReadPanel]:
    """Yield a dashboard's panels and rows, from top to bottom."""
    for one in board["panels"]:
        grid = one["gridPos"]
        yield ReadPanel(
            title=one["title"],
            kind=one["type"],
            place=(grid["x"], grid["y"], grid["w"], grid["h"]),
            targets=tuple(
                Target(target["expr"], target.get("legendFormat", ""), target.get("exemplar", False))
                for target in one.get("targets", ())
            ),
            defaults=one.get("fieldConfig", {}).get("defaults", {}),
        )


def choices(board: Mapping[str, Any]) -> dict[str, str]:
    """Return what each variable stands for when a dashboard is opened: those chosen, or all."""
    found = {}
    for one in board["templating"]["list"]:
        chosen = one.get("current", {}).get("value", "")
        every = chosen == "$__all" or not chosen
        found[one["name"]] = ".*" if every else "|".join([chosen] if isinstance(chosen, str) else chosen)
    return found


def filled(expr: str, chosen: Mapping[str, str], rate_s: float, range_s: float) -> str:
    """Return a query without variables. Raises ``KeyError`` for one that the dashboard does not have."""
    known = {
        **chosen,
        "__rate_interval": f"{round(rate_s * 1000)}ms",
        "__range": f"{round(range_s * 1000)}ms",
    }
    return VARIABLE.sub(lambda found: known[found[1] or found[2]], expr)


def bare(name: str) -> str:
    """Return the name of a metric's family, without what the kinds of its samples add."""
    return SUFFIX.sub("", name)


def metrics(expr: str) -> Sequence[str]:
    """Return the names of the metrics that a query asks for, as ``/metrics`` describes them."""
    return [bare(found[1]) for found in SELECTOR.finditer(expr)]


def matchers(expr: str) -> Iterator[tuple[str, str, str]]:
    """Yield metric, label and value of each matcher of a query."""
    for found in SELECTOR.finditer(expr):
        for label, _, value in LABEL.findall(found[2] or ""):
            yield bare(found[1]), label, value


def grouped(expr: str) -> set[str]:
    """Return the labels that a query keeps apart."""
    return {label.strip() for found in GROUPING.finditer(expr) for label in found[1].split(",")}
