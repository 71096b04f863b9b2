from mongoengine import ListField, StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.scorings import Scoring


class ScoringDocument(AggregateDocument):
    aggregate = Scoring
    meta = {
        "collection": "scorings",
        "indexes": [["session_id", "tenant"], ["concerned", "tenant"], ["package_id", "tenant"]],
    }

    session_id = StringField()
    package_id = StringField()
    concerned = ListField(StringField())
