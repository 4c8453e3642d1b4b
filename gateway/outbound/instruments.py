"""The Prometheus instruments of what goes out; no label names a receiver."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gateway.outbound.judging import End

SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)


class SendingInstruments:
    """What the engine counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._tries = Counter(
            "msa_sendings_total",
            "Tries to tell receivers of alarms, by what follows from them",
            ["outcome"],
            registry=registry,
        )
        self._taken = Histogram(
            "msa_sending_seconds",
            "Read from the stream to taken by the receiver",
            buckets=SECONDS,
            registry=registry,
        )
        self._waiting = Gauge("msa_sendings_waiting", "Events on their way to receivers", registry=registry)
        self._oldest = Gauge(
            "msa_sending_oldest_seconds", "How long the oldest of them has waited", registry=registry
        )

    def sent(self, outcome: End, seconds: float) -> None:
        """Count one try by what follows from it, so long after the event was read from the stream."""
        self._tries.labels(outcome).inc()
        if outcome is End.DELIVERED:
            self._taken.observe(seconds)

    def waiting(self, number: int, oldest_s: float) -> None:
        """Say how much waits, and how long the oldest has."""
        self._waiting.set(number)
        self._oldest.set(oldest_s)
