"""Calling one instance of a service; its answer is read at its own pace."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout, connection_from_url
from urllib3.exceptions import (
    ConnectTimeoutError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from chassis.problems import Unavailable
from gateway.problems import AnswerLost, TimedOut
from gateway.room import PIECE, Ahead, Kept, Room

log = structlog.get_logger(__name__)
POOL = 100
AT_ONCE = 65_536
"""An answer up to this many bytes is read before it is passed on, so that its loss is a problem."""
REPEATABLE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes | Ahead
    close: Callable[[], None]

    def whole(self) -> bytes:
        """Its body at once; nothing of it waits any longer."""
        try:
            return self.body if isinstance(self.body, bytes) else b"".join(self.body)
        finally:
            self.close()


class Upstream:
    def __init__(self, name: str, url: str, connect_s: float, answer_s: float, room: Room) -> None:
        self._room = room
        self._name, self._url, self._base = name, url, urlsplit(url).path.rstrip("/")
        self._timeout = Timeout(connect=connect_s, read=answer_s)
        self._kept = self._pool(POOL)

    def _pool(self, size: int) -> HTTPConnectionPool:
        return connection_from_url(self._url, maxsize=size, timeout=self._timeout)

    def call(
        self, method: str, target: str, headers: dict[str, str], body: Kept | None = None
    ) -> Answer:
        """A service closes an idle connection when it likes: then a reading is asked once more.
        Anything else may have been done already and is never repeated, so it gets a new one.
        """
        try:
            try:
                return self._call(method, target, headers, body)
            except ProtocolError:
                if method not in REPEATABLE:
                    raise
                return self._call(method, target, headers, body)
        except (NewConnectionError, ConnectTimeoutError, SSLError) as error:
            log.warning("service_away", instance=self._name, error=str(error))
            raise Unavailable(
                "Dịch vụ này đang tạm ngừng. Mời thử lại sau ít phút.",
                "This service is away for the moment. Try again in a few minutes.",
                retry_after=5,
            ) from error
        except ReadTimeoutError as error:
            log.warning("service_slow", instance=self._name, error=str(error))
            raise TimedOut(
                "Dịch vụ chưa trả lời kịp. Việc có thể đã được làm: xem lại trước khi gửi lần nữa.",
                "The service has not answered in time. It may have been done: look before sending"
                " it again.",
            ) from error
        except ProtocolError as error:
            log.warning("answer_lost", instance=self._name, error=str(error))
            raise AnswerLost(
                "Mất kết nối khi chờ trả lời. Việc có thể đã được làm: xem lại trước khi gửi lần"
                " nữa.",
                "The connection broke before the answer. It may have been done: look before sending"
                " it again.",
            ) from error

    def _call(self, method: str, target: str, headers: dict[str, str], body: Kept | None) -> Answer:
        pool = self._kept if method in REPEATABLE else self._pool(1)
        found = pool.urlopen(
            method, self._base + target, body=body, headers=headers,
            retries=False, redirect=False, assert_same_host=False,
            preload_content=False, decode_content=False,
        )  # fmt: skip
        said = list(found.headers.items())
        if _is_short(method, found):
            return Answer(found.status, said, found.read(decode_content=False), found.close)
        ahead = Ahead(found.stream(PIECE, decode_content=False), self._room, found.close)
        return Answer(found.status, said, ahead, ahead.end)


def _is_short(method: str, found: BaseHTTPResponse) -> bool:
    length = found.headers.get("Content-Length", "")
    bodiless = method == "HEAD" or found.status in (204, 304)
    return bodiless or (length.isdigit() and int(length) <= AT_ONCE)
