"""The catalogue as the gateway shows it to everybody."""

import json
from collections.abc import Iterable

import structlog
from pydantic import BaseModel
from urllib3 import BaseHTTPResponse, Retry, Timeout, connection_from_url
from urllib3.exceptions import HTTPError

from chassis.problems import (
    FieldProblem,
    NotFound,
    Problem,
    TooMany,
    Unavailable,
    Unprocessable,
)
from chassis.trace import traceparent
from contracts.catalog import Listing
from contracts.text import Words
from portal.problems import NoLongerListed

log = structlog.get_logger(__name__)
REFUSALS: dict[int, type[Problem]] = {one.status: one for one in (NotFound, TooMany, Unprocessable)}
NOT_LISTED = "urn:ocop:problem:not-listed"


class Product(Listing):
    """A listing with the words for its set."""

    set_label: Words | None = None


class Choice(BaseModel):
    """One value of a facet, and how many products choosing it would leave."""

    value: int | str
    label: Words | None = None
    count: int


class Results(BaseModel):
    """One page. `corrected`: how the catalogue writes what was asked for."""

    total: int
    items: list[Listing]
    facets: dict[str, list[Choice]]
    next: str | None = None
    corrected: str | None = None


class Suggestion(BaseModel):
    """`id` None: no product's name, but words that find some."""

    text: str
    id: str | None = None


class Suggestions(BaseModel):
    items: list[Suggestion]


class Catalog:
    def __init__(self, gateway: str, *, connect_s: float, answer_s: float, threads: int) -> None:
        self._pool = connection_from_url(
            gateway,
            maxsize=threads,
            timeout=Timeout(connect=connect_s, read=answer_s),
            # once more, for the idle connection that the gateway has closed
            retries=Retry(total=1, connect=0, redirect=0),
        )

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

    def _get(self, path: str, query: Iterable[tuple[str, str]], client: str) -> bytes:
        """`client`: the address of whoever looks at the page, for whom the gateway counts it."""
        headers = {"Accept": "application/json", "X-Forwarded-For": client}
        if trace := traceparent():
            headers["traceparent"] = trace
        try:
            answer = self._pool.request("GET", f"/t/{path}", fields=list(query), headers=headers)
        except HTTPError as error:
            log.warning("gateway_away", error=repr(error))
            raise Unavailable(
                "Hệ thống tra cứu đang tạm ngừng.", "The search is away for the moment."
            ) from error
        if answer.status != 200:
            raise _refusal(answer)
        return answer.data


def _refusal(answer: BaseHTTPResponse) -> Problem:
    """What the gateway or a service says, in its own words."""
    if answer.status >= 500:
        log.warning(
            "gateway_failed", status=answer.status, said=answer.data[:500].decode("latin-1")
        )
        return Unavailable("Hệ thống tra cứu đang gặp lỗi.", "The search has a fault.")
    said = json.loads(answer.data)
    kind = REFUSALS.get(answer.status, Problem)
    if said["type"] == NOT_LISTED:
        kind = NoLongerListed
    fields = [FieldProblem(**one) for one in said.get("errors", [])]
    return kind(said["detail"], said["en"]["detail"], fields)
