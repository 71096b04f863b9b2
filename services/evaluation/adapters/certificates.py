from mongoengine import StringField

from chassis.store.documents import AggregateDocument
from services.evaluation.domain.certificates import Certificate


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
            ["tenant", "id"],
        ],
    }

    award = StringField()
