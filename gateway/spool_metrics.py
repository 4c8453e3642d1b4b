"""The Prometheus instruments of the spool."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

KEPT: Final = ("kept", "again", "full", "failed")
REPLAYED: Final = ("committed", "put_off")


class SpoolMetrics:
    """What waits on this node's disk, and what became of it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.entries = Gauge("msa_spool_entries", "Presses kept on this node's disk", registry=registry)
        self.size = Gauge("msa_spool_bytes", "Bytes that they take", registry=registry)
        self.oldest = Gauge(
            "msa_spool_oldest_age_seconds", "Age of the oldest of them; 0: there is none", registry=registry
        )
        self.set_aside = Counter(
            "msa_spool_set_aside_total", "Files of the spool that are no press that opens", registry=registry
        )
        self.kept = Counter(
            "msa_spool_kept_total",
            "Presses to be kept, by what became of that",
            ("outcome",),
            registry=registry,
        )
        self.replayed = Counter(
            "msa_spool_replayed_total", "Kept presses tried at the database", ("outcome",), registry=registry
        )
        for outcome in KEPT:
            self.kept.labels(outcome)
        for outcome in REPLAYED:
            self.replayed.labels(outcome)

    def read_from(
        self, entries: Callable[[], float], size: Callable[[], float], oldest_s: Callable[[], float]
    ) -> None:
        """Have what is known already read at each scrape."""
        self.entries.set_function(entries)
        self.size.set_function(size)
        self.oldest.set_function(oldest_s)
