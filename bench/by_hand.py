"""The same chain as a careful person writes it for this one purpose: batches, confirms, one
transaction a batch, bulk indexing; no models, no layers."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import amqp
from elasticsearch import Elasticsearch
from pymongo import MongoClient, UpdateOne
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

QUEUE, RELAYED, BATCH, WAIT_S = "by-hand", 200, 50, 0.02
QUORUM = {"x-queue-type": "quorum"}


class Where(NamedTuple):
    mongodb: str
    database: str
    rabbitmq: str
    elasticsearch: str
    index: str


def prepare(where: Where) -> None:
    with MongoClient[dict[str, Any]](where.mongodb) as client:
        client.drop_database(where.database)
        for name in ("records", "producers", "inbox", "outbox", "told", "ready", "counters"):
            client[where.database].create_collection(name)
        client[where.database].outbox.create_index("published_at")
        client[where.database].records.create_index("producer_id")
        client[where.database].counters.insert_one({"_id": "all", "sequence": 0})
    search = Elasticsearch(where.elasticsearch)
    search.indices.delete(index=where.index, ignore_unavailable=True)
    search.indices.create(
        index=where.index, mappings={"properties": {"listed": {"type": "boolean"}}}
    )
    search.close()
    connection, channel = _channel(where)
    channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments=QUORUM)
    connection.close()


def relay(where: Where) -> None:
    """Unsent rows in batches, confirmed, marked."""
    outbox = MongoClient[dict[str, Any]](where.mongodb, w="majority")[where.database].outbox
    _, channel = _channel(where)
    channel.confirm_select()
    waiting: set[int] = set()
    channel.events["basic_ack"].add(lambda tag, multiple: _confirmed(waiting, tag, multiple))
    outbox.database.ready.insert_one({"who": "relay"})
    tag = 0
    with outbox.watch([{"$match": {"operationType": "insert"}}], max_await_time_ms=1000) as stream:
        while True:
            rows = list(
                outbox.find({"published_at": None}).hint([("published_at", 1)]).limit(RELAYED)
            )
            if not rows:
                stream.try_next()
                continue
            for row in rows:
                tag += 1
                waiting.add(tag)
                message = amqp.Message(row["body"], delivery_mode=2, message_id=row["_id"])
                channel.basic_publish(message, "", QUEUE, mandatory=True)
            while waiting:
                channel.connection.drain_events()
            done = {"$in": [row["_id"] for row in rows]}
            outbox.update_many({"_id": done}, {"$set": {"published_at": datetime.now(UTC)}})


def consume(where: Where) -> None:
    """Batches: inbox, records, numbered rows for the world in one transaction, then the index."""
    client = MongoClient[dict[str, Any]](where.mongodb, w="majority")
    database, search = client[where.database], Elasticsearch(where.elasticsearch)
    connection, channel = _channel(where)
    channel.basic_qos(0, 150, False)
    arrived: list[Any] = []
    channel.basic_consume(QUEUE, callback=arrived.append)
    database.ready.insert_one({"who": "consumer"})
    while True:
        if not arrived:
            connection.drain_events()
        with suppress(TimeoutError):
            while len(arrived) < BATCH:
                connection.drain_events(timeout=WAIT_S)
        batch, arrived[:] = arrived[:BATCH], arrived[BATCH:]
        events = [json.loads(message.body) for message in batch]
        with client.start_session() as session:
            listings = session.with_transaction(
                lambda s, events=events: _merge(database, events, s),
                ReadConcern("snapshot"), WriteConcern("majority"),
            )  # fmt: skip
        if listings:
            operations: list[Any] = []
            for one in listings:
                operations += [{"index": {"_id": one["_id"]}}, {"listed": True, **one["product"]}]
            search.bulk(index=where.index, operations=operations)
        channel.basic_ack(batch[-1].delivery_tag, multiple=True)


def _merge(database: Any, events: list[Any], session: Any) -> list[Any]:
    now = datetime.now(UTC)
    database.inbox.insert_many([{"_id": one["id"], "at": now} for one in events], session=session)
    records, producers = [], []
    for one in events:
        match one["type"]:
            case "producer.registered.v1":
                producers.append(_set(one["subject"], {"facts": one["data"]["producer"]}))
            case "product.registered.v1":
                product = one["data"]["product"]
                fields = {"product": product, "producer_id": product["producer_id"]}
                records.append(_set(one["subject"], fields))
            case "certificate.issued.v1":
                held = one["data"]["certificate"]
                records.append(_set(held["product_id"], {"certificate": held}))
    if producers:
        database.producers.bulk_write(producers, session=session)
    if not records:
        return []
    database.records.bulk_write(records, session=session)
    ids = [one._filter["_id"] for one in records]
    wanted = {"_id": {"$in": ids}, "product": {"$ne": None}, "certificate": {"$ne": None}}
    complete = list(database.records.find(wanted, session=session))
    if complete:
        counter = database.counters.find_one_and_update(
            {"_id": "all"}, {"$inc": {"sequence": len(complete)}}, session=session
        )
        rows = [
            {"sequence": counter["sequence"] + number, "body": json.dumps(one["product"])}
            for number, one in enumerate(complete, 1)
        ]
        database.told.insert_many(rows, session=session)
    return complete


def _set(id: str, fields: dict[str, Any]) -> UpdateOne:
    return UpdateOne({"_id": id}, {"$set": fields}, upsert=True)


def _confirmed(waiting: set[int], tag: int, multiple: bool) -> None:
    waiting -= {one for one in waiting if one <= tag} if multiple else {tag}


def _channel(where: Where) -> tuple[amqp.Connection, Any]:
    at = urlsplit(where.rabbitmq)
    connection = amqp.Connection(
        f"{at.hostname}:{at.port}", unquote(at.username or ""), unquote(at.password or ""),
        virtual_host=unquote(at.path[1:]),
    )  # fmt: skip
    connection.connect()
    return connection, connection.channel()
