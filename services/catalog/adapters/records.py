"""How records are looked for, and how they are read as one picture of a moment."""

from collections.abc import Collection, Generator, Iterator
from typing import Any

from mongoengine import DictField, StringField
from mongoengine.connection import get_db
from pymongo.client_session import ClientSession

from chassis.store.documents import AggregateDocument
from contracts.catalog import Listing, Stream
from services.catalog.domain.records import Counter, Producer, Record

SHOWN = {"listing": {"$ne": None}}
"""Records that the public was ever told of."""


class RecordDocument(AggregateDocument):
    aggregate = Record
    meta = {"collection": "records", "indexes": [["tenant", "producer_id"]]}

    producer_id = StringField()
    listing = DictField()


class ProducerDocument(AggregateDocument):
    aggregate = Producer
    meta = {"collection": "producers"}


class CounterDocument(AggregateDocument):
    aggregate = Counter
    meta = {"collection": "counters"}


def snapshot(
    stream: Stream, tenants: Collection[str]
) -> tuple[int, int, Generator[Listing, None, None]]:
    """The stream's sequence, and how many listings there are and every one exactly as it stood at
    that sequence: all are read of one moment, while others write on. Closed, it is read no more."""
    moment = _moment(stream, tenants)
    return next(moment), next(moment), moment


def _moment(stream: Stream, tenants: Collection[str]) -> Generator[Any, None, None]:
    wanted = SHOWN | {"tenant": {"$in": sorted(tenants)}}
    with get_db().client.start_session(snapshot=True) as session:
        counter = get_db().counters.find_one({"_id": stream.value}, session=session)
        yield counter["sequence"] if counter else 0
        yield get_db().records.count_documents(wanted, session=session)
        yield from _listings(wanted, session)


def every_listing() -> Iterator[Listing]:
    """Of all tenants: what the search index is built from and compared with."""
    return _listings(SHOWN, None)


def _listings(wanted: dict[str, Any], session: ClientSession | None) -> Iterator[Listing]:
    for found in get_db().records.find(wanted, {"listing": 1}, session=session):
        yield Listing.model_validate(found["listing"])
