"""Who listens to what. Exchanges, queues, retries, dead letters all follow from this list."""

from dataclasses import dataclass

from contracts.catalog import IndexRebuildRequested, ListingChanged
from contracts.dossier import (
    EarlierAwardRecorded,
    EarlierAwardWithdrawn,
    ProducerRegistered,
    ProducerWithdrawn,
    ProductRegistered,
    ProductWithdrawn,
)
from contracts.evaluation import CertificateAnnulled, CertificateIssued
from contracts.event import Event


@dataclass(frozen=True)
class Subscription:
    """One queue of one service, and the events it is for."""

    service: str
    purpose: str
    events: tuple[type[Event], ...]

    @property
    def queue(self) -> str:
        return f"{self.service}.{self.purpose}"

    @property
    def bindings(self) -> tuple[tuple[str, str], ...]:
        """(exchange, routing key), for every tenant."""
        return tuple((event.source, f"{event.type}.*") for event in self.events)


AWARDS_TO_CERTIFICATES = Subscription(
    "evaluation", "earlier-awards", (EarlierAwardRecorded, EarlierAwardWithdrawn)
)
CERTIFICATES_TO_AWARDS = Subscription("dossier", "certificates", (CertificateIssued,))
FACTS_TO_LISTINGS = Subscription(
    "catalog",
    "facts",
    (
        ProducerRegistered,
        ProducerWithdrawn,
        ProductRegistered,
        ProductWithdrawn,
        CertificateIssued,
        CertificateAnnulled,
    ),
)
REBUILDS = Subscription("catalog", "jobs", (IndexRebuildRequested,))
SUBSCRIPTIONS = (AWARDS_TO_CERTIFICATES, CERTIFICATES_TO_AWARDS, FACTS_TO_LISTINGS, REBUILDS)
PUBLIC: tuple[type[Event], ...] = (ListingChanged,)
"""What leaves by the streams; anybody may read it, and no queue is for it."""
SERVICES = ("dossier", "evaluation", "catalog")
STREAM_DAYS = 30
