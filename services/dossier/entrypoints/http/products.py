from typing import Any

from pydantic import BaseModel

from chassis.http.access import allowed
from chassis.http.app import Page, TenantPath, blueprint
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tokens import Role
from contracts.dossier import ProductFacts
from services.dossier.domain.products import Product

products = blueprint("products", __name__)


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


@products.get("", responses={200: ProductPage})
@allowed(Role.ADMINISTRATOR, Role.OFFICER, Role.SUPERVISOR, below=True)
def list_all(path: TenantPath, query: Page) -> dict[str, Any]:
    """The products of the tenant and of those below it, by id."""
    found = run(UnitOfWork.page, Product, after=query.after, limit=query.limit, withdrawn=False)
    items = [RegisteredProduct.of(one) for one in found]
    return ProductPage(items=items, after=query.next_after(found)).model_dump(mode="json")
