"""The alert rules, their tests and the runbook's pages, as they stand in the repository."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.generated_docs import metrics
from gateway.canary.metrics import CanaryMetrics

ROOT: Final = Path(__file__).parents[2]
OBSERVABILITY: Final = ROOT / "deploy" / "observability"
RUNBOOK: Final = ROOT / "docs" / "runbook"
METRIC: Final = re.compile(r"\bmsa_[a-z0-9_]+")
SUFFIX: Final = re.compile(r"_(bucket|count|sum)$")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One rule that can fire."""

    name: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]

    @property
    def selector(self) -> tuple[str, str, str]:
        """What tells it from the other rules of its name: name, severity and case."""
        return self.name, self.labels["severity"], self.labels.get("case", "")


def rules() -> Iterator[dict[str, Any]]:
    """Yield every rule, of alerts and of records."""
    for file in sorted((OBSERVABILITY / "rules").glob("*.yml")):
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
            yield from group["rules"]


def alerts() -> list[Alert]:
    """Return every rule that can fire."""
    return [
        Alert(name=one["alert"], expr=one["expr"], labels=one["labels"], annotations=one["annotations"])
        for one in rules()
        if "alert" in one
    ]


def known_metrics() -> set[str]:
    """Return the names of everything that a gateway or the canary tells of."""
    canary = {family.name for family in CanaryMetrics([("node", "BE-VOV")]).registry.collect()}
    # A counter's family is told without the `_total` that its samples have.
    return {*METRIC.findall(metrics()), *canary, *(f"{name}_total" for name in canary)}


def unknown_metrics(text: str) -> set[str]:
    """Return the metrics named in a text that nothing tells of."""
    known = known_metrics()
    return {name for name in METRIC.findall(text) if not {name, SUFFIX.sub("", name)} & known}
