"""JSON logs and every Prometheus instrument of the gateway.

One process, one registry, one port. Labels only from bounded sets (centre, outcome, purpose, code,
leg), never an id. What counts presses or alarms says their purpose, so that tests, exercises and
canaries never stand among real figures. Nothing personal and no position in a log.
"""

import logging
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import product
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from dispatch.ports import Logged
from gateway import tracing
from gateway.domain.alarm import DeadlineKind
from gateway.node_metrics import NodeMetrics
from gateway.spool_metrics import SpoolMetrics
from schemas.press import Purpose

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60)
REPORTS: Final = (20, 45, 60, 75, 90, 120, 150, 180, 300, 600, 900, 1800, 3600, 18000)
"""With a bound at each class of EN 50136-1 that is met here: 20, 90 and 180 s, 300 min."""


PRESS_OUTCOMES: Final = (
    *product(("committed", "seen_before", "provisional"), Purpose),
    ("refused", "unknown"),
    ("failed", "unknown"),
)
"""Each is there from the start, at 0: the first of its kind is an increase, and a share has a divisor."""

NO_ALARM: Final = "none"
"""The purpose of an event that is about no alarm."""


def configure_logging(level: str) -> None:
    """Send structlog and the standard library to standard error, one JSON object a line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    # Its pool prints a traceback each time the database is away, which we log once ourselves.
    logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)


class Metrics:
    """Every instrument, on one registry."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.of_node = NodeMetrics(self.registry)
        self.of_spool = SpoolMetrics(self.registry)
        self.presses = self._counter("press_total", "Presses, by what became of them", "outcome", "purpose")
        self.press_commit = self._histogram("press_commit_seconds", "Received to committed", "purpose")
        self.batch = Histogram(
            "msa_press_batch_size",
            "Presses committed by one statement",
            buckets=(1, 2, 4, 8, 16, 32, 64),
            registry=self.registry,
        )
        self.flags = self._counter("alarm_flagged_total", "What was odd about presses", "flag", "purpose")
        self.fanout = self._histogram(
            "alarm_fanout_seconds", "Committed to written to the last console", "purpose"
        )
        self.delivery = self._histogram(
            "alarm_delivery_seconds", "Received to painted on a console", "purpose"
        )
        self.acknowledgement = self._histogram(
            "alarm_acknowledgement_seconds", "Raised to acknowledged", "centre", "purpose"
        )
        self.escalations = self._counter(
            "alarm_escalations_total", "Levels of the ladder told", "step", "reason"
        )
        self.deadline_late = self._histogram(
            "deadline_late_seconds", "How late what fell due was done", "kind"
        )
        self.deadline_put_off = self._counter(
            "deadline_put_off_total", "Deadlines that could not be carried out and are tried again", "kind"
        )
        self.deadlines = self._gauge("deadlines_open", "What has yet to fall due, or is late", "kind")
        self.centre_unattended = self._gauge(
            "centre_unattended", "1 while nobody attends the centre at any node", "centre"
        )
        self.webhook_calls = self._counter(
            "webhook_calls_total", "Tries to tell the outside that nobody answers", "outcome"
        )
        self.budget_breaches = self._counter(
            "latency_budget_breaches_total", "Alarms painted later than the budget", "purpose"
        )
        self.events = self._counter("stream_events_total", "Events fanned out", "centre", "kind", "purpose")
        self.gap_filled = self._counter(
            "stream_gap_filled_total", "Events read from the log, not straight from a commit here", "centre"
        )
        self.slow_consoles = self._counter("console_slow_total", "Consoles closed: too slow", "centre")
        self.consoles = self._gauge("consoles", "Consoles live on the stream", "centre")
        self.closed = self._counter("console_closed_total", "Websockets closed by the gateway", "code")
        self.batches = self._counter(
            "position_batches_total", "Batches of fixes, by what became of them", "outcome"
        )
        self.fixes = self._counter("fixes_total", "Fixes of tracks, by what became of them", "outcome")
        self.fix_store = self._histogram("fix_store_seconds", "One statement that stores fixes")
        self.position_age = self._histogram(
            "position_shown_age_seconds", "How old a position is when it is written to consoles"
        )
        self.held_back = self._counter(
            "positions_held_back_total", "Positions that a slow console was told later, or not"
        )
        self.provisional = self._counter(
            "provisional_shown_total", "Presses shown before they were stored, by whose spool has them", "by"
        )
        self.provisional_delivery = self._histogram(
            "provisional_delivery_seconds", "Received to written to consoles, of a press that is only kept"
        )
        self.provisional_open = self._gauge(
            "provisionals_open", "Presses that consoles are shown and the database does not have", "centre"
        )
        self.loop_lag = self._histogram("event_loop_lag_seconds", "How late a timer fires")
        self.writer_reconnects = self._counter(
            "writer_reconnects_total",
            "Times that a held connection was lost, once each until it is back",
            "centre",
        )
        self.doorbell_up = self._gauge("doorbell_up", "1 while LISTEN, or NATS, answers")
        self.nats_messages = self._counter(
            "nats_messages_total",
            "Messages between nodes over NATS",
            "subject",
            "outcome",
        )
        self.notify_queue = self._gauge(
            "db_notify_queue_usage_ratio", "Share of PostgreSQL's notification queue in use"
        )
        self.heartbeats = self._counter(
            "heartbeats_total",
            "Heartbeats taken, replayed, refused or put_off at the door; then written or overtaken",
            "outcome",
        )
        self.companions_known = self._gauge(
            "companions_known", "Companions that this node knows without the database"
        )
        self.companions = self._gauge("companions", "Companions of real registrations", "centre", "state")
        self.protection = self._gauge("protection", "Real registrations, by how protected", "centre", "state")
        self.link_loss_report = Histogram(
            "msa_link_loss_report_seconds",
            "From a companion's last heartbeat to the report of its silence, during an alarm or on watch",
            ("during",),
            buckets=REPORTS,
            registry=self.registry,
        )
        self.seal_age = self._gauge(
            "seal_age_seconds", "For how long the oldest record that is not sealed has waited"
        )
        self.unsealed_records = self._gauge("seal_unsealed", "Records of the log that are not sealed yet")
        self.links = self._counter("seal_links_total", "Records that this node sealed")
        self.looks = self._counter(
            "looks_total",
            "Looks at files, as the journal has them: the same at each node",
            "role",
            "why",
            "outcome",
        )
        self.look_anomalies = self._counter(
            "look_anomalies_total", "Somebody looked at unusually many files, or at one about nobody", "kind"
        )
        self.reports_mailed = self._counter(
            "report_mails_total", "Tries to send daily reports, by what became of them", "centre", "outcome"
        )
        self.report_unsent = self._gauge(
            "report_unsent_seconds", "How long the centre's oldest report has waited to be sent", "centre"
        )
        self.protection_told = self._counter(
            "protection_tellings_total", "Tries to tell of changes of protection", "channel", "outcome"
        )
        self.enrich_failures = self._counter("enrichment_failures_total", "Alarms shown without their file")
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """Have what is known of labels there before its first event: that is an increase then."""
        for kind in DeadlineKind:
            self.deadline_late.labels(kind)
        for outcome, purpose in PRESS_OUTCOMES:
            self.presses.labels(outcome, purpose)
        for purpose in Purpose:
            self.budget_breaches.labels(purpose)
        for during in ("alarm", "watch"):
            self.link_loss_report.labels(during)
        for by in ("here", "neighbour"):
            self.provisional.labels(by)
        for fate in ("taken", "replayed", "refused", "put_off", "written", "overtaken"):
            self.heartbeats.labels(fate)
        for fate in ("stored", "refused", "failed"):
            self.batches.labels(fate)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"msa_{name}", words, labels, registry=self.registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"msa_{name}", words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, *labels: str) -> Histogram:
        return Histogram(f"msa_{name}", words, labels, buckets=SECONDS, registry=self.registry)

    # --- dispatch.ports.HubMetrics -------------------------------------------------------------

    def fanned_out(self, event: Logged, consoles: int, at: datetime) -> None:
        """Count one event written to so many consoles."""
        purpose = event.purpose or NO_ALARM
        self.events.labels(event.centre, event.kind, purpose).inc()
        if consoles:
            trace_id = event.trace.get("trace_id")
            took_s = max(0.0, (at - event.at).total_seconds())
            self.fanout.labels(purpose).observe(took_s, tracing.exemplar(trace_id))
            tracing.told("fan_out", event.trace, event.at, at, {"centre": event.centre, "purpose": purpose})

    def slow_console(self, centre: str) -> None:
        """Count one console closed because it did not read fast enough."""
        self.slow_consoles.labels(centre).inc()

    def positions_shown(self, fixed_at: Iterable[datetime], now: datetime) -> None:
        """Observe how old positions are that are written to consoles."""
        for instant in fixed_at:
            self.position_age.observe(max(0.0, (now - instant).total_seconds()))

    def positions_held_back(self, count: int) -> None:
        """Count positions that a slow console was not sent."""
        self.held_back.inc(count)

    # --- dispatch.provisional.ProvisionalMetrics -----------------------------------------------

    def provisional_shown(self, by: str) -> None:
        """Count a press that consoles here are told of."""
        self.provisional.labels(by).inc()

    def provisional_delivered(self, took_s: float) -> None:
        """Observe how long after its receiving a press was written to consoles here."""
        self.provisional_delivery.observe(took_s)

    def provisionals_open(self, centre: str, number: int) -> None:
        """Say how many of a centre last."""
        self.provisional_open.labels(centre).set(number)

    def gap_filled_by(self, centre: str, events: int) -> None:
        """Count events that came from the log."""
        self.gap_filled.labels(centre).inc(events)

    def resynced(self, reason: str) -> None:
        """Count a snapshot that a console was sent, and why."""
        self.of_node.resyncs.labels(reason).inc()

    # --- gateway.look_watch.LookMetrics --------------------------------------------------------

    def looked(self, role: str, why: str, outcome: str, number: int) -> None:
        """Count looks."""
        self.looks.labels(role, why, outcome).inc(number)

    def look_anomaly(self, kind: str) -> None:
        """Count something odd about how somebody looks."""
        self.look_anomalies.labels(kind).inc()

    # --- gateway.timers.TimerMetrics -----------------------------------------------------------

    def carried_out(self, kind: str, late_s: float) -> None:
        """Count a deadline that was carried out so late."""
        self.deadline_late.labels(kind).observe(late_s)

    def put_off(self, kind: str) -> None:
        """Count a deadline that could not be carried out."""
        self.deadline_put_off.labels(kind).inc()

    def deadlines_open(self, kind: str, number: int) -> None:
        """Say how many deadlines are open."""
        self.deadlines.labels(kind).set(number)

    def unattended(self, centres: Mapping[str, bool]) -> None:
        """Say which centres are unattended."""
        for centre, is_unattended in centres.items():
            self.centre_unattended.labels(centre).set(is_unattended)

    # --- gateway.webhooks.WebhookMetrics -------------------------------------------------------

    def called(self, outcome: str) -> None:
        """Count one try to call the outside, by what became of it."""
        self.webhook_calls.labels(outcome).inc()

    # --- gateway.store.casework.sealed_log.SealMetrics -----------------------------------------

    def sealed(self, links: int) -> None:
        """Count records that were sealed."""
        self.links.inc(links)

    def unsealed(self, records: int, age_s: float) -> None:
        """Say how many records wait to be sealed, and for how long the oldest has."""
        self.unsealed_records.set(records)
        self.seal_age.set(age_s)

    # --- gateway.reporting ---------------------------------------------------------------------

    def report_mailed(self, centre: str, outcome: str) -> None:
        """Count one try to send a daily report."""
        self.reports_mailed.labels(centre, outcome).inc()

    def reports_unsent(self, waiting_s: Mapping[str, float]) -> None:
        """Say how long each centre's oldest report has waited; one that has none is not named."""
        self.report_unsent.clear()
        for centre, seconds in waiting_s.items():
            self.report_unsent.labels(centre).set(seconds)

    def told_of_protection(self, channel: str, outcome: str) -> None:
        """Count one try to tell of a change of protection."""
        self.protection_told.labels(channel, outcome).inc()
