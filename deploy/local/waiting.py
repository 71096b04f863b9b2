"""Waiting for a condition, never for a time: the only place of deploy.local that sleeps."""

import time
from collections.abc import Callable

from deploy.local.failure import Failure


def until(
    condition: Callable[[], bool],
    *,
    seconds: float,
    what: str | Callable[[], str],
    every: float = 0.05,
) -> float:
    """Ask until it holds, and say how long that took. An error of the condition is not held back.

    What is awaited (a port, a health page, a process that ends) announces itself to nobody, so it
    is asked again at short intervals.
    """
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            awaited = what if isinstance(what, str) else what()
            raise Failure(
                f"Đã chờ {seconds:.0f} giây mà chưa được: {awaited}",
                f"Waited {seconds:.0f} s in vain: {awaited}",
            )
        time.sleep(every)
    return time.monotonic() - began
