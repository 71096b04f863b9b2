from mongoengine import BooleanField, StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.evidence import Evidence, Shelf


class EvidenceDocument(AggregateDocument):
    aggregate = Evidence
    meta = {"collection": "evidence", "indexes": [["producer_id", "id"]]}

    producer_id = StringField()
    withdrawn = BooleanField()


class ShelfDocument(AggregateDocument):
    aggregate = Shelf
    meta = {
        "collection": "shelves",
        "indexes": [{"fields": ["producer_id"], "unique": True}],
    }

    producer_id = StringField()
