"""What is counted in every process, for Prometheus at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

HTTP = Histogram(
    "ocop_http_seconds", "Answering a request", ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
RELAYED = Counter("ocop_relay_sent_total", "Outbox rows confirmed by the broker")
RELAY_REFUSED = Counter("ocop_relay_refused_total", "Outbox rows the broker refused, kept")
RELAY_FAILURES = Counter("ocop_relay_failures_total", "Times the relay began again")
OUTBOX_AGE = Gauge(
    "ocop_outbox_age_seconds", "Age of the oldest unsent row at the last look", ["to"]
)
HANDLED = Counter("ocop_events_total", "Messages concluded", ["queue", "outcome"])
