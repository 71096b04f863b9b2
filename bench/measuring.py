"""How things are timed and told."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)


@dataclass
class Figure:
    """`value` in `unit`; `aim`: what it was meant to be, as words of comparison."""

    name: str
    value: float
    unit: str
    aim: str = ""

    def told(self) -> str:
        number = f"{self.value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
        return f"{self.name:58} {number:>12} {self.unit:8} {self.aim}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def alternated(rounds: int, **calls: Callable[[], Any]) -> dict[str, list[float]]:
    """Milliseconds of each call, one of each in turn, so that a slow moment is everybody's."""
    for call in calls.values():
        call()  # warm
    took: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            began = time.perf_counter()
            call()
            took[name].append((time.perf_counter() - began) * 1000)
    return took


def p(values: Sequence[float], percent: int) -> float:
    """A percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
