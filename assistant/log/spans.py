"""Sends each turn as OpenTelemetry spans to a collector, where one is configured; words stay here.

A span of the turn with what was decided, below it one of each stage and of each tool. The exporter
works on a thread of its own and drops what it cannot send, so that no collector holds anything up.
Needs the packages of the extra `otel`, which load here and nowhere else.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from assistant import __version__
from assistant.addresses import permitted_collector
from assistant.errors import ConfigError
from assistant.log.rows import Body

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

_TIMEOUT_S = 5
_QUEUE = 512
_FROM_ROW = ("name", "source", "score", "way", "interrupted", "latency_ms", "takes", "session")


class Spans:
    """`Spans(exporter)(row)` sends the row of a turn; `close` sends what waits, for a second at the
    most."""

    def __init__(self, exporter: SpanExporter) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        names = {"service.name": "assistant", "service.version": __version__}
        self._provider = TracerProvider(resource=Resource(names), shutdown_on_exit=False)
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, max_queue_size=_QUEUE, schedule_delay_millis=500)
        )
        self._tracer: Tracer = self._provider.get_tracer("assistant", __version__)

    def __call__(self, row: Body) -> None:
        """The spans of one turn. They end when the turn did; a stage begins where the one before it
        ended, counted from the end of the user's speech."""
        from opentelemetry import trace

        end_ns = int(datetime.fromisoformat(row["at"]).timestamp() * 1e9)
        stages: dict[str, float] = row.get("stages", {})
        calls: list[Body] = row.get("calls", [])
        took_ms = max(sum(stages.values()), *(call.get("ms") or 0.0 for call in calls), 0.0)
        start_ns = end_ns - int(took_ms * 1e6)
        turn = self._tracer.start_span(f"turn {row.get('name', '')}", start_time=start_ns)
        for key in _FROM_ROW:
            if row.get(key) not in (None, ""):
                turn.set_attribute(f"assistant.{key}", row[key])
        inside = trace.set_span_in_context(turn)
        at_ns = start_ns
        for name, ms in stages.items():
            span = self._tracer.start_span(f"stage {name}", context=inside, start_time=at_ns)
            at_ns += int(ms * 1e6)
            span.end(at_ns)
        for call in calls:
            span = self._tracer.start_span(
                f"tool {call.get('name', '')}", context=inside, start_time=start_ns
            )
            _finish(span, call, start_ns)
        turn.end(end_ns)

    def close(self) -> None:
        """Send what waits, or drop it."""
        self._provider.force_flush(1000)
        self._provider.shutdown()


def _finish(span: Span, call: Body, start_ns: int) -> None:
    from opentelemetry.trace import Status, StatusCode

    outcome = str(call.get("outcome", ""))
    span.set_attribute("assistant.outcome", outcome)
    if outcome in ("failed", "too slow"):
        span.set_status(Status(StatusCode.ERROR))
    span.end(start_ns + int((call.get("ms") or 0.0) * 1e6))


def open_spans(endpoint: str, *, allow_remote: bool) -> Spans:
    """Sends to the collector at `endpoint`. `ConfigError` when it is another machine and that is
    not allowed, or the packages are not installed."""
    address = permitted_collector(endpoint, allow_remote=allow_remote)
    try:
        import requests
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise ConfigError(
            f"log.otlp_endpoint is set, but {error.name} is not installed",
            "pip install 'assistant[otel]', or leave log.otlp_endpoint empty",
        ) from error
    session = requests.Session()
    session.trust_env = False  # no proxy of the environment sees it
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # the screen is no place for it
    url = f"{address.url}/traces" if address.url.endswith("/v1") else address.url
    return Spans(OTLPSpanExporter(endpoint=url, session=session, timeout=_TIMEOUT_S))
