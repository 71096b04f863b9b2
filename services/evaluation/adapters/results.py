from mongoengine import ListField, StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.results import Result


class ResultDocument(AggregateDocument):
    aggregate = Result
    meta = {
        "collection": "results",
        "indexes": [
            ["tenant", "id"],
            ["readers", "tenant"],
            ["session_id", "tenant"],
            ["dossier_id", "tenant"],
            ["package", "tenant"],
            ["decision_id", "tenant"],
            ["refused_by", "tenant"],
        ],
    }

    session_id = StringField()
    dossier_id = StringField()
    package = StringField()
    decision_id = StringField()
    refused_by = StringField()
    state = StringField()
    readers = ListField(StringField())
