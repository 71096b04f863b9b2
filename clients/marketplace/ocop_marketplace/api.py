"""The API's side: all products at one moment, and the sequence of that moment."""

import json
from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from ocop_marketplace.listing import Listing, readable
from ocop_marketplace.problems import Interrupted, Refused

LATER = (408, 429)


class Head(NamedTuple):
    """The first line of a snapshot: which stream goes on from it, and after which event."""

    stream: str
    sequence: int


class Snapshot(NamedTuple):
    stream: str
    sequence: int
    listings: list[Listing]


class Api:
    def __init__(self, address: str, tenant: str) -> None:
        self._snapshot = f"{address.rstrip('/')}/t/{tenant}/catalog/v1/snapshot"
        self._pool = PoolManager(timeout=Timeout(connect=5, read=60), retries=False)

    def head(self) -> Head:
        lines = self._lines()
        try:
            return self._head(lines)
        finally:
            lines.close()

    def snapshot(self) -> Snapshot:
        lines = self._lines()
        head = self._head(lines)
        try:
            return Snapshot(*head, [readable(line) for line in lines])
        except (ValueError, TypeError) as error:
            raise self._unreadable(error) from error

    def _head(self, lines: Iterator[Any]) -> Head:
        try:
            first = next(lines)
            return Head(first["stream"], int(first["sequence"]))
        except (StopIteration, ValueError, KeyError, TypeError) as error:
            raise self._unreadable(error) from error

    def _lines(self) -> Generator[Any]:
        try:
            answer = self._pool.request("GET", self._snapshot, preload_content=False)
            try:
                if answer.status != 200:
                    raise self._problem(answer.status, answer.read())
                if not answer.chunked and "Content-Length" not in answer.headers:
                    # a broken connection would look like its end, and products would seem gone
                    raise Interrupted(
                        f"{self._snapshot}: không rõ điểm cuối · an answer without an end"
                    )
                yield from map(json.loads, answer)
            finally:
                answer.close()
        except HTTPError as error:
            raise Interrupted(f"API: {error}") from error

    def _problem(self, status: int, body: bytes) -> Exception:
        words = f"{self._snapshot}: HTTP {status} {body[:300].decode(errors='replace')}"
        return (Interrupted if status >= 500 or status in LATER else Refused)(words)

    def _unreadable(self, error: Exception) -> Interrupted:
        return Interrupted(f"{self._snapshot}: không đọc được · unreadable: {error!r}")
