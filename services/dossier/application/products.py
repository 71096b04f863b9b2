"""Products are registered, looked at and changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, JsonValue

from chassis.problems import Conflict, FieldProblem, Forbidden, Unprocessable
from chassis.store.unit_of_work import Act, UnitOfWork
from contracts.dossier import (
    CertifiedFacts,
    ProductChanged,
    ProductFacts,
    ProductRegistered,
    ProductSet,
    SetBasis,
)
from contracts.text import Id, Name
from services.dossier.application.certificates import holding_of
from services.dossier.application.producers import differences, own_producers
from services.dossier.application.proposed_changes import change_facts, proposed_of
from services.dossier.application.standing import actor, no_such, own_unit, sees_lists
from services.dossier.domain.dossiers import Dossier
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Product, product_key
from services.dossier.domain.proposed_changes import ProposedChange, taken
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
    """`certified`: what the certificate says that holds today; None: none does, or it is not known
    what it says. `proposed`: what waits to be confirmed, for who may change it. `alike`: at its
    registration, products that may be the same one."""

    product: Product
    by: Actor
    certified: CertifiedFacts | None = None
    proposed: ProposedChange | None = None
    alike: tuple[Product, ...] = ()

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
    _refuse_double(work, product, product.facts)
    alike = work.all(Product, likeness=product.likeness, tenant=product.tenant, withdrawn=False)
    work.save(producer, product)
    work.tell(ProductRegistered(product=product.facts), about=product)
    seen = _seen(work, product, by, proposed_of(work, product.id))
    return seen._replace(alike=tuple(alike))


def see_product(work: UnitOfWork, id: str) -> SeenProduct:
    product, producer = _registered(work, id)
    by = actor(work, producer, product.facts.commune)
    if not by.is_one_of(*OF_THE_PRODUCER, Standing.SUPERVISOR):
        raise no_such("product")
    return _seen(work, product, by, proposed_of(work, product.id))


def history_of_product(work: UnitOfWork, id: str, after: int, limit: int) -> list[Act]:
    """A page of the acts on it, the oldest first; for who may change it."""
    seen = see_product(work, id)
    if not seen.may_change:
        raise no_such("product")
    return work.acts(seen.product, after=after, limit=limit)


def change_product(work: UnitOfWork, id: str, given: ProductGiven, seen: int | None) -> SeenProduct:
    """A product stays its producer's, and in the set that a dossier under way judges it by. What
    its certificate says waits for an officer."""
    product, producer = _registered(work, id)
    if not actor(work, producer, product.facts.commune).is_one_of(*OF_THE_PRODUCER):
        raise no_such("product")
    work.expect(product, seen)
    was = product.model_copy()
    wanted = _facts(given, producer)
    by = actor(work, producer, wanted.commune)
    if not by.is_one_of(*OF_THE_PRODUCER):
        raise Forbidden("Xã này không phải của bạn.", "That commune is not yours.")
    _refuse_another_producer(was.facts, wanted)
    _refuse_confirming(wanted.set, was.facts.set, by)
    _refuse_what_cannot_be(work, product, wanted)
    held = holding_of(work, product.id).words
    product.facts, waiting = change_facts(work, product, was.facts, wanted, held, by)
    _keep(work, was, product)
    return _seen(work, product, by, waiting)


def settle_product(
    work: UnitOfWork, id: Id, words: Mapping[str, JsonValue], *, confirmed: bool
) -> None:
    """Let the register say what was confirmed, or what was there before it was proposed."""
    product, _ = _registered(work, id)
    was = product.model_copy()
    wanted = taken(product.facts, words)
    _refuse_what_cannot_be(work, product, wanted)
    product.facts = wanted
    if confirmed:
        product.confirm()
    _keep(work, was, product)


def list_products(work: UnitOfWork, *, after: str | None, limit: int, mine: bool) -> list[Product]:
    """By id: those that the caller may look through, or with `mine` answers for."""
    wanted: dict[str, Any] = {}
    if mine:
        wanted = {"facts__producer_id__in": own_producers(work)}
    elif not sees_lists(work):
        wanted = {"commune_key": own_unit(work), "tenant": work.scope.tenant}
    return work.page(Product, after=after, limit=limit, withdrawn=False, **wanted)


def _keep(work: UnitOfWork, was: Product, product: Product) -> None:
    changed = differences(was.facts.model_dump(mode="json"), product.facts.model_dump(mode="json"))
    work.save(product, detail=changed)
    if changed or product.confirmed != was.confirmed:
        told = ProductChanged(product=product.facts, confirmed=product.confirmed)
        work.tell(told, about=product)


def _seen(
    work: UnitOfWork, product: Product, by: Actor, proposed: ProposedChange | None
) -> SeenProduct:
    certificate = holding_of(work, product.id).counting
    certified = certificate.certified if certificate else None
    mine = by.is_one_of(*OF_THE_PRODUCER)
    return SeenProduct(product, by, certified, proposed if mine else None)


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


def _refuse_what_cannot_be(work: UnitOfWork, product: Product, wanted: ProductFacts) -> None:
    """Whether it is to stand at once or after it was confirmed."""
    _refuse_another_set(work, product, wanted)
    _refuse_double(work, product, wanted)


def _refuse_double(work: UnitOfWork, product: Product, facts: ProductFacts) -> None:
    """`facts`: as it wants to have them; what it has itself is no double."""
    key = product_key(facts.name, product.producer)
    found = work.all(Product, key=key, tenant=product.tenant, withdrawn=False)
    if any(one.id != product.id for one in found):
        raise Conflict(
            f"Chủ thể này đã có sản phẩm “{facts.name}”.",
            f"This producer has a product “{facts.name}” already.",
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


def _refuse_another_set(work: UnitOfWork, product: Product, wanted: ProductFacts) -> None:
    before, after = (one.set and one.set.number for one in (product.facts, wanted))
    if before == after:
        return
    if any(not one.ended for one in work.all(Dossier, product_id=product.id, withdrawn=False)):
        raise Conflict(
            "Sản phẩm đang có hồ sơ theo bộ sản phẩm này nên chưa đổi được.",
            "A dossier under way judges the product by this set; it cannot be changed now.",
        )
