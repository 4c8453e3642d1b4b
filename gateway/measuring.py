"""What a node measures of itself: first deliveries against the budget, and how late its loop is."""

import asyncio

import structlog

from gateway import tracing
from gateway.settings import Settings
from gateway.store.deliveries import FirstSeen
from gateway.telemetry import Metrics
from gateway.timing import LOOP_TICK_S


def judge_delivery(settings: Settings, metrics: Metrics, seen: FirstSeen) -> None:
    """Judge an alarm's first delivery by the budget."""
    took_s = (seen.delivered_at - seen.received_at).total_seconds()
    trace_id = seen.trace.get("trace_id")
    metrics.delivery.labels(seen.purpose).observe(max(0.0, took_s), tracing.exemplar(trace_id))
    attributes = {"centre": seen.centre, "purpose": seen.purpose}
    tracing.told("delivered", seen.trace, seen.received_at, seen.delivered_at, attributes)
    if took_s * 1000 > settings.latency_budget_ms:
        metrics.budget_breaches.labels(seen.purpose).inc()
        structlog.get_logger().warning(
            "latency_budget_breached",
            alarm_id=str(seen.alarm_id),
            trace_id=trace_id,
            centre=seen.centre,
            purpose=seen.purpose,
            took_ms=round(took_s * 1000),
            budget_ms=settings.latency_budget_ms,
        )


async def measure_lag(metrics: Metrics) -> None:
    """Measure how late a timer of ``LOOP_TICK_S`` fires, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LOOP_TICK_S
        await asyncio.sleep(LOOP_TICK_S)
        metrics.loop_lag.observe(max(0.0, loop.time() - due))
