from chassis.store.documents import AggregateDocument
from services.dossier.domain.imports import Import


class ImportDocument(AggregateDocument):
    aggregate = Import
    meta = {"collection": "imports", "indexes": [["tenant", "id"]]}
