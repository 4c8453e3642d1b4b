"""The Prometheus instruments of the doors for other systems, on the node's one registry.

Labels only from bounded sets (door, outcome, kind of event), never an id or a name of an integrator.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge

from schemas.integrators import TokenError


class DoorMetrics:
    """Every instrument of the doors."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.tokens = self._counter(
            "integrator_tokens_total", "Requests for an access token, by what became of them", "outcome"
        )
        for outcome in ("granted", "throttled", *TokenError):
            self.tokens.labels(outcome)
        self.refused = self._counter(
            "integrator_refused_total", "Requests of other systems that were not let in", "problem"
        )
        self.gear = self._counter(
            "gear_messages_total",
            "Messages of alarm gear, by what was answered",
            "door",
            "answer",
        )
        self.gear_connections = Gauge(
            "msa_gear_connections", "Connections of alarm gear that are open (SIA DC-09)", registry=registry
        )

        self.events_in = self._counter(
            "events_in_total", "Events of other systems, by type and what became of them", "type", "fate"
        )
        self.events_done = self._counter(
            "events_done_total", "Events worked off, by type and outcome", "type", "outcome"
        )
        self.inbox_depth = self._gauge("inbox_events", "Events that wait in the inbox")
        self.inbox_age = self._gauge("inbox_oldest_seconds", "How long the oldest due event has waited")
        self.quarantined = self._gauge("events_quarantined", "Events in quarantine")
        self.perimeters = self._gauge("perimeters_watched", "Perimeters by which this node judges today")
        self.trackers = self._gauge("trackers_worn", "Trackers that are worn")
        self.tracker_fixes = self._counter("tracker_fixes_total", "Fixes of trackers that were judged")
        self.watches_moved = self._counter(
            "watches_moved_total", "Moves of a watch (a perimeter and a tracker), by where to", "state"
        )

    def _gauge(self, name: str, words: str) -> Gauge:
        return Gauge(f"msa_{name}", words, registry=self._registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"msa_{name}", words, labels, registry=self._registry)
