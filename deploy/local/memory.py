"""Memory of a part: proportional, so that pages which several processes share count once."""

import psutil


def megabytes(process: psutil.Process | None) -> float | None:
    """Of a process and all that it started; None where this user may not look."""
    if process is None:
        return None
    total = 0
    for member in (process, *process.children(recursive=True)):
        try:
            total += member.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue  # ended while we counted
        except psutil.AccessDenied:
            return None
    return total / 1_000_000
