"""A request that may come again is done once: its key is written into the inbox with its effect."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Once:
    """`done`: by this very request, whose other use cases go on."""

    key: str
    done: bool = False

    @property
    def row(self) -> str:
        """Its id in the inbox, beside those of events."""
        return f"request/{self.key}"


_once: ContextVar[Once | None] = ContextVar("once", default=None)
current = _once.get
enter = _once.set
leave = _once.reset
