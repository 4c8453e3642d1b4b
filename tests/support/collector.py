"""A collector of traces: takes OTLP over HTTP, and remembers the spans."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass
class Collector:
    """``resources`` are the attributes of what sent the spans."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    resources: dict[str, str] = field(default_factory=dict)

    def take(self, body: bytes) -> None:
        """Remember what is in one request."""
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.resources |= {one.key: one.value.string_value for one in sent.resource.attributes}
            for scope in sent.scope_spans:
                self.spans += scope.spans

    def of(self, trace_id: str) -> dict[str, Span]:
        """Return the spans of one trace by their names."""
        return {span.name: span for span in self.spans if span.trace_id.hex() == trace_id}


@contextmanager
def a_collector() -> Iterator[Collector]:
    """Serve one on a port of its own."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
