from mongoengine import BooleanField, DictField, ListField, StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.products import Product


class ProductDocument(AggregateDocument):
    aggregate = Product
    meta = {
        "collection": "products",
        "indexes": [
            {
                "fields": ["key", "tenant"],
                "unique": True,
                "partialFilterExpression": {"withdrawn": False},
            },
            ["likeness", "tenant"],
            ["tenant", "id"],
            ["facts.producer_id"],
            ["imports"],
        ],
    }

    key = StringField()
    likeness = StringField()
    facts = DictField()
    commune_key = StringField()
    imports = ListField(StringField())
    withdrawn = BooleanField()
