import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.entrypoints.http import create_app
from tests.portal.page import Page
from tests.portal.stand_in import StandIn


@pytest.fixture
def alone(tenants_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A portal whose gateway is not there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        monkeypatch.setenv("OCOP_PORTAL_GATEWAY", f"http://127.0.0.1:{taken.getsockname()[1]}")
        monkeypatch.setenv("OCOP_PORTAL_TENANTS", str(tenants_file))
        yield create_app().test_client()


def test_without_the_gateway_what_was_typed_is_kept(alone: FlaskClient) -> None:
    answer = alone.get("/?q=m%E1%BA%AFm&star=3&star=4")
    assert answer.status_code == 503
    page = Page(answer.text)
    assert page.one("h1") == "Tạm thời chưa phục vụ được"
    assert page.element("#q").attributes["value"] == "mắm"
    assert page.links["Thử lại"] == "/?q=m%E1%BA%AFm&star=3&star=4"


def test_without_the_gateway_it_is_ready_all_the_same(alone: FlaskClient) -> None:
    assert alone.get("/health/ready").json == {"ready": True, "checks": {}}


def test_a_gateway_that_says_nothing_is_not_waited_for(
    portal: FlaskClient, gateway: StandIn
) -> None:
    gateway.go_on.clear()
    answer = portal.get("/?q=tra&lang=en")
    gateway.go_on.set()
    assert answer.status_code == 503
    page = Page(answer.text)
    assert page.one("h1") == "Out of service for the moment"
    assert page.links["Try again"] == "/?q=tra&lang=en"


def test_a_service_behind_the_gateway_is_away(portal: FlaskClient, gateway: StandIn) -> None:
    gateway.failing = 502
    answer = portal.get(f"/san-pham/{gateway.named('Sà rông').id}")
    assert answer.status_code == 503
    assert Page(answer.text).one("h1") == "Tạm thời chưa phục vụ được"


@pytest.mark.parametrize(
    ("status", "title"),
    [(422, "Dữ liệu chưa đúng"), (429, "Quá nhiều yêu cầu"), (400, "Yêu cầu chưa đúng")],
)
def test_what_is_refused_says_why_in_the_services_words(
    portal: FlaskClient, gateway: StandIn, status: int, title: str
) -> None:
    gateway.failing = status
    answer = portal.get("/?q=tra")
    assert answer.status_code == status
    page = Page(answer.text)
    assert page.one("h1") == title
    assert page.all("p")[0] == f"Lý do số {status}."
    assert page.all("li") == (["Từ đang tìm: quá dài"] if status == 422 else [])
    assert page.element("#q").attributes["value"] == "tra"


def test_a_refused_page_leads_back_to_the_first(portal: FlaskClient, gateway: StandIn) -> None:
    gateway.failing = 400
    page = Page(portal.get("/?q=tra&star=3&cursor=forged").text)
    assert page.links["Về trang đầu của lần tìm này"] == "/?q=tra&star=3"


def test_a_page_that_has_ended_leads_back_to_the_first(portal: FlaskClient) -> None:
    answer = portal.get("/?q=tra&star=3&cursor=ended")
    assert answer.status_code == 410
    page = Page(answer.text)
    assert page.one("h1") == "Trang này đã hết hạn"
    assert page.links["Về trang đầu của lần tìm này"] == "/?q=tra&star=3"


@pytest.mark.parametrize("address", ["/khong-co", "/t/khong-co", "/static/khong-co"])
def test_no_such_address(portal: FlaskClient, address: str) -> None:
    answer = portal.get(address)
    assert answer.status_code == 404
    assert Page(answer.text).one("h1") == "Không tìm thấy"


def test_another_method_is_refused_with_a_page(portal: FlaskClient) -> None:
    for answer in (portal.post("/", data={"q": "tra"}), portal.options("/")):
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
        assert Page(answer.text).one("h1") == "Yêu cầu chưa đúng"


def test_an_answer_of_another_shape_is_our_fault_and_says_so(
    portal: FlaskClient, gateway: StandIn
) -> None:
    gateway.said = {"total": "many"}
    answer = portal.get("/")
    assert answer.status_code == 500
    assert Page(answer.text).one("h1") == "Trang này đang gặp lỗi"


def test_suggestions_answer_the_script_with_a_problem(
    portal: FlaskClient, gateway: StandIn
) -> None:
    gateway.failing = 503
    answer = portal.get("/goi-y?q=tra")
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.json["type"] == "urn:ocop:problem:unavailable"
