from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from chassis.http.access import public
from chassis.http.app import AskedId, Query, TenantPath, blueprint
from chassis.problems import NotFound
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tenants import Tenants
from contracts.catalog import Listing
from rules.product_sets import PRODUCT_SETS
from services.catalog.application.search import Index, find_products
from services.catalog.domain.query import Facet, Found, Mark, ProductQuery, Reading
from services.catalog.domain.records import Record
from services.catalog.entrypoints.http.cursors import Cursors


class Search(Query, ProductQuery):
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=2000)


class ProductPath(TenantPath):
    id: AskedId


class Label(BaseModel):
    vi: str
    en: str


class FacetValue(BaseModel):
    value: int | str
    count: int
    label: Label | None = None


class Facets(BaseModel):
    """Each is counted without its own filter."""

    star: list[FacetValue]
    potential: list[FacetValue]
    district: list[FacetValue]
    set: list[FacetValue]


class Products(BaseModel):
    """`corrected`: the text as our own names write it. `missing`: words of it that no product of
    the page has: these were found without them. `next`: the cursor of the next page, for five
    minutes (`cursor-ended` afterwards); all pages are of the list as it was at the first."""

    total: int
    items: list[Listing]
    facets: Facets
    next: str | None
    corrected: str | None
    missing: list[str]


class Product(Listing):
    """`set_label`: null while it is in no set."""

    set_label: Label | None
    unit_name: str


class NotListed(NotFound):
    slug = "not-listed"


def products(index: Index, tenants: Tenants, cursors: Cursors) -> APIBlueprint:
    routes = blueprint("products", __name__)

    @routes.get("", responses={200: Products})
    @public(below=True)
    def search(path: TenantPath, query: Search) -> dict[str, Any]:
        """Products of the tenant and of all below it, by text and filters, with facets."""
        mark = cursors.read(query.cursor, query) if query.cursor else Mark()
        found, reading, corrected, missing = find_products(index, query, query.limit, mark)
        return {
            "total": found.total,
            "items": [one.model_dump(mode="json") for one in found.listings],
            "facets": {
                facet: [_value(facet, value, count, tenants) for value, count in values]
                for facet, values in found.facets.items()
            },
            "next": _next(found, reading, query, cursors),
            "corrected": corrected,
            "missing": list(missing),
        }

    @routes.get("/<id>", responses={200: Product})
    @public(below=True)
    def read(path: ProductPath) -> dict[str, Any]:
        """One product, from its record, which is never behind."""
        listing = run(UnitOfWork.get, Record, path.id).listing
        if listing is None:
            raise NotFound("Không tìm thấy.", "Not found.")
        if not listing.listed:
            raise NotListed(
                "Sản phẩm này không còn được công bố.", "This product is no longer listed."
            )
        label = PRODUCT_SETS[listing.set.number]._asdict() if listing.set else None
        return {
            **listing.model_dump(mode="json"),
            "set_label": label,
            "unit_name": listing.place.unit,
        }

    return routes


def _next(found: Found, reading: Reading, query: Search, cursors: Cursors) -> str | None:
    if found.last is None:
        return None
    return cursors.signed(Mark(reading, found.view, found.last), query)


def _value(facet: Facet, value: Any, count: int, tenants: Tenants) -> dict[str, Any]:
    match facet:
        case "district":
            label = tenants.get(value).name.model_dump()
        case "set":
            label = PRODUCT_SETS[value]._asdict()
        case _:
            return {"value": value, "count": count}
    return {"value": value, "count": count, "label": label}
