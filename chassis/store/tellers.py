"""Who tells of what: each subject of an event is one tenant's, that which told of it first.

Whose things are is known to their owner alone, and a service may stand anywhere: what it hears of a
subject is believed of that tenant and of no other, however its aggregates are kept here.
"""

from collections.abc import Sequence
from typing import Any

from mongoengine.connection import get_db

from contracts.event import Envelope, Unreadable


class Foreign(Unreadable):
    """An event by which a tenant speaks of what is another's: nothing of it is believed."""


def new(envelopes: Sequence[Envelope]) -> list[dict[str, Any]]:
    """The rows to be kept for subjects that nobody has told of before. Foreign where somebody else
    has."""
    subjects = {one.subject for one in envelopes}
    if not subjects:
        return []
    rows = get_db().tellers.find({"_id": {"$in": [*subjects]}})
    known = {row["_id"]: row["tenant"] for row in rows}
    claimed: dict[str, str] = {}
    for one in envelopes:
        owner = known.get(one.subject) or claimed.setdefault(one.subject, one.tenant)
        if owner != one.tenant:
            raise Foreign(f"{one.tenant} tells {one.type} of {one.subject}, which is {owner}'s")
    return [{"_id": subject, "tenant": tenant} for subject, tenant in claimed.items()]
