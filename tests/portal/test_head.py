"""What a page says of itself to search engines and to where it is shared."""

import json
import re

import pytest
from flask.testing import FlaskClient

from portal.entrypoints.http import create_app
from tests.portal.page import Page
from tests.portal.stand_in import StandIn

HOME = "https://ocop.example"
HONEY = "Mật thốt nốt dạng sệt"


@pytest.fixture
def known(portal: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("OCOP_PORTAL_ADDRESS", HOME)
    return create_app().test_client()


def head(client: FlaskClient, path: str) -> dict[str, str]:
    """Names and contents of metas, rel and language of links."""
    found = {}
    for one in Page(client.get(path).text).elements:
        told = one.attributes
        if one.tag == "meta" and "content" in told:
            found[told.get("property") or told.get("name", "")] = told["content"]
        if one.tag == "link" and told["rel"] in ("canonical", "alternate"):
            found[told.get("hreflang") or told["rel"]] = told["href"]
    return found


def test_a_page_names_its_one_address_in_both_languages(
    known: FlaskClient, gateway: StandIn
) -> None:
    path = f"/san-pham/{gateway.named(HONEY).id}"
    shared = head(known, f"{path}?fbclid=abc&utm_source=x")
    assert {name: shared[name] for name in ("canonical", "vi", "en", "x-default", "og:url")} == {
        "canonical": HOME + path, "vi": HOME + path, "en": f"{HOME}{path}?lang=en",
        "x-default": HOME + path, "og:url": HOME + path,
    }  # fmt: skip
    english = head(known, f"{path}?lang=en")
    assert (english["canonical"], english["x-default"]) == (f"{HOME}{path}?lang=en", HOME + path)


def test_a_shared_product_says_what_it_is(known: FlaskClient, gateway: StandIn) -> None:
    found = head(known, f"/san-pham/{gateway.named(HONEY).id}")
    assert found["og:title"] == HONEY
    assert found["og:type"] == "product"
    assert (
        found["description"]
        == found["og:description"]
        == (
            "4 sao OCOP. Chủ thể: Công ty cổ phần Palmania. "
            "Nơi sản xuất: Thị trấn Tri Tôn, huyện Tri Tôn, tỉnh An Giang."
        )
    )


def test_a_products_data_name_its_page_and_its_identifier(
    known: FlaskClient, gateway: StandIn
) -> None:
    one = gateway.named(HONEY)
    text = known.get(f"/san-pham/{one.id}").text
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    told = json.loads(data)
    assert told["url"] == told["@id"] == f"{HOME}/san-pham/{one.id}"
    assert told["identifier"] == {"@type": "PropertyValue", "propertyID": "OCOP", "value": one.id}


def test_a_search_keeps_what_it_looks_for(known: FlaskClient) -> None:
    found = head(known, "/?q=mắm&star=4&utm_source=x")
    assert found["canonical"] == f"{HOME}/?q=m%E1%BA%AFm&star=4"


@pytest.mark.parametrize("path", ["/t/tinh-mau", "/t/huyen-mau/giay-chung-nhan", "/no-such-page"])
def test_a_demonstration_and_a_problem_are_not_for_search_engines(
    known: FlaskClient, path: str
) -> None:
    found = head(known, path)
    assert found["robots"] == "noindex"
    assert found.keys().isdisjoint({"canonical", "vi", "en"})


def test_real_pages_are_for_search_engines(known: FlaskClient) -> None:
    assert "robots" not in head(known, "/")


def test_the_sitemap_has_what_is_listed_and_nothing_else(
    known: FlaskClient, gateway: StandIn
) -> None:
    gone = gateway.change(HONEY, listed=False)
    robots = known.get("/robots.txt")
    assert f"Sitemap: {HOME}/sitemap.xml\n" in robots.text
    answer = known.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    listed = {f"{HOME}/san-pham/{id}" for id in gateway.listings if id != gone.id}
    assert set(re.findall("<loc>(.*?)</loc>", answer.text)) == listed | {f"{HOME}/"}


def test_without_an_address_of_its_own_it_is_where_it_was_asked(portal: FlaskClient) -> None:
    assert head(portal, "/")["canonical"] == "http://localhost/"
