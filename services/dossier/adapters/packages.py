from chassis.store.documents import AggregateDocument
from services.dossier.domain.packages import Package


class PackageDocument(AggregateDocument):
    aggregate = Package
    meta = {"collection": "packages", "indexes": [["tenant", "id"]]}
