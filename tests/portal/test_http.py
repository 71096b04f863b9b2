"""What every answer of the portal has, whatever page it is."""

import gzip
import re
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient

from portal.entrypoints.http import create_app
from tests.portal.page import Page
from tests.portal.stand_in import StandIn

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'"
)
FIRST_PAGE_LIMIT = 150_000


def test_the_routes_are_these(portal: FlaskClient) -> None:
    """All are public. One more is added here on purpose."""
    assert {rule.rule for rule in portal.application.url_map.iter_rules()} == {
        "/", "/t/<tenant>",
        "/san-pham/<uuid:id>", "/t/<tenant>/san-pham/<uuid:id>",
        "/giay-chung-nhan", "/t/<tenant>/giay-chung-nhan",
        "/goi-y", "/t/<tenant>/goi-y",
        "/static/<name>", "/favicon.ico", "/robots.txt", "/sitemap.xml",
        "/health/live", "/health/ready", "/metrics",
    }  # fmt: skip


def test_its_numbers_are_for_those_who_bear_its_key(
    portal: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert portal.get("/metrics").status_code == 404
    monkeypatch.setenv("OCOP_PORTAL_METRICS_KEY", "a key of the tests alone")
    keyed = create_app().test_client()
    assert keyed.get("/metrics").status_code == 401
    right = {"Authorization": "Bearer a key of the tests alone"}
    assert keyed.get("/metrics", headers=right).text.startswith("# HELP")


@pytest.mark.parametrize("address", ["/", "/?q=zzz", "/khong-co", "/goi-y?q=tra", "/t/khong-co"])
def test_nothing_of_another_host_is_allowed(portal: FlaskClient, address: str) -> None:
    headers = portal.get(address).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


def test_no_page_carries_style_or_script_in_itself(portal: FlaskClient, gateway: StandIn) -> None:
    for address in ("/", "/?star=4", f"/san-pham/{gateway.named('Sà rông').id}", "/khong-co"):
        page = Page(portal.get(address).text)
        assert [one for one in page.elements if one.tag == "style"] == []
        for one in page.elements:
            assert {name for name in one.attributes if name == "style" or name[:2] == "on"} == set()
        inline = [one for one in page.elements if one.tag == "script" and one.text]
        assert {one.attributes["type"] for one in inline} <= {"application/ld+json"}


def test_files_are_kept_by_the_name_of_their_content(portal: FlaskClient) -> None:
    for address in files(portal.get("/").text):
        plain, packed = (
            portal.get(address),
            portal.get(address, headers={"Accept-Encoding": "gzip"}),
        )
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data


def test_the_icon_is_found_where_browsers_look_for_it(portal: FlaskClient) -> None:
    answer = portal.get("/favicon.ico")
    assert (answer.status_code, answer.location[:13]) == (302, "/static/icon.")
    assert portal.get(answer.location).content_type == "image/svg+xml"


def test_robots_are_kept_from_suggestions_alone(portal: FlaskClient) -> None:
    answer = portal.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    assert rules.can_fetch("anybody", "/san-pham/1")
    assert not rules.can_fetch("anybody", "/goi-y?q=tra")


def test_the_first_page_is_small(portal: FlaskClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    first = portal.get("/", headers=packed)
    html = gzip.decompress(first.data).decode()
    sizes = {at: len(portal.get(at, headers=packed).data) for at in files(html)}
    style = next(at for at in sizes if at.endswith(".css"))
    fonts = re.findall(r'url\("([^"]+)"\)', portal.get(style).text)
    fonts = [f"/static/{at}" for at in fonts]
    sizes |= {at: len(portal.get(at, headers=packed).data) for at in fonts}
    assert len(sizes) == 5
    assert len(first.data) + sum(sizes.values()) < FIRST_PAGE_LIMIT


ADDRESSES = ("canonical", "alternate")
"""Links that name a page, and no file of it."""


def files(html: str) -> set[str]:
    """The stylesheet, script, icon and fonts that a page names."""
    found = {
        one.attributes.get("href") or one.attributes.get("src", "")
        for one in Page(html).elements
        if one.tag in ("link", "script") and one.attributes.get("rel") not in ADDRESSES
    } - {""}
    assert {at.rpartition(".")[2] for at in found} == {"css", "js", "svg", "ttf"}
    return found
