"""What gunicorn calls as its processes come and go."""

import os
import shutil
from typing import Any

from prometheus_client import multiprocess

from chassis.metrics import TOGETHER


def child_exit(_server: Any, worker: Any) -> None:
    """What a worker measured as it was ends with it; what it counted stays."""
    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server: Any) -> None:
    shutil.rmtree(os.environ[TOGETHER], ignore_errors=True)
