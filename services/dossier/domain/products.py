"""Products (sản phẩm), each of one producer, in its district's register."""

from pydantic import computed_field

from chassis.aggregate import Aggregate
from contracts.dossier import ProductFacts, ProductSet
from rules.vietnamese import folded
from services.dossier.domain.producers import Producer


def product_key(product: str, producer: str) -> str:
    """What is equal for the same product of the same producer, however both are written."""
    return f"{folded(product)} | {folded(producer)}"


class Product(Aggregate):
    """`imports`: the import that registered it, and then the later ones that refer to it."""

    facts: ProductFacts
    producer: str
    imports: list[str]
    withdrawn: bool = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def key(self) -> str:
        return product_key(self.facts.name, self.producer)

    @classmethod
    def made_by(
        cls, producer: Producer, name: str, address: str, import_id: str, set: ProductSet | None
    ) -> "Product":
        facts = ProductFacts(name=name, producer_id=producer.id, address=address, set=set)
        return cls(
            tenant=producer.tenant, facts=facts, producer=producer.facts.name, imports=[import_id]
        )
