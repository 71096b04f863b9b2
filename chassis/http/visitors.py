"""Who is connected to a door that the public reaches, and by when each has to have done what it is
about: nobody who is slow or many keeps others out.

gunicorn imports this before gevent patches the standard library: nothing of Flask here.
"""

import errno
import socket
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from gunicorn.http.errors import ParseException

from chassis.http.addresses import believed
from chassis.settings import KEPT_S, DoorSettings

PIECE = 65_536
FEW = 8
"""Connections that one address gets even where there are hardly any left."""


class SlowHead(ParseException):
    """The head of a request did not arrive in its time."""


class Pace:
    """Of what comes or goes in pieces: it may be slow, and never stand still for long, however fast
    it was before."""

    def __init__(self, door: DoorSettings) -> None:
        self._grace_s, self._slowest = door.grace_s, door.slowest
        self._ends_at = time.monotonic() + self._grace_s

    @property
    def left(self) -> float:
        """Seconds until the next piece has to be there; TimeoutError when they are over."""
        if (left := self._ends_at - time.monotonic()) <= 0:
            raise TimeoutError("slower than the slowest")
        return left

    def went(self, size: int) -> None:
        longest = time.monotonic() + self._grace_s
        self._ends_at = min(self._ends_at + size / self._slowest, longest)


class Visitor:
    """A caller's connection, as a socket to gunicorn. It waits for a request, the head of which has
    little time once it began; while one is worked on, its body and its answer keep a pace."""

    def __init__(self, plain: Any, address: str, door: DoorSettings) -> None:
        self.plain, self.address, self._door = plain, address, door
        self._leaving = False
        self.wait()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def wait(self) -> None:
        """For its next request."""
        self.waits_since: float | None = time.monotonic()
        self._head_by: float | None = None

    def begin(self) -> None:
        """Its request is here."""
        self.waits_since = None
        self._coming, self._going = Pace(self._door), None

    def recv(self, size: int) -> bytes:
        if self.waits_since is not None:
            return self._head(size)
        self.plain.settimeout(self._coming.left)
        data: bytes = self.plain.recv(size)
        self._coming.went(len(data))
        return data

    def _head(self, size: int) -> bytes:
        by = self._head_by
        try:
            self.plain.settimeout(KEPT_S if by is None else max(by - time.monotonic(), 0.001))
            data: bytes = self.plain.recv(size)
        except TimeoutError as error:
            if by is None:
                return b""  # nothing was asked
            raise SlowHead("head too slow") from error
        self._head_by = by or time.monotonic() + self._door.head_s
        return data

    def sendall(self, data: bytes) -> None:
        pace = self._going = self._going or Pace(self._door)
        try:
            for at in range(0, len(data), PIECE):
                piece = memoryview(data)[at : at + PIECE]
                self.plain.settimeout(pace.left)
                self.plain.sendall(piece)
                pace.went(len(piece))
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "read too slowly") from error

    @property
    def idle(self) -> bool:
        return self.waits_since is not None and not self._leaving

    def let_go(self) -> None:
        """What has arrived is still read and answered. Not through gevent, which would call it an
        error of whoever waits."""
        self._leaving = True
        with suppress(OSError):  # the caller has gone already
            self.plain._sock.shutdown(socket.SHUT_RD)


class Crowd:
    """All who are connected. While somebody waits without a request, there is room for others; and
    the less room there is, the less of it is for any one address. What a forwarder passes on is of
    many."""

    def __init__(self, door: DoorSettings) -> None:
        self._door = door
        self._here: dict[str, set[Visitor]] = defaultdict(set)

    def __iter__(self) -> Iterator[Visitor]:
        return (one for of in self._here.values() for one in of)

    def __len__(self) -> int:
        return sum(map(len, self._here.values()))

    def enter(self, visitor: Visitor) -> bool:
        """Whether there is room, made by letting go who has waited longest."""
        own, room = self._here[visitor.address], self._door.connections - len(self)
        share = max(FEW, min(self._door.connections_of_one, room // 2))
        full = len(own) >= share and not believed(visitor.address, self._door.forwarders)
        if (full and not _let_one_go(own)) or (room <= 0 and not _let_one_go(self)):
            if not own:
                del self._here[visitor.address]
            return False
        own.add(visitor)
        return True

    def leave(self, visitor: Visitor) -> None:
        own = self._here[visitor.address]
        own.discard(visitor)
        if not own:
            del self._here[visitor.address]

    def let_idle_go(self) -> None:
        for one in self:
            if one.idle:
                one.let_go()


def _let_one_go(visitors: Iterable[Visitor]) -> bool:
    idle = [one for one in visitors if one.idle]
    if idle:
        min(idle, key=lambda one: one.waits_since or 0).let_go()
    return bool(idle)
