from mongoengine import StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.scorings import Scoring


class ScoringDocument(AggregateDocument):
    aggregate = Scoring
    meta = {"collection": "scorings", "indexes": [["session_id", "tenant"]]}

    session_id = StringField()
