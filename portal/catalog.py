"""The catalogue as the gateway shows it to everybody."""

import json
from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from contracts.catalog import Listing
from contracts.text import Words
from portal.gateway import Gateway


class Product(Listing):
    """A listing with the words for its set."""

    set_label: Words | None = None


class Choice(BaseModel):
    """One value of a facet, and how many products choosing it would leave."""

    value: int | str
    label: Words | None = None
    count: int


class Results(BaseModel):
    """One page. `corrected`: how the catalogue writes what was asked for. `missing`: words that no
    product of the page has."""

    total: int
    items: list[Listing]
    facets: dict[str, list[Choice]]
    next: str | None = None
    corrected: str | None = None
    missing: list[str] = []


class Suggestion(BaseModel):
    """`id` None: no product's name, but words that find some."""

    text: str
    id: str | None = None


class Suggestions(BaseModel):
    items: list[Suggestion]


class Catalog:
    def __init__(self, gateway: Gateway) -> None:
        self._get = gateway.get

    def search(self, tenant: str, query: Iterable[tuple[str, str]], client: str) -> Results:
        return Results.model_validate_json(
            self._get(f"{tenant}/catalog/v1/products", query, client)
        )

    def product(self, tenant: str, id: str, client: str) -> Product:
        return Product.model_validate_json(
            self._get(f"{tenant}/catalog/v1/products/{id}", (), client)
        )

    def suggestions(self, tenant: str, q: str, client: str) -> list[Suggestion]:
        found = self._get(f"{tenant}/catalog/v1/suggestions", [("q", q)], client)
        return Suggestions.model_validate_json(found).items

    def listed(self, tenant: str, client: str) -> Iterator[Listing]:
        """All that is listed there and below it now."""
        _, *lines = self._get(f"{tenant}/catalog/v1/snapshot", (), client).splitlines()
        for line in lines:
            if json.loads(line)["listed"]:
                yield Listing.model_validate_json(line)
