from mongoengine import BooleanField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.rounds import Round


class RoundDocument(AggregateDocument):
    aggregate = Round
    meta = {"collection": "rounds", "indexes": [["tenant", "open", "id"]]}

    open = BooleanField()
