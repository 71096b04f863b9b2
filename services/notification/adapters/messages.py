from mongoengine import BooleanField, IntField, ListField, StringField

from chassis.store.documents import AggregateDocument
from services.notification.domain.messages import Message


class MessageDocument(AggregateDocument):
    """An inbox is looked for by what reaches its owner, newest first."""

    aggregate = Message
    meta = {
        "collection": "messages",
        "indexes": [
            ["tenant", "reached_by", "-place"],
            ["tenant", "reached_by", "read", "-place"],
            ["tenant", "subject", "of_version"],
            ["mail_state", "place"],
        ],
    }

    reached_by = ListField(StringField())
    shown = BooleanField()
    read = BooleanField()
    place = StringField()
    event = StringField()
    subject = StringField()
    of_version = IntField()
    mail_state = StringField()
