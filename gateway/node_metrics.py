"""The Prometheus instruments of what a node is made of: its tasks, its database, its disks, its certificates.

And of what waits: open alarms, events and bytes that consoles have not been sent.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import product
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, GCCollector, Histogram, ProcessCollector

from schemas.alarm import AlarmState
from schemas.press import Purpose

WAITS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
"""A connection is waited for at most one second."""

OPEN_STATES: Final = (AlarmState.RAISED, AlarmState.ACKNOWLEDGED)
STANDBYS_NAMED: Final = 16
"""Standbys that get a label; there are one or two, and a name is whatever its server says."""


class NodeMetrics:
    """Every instrument of the kind, and those of the process (memory, descriptors, CPU, garbage)."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self.alarms_open = self._gauge(
            "alarms_open",
            "Alarms that are not closed, at the centre that owns them",
            "centre",
            "state",
            "purpose",
        )
        self.oldest_unacknowledged = self._gauge(
            "alarm_oldest_unacknowledged_seconds",
            "Age of the oldest real alarm that nobody has taken; 0: there is none",
            "centre",
        )
        self.oldest_unsent = self._gauge(
            "fanout_oldest_unsent_seconds",
            "How long this node has known of the oldest event that its consoles have not been sent",
        )
        self.resyncs = self._counter(
            "console_resync_total", "Snapshots sent to consoles instead of what they lack, by why", "reason"
        )
        self.send_queue = self._gauge(
            "console_send_queue_bytes", "What the console that is furthest behind has not taken yet"
        )
        self.moved = self._counter(
            "consoles_moved_total", "Consoles sent elsewhere: the database answers another node, not this one"
        )
        self.task_failures = self._counter(
            "task_failures_total", "Failures that a background task caught and outlived", "task"
        )
        self.db_up = self._gauge("db_up", "1 while the database answers this node")
        self.pool_wait = Histogram(
            "msa_db_pool_wait_seconds",
            "How long a connection of the pool was waited for",
            ("pool",),
            buckets=WAITS,
            registry=registry,
        )
        self.replication_lag = self._gauge(
            "db_replication_lag_seconds", "How far a standby is behind what was committed", "standby"
        )
        self.sync_standbys = self._gauge(
            "db_sync_standbys", "Standbys that a commit waits for; NaN: this account may not see them"
        )
        self.disk_free = self._gauge("disk_free_ratio", "Free share of the disk", "where")
        self.certificates = self._gauge(
            "tls_cert_not_after_timestamp_seconds", "When the first certificate of the kind ends", "which"
        )
        self.build = self._gauge("build_info", "1; what runs, and the schema it needs", "version", "schema")

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"msa_{name}", words, labels, registry=self._registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"msa_{name}", words, labels, registry=self._registry)

    def read_from(
        self,
        *,
        database_up: Callable[[], bool],
        unsent_s: Callable[[], float],
        unsent_bytes: Callable[[], int],
    ) -> None:
        """Have these asked whenever Prometheus reads."""
        self.db_up.set_function(database_up)
        self.oldest_unsent.set_function(unsent_s)
        self.send_queue.set_function(unsent_bytes)

    def built(self, version: str, schema: str) -> None:
        """Say what runs."""
        self.build.labels(version, schema).set(1)

    # --- gateway.failing, gateway.store.connect ------------------------------------------------

    def tasks_failed(self, task: str, failures: int) -> None:
        """Count failures of a task; 0 makes the task known."""
        self.task_failures.labels(task).inc(failures)

    def waited(self, pool: str, seconds: float) -> None:
        """Observe how long a connection was waited for."""
        self.pool_wait.labels(pool).observe(seconds)

    # --- gateway.store.node_watch --------------------------------------------------------------

    def alarms(
        self,
        centres: Collection[str],
        number: Mapping[tuple[str, str, str], int],
        oldest: Mapping[str, datetime],
        now: Callable[[], datetime],
    ) -> None:
        """Say how many alarms are open, by centre, state and purpose, and since when the oldest waits.

        Each centre is said, 0 where there is none; ages go on growing while the database is away.
        """
        for centre, state, purpose in product(centres, OPEN_STATES, Purpose):
            self.alarms_open.labels(centre, state, purpose).set(number.get((centre, state, purpose), 0))
        for centre in centres:
            self.oldest_unacknowledged.labels(centre).set_function(partial(_age_s, oldest.get(centre), now))

    def standbys(self, lag_s: Sequence[tuple[str, float]], waited_for: float) -> None:
        """Say how far each standby is behind, and how many a commit waits for."""
        self.replication_lag.clear()
        for name, seconds in lag_s[:STANDBYS_NAMED]:
            self.replication_lag.labels(name).set(seconds)
        self.sync_standbys.set(waited_for)


def _age_s(since: datetime | None, now: Callable[[], datetime]) -> float:
    return 0.0 if since is None else max(0.0, (now() - since).total_seconds())
