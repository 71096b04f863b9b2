from mongoengine import BooleanField, DictField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.awards import EarlierAward


class EarlierAwardDocument(AggregateDocument):
    aggregate = EarlierAward
    meta = {
        "collection": "earlier_awards",
        "indexes": [
            {
                "fields": ["facts.product_id"],
                "unique": True,
                "partialFilterExpression": {"withdrawn": False},
            },
        ],
    }

    facts = DictField()
    withdrawn = BooleanField()
