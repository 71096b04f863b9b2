from mongoengine import BooleanField, DictField, StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.certificates import Certificate, Serial, Succession


class CertificateDocument(AggregateDocument):
    aggregate = Certificate
    meta = {
        "collection": "certificates",
        "indexes": [
            {
                "fields": ["tenant", "award"],
                "unique": True,
                "partialFilterExpression": {"award": {"$type": "string"}},
            },
            {
                "fields": ["facts.number"],
                "unique": True,
                "partialFilterExpression": {"facts.number": {"$type": "string"}},
            },
            ["tenant", "id"],
            ["facts.product_id", "tenant"],
            ["facts.replaced_by", "tenant"],
            ["decision_id", "tenant"],
            ["result_id", "tenant"],
        ],
    }

    facts = DictField()
    award = StringField()
    annulled = BooleanField()
    decision_id = StringField()
    result_id = StringField()


class SuccessionDocument(AggregateDocument):
    aggregate = Succession
    meta = {"collection": "successions"}


class SerialDocument(AggregateDocument):
    aggregate = Serial
    meta = {"collection": "serials"}
