from mongoengine import IntField, StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.sheets import Sheet


class SheetDocument(AggregateDocument):
    aggregate = Sheet
    meta = {
        "collection": "sheets",
        "indexes": [["session_id", "tenant"], ["scoring_id", "tenant"]],
    }

    session_id = StringField()
    scoring_id = StringField()
    round = IntField()
