"""gunicorn's worker of the portal: an address that is too long gets a page as well."""

from typing import Any

from gunicorn import util
from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker

PAGE = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Địa chỉ quá dài · OCOP</title>
<h1>Địa chỉ quá dài</h1>
<p>Mời tìm lại bằng ít từ hơn: <a href="/">Xem tất cả sản phẩm</a>.</p>
<p lang="en">The address is too long. Please search with fewer words.</p>
"""


class Worker(ThreadWorker):
    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("address too long: %s", exc)
        util.write_nonblock(client, _answer(PAGE.encode()))
        util.close_graceful(client)  # what is still being sent must not cut the answer off


def _answer(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\n"
        f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
