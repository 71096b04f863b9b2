"""How aggregates lie in MongoDB: their own fields as they are, within the scope's reach."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import mongoengine
from bson.codec_options import TypeRegistry
from mongoengine import DynamicDocument, IntField, QuerySet, StringField
from mongoengine.connection import get_db
from pymongo import ASCENDING

from chassis import scope
from chassis.aggregate import Aggregate
from chassis.store import files

OUTBOX_DAYS, INBOX_DAYS = 30, 45  # a replay of the outbox finds what was handled
ANSWER_DAYS = 1  # of a request that may come again
DAY_S = 86400

documents: dict[type[Aggregate], type["AggregateDocument"]] = {}


def connect(uri: str, database: str, **options: Any) -> None:
    """The one store of this process; connecting anew replaces it."""
    disconnect()
    mongoengine.connect(
        database,
        host=uri,
        w="majority",
        readConcernLevel="majority",
        tz_aware=True,
        uuidRepresentation="standard",
        type_registry=TypeRegistry(fallback_encoder=in_bson),
        **options,
    )


def disconnect() -> None:
    mongoengine.disconnect()
    for document in documents.values():
        document._disconnect()  # mongoengine forgets one of two classes with the same name


def in_bson(value: Any) -> str | list[Any]:
    """For what BSON has no type: the aggregate's own types read it back."""
    match value:
        case date() | Decimal():
            return str(value)
        case set() | frozenset():
            return sorted(value)
    raise TypeError(f"cannot keep a {type(value).__name__}")


class TenantQuerySet(QuerySet):  # type: ignore[misc]
    @property
    def _query(self) -> dict[str, Any]:
        return {"$and": [super()._query, {"tenant": {"$in": sorted(scope.current().reach)}}]}


class AggregateDocument(DynamicDocument):  # type: ignore[misc]
    """A subclass names its aggregate, its collection, and only the fields it is looked for by."""

    meta: ClassVar[dict[str, Any]] = {
        "abstract": True,
        "queryset_class": TenantQuerySet,
        "auto_create_index": False,
    }
    aggregate: ClassVar[type[Aggregate]]

    id = StringField(primary_key=True)
    tenant = StringField()
    version = IntField()

    def __init_subclass__(cls) -> None:
        if aggregate := cls.__dict__.get("aggregate"):
            documents[aggregate] = cls


def versions_name(document: type[AggregateDocument]) -> str:
    """Where the versions of a kept kind are, each under `<id>/<version>`."""
    return f"{document._get_collection_name()}_versions"


def prepare(package: str = "") -> None:
    """Make collections and indexes; again and again without harm. A step of the deployment.

    `package`: only of documents that are defined in it, where one process holds several services.
    The outbox's one index is both the clock of its expiry and the list of unsent rows: null keys,
    in order of insertion.
    """
    database = get_db()
    known = set(database.list_collection_names())
    if "tellers" not in known:
        database.create_collection("tellers")
    ours = (one for one in documents.values() if one.__module__.startswith(package))
    for document in ours:
        # none may come into being later: a snapshot cannot be read of a moment before it was there
        names = [document._get_collection_name()]
        if document.aggregate.kept:
            names.append(versions_name(document))
        for name in set(names).difference(known):
            database.create_collection(name)
        known.update(names)
        document.ensure_indexes()
    database.outbox.create_index("published_at", expireAfterSeconds=OUTBOX_DAYS * DAY_S)
    database.inbox.create_index("at", expireAfterSeconds=INBOX_DAYS * DAY_S)
    database.answers.create_index("at", expireAfterSeconds=ANSWER_DAYS * DAY_S)
    database.acts.create_index([("subject", ASCENDING), ("version", ASCENDING)])
    files.prepare()
