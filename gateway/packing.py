"""Public answers are packed for those who read gzip. Only what a service calls public: of a private
answer the packed length would tell something (BREACH).
"""

import gzip
import re
from collections import OrderedDict

from gevent import get_hub
from gevent.lock import BoundedSemaphore
from werkzeug.datastructures import Headers

from gateway.upstream import Answer

WORTH, MOST = 1_000, 32_000_000
"""Bytes; below nothing is gained, and beyond too much would be held."""
LONG = 65_536
"""Bytes; packing more would keep others waiting, so it is done beside."""
AT_ONCE = 2
"""Answers that are packed, each whole in memory; others wait where they lie."""
KEPT = 16_000_000
"""Bytes of packed answers, by where they were and their ETag."""
TEXT = re.compile(r"text/.+|application/(.+\+)?json|application/x-ndjson|image/svg\+xml")
PACKED = "-gzip"
"""Behind the name of an answer that was packed: it is of other bytes."""


def is_public(headers: Headers) -> bool:
    return "public" in headers.get("Cache-Control", "").replace(" ", "").split(",")


def may_be_packed(answer: Answer, headers: Headers) -> bool:
    kind = headers.get("Content-Type", "").partition(";")[0]
    length = headers.get("Content-Length", type=int)
    return (
        answer.status == 200 and "Content-Encoding" not in headers
        and TEXT.fullmatch(kind) is not None and length is not None and WORTH <= length <= MOST
    )  # fmt: skip


def as_services_name_it(tags: str) -> str:
    """Of If-None-Match."""
    return tags.replace(f'{PACKED}"', '"')


def name_packed(headers: Headers) -> None:
    if (tag := headers.get("ETag", "")).endswith('"'):
        headers["ETag"] = f'{tag[:-1]}{PACKED}"'


class Packer:
    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._few = BoundedSemaphore(AT_ONCE)

    def packed(self, at: str, answer: Answer, headers: Headers) -> bytes:
        """Its body, with headers that say so. `at`: where its name was given."""
        tag = headers.get("ETag", "")
        name = f"{at} {tag}" if tag else ""
        if (body := self._kept.get(name)) is None:
            with self._few:
                body = self._kept.get(name) or _packed(answer.whole())
            self._keep(name, body)
        name_packed(headers)
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        return body

    def _keep(self, name: str, body: bytes) -> None:
        if name and len(body) <= KEPT // 4:
            self._kept[name] = body
            while sum(map(len, self._kept.values())) > KEPT:
                self._kept.popitem(last=False)


def _packed(body: bytes) -> bytes:
    if len(body) < LONG:
        return gzip.compress(body, 6, mtime=0)
    packed: bytes = get_hub().threadpool.apply(gzip.compress, (body, 6), {"mtime": 0})
    return packed
