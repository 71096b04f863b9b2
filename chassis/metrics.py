"""What is counted in every process, for Prometheus at /metrics.

gunicorn's workers are one process to Prometheus: each counts in files of its own in a folder that
they share, whoever is asked adds them up, and what a dead one counted stays counted.
"""

import os
import shutil
import tempfile
from http import HTTPMethod, HTTPStatus
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
METHODS, STATUSES = frozenset(HTTPMethod), frozenset(HTTPStatus)
OTHER = "other"
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


def answered(route: str, method: str, status: int, seconds: float) -> None:
    """Each label is of a closed list: nobody makes up a series by what they send. `route`: as it
    is declared."""
    known = method if method in METHODS else OTHER
    code = str(status) if status in STATUSES else OTHER
    HTTP.labels(route, known, code).observe(seconds)


def exposed() -> bytes:
    """Of this process, or of all those that count together."""
    if TOGETHER not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)


def shared_folder(bind: str) -> str:
    """Of what will listen at that address, emptied for its start; nobody else's."""
    ours = Path(tempfile.gettempdir()) / f"ocop-{os.getuid()}"
    ours.mkdir(mode=0o700, exist_ok=True)
    if ours.stat().st_uid != os.getuid() or ours.stat().st_mode & 0o077:
        raise PermissionError(f"{ours} is not this user's alone")
    folder = ours / f"numbers-{bind.replace(':', '-')}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return str(folder)
