from mongoengine import BooleanField, DictField, StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.certificates import HeldCertificate


class HeldCertificateDocument(AggregateDocument):
    aggregate = HeldCertificate
    meta = {
        "collection": "held_certificates",
        "indexes": [["facts.product_id", "tenant"], ["key", "tenant"]],
    }

    facts = DictField()
    key = StringField()
    annulled = BooleanField()
