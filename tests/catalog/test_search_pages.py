"""Pages by cursor."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer

from contracts.catalog import Listing

PRODUCTS = "/t/an-giang/v1/products"


def walk(door: FlaskClient, **wanted: Any) -> list[str]:
    ids: list[str] = []
    cursor = None
    while True:
        page = door.get(PRODUCTS, query_string=wanted | ({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200
        ids += [one["id"] for one in page.get_json()["items"]]
        cursor = page.get_json()["next"]
        if cursor is None:
            return ids


@pytest.mark.parametrize("limit", [1, 7, 36, 54, 100])
def test_a_walk_meets_each_of_the_108_once(
    door: FlaskClient, listings: list[Listing], limit: int
) -> None:
    ids = walk(door, limit=limit)
    assert len(ids) == 108
    assert set(ids) == {one.id for one in listings}


@pytest.mark.parametrize("q", ["mắm", "thotnot", "huyện"])
def test_a_walk_of_a_text_is_the_one_page_cut_up(door: FlaskClient, q: str) -> None:
    whole = door.get(PRODUCTS, query_string={"q": q, "limit": 100}).get_json()
    ids = walk(door, q=q, limit=3)
    assert ids[:100] == [one["id"] for one in whole["items"]]
    assert len(ids) == len(set(ids)) == whole["total"]


def test_totals_and_facets_stay_from_page_to_page(door: FlaskClient) -> None:
    first = door.get(PRODUCTS, query_string={"limit": 5}).get_json()
    second = door.get(PRODUCTS, query_string={"limit": 5, "cursor": first["next"]}).get_json()
    assert (first["total"], first["facets"]) == (second["total"], second["facets"])


def test_the_page_may_change_its_length(door: FlaskClient) -> None:
    first = door.get(PRODUCTS, query_string={"limit": 5}).get_json()
    rest = {"limit": 100, "cursor": first["next"]}
    assert len(door.get(PRODUCTS, query_string=rest).get_json()["items"]) == 100


def next_of(door: FlaskClient, tenant: str = "an-giang", **wanted: Any) -> str:
    page = door.get(f"/t/{tenant}/v1/products", query_string={"limit": 2} | wanted).get_json()
    cursor: str = page["next"]
    return cursor


def refused(door: FlaskClient, cursor: str, tenant: str = "an-giang", **wanted: Any) -> None:
    answer = door.get(f"/t/{tenant}/v1/products", query_string={"cursor": cursor} | wanted)
    assert answer.status_code == 400
    assert answer.get_json()["type"] == "urn:ocop:problem:wrong-cursor"


def test_a_cursor_of_another_tenant_is_refused(door: FlaskClient) -> None:
    refused(door, next_of(door), "tri-ton")
    refused(door, next_of(door, "tri-ton"))


@pytest.mark.parametrize(
    ("of", "used_for"),
    [({"q": "mắm"}, {}), ({}, {"q": "mắm"}), ({"star": 3}, {"star": 4}), ({}, {"star": 3})],
)
def test_a_cursor_of_another_question_is_refused(
    door: FlaskClient, of: dict[str, Any], used_for: dict[str, Any]
) -> None:
    refused(door, next_of(door, **of), **used_for)


def test_a_cursor_that_was_changed_or_made_up_is_refused(door: FlaskClient) -> None:
    good = next_of(door)
    foreign = URLSafeSerializer("another key", "catalog.products").dumps(["x", "close", [1]])
    for cursor in ("x", "..", "☃", good[:-1], good[1:], good + "x", f"x{good}", foreign):
        refused(door, cursor)
