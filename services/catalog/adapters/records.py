"""How records are looked for, and how they are read as one picture of a moment."""

from collections.abc import Collection, Iterator
from typing import Any

from mongoengine import StringField
from mongoengine.connection import get_db
from pymongo.client_session import ClientSession

from chassis.store.documents import AggregateDocument
from contracts.catalog import Listing, Stream
from services.catalog.domain.records import Counter, Producer, Record


class RecordDocument(AggregateDocument):
    aggregate = Record
    meta = {"collection": "records", "indexes": [["tenant", "producer_id"]]}

    producer_id = StringField()


class ProducerDocument(AggregateDocument):
    aggregate = Producer
    meta = {"collection": "producers"}


class CounterDocument(AggregateDocument):
    aggregate = Counter
    meta = {"collection": "counters"}


def snapshot(stream: Stream, tenants: Collection[str]) -> tuple[int, Iterator[Listing]]:
    """The stream's sequence, and every listing exactly as it stood at that sequence: both are read
    of one moment, while others write on."""
    moment = _moment(stream, tenants)
    return next(moment), moment


def _moment(stream: Stream, tenants: Collection[str]) -> Iterator[Any]:
    with get_db().client.start_session(snapshot=True) as session:
        counter = get_db().counters.find_one({"_id": stream.value}, session=session)
        yield counter["sequence"] if counter else 0
        yield from _listings({"tenant": {"$in": sorted(tenants)}}, session)


def every_listing() -> Iterator[Listing]:
    """Of all tenants: what the search index is built from and compared with."""
    return _listings({}, None)


def _listings(wanted: dict[str, Any], session: ClientSession | None) -> Iterator[Listing]:
    shown = get_db().records.find(
        wanted | {"listing": {"$ne": None}}, {"listing": 1}, session=session
    )
    for found in shown:
        yield Listing.model_validate(found["listing"])
