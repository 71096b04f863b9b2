from mongoengine import StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.papers import Paper


class PaperDocument(AggregateDocument):
    aggregate = Paper
    meta = {"collection": "papers", "indexes": [["tenant", "subject"], ["tenant", "state"]]}

    subject = StringField()
    state = StringField()
