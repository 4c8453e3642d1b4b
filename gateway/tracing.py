"""One trace a press, from the phone to the screen, by the OpenTelemetry API alone (W3C Trace Context).

Without an SDK no span is made, and the ids are the companion's or our own: they stand with the alarm, in
the log lines and beside the figures all the same. Attributes come from bounded sets and no exception's words
are kept: nothing that leaves here is about anybody.
"""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT: Final = b"traceparent"
EXPORT_ASKED_BY: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

_tracer: Final = trace.get_tracer("msa.gateway")
_w3c: Final = TraceContextTextMapPropagator()


@contextmanager
def begun(name: str, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[None]:
    """Trace the block as one request: the trace of its ``traceparent``, else a new one.

    Every log line of the block bears its ``trace_id``.
    """
    sent = next((value for key, value in headers if key == TRACEPARENT), b"").decode("latin-1")
    parent = _w3c.extract({"traceparent": sent}, Context()) if sent else Context()
    span = _tracer.start_span(name, parent, trace.SpanKind.SERVER)
    if not span.get_span_context().is_valid:
        span = trace.NonRecordingSpan(_context(secrets.randbits(128), secrets.randbits(64)))
    with (
        trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False),
        structlog.contextvars.bound_contextvars(**_hex(span.get_span_context(), ("trace_id",))),
    ):
        yield


@contextmanager
def step(name: str) -> Iterator[None]:
    """Trace the block as a part of what is traced now, if spans are made."""
    if not trace.get_current_span().is_recording():
        yield
        return
    with _tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
        yield


def ids() -> dict[str, str]:
    """Return ``trace_id`` and ``span_id`` of what is traced now, in hex; empty where nothing is."""
    now = trace.get_current_span().get_span_context()
    return _hex(now, ("trace_id", "span_id")) if now.is_valid else {}


def told(
    name: str,
    within: Mapping[str, str | None],
    began: datetime,
    ended: datetime,
    attributes: Mapping[str, str],
) -> None:
    """Add a part that is over to the trace whose ids were kept (``ids``), if any, and if spans are made."""
    trace_id, span_id = within.get("trace_id"), within.get("span_id")
    if not trace_id or not span_id or isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return
    parent = trace.NonRecordingSpan(_context(int(trace_id, 16), int(span_id, 16)))
    span = _tracer.start_span(
        name, trace.set_span_in_context(parent), start_time=_ns(began), attributes=attributes
    )
    span.end(_ns(max(began, ended)))


def exemplar(trace_id: str | None) -> dict[str, str] | None:
    """Return what stands beside a figure so that its trace is found; never more than the trace's id."""
    return {"trace_id": trace_id} if trace_id else None


def export(node: str) -> None:
    """Send spans to the collector that the standard ``OTEL_*`` variables name; without one do nothing."""
    if not any(map(os.environ.get, EXPORT_ASKED_BY)) or os.environ.get("OTEL_SDK_DISABLED") == "true":
        return
    try:
        from gateway.tracing_sdk import exporting  # noqa: PLC0415 (the extra otel, seldom installed)
    except ImportError:
        structlog.get_logger().error("traces_not_exported", missing="the extra otel")
        return
    trace.set_tracer_provider(exporting(node))


def _context(trace_id: int, span_id: int) -> trace.SpanContext:
    flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
    return trace.SpanContext(trace_id or 1, span_id or 1, is_remote=True, trace_flags=flags)


def _hex(context: trace.SpanContext, names: Iterable[str]) -> dict[str, str]:
    both = {
        "trace_id": trace.format_trace_id(context.trace_id),
        "span_id": trace.format_span_id(context.span_id),
    }
    return {name: both[name] for name in names}


def _ns(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000) * 1000
