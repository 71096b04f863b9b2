"""Certificates of products, as evaluation tells of them, and what they hold the register to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from pydantic import computed_field

from chassis.aggregate import Aggregate
from contracts.evaluation import CertificateFacts, Origin, newest
from contracts.text import Id
from services.dossier.domain.products import product_key

_SAID = {Origin.ISSUED: {"name", "address", "set"}, Origin.IMPORTED: {"name", "address"}}
_SAID_OF_PRODUCERS = {Origin.ISSUED: {"name", "address"}, Origin.IMPORTED: {"name"}}
"""Which facts a certificate says. A list has one address, where the product is made, and no set."""


class HeldCertificate(Aggregate):
    """What was told last of a `certificate`; `told`: by which version of it.

    It is kept apart from its product: a thousand come one by one after an import, and whoever takes
    the import back saves a thousand products at once.
    """

    audited = False

    certificate: Id
    facts: CertificateFacts
    told: int = 0
    annulled: bool = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def key(self) -> str | None:
        """The product's by the words that were certified: a list goes on writing them."""
        said = self.facts.certified
        return product_key(said.product, said.producer) if said else None

    @classmethod
    def of(cls, tenant: str, certificate: Id, facts: CertificateFacts) -> "HeldCertificate":
        """Its id is its own, and the same whoever makes it first."""
        id = str(uuid5(NAMESPACE_URL, f"ocop:held:{certificate}"))
        return cls(id=id, tenant=tenant, certificate=certificate, facts=facts)

    def follow(self, facts: CertificateFacts, told: int, *, annulled: bool) -> bool:
        """False for what is known already, or older than that."""
        if told <= self.told:
            return False
        self.facts, self.told, self.annulled = facts, told, annulled
        return True

    def holds(self, day: date) -> bool:
        """An unknown expiry ends nothing."""
        standing = not self.annulled and self.facts.replaced_by is None
        return standing and day <= (self.facts.expires_on or date.max)


@dataclass(frozen=True)
class Holding:
    """The certificates that hold on a day, by their ids."""

    certificates: Mapping[Id, CertificateFacts]

    @classmethod
    def of(cls, known: Iterable[HeldCertificate], day: date) -> "Holding":
        return cls({one.certificate: one.facts for one in known if one.holds(day)})

    @property
    def counting(self) -> CertificateFacts | None:
        """Of one product's."""
        return self.certificates[newest(self.certificates)] if self.certificates else None

    @property
    def words(self) -> set[str]:
        """Which of the product's facts they say."""
        return {word for one in self.certificates.values() for word in _SAID[one.origin]}

    @property
    def words_of_producer(self) -> set[str]:
        held = self.certificates.values()
        return {word for one in held for word in _SAID_OF_PRODUCERS[one.origin]}
