from mongoengine import StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.reviews import Review


class ReviewDocument(AggregateDocument):
    aggregate = Review
    meta = {
        "collection": "reviews",
        "indexes": [["tenant", "id"], ["dossier_id", "tenant"]],
    }

    dossier_id = StringField()
