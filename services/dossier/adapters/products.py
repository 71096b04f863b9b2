from mongoengine import BooleanField, DictField, ListField, StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.products import Product, likeness_key


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


def read_likenesses_anew() -> None:
    """Each is kept as the release that saved the product read names; again without harm."""
    kept = ProductDocument._get_collection()
    for one in kept.find({}, {"facts.name": 1, "producer": 1, "likeness": 1}):
        likeness = likeness_key(one["facts"]["name"], one["producer"])
        if likeness != one["likeness"]:
            read = {"_id": one["_id"], "likeness": one["likeness"]}
            kept.update_one(read, {"$set": {"likeness": likeness}})
