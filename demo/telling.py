"""How the story is told: a line for each thing that was seen to hold, Vietnamese first."""

import time
from collections.abc import Callable
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

console = Console(highlight=False, soft_wrap=True)


class Pace:
    """`unhurried`: while processes are killed everything still comes, only later; then no figure of
    time is told."""

    patience_s = 30.0
    unhurried = False

    @classmethod
    def slow_down(cls) -> None:
        cls.patience_s, cls.unhurried = 180.0, True


class NotAsTold(Exception):
    """What was found is not what the story tells."""


def chapter(vi: str, en: str) -> None:
    console.print(f"\n[bold]{vi}[/bold] [dim]· {en}[/dim]")


def seen(vi: str, en: str) -> None:
    console.print(f"  [green]✓[/green] {vi} [dim]· {en}[/dim]")


def shown(text: str) -> None:
    """What a person would see: printed as it is."""
    for line in text.splitlines():
        console.print(f"    {line}", markup=False)


def printed(head: list[str], rows: list[list[str]]) -> None:
    table = Table(*head, box=box.SIMPLE, padding=(0, 1))
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    Console(width=max(console.width, 170)).print(table)


def holds(found: Any, expected: Any, vi: str, en: str) -> None:
    """Tell it when it is so; end the story when it is not."""
    if found != expected:
        raise NotAsTold(f"{vi} · {en}: {found!r}, không phải · not {expected!r}")
    seen(vi, en)


def waited(look: Callable[[], Any], vi: str, en: str) -> Any:
    """Look again until there is something, and give it; nothing is told."""
    began = time.monotonic()
    while not (found := look()):
        if time.monotonic() - began > Pace.patience_s:
            raise NotAsTold(f"{vi} · {en}: chưa có · not there")
        time.sleep(0.05)
    return found


def fast(took: float, within: float) -> None:
    if not Pace.unhurried:
        holds(took < within, True, f"trong {within:g} giây", f"within {within:g} seconds")


def awaited(look: Callable[[], Any], expected: Any, vi: str, en: str) -> float:
    """Look again until it is so, and tell how long that took."""
    began = time.monotonic()
    while (found := look()) != expected:
        if time.monotonic() - began > Pace.patience_s:
            holds(found, expected, vi, en)
        time.sleep(0.05)
    took = time.monotonic() - began
    seen(f"{vi} (sau {took:.1f} giây)".replace(".", ","), f"{en} (after {took:.1f} s)")
    return took
