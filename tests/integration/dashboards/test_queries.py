"""Every query of every dashboard, put to a real Prometheus that scrapes a real gateway and its canary."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from prometheus_client import start_http_server

from deploy.a_prometheus import Prometheus, a_prometheus
from deploy.dashboards import DIRECTORY
from deploy.dashboards_reading import bare, choices, document, filled, metrics, panels
from tests.support.gateway import running
from tests.support.observed import LADDER, Observed, observed
from tests.support.tools import path_of
from tests.support.wait import comes_true, until

SCRAPED_S: Final = 0.25
RATE_S: Final = 30.0
RANGE_S: Final = 60.0
PATIENCE_S: Final = 10.0

NEEDS_MORE: Final = frozenset(
    {
        "devices: Last heartbeat to the report of silence (p95)",
        "press-to-eye: Received to written to consoles, of kept presses",
        "node: First certificate ends in",
    }
)
"""Panels whose query gives no number here: somebody silent for a minute, no database, a certificate."""

NEVER_HERE: Final = frozenset(
    {
        "msa_companions",
        "msa_console_closed",
        "msa_console_slow",
        "msa_db_replication_lag_seconds",
        "msa_deadline_put_off",
        "msa_deadlines_open",
        "msa_gear_messages",
        "msa_latency_budget_breaches",
        "msa_link_loss_report_seconds",
        "msa_look_anomalies",
        "msa_looks",
        "msa_nats_messages",
        "msa_protection",
        "msa_protection_tellings",
        "msa_provisional_shown",
        "msa_provisionals_open",
        "msa_report_mails",
        "msa_report_unsent_seconds",
        "msa_stream_gap_filled",
        "msa_tls_cert_not_after_timestamp_seconds",
        "msa_watches_moved",
        "msa_webhook_calls",
        "msa_writer_reconnects",
    }
)
"""Metrics without a sample in this test; their panels show a zero of the query's own."""

ROUNDS: Final = (
    'sum(msa_alarm_delivery_seconds_count{purpose="real"})',
    'sum(msa_press_total{outcome="refused"})',
    "sum(msa_events_done_total)",
    "sum(msa_deadline_late_seconds_count)",
    "sum(msa_sending_seconds_count)",
    "sum(msa_position_shown_age_seconds_count)",
    'sum(msa_heartbeats_total{outcome="written"})',
    'sum(msa_canary_seconds_count{leg="answered"})',
)
"""What each round adds one to, last of all that it does there."""


def asked() -> Iterator[tuple[str, str]]:
    """Yield every query with its panel, as it stands when the dashboard is opened."""
    for file in sorted(DIRECTORY.glob("*.json")):
        board = document(file)
        for panel in panels(board):
            for target in panel.targets:
                query = filled(target.expr, choices(board), RATE_S, RANGE_S)
                yield f"{file.stem}: {panel.title}", query


@asynccontextmanager
async def looked_at(database: str, directory: Path) -> AsyncIterator[tuple[Prometheus, Observed]]:
    """Run a gateway, what happens at it, and a Prometheus that scrapes it and its canary."""
    program = path_of("prometheus")
    responses = directory / "responses.toml"
    responses.write_text(LADDER, encoding="utf-8")
    settings = {"responses": responses, "receiver_loopback": True}
    async with running(database, directory, **settings) as node, observed(node) as stage:
        server, thread = start_http_server(0, "127.0.0.1", stage.canary.registry)
        targets = {
            "msa-gateway": [urlsplit(node.url).netloc],
            "msa-canary": [f"127.0.0.1:{server.server_port}"],
        }
        try:
            async with a_prometheus(program, directory, targets, every_s=SCRAPED_S) as prometheus:
                yield prometheus, stage
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


async def numbers(prometheus: Prometheus, query: str) -> list[float]:
    """Return the numbers that a query gives."""
    series = await prometheus.now(query)
    return [value for one in series for _, value in one.points if math.isfinite(value)]


async def scraped(prometheus: Prometheus, rounds: int) -> None:
    """Wait until Prometheus has seen so many rounds."""
    for query in ROUNDS:

        async def there(query: str = query) -> bool:
            return any(value >= rounds for value in await numbers(prometheus, query))

        await until(f"{query} is {rounds}", there)


async def without_numbers(prometheus: Prometheus) -> list[tuple[str, str]]:
    """Return the queries that give no number, after each was given time to."""
    waiting = [one for one in asked() if one[0] not in NEEDS_MORE]

    async def answered() -> bool:
        waiting[:] = [one for one in waiting if not await numbers(prometheus, one[1])]
        return not waiting

    await comes_true(answered, PATIENCE_S)
    return waiting


def with_exemplars() -> Iterator[tuple[str, str]]:
    """Yield the histograms, with their panels, beside whose lines the traces of presses are drawn."""
    for file in sorted(DIRECTORY.glob("*.json")):
        for panel in panels(document(file)):
            for target in panel.targets:
                for name in metrics(target.expr) if target.exemplars else ():
                    yield f"{file.stem}: {panel.title}", f"{name}_bucket"


async def test_every_query_gives_numbers_and_asks_for_metrics_that_there_are(
    database: str, tmp_path: Path
) -> None:
    async with looked_at(database, tmp_path) as (prometheus, stage):
        for rounds in (1, 2):
            await stage.round()
            await scraped(prometheus, rounds)
        there = {bare(name) for name in await prometheus.families()} | {"up"}
        unknown = {(where, name) for where, query in asked() for name in metrics(query) if name not in there}
        assert unknown == set(), "neither the gateway nor the canary has these metrics"
        assert sorted(where for where, _ in await without_numbers(prometheus)) == []
        for where, histogram in with_exemplars():
            found = await prometheus.exemplars(histogram)
            assert found, where
            assert all(set(labels) == {"trace_id"} for labels in found), where
        wanted = {name for _, query in asked() for name in metrics(query)}
        never = {
            name
            for name in wanted
            if not await prometheus.now(f'count({{__name__=~"{name}(_total|_count)?"}})')
        }
    assert sorted(never - NEVER_HERE) == [], "no sample of these: only the zero of their queries was tried"
