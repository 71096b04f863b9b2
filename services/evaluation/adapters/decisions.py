from mongoengine import IntField, ListField, StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.decisions import Decision


class DecisionDocument(AggregateDocument):
    aggregate = Decision
    meta = {
        "collection": "decisions",
        "indexes": [
            {"fields": ["tenant", "year", "number"], "unique": True},
            ["tenant", "id"],
            ["readers", "tenant"],
        ],
    }

    number = StringField()
    year = IntField()
    readers = ListField(StringField())
