"""The catalogue's search index in Elasticsearch. Nothing is deleted: unlisted is filtered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import structlog
from elasticsearch import ApiError, Elasticsearch, TransportError
from elasticsearch.serializer import OrjsonSerializer

from chassis import scope
from chassis.problems import Unavailable
from contracts.catalog import ListedToday, Listing
from rules.names import as_read
from rules.product_sets import PRODUCT_SETS
from rules.vietnamese import collated
from services.catalog.adapters import search_mapping, search_queries
from services.catalog.adapters.views import ViewEnded, Views
from services.catalog.domain.query import FACETS, Found, Mark, ProductQuery, Suggestion
from services.catalog.problems import CursorEnded

log = structlog.get_logger(__name__)
BATCH = 500
ANSWER_S, PATIENCE_S = 10, 60
SUGGESTIONS, OF_PRODUCERS = 8, 3
NOT_THERE, CONFLICT, TOO_MANY = 404, 409, 429


class IndexRefused(Exception):
    """Elasticsearch took a document not, and for another reason than having a newer one."""


class _Json(OrjsonSerializer):
    mimetype = "application/vnd.elasticsearch+json"  # what the client speaks with a server 8


def connect(address: str, connections: int = 16) -> Elasticsearch:
    """One client a process, made after it forked; as many connections as it has threads."""
    return Elasticsearch(
        address,
        connections_per_node=connections,
        request_timeout=ANSWER_S,
        serializers={_Json.mimetype: _Json()},
    )


@contextmanager
def answering() -> Iterator[None]:
    """Elasticsearch being away, or without our index, is the platform's problem and passes."""
    try:
        yield
    except TransportError as error:
        raise _away(error) from error
    except ApiError as error:
        if _passes(error.status_code):
            raise _away(error) from error
        raise


def _passes(status: int) -> bool:
    """Busy, broken, or without our index: it may be otherwise the next time."""
    return status in (NOT_THERE, TOO_MANY) or status >= 500


def _away(error: object) -> Unavailable:
    """Why is for the log: it names hosts, indexes and classes."""
    log.error("search_away", error=str(error))
    return Unavailable(
        "Công cụ tìm kiếm tạm thời không phản hồi.", "The search engine does not answer."
    )


