"""What the gateway says of itself at ``/metrics``."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from loadtests.asking import ask

Sample = tuple[str, tuple[tuple[str, str], ...]]
PATH: Final = "/metrics"


@dataclass(frozen=True, slots=True)
class Metrics:
    """One reading."""

    samples: Mapping[Sample, float]

    def total(self, name: str) -> float:
        """Return the sum over all labels."""
        return sum(value for (found, _), value in self.samples.items() if found == name)

    def buckets(self, name: str) -> dict[float, float]:
        """Return the cumulated counts of a histogram by their upper bounds, over all other labels."""
        counts: dict[float, float] = {}
        for (found, labels), value in self.samples.items():
            if found == f"{name}_bucket":
                bound = float(dict(labels)["le"])
                counts[bound] = counts.get(bound, 0.0) + value
        return counts


async def metrics_of(url: str) -> Metrics:
    """Read them. Raises ``OSError``."""
    answer = await ask(url, PATH)
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }
    return Metrics(samples)


def quantile_between(before: Metrics, after: Metrics, name: str, share: float) -> float | None:
    """Return the upper bound of the bucket that holds this share of what was counted in between.

    None when nothing was; infinity when it lies beyond the last bound.
    """
    old, new = before.buckets(name), after.buckets(name)
    counted = {bound: new[bound] - old.get(bound, 0.0) for bound in sorted(new)}
    most = counted.get(inf, 0.0)
    if not most:
        return None
    return next(bound for bound, count in counted.items() if count >= share * most)
