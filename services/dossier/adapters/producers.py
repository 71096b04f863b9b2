from mongoengine import BooleanField, StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.producers import Producer


class ProducerDocument(AggregateDocument):
    aggregate = Producer
    meta = {
        "collection": "producers",
        "indexes": [
            {
                "fields": ["key", "tenant"],
                "unique": True,
                "partialFilterExpression": {"withdrawn": False},
            },
            ["tenant", "id"],
        ],
    }

    key = StringField()
    withdrawn = BooleanField()
