"""The API's side: all products at one moment, and the sequence of that moment."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from ocop_marketplace.listing import Listing, readable
from ocop_marketplace.problems import Interrupted, Refused, unreachable

LATER = (408, 429)


class Head(NamedTuple):
    """The first line of a snapshot: which stream goes on from it, after which event, and how many
    lines follow."""

    stream: str
    sequence: int
    lines: int


class Snapshot(NamedTuple):
    stream: str
    sequence: int
    listings: list[Listing]


class Api:
    def __init__(self, address: str, tenant: str) -> None:
        self._address = f"{address.rstrip('/')}/t/{tenant}/catalog/v1/snapshot"
        self._host = urlsplit(address).netloc.rpartition("@")[2]
        self._pool = PoolManager(timeout=Timeout(connect=5, read=60), retries=False)

    def head(self) -> Head:
        with self._lines() as lines:
            return _head(lines)

    def snapshot(self) -> Snapshot:
        with self._lines() as lines:
            head, listings = _head(lines), [readable(line) for line in lines]
        if len(listings) != head.lines:  # it broke off, and products would seem gone
            words = f"{len(listings)} dòng, không phải {head.lines}"
            raise Interrupted(f"{self._address}: {words} · {len(listings)} lines of {head.lines}")
        return Snapshot(head.stream, head.sequence, listings)

    @contextmanager
    def _lines(self) -> Iterator[Iterator[Any]]:
        try:
            answer = self._pool.request("GET", self._address, preload_content=False)
            try:
                if answer.status != 200:
                    raise self._problem(answer.status, answer.read())
                yield map(json.loads, answer)
            finally:
                answer.close()
        except HTTPError as error:
            raise unreachable("API", self._host, error) from error
        except (ValueError, KeyError, TypeError) as error:
            words = f"{self._address}: không đọc được · unreadable: {error!r}"
            raise Interrupted(words) from error

    def _problem(self, status: int, body: bytes) -> Exception:
        words = f"{self._address}: HTTP {status} {body[:300].decode(errors='replace')}"
        return (Interrupted if status >= 500 or status in LATER else Refused)(words)


def _head(lines: Iterator[Any]) -> Head:
    first: dict[str, Any] = next(lines, {})
    return Head(first["stream"], int(first["sequence"]), int(first["count"]))
