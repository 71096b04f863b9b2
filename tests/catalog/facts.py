"""Events of the owners, as the catalogue gets them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

from chassis.scope import SERVICE, Scope, entered
from chassis.store.unit_of_work import handle_all
from chassis.tenants import Tenants
from contracts.dossier import (
    CertifiedFacts,
    ProducerChanged,
    ProducerFacts,
    ProducerRegistered,
    ProducerWithdrawn,
    ProductChanged,
    ProductFacts,
    ProductRegistered,
    ProductSet,
    ProductWithdrawn,
)
from contracts.evaluation import (
    CertificateAnnulled,
    CertificateChanged,
    CertificateFacts,
    CertificateIssued,
    Origin,
)
from contracts.event import Envelope, Event
from contracts.topology import FACTS_TO_LISTINGS
from services.catalog.application.records import project

QUEUE = FACTS_TO_LISTINGS.queue
REPORTED = date(2023, 12, 31)


def an_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def event(told: Event, subject: int, version: int = 1, tenant: str = "tri-ton") -> Envelope:
    return Envelope.of(
        told, subject=an_id(subject), tenant=tenant, version=version, at=datetime.now(UTC)
    )


def producer(
    id: int = 1, name: str = "Cơ sở A", *, withdrawn: bool = False, changed: bool = False,
    confirmed: bool = False, **rest: Any,
) -> Envelope:  # fmt: skip
    kind = ProducerWithdrawn if withdrawn else ProducerChanged if changed else ProducerRegistered
    facts = ProducerFacts(name=name, address="xã A")
    return event(kind(producer=facts, **_confirmed(confirmed)), id, **rest)


def product(
    id: int = 2, name: str = "Gạo A", *, of: int = 1, withdrawn: bool = False,
    changed: bool = False, confirmed: bool = False, address: str = "ấp 1, xã A",
    set: ProductSet | None = None, **rest: Any,
) -> Envelope:  # fmt: skip
    kind = ProductWithdrawn if withdrawn else ProductChanged if changed else ProductRegistered
    facts = ProductFacts(name=name, producer_id=an_id(of), address=address, set=set)
    return event(kind(product=facts, **_confirmed(confirmed)), id, **rest)


def _confirmed(confirmed: bool) -> dict[str, bool]:
    """As events say it that tell of a change; the others have nothing to say."""
    return {"confirmed": True} if confirmed else {}


def certificate(
    id: int = 3, *, of: int = 2, star: int = 3, potential: Any = None,
    day: date = REPORTED, origin: Origin = Origin.IMPORTED, expires_on: date | None = None,
    replaced_by: int | None = None, annulled: bool = False, changed: bool = False,
    certified: CertifiedFacts | None = None, **rest: Any,
) -> Envelope:  # fmt: skip
    kind = CertificateAnnulled if annulled else CertificateChanged if changed else CertificateIssued
    known = "reported_on" if origin is Origin.IMPORTED else "decided_on"
    facts = CertificateFacts(
        product_id=an_id(of), star=star, potential=potential, origin=origin,
        expires_on=expires_on, replaced_by=replaced_by and an_id(replaced_by),
        certified=certified, **{known: day},
    )  # fmt: skip
    return event(kind(certificate=facts), id, **rest)


def scope_of(envelopes: Sequence[Envelope]) -> AbstractContextManager[None]:
    """As the worker enters it for a batch."""
    return entered(Scope(SERVICE, QUEUE, frozenset(one.tenant for one in envelopes)))


def hear(tenants: Tenants, *envelopes: Envelope) -> None:
    """One batch."""
    with scope_of(envelopes):
        handle_all(QUEUE, envelopes, project, tenants)


def told(database: Any, stream: str = "catalog.public") -> list[dict[str, Any]]:
    """The data of what the relay sends to the stream, in its order."""
    rows = database.outbox.find({"public": True, "key": stream})
    return [Envelope.decoded(row["body"]).data.model_dump(mode="json") for row in rows]
