from chassis.store.documents import AggregateDocument
from services.catalog.domain.rebuilds import Rebuild


class RebuildDocument(AggregateDocument):
    aggregate = Rebuild
    meta = {"collection": "rebuilds"}
