"""What the gateway keeps of bodies and answers, so that a service's thread is held neither by who
sends slowly nor by who reads slowly: a body is called with when it is whole, an answer is read at
its service's pace and given at its reader's.
"""

from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile

from gevent import spawn
from gevent.event import Event

from chassis.problems import Unavailable

PIECE = 65_536
IN_MEMORY = 65_536
"""Of each; what is beyond lies in /tmp."""
AHEAD = 32_000_000
"""What is kept of one answer; a longer one comes at its reader's pace from there on."""


class Room:
    """The bytes that may be kept in all."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, size: int) -> bool:
        there = size <= self._left
        if there:
            self._left -= size
        return there

    def give_back(self, size: int) -> None:
        self._left += size


class Kept:
    """A body as it arrived, whole."""

    def __init__(self, pieces: Iterable[bytes], room: Room) -> None:
        self._room, self.length = room, 0
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        try:
            for piece in pieces:
                if not room.take(len(piece)):
                    raise Unavailable(
                        "Đang nhận quá nhiều tệp cùng lúc. Mời thử lại sau ít phút.",
                        "Too much is being sent at once. Try again in a few minutes.",
                        retry_after=10,
                    )
                self.length += len(piece)
                self._file.write(piece)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        return iter(lambda: self._file.read(PIECE), b"")

    def close(self) -> None:
        self._room.give_back(self.length)
        self.length = 0
        self._file.close()


class Ahead:
    """An answer that is read ahead of its reader. `end`: nobody reads any more."""

    def __init__(self, pieces: Iterable[bytes], room: Room, done: Callable[[], None]) -> None:
        self._room, self._taken, self._source_done = room, 0, done
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
        self._written = self._given = 0
        self._more, self._all_given, self._ended = Event(), Event(), False
        self._error: Exception | None = None
        self._reading = spawn(self._read, pieces)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            if self._given < self._written:
                self._file.seek(self._given)
                piece = self._file.read(PIECE)
                self._given += len(piece)
                if self._given == self._written:
                    self._all_given.set()
                yield piece
            elif self._ended:
                if self._error is not None:
                    raise self._error
                return
            else:
                self._more.clear()
                self._more.wait()

    def end(self) -> None:
        if self._file.closed:
            return
        self._reading.kill()
        self._source_done()
        self._begin_anew()
        self._file.close()

    def _read(self, pieces: Iterable[bytes]) -> None:
        try:
            for piece in pieces:
                if self._written >= AHEAD or not self._take(len(piece)):
                    self._wait_until_all_is_given()
                self._file.seek(self._written)
                self._file.write(piece)
                self._written += len(piece)
                self._more.set()
        except Exception as error:  # its reader's business
            self._error = error
        finally:
            self._source_done()
            self._ended = True
            self._more.set()

    def _take(self, size: int) -> bool:
        there = self._room.take(size)
        self._taken += size if there else 0
        return there

    def _wait_until_all_is_given(self) -> None:
        """One piece is read then, room or not: otherwise nothing would ever go on."""
        while self._given < self._written:
            self._all_given.clear()
            self._all_given.wait()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._room.give_back(self._taken)
        self._taken = self._written = self._given = 0
        self._file.seek(0)
        self._file.truncate()
