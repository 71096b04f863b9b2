"""What the catalogue knows of a product, merged from what its owners told, and what of that the
public sees."""

from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, computed_field

from chassis.aggregate import Aggregate
from contracts.catalog import (
    ListedCertificate,
    ListedPlace,
    ListedProducer,
    ListedToday,
    Listing,
)
from contracts.dossier import (
    CertifiedFacts,
    Facts,
    ProducerFacts,
    ProductFacts,
    ProductSet,
    SetBasis,
)
from contracts.evaluation import CertificateFacts, newest

F = TypeVar("F", bound=Facts)


class Part(BaseModel, Generic[F]):
    """What one owner told last. `withdrawn`: a mistake that was taken back; it counts no more.
    `confirmed`: an officer has confirmed what the register says beside a certificate."""

    model_config = ConfigDict(frozen=True)

    facts: F
    version: int
    withdrawn: bool
    confirmed: bool = False

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
        known = {id: one.facts for id, one in self.certificates.items()}
        standing = {
            id: facts
            for id, facts in known.items()
            if not (self.certificates[id].withdrawn or facts.replaced_by)
        }
        shown = newest(standing or known)
        certificate = known[shown]
        said = _said(certificate.certified, self.product.facts, producer.part.facts)
        return Listing(
            id=self.id,
            revision=self.listing.revision + 1 if self.listing else 1,
            listed=bool(standing) and not (self.product.withdrawn or producer.part.withdrawn),
            name=said.product,
            producer=ListedProducer(id=producer.id, name=said.producer),
            place=ListedPlace(
                address=said.address, tenant=self.tenant, unit=unit, province=province
            ),
            set=_set(said, self.product.facts),
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
            today=_today(said, self.product, producer.part),
        )

    def certificate_on(self, day: date) -> CertificateFacts | None:
        """The one that it held then, as far as is known: one of an unknown day is not held yet, and
        an unknown expiry ends nothing."""
        held = {
            id: one.facts
            for id, one in self.certificates.items()
            if not one.withdrawn
            and (one.facts.since or date.max) <= day <= (one.facts.expires_on or date.max)
        }
        return held[newest(held)] if held else None


class Counter(Aggregate):
    """How many events a stream has been given; its id is the stream's name."""

    audited: ClassVar[bool] = False

    sequence: int = 0

    def next(self) -> int:
        self.sequence += 1
        return self.sequence


def _said(
    certified: CertifiedFacts | None, product: ProductFacts, producer: ProducerFacts
) -> CertifiedFacts:
    """What the certificate says; what is not known of it is as the register has it."""
    register = CertifiedFacts(
        product=product.name, producer=producer.name, address=product.address,
        set=product.set and product.set.number,
    )  # fmt: skip
    known = certified.model_dump(exclude_none=True) if certified else {}
    return register.model_copy(update=known)


def _set(said: CertifiedFacts, product: ProductFacts) -> ProductSet | None:
    """A council has judged by the set that was certified: nobody has to confirm that."""
    if said.set is None or (product.set and product.set.number == said.set):
        return product.set
    return ProductSet(number=said.set, basis=SetBasis.CONFIRMED)


def _today(
    said: CertifiedFacts, product: Part[ProductFacts], producer: Part[ProducerFacts]
) -> ListedToday | None:
    """What is otherwise in the register, of what an officer has confirmed there."""
    now: dict[str, Any] = {}
    if product.confirmed:
        of = product.facts
        now |= {"name": of.name, "address": of.address, "set": of.set and of.set.number}
    if producer.confirmed:
        now["producer"] = producer.facts.name
    certified = {
        "name": said.product, "producer": said.producer, "address": said.address, "set": said.set,
    }  # fmt: skip
    otherwise = {name: one for name, one in now.items() if one != certified[name]}
    return ListedToday(**otherwise) if otherwise else None
