from mongoengine import ListField, StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.councils import Council


class CouncilDocument(AggregateDocument):
    aggregate = Council
    meta = {
        "collection": "councils",
        "indexes": [["tenant", "id"], ["reachable", "tenant"], ["once_reachable", "tenant"]],
    }

    reachable = ListField(StringField())
    once_reachable = ListField(StringField())
