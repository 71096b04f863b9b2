from mongoengine import BooleanField, ListField, StringField

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
            ["reached_by", "tenant"],
        ],
    }

    key = StringField()
    commune_key = StringField()
    reached_by = ListField(StringField())
    withdrawn = BooleanField()
