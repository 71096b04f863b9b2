"""What the dossier service tells. A model named Facts is what everybody may know of a thing."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Event
from contracts.text import Id, Line
from rules.enterprises import ProducerKind

Star = Annotated[int, Field(ge=3, le=5)]
"""A rank that is certified. 1 and 2 stars get no decision and no certificate."""
Potential = Literal[4, 5]
"""The star that a higher level has still to decide on; a flag on the lower star's certificate."""


class Facts(BaseModel):
    model_config = ConfigDict(frozen=True)


class ProducerFacts(Facts):
    name: Line
    kind: ProducerKind | None = None
    address: Line


class SetBasis(StrEnum):
    ASSIGNED = "assigned"  # by the platform, until a person confirms it
    CONFIRMED = "confirmed"


class ProductSet(Facts):
    """Which of the 26 product sets (bộ sản phẩm) a product is judged by, and who says so."""

    number: Annotated[int, Field(ge=1, le=26)]
    basis: SetBasis


class ProductFacts(Facts):
    """`address` is where this product is made, as it was written: a producer may have several.
    `commune`: the unit (xã, phường, thị trấn) whose officer it belongs to, where it is known."""

    name: Line
    producer_id: Id
    address: Line
    commune: Line | None = None
    set: ProductSet | None = None


class CertifiedFacts(Facts):
    """What was certified (như ghi trên giấy chứng nhận): these words stay, whatever the register
    says later. None is not known. `address`: where the product is made; `set`: by whose sheet it
    was judged."""

    product: Line
    producer: Line
    producer_address: Line | None = None
    address: Line | None = None
    set: Annotated[int, Field(ge=1, le=26)] | None = None


class AwardFacts(Facts):
    """A rank won before the platform existed, as a list reports it: nothing else is known of it.
    `certified`: what the register said when the list came."""

    product_id: Id
    star: Star
    potential: Potential | None = None
    reported_on: date
    source: Line
    certified: CertifiedFacts | None = None


_PRODUCER = {"name": "Cơ sở Mẫu", "kind": "household", "address": "xã Mẫu, huyện Mẫu"}
_PRODUCT = {
    "name": "Đường thốt nốt mẫu",
    "producer_id": "00000000-0000-4000-8000-000000000001",
    "address": "xã Mẫu, huyện Mẫu",
    "set": {"number": 3, "basis": "assigned"},
}
_AWARD = {
    "product_id": "00000000-0000-4000-8000-000000000002",
    "star": 4,
    "potential": 5,
    "reported_on": "2023-12-31",
    "source": "Danh sách mẫu",
}


class ProducerRegistered(Event, source="dossier", type="producer.registered.v1"):
    """A producer (chủ thể) stands in the register."""

    producer: ProducerFacts
    example = {"producer": _PRODUCER}


class ProducerWithdrawn(Event, source="dossier", type="producer.withdrawn.v1"):
    """The registration was a mistake and was taken back: whoever keeps it, lists it no more."""

    producer: ProducerFacts
    example = {"producer": _PRODUCER}


class ProducerChanged(Event, source="dossier", type="producer.changed.v1"):
    """What the register says of a producer is otherwise now. `confirmed`: an officer has confirmed
    it, though certificates may say otherwise."""

    producer: ProducerFacts
    confirmed: bool = False
    example = {"producer": _PRODUCER}


class ProductRegistered(Event, source="dossier", type="product.registered.v1"):
    """A product (sản phẩm) stands in the register."""

    product: ProductFacts
    example = {"product": _PRODUCT}


class ProductWithdrawn(Event, source="dossier", type="product.withdrawn.v1"):
    """The registration was a mistake and was taken back."""

    product: ProductFacts
    example = {"product": _PRODUCT}


class ProductChanged(Event, source="dossier", type="product.changed.v1"):
    """What the register says of a product is otherwise now. `confirmed`: an officer has confirmed
    it, though its certificate may say otherwise."""

    product: ProductFacts
    confirmed: bool = False
    example = {"product": _PRODUCT}


class EarlierAwardRecorded(Event, source="dossier", type="earlier-award.recorded.v1"):
    """A list reports a rank that was won outside of this platform."""

    award: AwardFacts
    example = {"award": _AWARD}


class EarlierAwardWithdrawn(Event, source="dossier", type="earlier-award.withdrawn.v1"):
    """The record of the rank was a mistake and was taken back, and its certificate with it."""

    award: AwardFacts
    example = {"award": _AWARD}
