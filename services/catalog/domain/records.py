"""What the catalogue knows of a product, merged from what its owners told, and what of that the
public sees."""

from datetime import date
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, computed_field

from chassis.aggregate import Aggregate
from contracts.catalog import ListedCertificate, ListedPlace, ListedProducer, Listing
from contracts.dossier import Facts, ProducerFacts, ProductFacts
from contracts.evaluation import CertificateFacts, Origin

F = TypeVar("F", bound=Facts)


class Part(BaseModel, Generic[F]):
    """What one owner told last. `withdrawn`: a mistake that was taken back; it counts no more."""

    model_config = ConfigDict(frozen=True)

    facts: F
    version: int
    withdrawn: bool

    def after(self, known: "Part[F] | None") -> "Part[F]":
        """Events come in any order: an older version never overwrites a newer."""
        return self if known is None or known.version < self.version else known


class Producer(Aggregate):
    """What is known of a producer, for all of its products. It stands here without a part as soon
    as a product names it, so that whichever is told of later meets the other."""

    audited: ClassVar[bool] = False

    part: Part[ProducerFacts] | None = None

    def learn(self, part: Part[ProducerFacts]) -> None:
        self.part = part.after(self.part)


class Record(Aggregate):
    """One product. Its parts come from three owners; `listing` is what the public was told last,
    and None as long as it has never been shown."""

    audited: ClassVar[bool] = False

    product: Part[ProductFacts] | None = None
    certificates: dict[str, Part[CertificateFacts]] = {}
    listing: Listing | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def producer_id(self) -> str | None:
        return self.product.facts.producer_id if self.product else None

    @property
    def listed(self) -> bool:
        return self.listing is not None and self.listing.listed

    def learn_product(self, part: Part[ProductFacts]) -> None:
        self.product = part.after(self.product)

    def learn_certificate(self, id: str, part: Part[CertificateFacts]) -> None:
        self.certificates = self.certificates | {id: part.after(self.certificates.get(id))}

    def relist(self, producer: Producer | None, unit: str, province: str) -> bool:
        """Bring the listing up to what is known now; whether the public has to be told.

        What was never shown is not told: neither what is incomplete nor what was withdrawn before.
        """
        now = self._listing(producer, unit, province)
        if now is None or not (now.listed or self.listing):
            return False
        if self.listing and now == self.listing.model_copy(update={"revision": now.revision}):
            return False
        self.listing = now
        return True

    def _listing(self, producer: Producer | None, unit: str, province: str) -> Listing | None:
        if not (self.product and producer and producer.part and self.certificates):
            return None
        standing = {
            id: one
            for id, one in self.certificates.items()
            if not (one.withdrawn or one.facts.replaced_by)
        }
        shown = newest(standing or self.certificates)
        product, certificate = self.product.facts, self.certificates[shown].facts
        return Listing(
            id=self.id,
            revision=self.listing.revision + 1 if self.listing else 1,
            listed=bool(standing) and not (self.product.withdrawn or producer.part.withdrawn),
            name=product.name,
            producer=ListedProducer(id=producer.id, name=producer.part.facts.name),
            place=ListedPlace(
                address=product.address, tenant=self.tenant, unit=unit, province=province
            ),
            set=product.set,
            star=certificate.star,
            potential=certificate.potential,
            certificate=ListedCertificate(
                id=shown,
                origin=certificate.origin,
                number=certificate.number,
                decided_on=certificate.decided_on,
                expires_on=certificate.expires_on,
                reported_on=certificate.reported_on,
                source=certificate.source,
            ),
        )

    def certificate_on(self, day: date) -> CertificateFacts | None:
        """The one that it held then, as far as is known: one of an unknown day is not held yet, and
        an unknown expiry ends nothing."""
        held = {
            id: one
            for id, one in self.certificates.items()
            if not one.withdrawn
            and (since(one.facts) or date.max) <= day <= (one.facts.expires_on or date.max)
        }
        return held[newest(held)].facts if held else None


class Counter(Aggregate):
    """How many events a stream has been given; its id is the stream's name."""

    audited: ClassVar[bool] = False

    sequence: int = 0

    def next(self) -> int:
        self.sequence += 1
        return self.sequence


def since(certificate: CertificateFacts) -> date | None:
    """The day from which it is known to be held."""
    return certificate.decided_on or certificate.reported_on


def newest(certificates: dict[str, Part[CertificateFacts]]) -> str:
    """The one shown of several, by its id: decided or reported last; of the same day the one that
    was issued here, and the one that stands in the other's place."""

    def order(id: str) -> tuple[date, bool, bool, str]:
        facts = certificates[id].facts
        issued = facts.origin is Origin.ISSUED
        return since(facts) or date.min, issued, facts.replaced_by is None, id

    return max(certificates, key=order)
