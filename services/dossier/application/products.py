"""Products are registered, looked at and changed."""

from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from chassis.problems import Conflict, FieldProblem, Forbidden, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from contracts.dossier import (
    ProductChanged,
    ProductFacts,
    ProductRegistered,
    ProductSet,
    SetBasis,
)
from contracts.text import Name
from services.dossier.application.producers import differences, own_producers
from services.dossier.application.standing import actor, no_such, own_unit, sees_lists
from services.dossier.domain.dossiers import Dossier
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Product
from services.dossier.domain.standing import OF_THE_PRODUCER, Actor, Standing


class GivenSet(ProductSet):
    model_config = ConfigDict(extra="forbid")


class GivenProduct(ProductFacts):
    """`commune`: the producer's where nothing is said. Its set is confirmed by an officer alone."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    address: Name
    commune: Name | None = None
    set: GivenSet | None = None


class ProductGiven(BaseModel):
    model_config = ConfigDict(extra="forbid")

    facts: GivenProduct


class SeenProduct(NamedTuple):
    product: Product
    by: Actor

    @property
    def may_change(self) -> bool:
        return self.by.is_one_of(*OF_THE_PRODUCER)


def register_product(work: UnitOfWork, given: ProductGiven) -> SeenProduct:
    """For a producer of the tenant's register, by who may change that producer."""
    producer = work.first(Producer, id=given.facts.producer_id, withdrawn=False)
    if producer is None:
        raise _no_producer()
    product = Product.registered(producer, _facts(given, producer))
    by = actor(work, producer, product.facts.commune)
    if not by.is_one_of(*OF_THE_PRODUCER):
        raise _no_producer()
    _refuse_confirming(product.facts.set, None, by)
    _refuse_double(work, product)
    work.save(producer, product)
    work.tell(ProductRegistered(product=product.facts), about=product)
    return SeenProduct(product, by)


def see_product(work: UnitOfWork, id: str) -> SeenProduct:
    product, producer = _registered(work, id)
    by = actor(work, producer, product.facts.commune)
    if not by.is_one_of(*OF_THE_PRODUCER, Standing.SUPERVISOR):
        raise no_such("product")
    return SeenProduct(product, by)


def change_product(work: UnitOfWork, id: str, given: ProductGiven, seen: int | None) -> SeenProduct:
    """A product stays its producer's, and in the set that a dossier under way judges it by."""
    product, producer = _registered(work, id)
    if not actor(work, producer, product.facts.commune).is_one_of(*OF_THE_PRODUCER):
        raise no_such("product")
    work.expect(product, seen)
    was = product.model_copy()
    product.facts = _facts(given, producer)
    by = actor(work, producer, product.facts.commune)
    if not by.is_one_of(*OF_THE_PRODUCER):
        raise Forbidden("Xã này không phải của bạn.", "That commune is not yours.")
    _refuse_another_producer(was.facts, product.facts)
    _refuse_confirming(product.facts.set, was.facts.set, by)
    _refuse_another_set(work, was, product)
    if product.key != was.key:
        _refuse_double(work, product)
    changed = differences(was.facts.model_dump(mode="json"), product.facts.model_dump(mode="json"))
    work.save(product, detail=changed)
    if changed:
        work.tell(ProductChanged(product=product.facts), about=product)
    return SeenProduct(product, by)


def list_products(work: UnitOfWork, *, after: str | None, limit: int, mine: bool) -> list[Product]:
    """By id: those that the caller may look through, or with `mine` answers for."""
    wanted: dict[str, Any] = {}
    if mine:
        wanted = {"facts__producer_id__in": own_producers(work)}
    elif not sees_lists(work):
        wanted = {"commune_key": own_unit(work), "tenant": work.scope.tenant}
    return work.page(Product, after=after, limit=limit, withdrawn=False, **wanted)


def _registered(work: UnitOfWork, id: str) -> tuple[Product, Producer]:
    product = work.first(Product, id=id, withdrawn=False)
    if product is None:
        raise no_such("product")
    return product, work.get(Producer, product.facts.producer_id)


def _facts(given: ProductGiven, producer: Producer) -> ProductFacts:
    facts = ProductFacts(**given.facts.model_dump())
    return facts.model_copy(update={"commune": facts.commune or producer.commune})


def _no_producer() -> Unprocessable:
    return Unprocessable(
        "Chưa có chủ thể này.", "There is no such producer.",
        [
            FieldProblem(
                "facts.producer_id", "chọn một chủ thể đã đăng ký", "choose a registered producer"
            )
        ],
    )  # fmt: skip


def _refuse_double(work: UnitOfWork, product: Product) -> None:
    if work.first(Product, key=product.key, tenant=product.tenant, withdrawn=False):
        raise Conflict(
            f"Chủ thể này đã có sản phẩm “{product.facts.name}”.",
            f"This producer has a product “{product.facts.name}” already.",
        )


def _refuse_another_producer(was: ProductFacts, now: ProductFacts) -> None:
    if was.producer_id != now.producer_id:
        raise Unprocessable(
            "Sản phẩm không đổi chủ thể.", "A product stays its producer's.",
            [FieldProblem("facts.producer_id", f"giữ {was.producer_id}", f"is {was.producer_id}")],
        )  # fmt: skip


def _refuse_confirming(now: ProductSet | None, was: ProductSet | None, by: Actor) -> None:
    confirmed = now is not None and now != was and now.basis is SetBasis.CONFIRMED
    if confirmed and not by.is_one_of(Standing.OFFICER):
        raise Unprocessable(
            "Bộ sản phẩm do cán bộ của đơn vị xác nhận.",
            "The product's set is confirmed by an officer of the tenant.",
            [FieldProblem("facts.set.basis", "ghi assigned", "write assigned")],
        )


def _refuse_another_set(work: UnitOfWork, was: Product, now: Product) -> None:
    before, after = (one.facts.set and one.facts.set.number for one in (was, now))
    if before == after:
        return
    if any(not one.ended for one in work.all(Dossier, product_id=now.id, withdrawn=False)):
        raise Conflict(
            "Sản phẩm đang có hồ sơ theo bộ sản phẩm này nên chưa đổi được.",
            "A dossier under way judges the product by this set; it cannot be changed now.",
        )
