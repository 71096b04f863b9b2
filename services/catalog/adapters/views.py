"""The search index as it was at a moment, so that all pages of a search are of one list.

Such a view holds files and memory of the engine, and anybody may ask: so all who ask while nothing
is written share one, and a process has no more than MOST.
"""

from collections import deque
from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

from elasticsearch import ApiError, Elasticsearch, NotFoundError

KEPT_S = 300  # after it was last read
MOST = 600  # of KEPT_S in which each refresh shows something new; above, the oldest ends
OPEN = {"keep_alive": f"{KEPT_S}s"}
WHOLE = {"allow_partial_search_results": False}
GONE = "no_shard_available_action_exception"
"""What Elasticsearch answers, with a 503, for a view of an index that is no more."""
STATE: Mapping[str, Any] = {
    "size": 0,
    "track_total_hits": False,
    "aggs": {
        "index": {
            "terms": {"field": "_index"},
            "aggs": {"writings": {"stats": {"field": "_seq_no"}}},
        }
    },
}
"""Which documents are seen, by their index and the numbers of their writings: no two have one."""
Answer = Mapping[str, Any]
State = list[Any]


class ViewEnded(Exception):
    """It was not read for too long, or is of an index that is no more, or of an engine that was
    started anew."""


class View(NamedTuple):
    id: str
    state: State


class Views:
    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client, self._alias = client, alias
        self._newest: View | None = None
        self._open: deque[str] = deque()
        self._opening = Lock()

    def now(self, wanted: Mapping[str, Any]) -> tuple[str, Answer]:
        """A view of the index as it is now, and what it answers."""
        view = self._newest
        if view is not None:
            searches = [WHOLE, _asking(view.id, wanted), {"index": self._alias}, STATE]
            answer, seen = self._client.msearch(searches=searches)["responses"]
            if "error" not in answer and "error" not in seen and _state(seen) == view.state:
                return view.id, answer
        view = self._after(view)
        return view.id, self._ask(view.id, wanted)

    def then(self, id: str, wanted: Mapping[str, Any]) -> Answer:
        """What an earlier view answers."""
        try:
            return self._ask(id, wanted)
        except NotFoundError as error:
            raise ViewEnded from error
        except ApiError as error:
            if GONE in str(error.body):
                raise ViewEnded from error
            raise

    def _after(self, old: View | None) -> View:
        """Of several that ask for a newer one at once, one opens it."""
        with self._opening:
            if self._newest is old or self._newest is None:
                self._newest = self._opened()
            return self._newest

    def _opened(self) -> View:
        id = self._client.open_point_in_time(index=self._alias, **OPEN)["id"]
        self._open.append(id)
        if len(self._open) > MOST:
            self._close(self._open.popleft())
        return View(id, _state(self._ask(id, STATE)))

    def _close(self, id: str) -> None:
        try:
            self._client.close_point_in_time(id=id)
        except NotFoundError:  # it had ended by itself
            return

    def _ask(self, id: str, wanted: Mapping[str, Any]) -> Answer:
        return self._client.search(**WHOLE, **_asking(id, wanted)).body


def _asking(id: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The same question to a view, which is kept for as long again."""
    return {**wanted, "pit": {"id": id, **OPEN}}


def _state(answer: Answer) -> State:
    return list(answer["aggregations"]["index"]["buckets"])
