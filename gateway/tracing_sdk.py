"""The OpenTelemetry SDK, which makes spans real; of the extra ``otel``, and imported only when asked for."""

import os
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

EXPORT_S: Final = 2.0
"""So long a batch is tried: a node that ends waits for its last, however dead the collector is."""


def exporting(node: str) -> TracerProvider:
    """Return what sends every span by OTLP over HTTP; where to, and how, is in the environment.

    All are sampled, whatever a companion's ``traceparent`` asks for: alarms are few. A collector that is
    away costs spans, never a press: they wait in a bounded queue of a thread of its own.
    """
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "msa-gateway"}
    provider = TracerProvider(
        resource=Resource.create({**named, SERVICE_INSTANCE_ID: node}),
        sampler=None if os.environ.get("OTEL_TRACES_SAMPLER") else ALWAYS_ON,
    )
    timed = any(map(os.environ.get, ("OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")))
    exporter = OTLPSpanExporter(timeout=None if timed else EXPORT_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
