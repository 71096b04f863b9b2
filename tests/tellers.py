"""Every event that a service listens to, told by a tenant whose thing it is not."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from contracts.event import Envelope, Event, Unreadable
from contracts.topology import SUBSCRIPTIONS, Subscription

PROVINCE, DISTRICT = "an-giang", "tri-ton"
OTHERS = {DISTRICT: ("chau-doc", "tinh-mau", "huyen-mau"), PROVINCE: (DISTRICT, "tinh-mau")}
"""By whose a thing is: who may not speak of it, beside it, above others, or below pretending."""


def heard_by(service: str) -> list[tuple[Subscription, type[Event]]]:
    return [(one, event) for one in SUBSCRIPTIONS if one.service == service for event in one.events]


def named(row: Any) -> str:
    return row.queue if isinstance(row, Subscription) else getattr(row, "type", str(row))


def told_by_others(one: Envelope) -> Iterator[Envelope]:
    """The same by each of them, as if it were the last word: of the same subject, and with all
    that it says of one of their own."""
    for teller in OTHERS[one.tenant]:
        later = {"tenant": teller, "version": one.version + 10}
        for subject in (one.subject, str(uuid4())):
            yield one.model_copy(update=later | {"id": str(uuid4()), "subject": subject})


def refuses(database: Any, handler: Callable[[Envelope], None], own: Envelope) -> None:
    """Whoever else tells it of that subject is a dead letter at once and changes nothing; what they
    tell of one of their own changes nothing of the owner's, nor of the level above."""
    for foreign in told_by_others(own):
        owners = {own.tenant, PROVINCE} - {foreign.tenant}
        before, of_owners = kept(database), kept(database, *owners)
        if foreign.subject == own.subject:
            with pytest.raises(Unreadable):
                handler(foreign)
            assert kept(database) == before
        else:
            with suppress(Exception):
                handler(foreign)
            assert kept(database, *owners) == of_owners


def kept(database: Any, *tenants: str) -> dict[str, Any]:
    """All that is kept, or all that is of these tenants."""
    names = database.list_collection_names(filter={"type": "collection"})
    wanted = {"tenant": {"$in": [*tenants]}} if tenants else {}
    return {name: [*database[name].find(wanted).sort("_id")] for name in sorted(names)}
