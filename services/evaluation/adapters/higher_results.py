from mongoengine import StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.higher_results import HigherResult


class HigherResultDocument(AggregateDocument):
    aggregate = HigherResult
    meta = {
        "collection": "higher_results",
        "indexes": [["tenant", "id"], ["result_id", "tenant"]],
    }

    result_id = StringField()
    state = StringField()