class SearchIndex:
    """`<prefix>-listings` is an alias of the index that is searched and written."""

    def __init__(self, client: Elasticsearch, prefix: str, replicas: int = 0) -> None:
        self._client, self._replicas = client, replicas
        self._patient = client.options(request_timeout=PATIENCE_S)  # nobody waits for a page
        self.alias = f"{prefix}-listings"
        self._views = Views(client, self.alias)

    def answers(self) -> bool:
        """Whether it can be searched now."""
        try:
            return bool(self._client.indices.exists_alias(name=self.alias))
        except (ApiError, TransportError) as error:
            log.warning("elasticsearch_away", error=repr(error))
            return False

    # what the operator and the rebuild do

    def prepare(self) -> bool:
        """Make an index and the alias when there is none; whether that in use is of this shape."""
        current = self.current()
        if not current:
            self.point(self.create())
            return True
        with answering():
            found = self._client.indices.get_mapping(index=current[0])[current[0]]
        return bool(found["mappings"]["_meta"] == search_mapping.body(0)["mappings"]["_meta"])

    def create(self) -> str:
        """A new, empty index aside."""
        name = f"{self.alias}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        with answering():
            self._patient.indices.create(
                index=name, aliases={_aside(name): {}}, **search_mapping.body(self._replicas)
            )
        return name

    def point(self, name: str) -> None:
        """The alias at this index and at no other, in one call."""
        others = {"index": f"{self.alias}-*", "alias": self.alias, "must_exist": False}
        aside = {"index": name, "alias": _aside(name), "must_exist": False}
        actions: list[Mapping[str, Any]] = [
            {"remove": others}, {"remove": aside}, {"add": {"index": name, "alias": self.alias}}
        ]  # fmt: skip
        with answering():
            self._patient.indices.update_aliases(actions=actions)

    def current(self) -> list[str]:
        """The index that the alias is of."""
        with answering():
            if not self._client.indices.exists_alias(name=self.alias):
                return []
            return sorted(self._client.indices.get_alias(name=self.alias))

    def all(self) -> list[str]:
        """Every index of ours, oldest first."""
        with answering():
            return sorted(self._client.indices.get(index=f"{self.alias}-*"))

    def drop(self, name: str) -> None:
        with answering():
            self._patient.indices.delete(index=name)

    # writing

    def index(self, listings: Iterable[Listing], name: str | None = None) -> None:
        """Put them in, into the alias or an index aside; a newer one that is there stays."""
        rest = iter(listings)
        while batch := list(islice(rest, BATCH)):
            self._bulk(batch, name)

    def _bulk(self, batch: Sequence[Listing], name: str | None) -> None:
        operations: list[Mapping[str, Any]] = []
        for listing in batch:
            action = {"_id": listing.id, "version": listing.revision, "version_type": "external"}
            operations += [{"index": action}, document(listing)]
        with answering():
            answer = self._patient.bulk(
                index=_aside(name) if name else self.alias,
                operations=operations,
                require_alias=True,
            )
        if answer["errors"]:
            _refuse([one["index"] for one in answer["items"]])

    # reading

    def count(self, name: str | None = None) -> int:
        """All documents, of every tenant, listed or not."""
        with answering():
            self._patient.indices.refresh(index=name or self.alias)
            return int(self._client.count(index=name or self.alias)["count"])

    def revisions(self, ids: Sequence[str], name: str | None = None) -> dict[str, int]:
        """Which revision of each it has; one that it has not is left out."""
        found = self._get(ids, name or self.alias, source=["revision"])
        return {one["_id"]: one["_source"]["revision"] for one in found}

    def stored(self, ids: Sequence[str], name: str | None = None) -> list[Listing]:
        found = self._get(ids, name or self.alias)
        return [Listing.model_validate(one["_source"]) for one in found]

    def _get(self, ids: Sequence[str], index: str, **options: Any) -> list[Mapping[str, Any]]:
        if not ids:
            return []  # which mget refuses
        with answering():
            docs = self._client.mget(index=index, ids=ids, **options)["docs"]
        if errors := [one["error"] for one in docs if "error" in one]:
            raise _away(errors[0]["reason"])  # mget answers 200 where there is no such index
        return [one for one in docs if one["found"]]

    def find(self, query: ProductQuery, limit: int, mark: Mark) -> Found:
        """One page, within the scope's reach."""
        wanted = search_queries.products(query, scope.current().reach, limit, mark)
        with answering():
            view, answer = self._page(wanted, mark.view)
        hits = answer["hits"]["hits"]
        return Found(
            total=answer["hits"]["total"]["value"],
            matched=answer["aggregations"]["matched"]["doc_count"],
            listings=[Listing.model_validate(hit["_source"]) for hit in hits],
            facets={
                facet: [
                    (bucket["key"], bucket["doc_count"])
                    for bucket in answer["aggregations"][facet]["values"]["buckets"]
                ]
                for facet in FACETS
            },
            view=view,
            last=hits[-1]["sort"] if len(hits) == limit else None,
        )

    def _page(self, wanted: Mapping[str, Any], view: str | None) -> tuple[str, Mapping[str, Any]]:
        if view is None:
            return self._views.now(wanted)
        try:
            return view, self._views.then(view, wanted)
        except ViewEnded as error:
            raise CursorEnded from error

    def suggest(self, q: str) -> list[Suggestion]:
        """Names of products, then of producers, each once, within the scope's reach."""
        reach = scope.current().reach
        searches: list[Mapping[str, Any]] = [
            {}, search_queries.names(q, reach, SUGGESTIONS),
            {}, search_queries.producers(q, reach, SUGGESTIONS),
        ]  # fmt: skip
        with answering():
            answers = self._client.msearch(index=self.alias, searches=searches)["responses"]
        if errors := [one["error"] for one in answers if "error" in one]:
            raise _away(errors[0])  # it answers 200 also where there is no such index
        products, producers = answers
        found = [hit["_source"] for hit in products["hits"]["hits"]]
        names = [Suggestion(one["name"], one["id"]) for one in found]
        found = [hit["_source"]["producer"] for hit in producers["hits"]["hits"]]
        makers = {as_read(one["name"]): Suggestion(one["name"], None) for one in found}
        chosen = list(makers.values())
        chosen = chosen[: max(OF_PRODUCERS, SUGGESTIONS - len(names))]
        return names[: SUGGESTIONS - len(chosen)] + chosen


def _aside(name: str) -> str:
    """The alias by which an index aside is written: one that somebody dropped is not made again by
    writing, and without its mapping."""
    return f"{name}-aside"


def document(listing: Listing) -> dict[str, Any]:
    """The listing as the world gets it, and what it is found and sorted by."""
    labels = PRODUCT_SETS[listing.set.number] if listing.set else ()
    today = listing.today or ListedToday()
    name = _read(listing.name, today.name)
    producer = _read(listing.producer.name, today.producer)
    words = [*name, *producer, *_read(listing.place.unit, *labels)]
    return {
        **listing.model_dump(mode="json"),
        "read": {
            "name": name,
            "producer": producer,
            "words": words,
            "everything": [*words, *_read(listing.place.address, today.address)],
        },
        "collation": collated(listing.name),
    }


def _read(*texts: str | None) -> list[str]:
    return [as_read(text) for text in texts if text]


def _refuse(items: Sequence[Mapping[str, Any]]) -> None:
    errors = [one for one in items if one["status"] != CONFLICT and "error" in one]
    if not errors:
        return
    first = errors[0]["error"]
    if any(_passes(one["status"]) for one in errors):
        raise _away(first)
    raise IndexRefused(f"{len(errors)} of {len(items)} documents: {first}")
