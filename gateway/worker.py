"""gunicorn's worker of the gateway. What is no readable request is answered as a problem too.

gunicorn imports this before gevent patches the standard library: no Flask, no urllib3 here.
"""

import json
from typing import Any

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

OURS = (InvalidResponseHeader, InvalidResponseHeaderName)


class Worker(GeventWorker):
    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("no readable request: %s", exc)
        util.write_nonblock(client, page(problem_of(exc)))
        util.close_graceful(client)  # what is still being sent must not cut the answer off


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
