from mongoengine import BooleanField, DictField, ListField, StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.dossiers import Dossier


class DossierDocument(AggregateDocument):
    """A product is filed once in a round; again after a withdrawal."""

    aggregate = Dossier
    meta = {
        "collection": "dossiers",
        "indexes": [
            {
                "fields": ["product_id", "round_id"],
                "unique": True,
                "partialFilterExpression": {"withdrawn": False},
            },
            ["tenant", "id"],
            ["tenant", "state"],
            ["tenant", "queue"],
            ["producer_id"],
        ],
    }

    round_id = StringField()
    product_id = StringField()
    producer_id = StringField()
    state = StringField()
    queue = StringField()
    commune_key = StringField()
    withdrawn = BooleanField()
    draft = DictField()
    packages = ListField(DictField())
