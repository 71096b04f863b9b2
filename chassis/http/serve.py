"""Become gunicorn: exec keeps the pid, and this interpreter's imports are not carried along."""

import os
import sys
from typing import NoReturn

from chassis import metrics
from chassis.settings import DRAIN_S, KEPT_S, Settings


def serve(service: str, settings: Settings, worker_class: str = "gthread") -> NoReturn:
    arguments = [
        f"{service}.entrypoints.http:create_app()",
        "--name", service,
        "--config", "python:chassis.http.hooks",
        "--bind", settings.bind,
        "--worker-class", worker_class,
        "--workers", str(settings.workers),
        "--threads", str(settings.threads),  # gevent's worker has none and passes over it
        "--keep-alive", str(KEPT_S),
        "--graceful-timeout", str(DRAIN_S),
        "--limit-request-line", "8190",
        "--forwarded-allow-ips", "",  # no neighbour tells this process its address or scheme
        "--worker-tmp-dir", "/dev/shm",
        "--no-control-socket",
        "--log-level", "warning",
    ]  # fmt: skip
    os.environ[metrics.TOGETHER] = metrics.shared_folder(settings.bind)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments])
