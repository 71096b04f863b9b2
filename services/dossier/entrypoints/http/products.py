from typing import Any

from flask import Response
from pydantic import BaseModel

from chassis.http.access import allowed, signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.versions import if_match, versioned
from chassis.store.unit_of_work import run
from chassis.tokens import Role
from contracts.dossier import CertifiedFacts, ProductFacts
from services.dossier.application.products import (
    ProductGiven,
    SeenProduct,
    change_product,
    history_of_product,
    list_products,
    register_product,
    see_product,
)
from services.dossier.domain.products import Product
from services.dossier.entrypoints.http.history import History, HistoryPage
from services.dossier.entrypoints.http.proposed_changes import ChangeLine

products = blueprint("products", __name__)


class ProductPath(TenantPath):
    id: AskedId


class MinePage(Page):
    """`mine`: of the producers whose contact the caller is."""

    mine: bool = False


class RegisteredProduct(BaseModel):
    id: str
    tenant: str
    version: int
    facts: ProductFacts

    @classmethod
    def of(cls, one: Product) -> "RegisteredProduct":
        return cls(id=one.id, tenant=one.tenant, version=one.version, facts=one.facts)


class ProductPage(BaseModel):
    items: list[RegisteredProduct]
    after: str | None


class NamedProduct(BaseModel):
    """`producer`: its name."""

    id: str
    name: str
    producer: str


class WholeProduct(RegisteredProduct):
    """`producer`: its name. `certified`: what the certificate says that holds today; null: none
    does, or that is not known. `proposed`: what of it waits for an officer, for who may change it.
    `alike`: at its registration, products that may be the same one. `may`: what the caller may do
    now."""

    producer: str
    certified: CertifiedFacts | None
    proposed: ChangeLine | None
    alike: list[NamedProduct]
    may: list[str]

    @classmethod
    def seen(cls, seen: SeenProduct) -> "WholeProduct":
        return cls(
            **RegisteredProduct.of(seen.product).model_dump(),
            producer=seen.product.producer,
            certified=seen.certified,
            proposed=ChangeLine.of(seen.proposed) if seen.proposed else None,
            alike=[
                NamedProduct(id=one.id, name=one.facts.name, producer=one.producer)
                for one in seen.alike
            ],
            may=["change"] if seen.may_change else [],
        )


@products.get("", responses={200: ProductPage})
@signed_in(below=True)
def list_all(path: TenantPath, query: MinePage) -> dict[str, Any]:
    """The products of the tenant and of those below it, by id, for its officers and supervisors;
    those of the own unit for a commune officer; with `mine` those of the caller's producers."""
    found = run(list_products, after=query.after, limit=query.limit, mine=query.mine)
    items = [RegisteredProduct.of(one) for one in found]
    return ProductPage(items=items, after=query.next_after(found)).model_dump(mode="json")


@products.post("", responses={201: WholeProduct})
@allowed(Role.ADMINISTRATOR, Role.OFFICER, Role.COMMUNE_OFFICER, Role.PRODUCER)
def register(path: TenantPath, body: ProductGiven) -> Response:
    """Of a producer that the caller may change."""
    seen = run(register_product, body)
    return versioned(WholeProduct.seen(seen), seen.product.version, 201)


@products.get("/<id>", responses={200: WholeProduct})
@signed_in(below=True)
def read(path: ProductPath) -> Response:
    seen = run(see_product, path.id)
    return versioned(WholeProduct.seen(seen), seen.product.version)


@products.get("/<id>/history", responses={200: History})
@signed_in()
def tell_history(path: ProductPath, query: HistoryPage) -> dict[str, Any]:
    """What was done to it, by whom and when, for whoever may change it."""
    acts = run(history_of_product, path.id, query.after, query.limit)
    return History.told(acts, query).model_dump(mode="json")


@products.patch("/<id>", responses={200: WholeProduct})
@signed_in()
def change(path: ProductPath, body: ProductGiven) -> Response:
    """`facts` are given whole. What the product's certificate says stays, and is proposed."""
    seen = run(change_product, path.id, body, if_match())
    return versioned(WholeProduct.seen(seen), seen.product.version)
