"""One trace over HTTP and events: W3C trace context, by OpenTelemetry. No exporter by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_tracer = TracerProvider(shutdown_on_exit=False).get_tracer("ocop")


@contextmanager
def continued(name: str, traceparent: str | None) -> Iterator[None]:
    """Work as part of the caller's trace, or of a new one; its id stands in every log line."""
    parent = _propagator.extract({"traceparent": traceparent} if traceparent else {})
    with _tracer.start_as_current_span(name, context=parent) as span:
        trace_id = trace.format_trace_id(span.get_span_context().trace_id)
        with structlog.contextvars.bound_contextvars(trace_id=trace_id):
            yield


def traceparent() -> str | None:
    """For whom is called or told next; None outside of any trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")
