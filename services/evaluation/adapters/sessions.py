from mongoengine import DictField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.sessions import Session


class SessionDocument(AggregateDocument):
    aggregate = Session
    meta = {
        "collection": "sessions",
        "indexes": [["tenant", "id"], ["facts.council_id", "tenant"]],
    }

    facts = DictField()
