from mongoengine import BooleanField, DictField, ListField, StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.packages import Heard, Package


class PackageDocument(AggregateDocument):
    aggregate = Package
    meta = {
        "collection": "packages",
        "indexes": [
            ["tenant", "id"],
            ["follows", "tenant"],
            ["reachable", "tenant"],
            ["manifest.product_id", "tenant"],
        ],
    }

    manifest = DictField()
    follows = StringField()
    state = StringField()
    ready = BooleanField()
    scheduled = BooleanField()
    reachable = ListField(StringField())


class HeardDocument(AggregateDocument):
    aggregate = Heard
    meta = {"collection": "heard"}
