"""gunicorn's worker of a door that the public reaches: connections are cheap, bounded, and each has
its time. What is no readable request is answered in the door's own way.

gunicorn imports this before gevent patches the standard library: no Flask, no urllib3 here.
"""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gevent import getcurrent
from gunicorn import util
from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.errors import (
    InvalidRequestLine,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.ggevent import GeventWorker

from chassis.http.problems import LongAddress, LongHeaders, Slow, Unreadable
from chassis.http.visitors import Crowd, SlowHead, Visitor
from chassis.problems import Problem, Unavailable
from chassis.settings import CONFIGURED

LINGER_S = 2.0
"""How long a connection without a request stays when the worker ends: its caller may be sending."""
DRAIN_BYTES = 40_000_000
"""What of an unread body is let pass, so that whoever sends it reads why it was refused."""
OURS = (InvalidResponseHeader, InvalidResponseHeaderName)


class Worker(GeventWorker):
    """`page`: a problem as this door shows it, its content type and its body."""

    def page(self, problem: Problem) -> tuple[str, bytes]:
        raise NotImplementedError

    def run(self) -> None:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._door = self.wsgi.config[CONFIGURED]
        self._crowd, self._ends_at = Crowd(self._door), 0.0
        self.worker_connections = 2 * self._door.connections  # the crowd says who stays
        super().run()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        visitor = Visitor(client, addr[0], self._door)
        if not self._crowd.enter(visitor):
            self._refuse(visitor, _crowded())
            return
        getcurrent().visitor = visitor
        try:
            super().handle(listener, visitor, addr)
        finally:
            self._crowd.leave(visitor)

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Around the wait for a request."""
        getcurrent().visitor.wait()
        yield

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        """A request whose body nobody has read is its connection's last."""
        sock.begin()
        should_close = req.should_close
        req.should_close = lambda: should_close() or not _read(req)
        try:
            super().handle_request(listener_name, req, sock, addr)
        except StopIteration:
            util.close_graceful(sock.plain, max_drain=DRAIN_BYTES)
            raise

    def notify(self) -> None:
        """gunicorn calls it every second, to its end, for which idle connections count as busy."""
        super().notify()
        if self.alive:
            return
        now = time.monotonic()
        self._ends_at = self._ends_at or now + LINGER_S
        if now >= self._ends_at:
            self._crowd.let_idle_go()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("no readable request: %s", exc)
        self._refuse(client, problem_of(exc))

    def _refuse(self, visitor: Visitor, problem: Problem) -> None:
        kind, body = self.page(problem)
        head = (
            f"HTTP/1.1 {problem.status} Refused\r\nConnection: close\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with suppress(OSError):  # the caller has gone already
            util.write_nonblock(visitor.plain, head.encode() + body)
        # what is still being sent must not cut the answer off
        util.close_graceful(visitor.plain, timeout=0.5, max_drain=DRAIN_BYTES)


def _read(req: Any) -> bool:
    """Whether a request's body was read to its end."""
    match req.body.reader:
        case LengthReader(length=left):
            return bool(left == 0)
        case ChunkedReader(parser=more):
            return more is None
    return True


def _crowded() -> Unavailable:
    return Unavailable(
        "Đang có quá nhiều kết nối. Mời thử lại sau ít phút.",
        "There are too many connections. Try again in a few minutes.",
    )


def problem_of(error: ParseException) -> Problem:
    match error:
        case SlowHead():
            return Slow()
        case LimitRequestLine():
            return LongAddress(
                "Địa chỉ hoặc câu hỏi quá dài, mời rút ngắn.",
                "The address or the query is too long, shorten it.",
            )
        case LimitRequestHeaders():
            return LongHeaders("Phần đầu yêu cầu quá dài.", "The headers are too long.")
        case InvalidRequestLine():
            return Unreadable(
                "Dòng đầu của yêu cầu không đúng. Chữ có dấu và khoảng trắng trong địa chỉ phải"
                " được mã hoá dạng %XX.",
                "The request line is not right. Accented letters and blanks in an address have to"
                " be percent-encoded.",
            )
    return Unreadable("Yêu cầu không đúng giao thức HTTP.", "This is no HTTP request.")
