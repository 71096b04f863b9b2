from mongoengine import StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.proposed_changes import ProposedChange


class ProposedChangeDocument(AggregateDocument):
    aggregate = ProposedChange
    meta = {
        "collection": "proposed_changes",
        "indexes": [["subject_id", "state"], ["tenant", "id"], ["producer_id"]],
    }

    subject_id = StringField()
    producer_id = StringField()
    commune_key = StringField()
    state = StringField()
