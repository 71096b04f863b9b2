from typing import Any

import pytest
from flask.testing import FlaskClient


def suggest(door: FlaskClient, q: str, tenant: str = "an-giang") -> list[Any]:
    answer = door.get(f"/t/{tenant}/v1/suggestions", query_string={"q": q})
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.get_json()["items"]
    return items


def texts(door: FlaskClient, q: str, tenant: str = "an-giang") -> list[str]:
    return [one["text"] for one in suggest(door, q, tenant)]


@pytest.mark.parametrize("q", ["lạp xư", "lap xu", "LẠP X", "la\u0323p xu\u031b"])
def test_a_beginning_of_any_syllable_is_enough(door: FlaskClient, q: str) -> None:
    assert set(texts(door, q)) == {
        "Lạp xưởng", "Lạp xưởng heo", "Lạp xưởng cá thát lát", "Tung lò mò (Lạp xưởng bò)",
    }  # fmt: skip


def test_what_begins_so_comes_first(door: FlaskClient) -> None:
    assert texts(door, "nước m")[0].startswith("Nước mắm")


def test_a_products_suggestion_leads_to_it_and_a_producers_to_none(door: FlaskClient) -> None:
    found = suggest(door, "palm")
    assert found == [{"text": "Công ty cổ phần Palmania", "id": None}]
    (only,) = suggest(door, "cóc sấy")
    listed = door.get("/t/an-giang/v1/products", query_string={"q": only["text"]}).get_json()
    assert only["id"] == listed["items"][0]["id"]


def test_a_name_that_several_have_is_suggested_once(door: FlaskClient) -> None:
    """Two producers have a Rượu dâu tằm, and two a Siro atiso đỏ."""
    assert texts(door, "rượu dâu tằm") == ["Rượu Dâu Tằm"]


@pytest.mark.parametrize("q", ["c", "m", "th", "ha"])
def test_at_most_eight_are_suggested(door: FlaskClient, q: str) -> None:
    found = texts(door, q)
    assert len(found) == 8
    assert len(set(found)) == 8


@pytest.mark.parametrize("q", ["", " ", "😀", "\u0301", "*", "zzz"])
def test_nothing_is_suggested_for_what_begins_no_word(door: FlaskClient, q: str) -> None:
    assert texts(door, q) == []


def test_suggestions_keep_to_the_tenant_and_to_what_is_listed(door: FlaskClient) -> None:
    assert texts(door, "đường thốt nốt m", "huyen-mau") == ["Đường thốt nốt mẫu"]
    assert "Đường thốt nốt mẫu" not in texts(door, "đường thốt nốt")
    assert texts(door, "đường thốt nốt đã rút") == []
    assert texts(door, "cơ sở mẫu") == []
    assert texts(door, "cóc sấy", "tri-ton") == []


def test_a_text_that_is_too_long_is_refused(door: FlaskClient) -> None:
    answer = door.get("/t/an-giang/v1/suggestions", query_string={"q": "a" * 201})
    assert answer.status_code == 422
