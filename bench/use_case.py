"""A use case against the same transaction written by hand: one read, three writes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from mongoengine import StringField
from mongoengine.connection import get_db
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from bench.measuring import Figure, alternated, p
from chassis.aggregate import Aggregate
from chassis.scope import Scope, entered
from chassis.store import documents
from chassis.store.documents import AggregateDocument
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.dossier import ProducerFacts, ProducerRegistered
from deploy.local.addresses import Addresses

ROUNDS = 300
FACTS = ProducerFacts(name="Cơ sở Mẫu", address="xã Mẫu, huyện Mẫu")


class Counted(Aggregate):
    facts: ProducerFacts
    key: str


class CountedDocument(AggregateDocument):
    aggregate = Counted
    meta = {"collection": "counted", "indexes": [{"fields": ["tenant", "key"], "unique": True}]}

    key = StringField()


def measured(engines: Addresses) -> Iterator[Figure]:
    documents.connect(engines.mongodb, "bench_use_case")
    try:
        documents.prepare()
        get_db().create_collection("by_hand")
        get_db().by_hand.create_index([("tenant", 1), ("key", 1)], unique=True)
        with entered(Scope("tri-ton", "bench")):
            took = alternated(ROUNDS, ours=lambda: run(register, str(uuid4())), by_hand=by_hand)
    finally:
        get_db().client.drop_database("bench_use_case")
        documents.disconnect()
    ratio = p(took["ours"], 50) / p(took["by_hand"], 50)
    yield Figure("use case / same transaction by hand (p50)", ratio, "×", "≤ 1,3")
    yield Figure("use case p50", p(took["ours"], 50), "ms")


def register(work: UnitOfWork, key: str) -> None:
    if work.first(Counted, key=key):
        raise ValueError(key)
    one = Counted(tenant=work.scope.tenant, facts=FACTS, key=key)
    work.save(one)
    work.tell(ProducerRegistered(producer=FACTS), about=one)


def by_hand() -> None:
    """The same documents, and nothing between them and pymongo."""
    database, at, id, key = get_db(), datetime.now(UTC), str(uuid4()), str(uuid4())
    if database.by_hand.find_one({"tenant": "tri-ton", "key": key}):
        raise ValueError(key)
    facts = {"name": FACTS.name, "kind": None, "address": FACTS.address}
    body = {
        "specversion": "1.0", "id": str(uuid4()), "source": "/dossier", "subject": id,
        "type": "producer.registered.v1", "time": at.isoformat(), "tenant": "tri-ton",
        "version": 1, "datacontenttype": "application/json", "data": {"producer": facts},
    }  # fmt: skip
    row = {
        "_id": body["id"], "exchange": "dossier", "key": "producer.registered.v1.tri-ton",
        "public": False, "body": json.dumps(body, ensure_ascii=False), "at": at,
        "published_at": None,
    }  # fmt: skip
    act = {
        "act": "register", "actor": "bench", "acting_for": "tri-ton", "tenant": "tri-ton",
        "kind": "Counted", "subject": id, "version": 1, "at": at,
    }  # fmt: skip

    def write(session: Any) -> None:
        one = {"_id": id, "tenant": "tri-ton", "version": 1, "facts": facts, "key": key}
        database.by_hand.insert_one(one, session=session)
        database.acts.insert_one(act, session=session)
        database.outbox.insert_one(row, session=session)

    with database.client.start_session() as session:
        session.with_transaction(write, ReadConcern("snapshot"), WriteConcern("majority"))
