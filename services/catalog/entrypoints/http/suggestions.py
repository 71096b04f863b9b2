from collections.abc import Callable, Sequence
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from chassis.http.access import public
from chassis.http.app import Query, TenantPath, blueprint
from contracts.text import Search
from services.catalog.domain.query import Suggestion


class Typed(Query):
    q: Search = ""


class Suggestions(BaseModel):
    """`id`: the product of this name; null for a producer's name."""

    items: list[Suggestion]


def suggestions(suggest: Callable[[str], Sequence[Suggestion]]) -> APIBlueprint:
    routes = blueprint("suggestions", __name__)

    @routes.get("", responses={200: Suggestions})
    @public(below=True)
    def read(path: TenantPath, query: Typed) -> dict[str, Any]:
        """Names of products and producers that begin like this, as somebody types."""
        found = suggest(query.q) if query.q else []
        return {"items": [one._asdict() for one in found]}

    return routes
