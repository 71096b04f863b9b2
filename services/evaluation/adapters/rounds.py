from chassis.store.documents import AggregateDocument
from services.evaluation.domain.rounds import Round


class RoundDocument(AggregateDocument):
    aggregate = Round
    meta = {"collection": "rounds", "indexes": [["tenant", "id"]]}
