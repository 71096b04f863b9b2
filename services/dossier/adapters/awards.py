from mongoengine import BooleanField, DictField, StringField

from chassis.store.documents import AggregateDocument
from services.dossier.domain.awards import EarlierAward, Registration


class EarlierAwardDocument(AggregateDocument):
    aggregate = EarlierAward
    meta = {
        "collection": "earlier_awards",
        "indexes": [
            {
                "fields": ["facts.product_id"],
                "unique": True,
                "partialFilterExpression": {"withdrawn": False},
            },
        ],
    }

    facts = DictField()
    withdrawn = BooleanField()


class RegistrationDocument(AggregateDocument):
    aggregate = Registration
    meta = {"collection": "registrations", "indexes": ["award_id"]}

    award_id = StringField()


def part_registrations() -> None:
    """A database may have registrations within the awards; again and again without harm."""
    registration = {
        "_id": "$certificate",
        "tenant": 1,
        "award_id": "$_id",
        "version": {"$literal": 1},
    }
    into = {"into": RegistrationDocument._get_collection_name(), "whenMatched": "keepExisting"}
    EarlierAwardDocument._get_collection().aggregate(
        [{"$match": {"certificate": {"$gt": ""}}}, {"$project": registration}, {"$merge": into}]
    )
