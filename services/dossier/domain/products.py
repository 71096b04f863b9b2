"""Products (sản phẩm), each of one producer, in its district's register."""

from pydantic import computed_field

from chassis.aggregate import Aggregate
from contracts.dossier import CertifiedFacts, ProductFacts, ProductSet, SetBasis
from rules.names import likeness
from rules.vietnamese import key
from services.dossier.domain.producers import Producer, likeness_of


def product_key(product: str, producer: str) -> str:
    """Equal for what a reader takes for the same product: case, spaces and where a tone mark
    stands do not count; diacritics do, for dừa is coconut and dứa is pineapple."""
    return f"{key(product)}\n{key(producer)}"


def likeness_key(product: str, producer: str) -> str:
    """Equal also for what a search reads alike, without diacritics and in short forms of the
    producer's kind: another product, or a slip. A person sees."""
    return f"{likeness(product)}\n{likeness_of(producer)}"


class Product(Aggregate):
    """`imports`: the import that registered it, where it was one, and the later ones that refer to
    it. `confirmed`: an officer has confirmed what it says beside its certificate."""

    facts: ProductFacts
    producer: str
    confirmed: bool = False
    imports: list[str] = []
    imported: bool = True
    withdrawn: bool = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def key(self) -> str:
        return product_key(self.facts.name, self.producer)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def likeness(self) -> str:
        return likeness_key(self.facts.name, self.producer)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def commune_key(self) -> str | None:
        return key(self.facts.commune) if self.facts.commune else None

    def confirm(self) -> None:
        """An officer has; of the set as well, whoever gave it."""
        of = self.facts.set
        confirmed = of and ProductSet(number=of.number, basis=SetBasis.CONFIRMED)
        self.facts = self.facts.model_copy(update={"set": confirmed})
        self.confirmed = True

    def facts_by(self, certified: CertifiedFacts) -> ProductFacts:
        """Its facts as a certificate says them, as far as it does."""
        said, now = certified, self.facts
        of = ProductSet(number=said.set, basis=SetBasis.CONFIRMED) if said.set else now.set
        words = {"name": said.product, "address": said.address or now.address, "set": of}
        return now.model_copy(update=words)

    @classmethod
    def registered(cls, producer: Producer, facts: ProductFacts) -> "Product":
        """By a person; no import's withdrawal takes it away."""
        return cls(
            tenant=producer.tenant, facts=facts, producer=producer.facts.name, imported=False
        )

    @classmethod
    def made_by(
        cls, producer: Producer, name: str, address: str, import_id: str, set: ProductSet | None
    ) -> "Product":
        facts = ProductFacts(name=name, producer_id=producer.id, address=address, set=set)
        return cls(
            tenant=producer.tenant, facts=facts, producer=producer.facts.name, imports=[import_id]
        )
