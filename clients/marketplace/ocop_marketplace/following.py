"""A snapshot, then the stream, without a gap and without an overlap."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ocop_marketplace.api import Api
from ocop_marketplace.problems import Gap, Interrupted, Misdirected, Refused
from ocop_marketplace.store import Position, Store, Told
from ocop_marketplace.stream import FIRST, LAST, Stream, attached

QUIET_S = 1.0
PATIENCE_S = 10.0
"""How long to wait for an event that has to come, before a snapshot is asked instead."""
LONGEST_PAUSE_S = 30


def follow(
    *,
    stream: str,
    api: str,
    tenant: str,
    store: Path | str,
    told: Told,
    once: bool = False,
    say: Callable[[str], None] = lambda _line: None,
) -> None:
    """Tell each change of the tenant's products, for ever, or `once` until caught up.

    `say` is given lines for people. Raises Refused when somebody has to mend something, and what
    `told` raises.
    """
    with Store(store, tenant) as products:
        _Following(stream, Api(api, tenant), products, told, once, say).run()


@dataclass
class _Following:
    address: str
    api: Api
    store: Store
    told: Told
    once: bool
    say: Callable[[str], None]
    lost: bool = False
    failures: int = 0
    connected: bool = False

    def run(self) -> None:
        while True:
            try:
                return self._session()
            except Gap as gap:
                self.lost = True
                self._pause(gap, 2**self.failures - 1)
            except Interrupted as error:
                if isinstance(error, Misdirected) and not self.connected:
                    raise Refused(str(error)) from error
                self._pause(error, 2**self.failures)

    def _pause(self, reason: Exception, seconds: int) -> None:
        seconds = min(seconds, LONGEST_PAUSE_S)
        self.failures = min(self.failures + 1, 10)
        self.say(f"{reason}. Thử lại sau {seconds} giây · again in {seconds} s")
        time.sleep(seconds)

    def _session(self) -> None:
        """One connection. Attached before the snapshot is taken: all that it lacks will come."""
        known = None if self.lost else self.store.position
        now = self.api.head() if self.once or not known else known
        queue = (known or now).stream
        with attached(self.address, queue, _begin(known)) as events:
            self.connected = True
            self.say(f"đã nối với {queue} ở {events.where} · connected at {events.where}")
            if not known:
                self._join()
            owed = known is not None and known.offset is not None
            self._go_on(events, now.sequence, owed)

    def _join(self) -> None:
        snapshot = self.api.snapshot()
        self.store.replace(snapshot, self.told)
        self.lost = False
        listed = sum(one["listed"] for one in snapshot.listings)
        gone, sequence = len(snapshot.listings) - listed, snapshot.sequence
        self.say(
            f"{listed} sản phẩm đang công bố và {gone} thôi công bố, tính đến sự kiện {sequence}"
            f" · a snapshot as of event {sequence}: {listed} listed, {gone} no longer listed"
        )

    def _go_on(self, events: Stream, target: int, owed: bool) -> None:
        """`target`: what the platform has come to, as far as we know. `owed`: we began at an event
        we know, so it has to come, or the stream is another."""
        heard = time.monotonic()
        while True:
            try:
                event = events.next(QUIET_S)
            except ValueError as error:  # what it was, the gap before the next will tell
                self.say(f"bỏ qua một sự kiện không đọc được · passed over, unreadable: {error}")
                continue
            if event:
                heard, owed = time.monotonic(), False
            if not event or self.store.take(event, self.told):
                self.failures = 0
            position = self.store.position
            waiting = owed or (position is not None and position.sequence < target)
            if self.once and not waiting:
                return
            if waiting and time.monotonic() - heard > PATIENCE_S:
                raise Gap("luồng im lặng · the stream is silent where an event is owed")


def _begin(known: Position | None) -> int | str:
    """At the event we know itself, to see that it is still the same; after a snapshot at the last,
    for all that the snapshot lacks is yet to be published; or, when no event came since, at the
    first."""
    if not known:
        return LAST
    return FIRST if known.offset is None else known.offset
