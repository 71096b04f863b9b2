from mongoengine import DictField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.packages import Package


class PackageDocument(AggregateDocument):
    aggregate = Package
    meta = {
        "collection": "packages",
        "indexes": [["tenant", "id"], ["manifest.files.evidence_id"]],
    }

    manifest = DictField()
