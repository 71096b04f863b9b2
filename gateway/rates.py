"""How often one may call. Each gateway process counts for itself."""

import math
import time

import limits
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from chassis.problems import TooMany


class Rates:
    def __init__(self, rate: str) -> None:
        self._rate = limits.parse(rate)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, who: str) -> None:
        if self._limiter.hit(self._rate, who):
            return
        reset = self._limiter.get_window_stats(self._rate, who).reset_time
        wait = max(1, math.ceil(reset - time.time()))
        raise TooMany(
            f"Đã gọi quá nhiều lần. Mời thử lại sau {wait} giây.",
            f"Called too often. Try again in {wait} seconds.",
            retry_after=wait,
        )
