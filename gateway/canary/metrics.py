"""What Prometheus is told of the canaries, on a registry and a port of their own."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gateway.canary.probe import Probed, Stage
from gateway.telemetry import SECONDS

COMMIT: Final = "commit"
CONSOLE_HERE: Final = "console_here"
CONSOLE_ELSEWHERE: Final = "console_elsewhere"
ANSWERED: Final = "answered"


class CanaryMetrics:
    """Every instrument of the canary. A way that never succeeded has no last success: ask ``absent()``."""

    def __init__(self, ways: Iterable[tuple[str, str]]) -> None:
        self.registry = CollectorRegistry()
        self.last_success = Gauge(
            "msa_canary_last_success_timestamp_seconds",
            "When a canary last went all the way",
            ("node", "centre"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "msa_canary_seconds",
            "From the press to each point of the way",
            ("leg",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.failures = Counter(
            "msa_canary_failures_total",
            "Canaries that did not go all the way, by where they ended",
            ("node", "centre", "stage"),
            registry=self.registry,
        )
        for node, centre in ways:
            for stage in Stage:
                self.failures.labels(node, centre, stage)

    def count(self, probed: Probed) -> None:
        """Count one canary."""
        if probed.failed is not None:
            self.failures.labels(probed.node, probed.centre, probed.failed).inc()
        else:
            self.last_success.labels(probed.node, probed.centre).set(probed.at.timestamp())
        if probed.commit_s is not None:
            self.seconds.labels(COMMIT).observe(probed.commit_s)
        for node, seconds in probed.console_s.items():
            leg = CONSOLE_HERE if node == probed.node else CONSOLE_ELSEWHERE
            self.seconds.labels(leg).observe(seconds)
        if probed.answered_s is not None:
            self.seconds.labels(ANSWERED).observe(probed.answered_s)
