"""Facts to listings: what the owners tell is merged, and what the public sees of it is told on."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from chassis.aggregate import Aggregate
from chassis.scope import SERVICE
from chassis.store.tellers import Foreign
from chassis.store.unit_of_work import UnitOfWork
from chassis.tenants import Tenants
from contracts.catalog import Listing, ListingChanged, Stream
from contracts.dossier import (
    ProducerChanged,
    ProducerFacts,
    ProducerRegistered,
    ProducerWithdrawn,
    ProductChanged,
    ProductFacts,
    ProductRegistered,
    ProductWithdrawn,
)
from contracts.evaluation import (
    CertificateAnnulled,
    CertificateChanged,
    CertificateFacts,
    CertificateIssued,
)
from contracts.event import Envelope
from services.catalog.domain.records import Counter, Part, Producer, Record

A = TypeVar("A", bound=Aggregate)
BATCH = 200
OF_PRODUCTS = (ProductRegistered, ProductChanged, ProductWithdrawn)
OF_PRODUCERS = (ProducerRegistered, ProducerChanged, ProducerWithdrawn)
OF_CERTIFICATES = (CertificateIssued, CertificateChanged, CertificateAnnulled)
CHANGES = (ProductChanged, ProducerChanged)
WITHDRAWALS = (ProductWithdrawn, ProducerWithdrawn, CertificateAnnulled)


def project(work: UnitOfWork, envelopes: Sequence[Envelope], tenants: Tenants) -> None:
    """Merge a batch of events into the records they are about.

    All that is read is saved, changed or not: of two batches that tell of a producer and of its
    product at once, one comes too late then, runs again and sees the other's.
    """
    records = {one.id: one for one in _records_about(work, envelopes)}
    producers = {one.id: one for one in _producers_of(work, envelopes, records.values())}
    for envelope in envelopes:
        _learn(envelope, records, producers)
    _relist(work, records.values(), producers, tenants)


def retell(work: UnitOfWork, tenants: Tenants, **outdated: Any) -> list[Listing]:
    """Some of these records, which lie elsewhere by now than their listings say, are told anew;
    what they say then, for the index."""
    records = work.page(Record, after=None, limit=BATCH, **outdated)
    ids = {one.producer_id for one in records if one.producer_id}
    producers = {one.id: one for one in work.all(Producer, id__in=sorted(ids))}
    _relist(work, records, producers, tenants)
    return [one.listing for one in records if one.listing]


def outdated(tenants: Tenants) -> Iterator[dict[str, Any]]:
    """Which records `retell` is about, by tenant."""
    for tenant in tenants:
        of = {"tenant": tenant.slug, "listing__ne": None}
        yield of | {"listing__place__unit__ne": tenant.name.vi}
        yield of | {"listing__place__province__ne": tenants.top(tenant.slug).slug}


def listings_about(work: UnitOfWork, envelopes: Sequence[Envelope]) -> list[Listing]:
    """What the public sees now of the products that the events are about, for the index: also of
    events that were had before, as the index may not have been reached then."""
    return [one.listing for one in _records_about(work, envelopes) if one.listing]


def _records_about(work: UnitOfWork, envelopes: Sequence[Envelope]) -> list[Record]:
    products, producers = set(), set()
    for envelope in envelopes:
        event = envelope.data
        if isinstance(event, OF_PRODUCTS):
            products.add(envelope.subject)
        elif isinstance(event, OF_CERTIFICATES):
            products.add(event.certificate.product_id)
        elif isinstance(event, OF_PRODUCERS):
            producers.add(envelope.subject)
    by_product = work.all(Record, id__in=sorted(products))
    return by_product + work.all(
        Record, producer_id__in=sorted(producers), id__nin=sorted(products)
    )


def _producers_of(
    work: UnitOfWork, envelopes: Sequence[Envelope], records: Iterable[Record]
) -> list[Producer]:
    named = {one.producer_id for one in records if one.producer_id}
    for envelope in envelopes:
        event = envelope.data
        if isinstance(event, OF_PRODUCTS):
            named.add(event.product.producer_id)
        elif isinstance(event, OF_PRODUCERS):
            named.add(envelope.subject)
    return work.all(Producer, id__in=sorted(named))


def _learn(envelope: Envelope, records: dict[str, Record], producers: dict[str, Producer]) -> None:
    id, tenant, version = envelope.subject, envelope.tenant, envelope.version
    event, withdrawn = envelope.data, isinstance(envelope.data, WITHDRAWALS)
    confirmed = isinstance(event, CHANGES) and event.confirmed
    if isinstance(event, OF_PRODUCTS):
        of_product = Part[ProductFacts](
            facts=event.product, version=version, withdrawn=withdrawn, confirmed=confirmed
        )
        _own(records, Record, id, tenant).learn_product(of_product)
    elif isinstance(event, OF_PRODUCERS):
        of_producer = Part[ProducerFacts](
            facts=event.producer, version=version, withdrawn=withdrawn, confirmed=confirmed
        )
        _own(producers, Producer, id, tenant).learn(of_producer)
    elif isinstance(event, OF_CERTIFICATES):
        held = event.certificate
        of_held = Part[CertificateFacts](facts=held, version=version, withdrawn=withdrawn)
        _own(records, Record, held.product_id, tenant).learn_certificate(id, of_held)


def _relist(
    work: UnitOfWork,
    records: Collection[Record],
    producers: dict[str, Producer],
    tenants: Tenants,
) -> None:
    told = []
    for record in records:
        producer = _its_producer(record, producers)
        tenant, province = tenants.get(record.tenant), tenants.top(record.tenant)
        if record.relist(producer, tenant.name.vi, province.slug):
            told.append(record)
    work.save(*records, *producers.values())
    _tell(work, told, tenants)


def _its_producer(record: Record, producers: dict[str, Producer]) -> Producer | None:
    if record.producer_id is None:
        return None
    return _own(producers, Producer, record.producer_id, record.tenant)


def _own(known: dict[str, A], kind: type[A], id: str, tenant: str) -> A:
    """The one with this id, begun where there is none; no tenant's events touch another's."""
    found = known.setdefault(id, kind(id=id, tenant=tenant))
    if found.tenant != tenant:
        raise Foreign(f"{kind.__name__} {id} is {found.tenant}'s and not {tenant}'s")
    return found


def _tell(work: UnitOfWork, changed: Sequence[Record], tenants: Tenants) -> None:
    """Number the events in the transaction that writes them: no number without its event."""
    streams = {one.id: Stream.of(tenants.get(one.tenant).purpose) for one in changed}
    kept = work.all(Counter, id__in=sorted(set(streams.values())))
    counters = {counter.id: counter for counter in kept}
    for record in changed:
        stream = streams[record.id]
        counter = _own(counters, Counter, stream, SERVICE)
        assert record.listing is not None  # it was just changed
        event = ListingChanged(sequence=counter.next(), listing=record.listing)
        work.tell(event, about=record, stream=stream)
    work.save(*counters.values())
