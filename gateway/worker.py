"""gunicorn's worker of the gateway. What is no readable request is answered as a problem too.

gunicorn imports this before gevent patches the standard library: no Flask, no urllib3 here.
"""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gevent import getcurrent
from gunicorn import util
from gunicorn.http.errors import (
    InvalidRequestLine,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.ggevent import GeventWorker

from chassis.problems import MEDIA_TYPE, Problem
from gateway.problems import LongAddress, LongHeaders, Unreadable

LINGER_S = 2.0
"""How long a connection without a request stays when the worker ends: its caller may be sending."""
OURS = (InvalidResponseHeader, InvalidResponseHeaderName)


class Worker(GeventWorker):
    """Keeps connections between requests; when it ends, or has too many, it lets them go."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._idle: set[socket.socket] = set()
        self._ends_at: float | None = None

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        getcurrent().client = client
        super().handle(listener, client, addr)

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Around the wait for a request."""
        client = getcurrent().client
        self._idle.add(client)
        try:
            with super().timeout_ctx():
                yield
        finally:
            self._idle.discard(client)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        if len(self._idle) >= self.worker_connections // 2:
            req.force_close()  # there is no room for others
        super().handle_request(listener_name, req, sock, addr)

    def notify(self) -> None:
        """gunicorn calls it every second, to its end, for which idle connections count as busy."""
        super().notify()
        if self.alive:
            return
        now = time.monotonic()
        self._ends_at = self._ends_at or now + LINGER_S
        if now >= self._ends_at:
            for client in self._idle:
                _no_more(client)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("no readable request: %s", exc)
        util.write_nonblock(client, page(problem_of(exc)))
        util.close_graceful(client)  # what is still being sent must not cut the answer off


def _no_more(client: Any) -> None:
    """What has arrived is still read and answered. Not through gevent, which would call it an error
    of whoever waits."""
    with suppress(OSError):  # the caller has gone already
        client._sock.shutdown(socket.SHUT_RD)


def problem_of(error: ParseException) -> Problem:
    match error:
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


def page(problem: Problem) -> bytes:
    body = json.dumps(problem.as_json(), ensure_ascii=False).encode()
    head = (
        f"HTTP/1.1 {problem.status} Refused\r\nConnection: close\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
