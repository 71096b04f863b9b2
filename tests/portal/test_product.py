import json
from datetime import date
from uuid import uuid4

from flask.testing import FlaskClient

from contracts.catalog import ListedToday
from contracts.dossier import ProductSet
from rules.product_sets import PRODUCT_SETS
from tests.portal.page import Page
from tests.portal.stand_in import StandIn

HONEY = "Mật thốt nốt dạng sệt"


def read(portal: FlaskClient, gateway: StandIn, name: str, rest: str = "") -> Page:
    answer = portal.get(f"/san-pham/{gateway.named(name).id}{rest}")
    assert answer.status_code == 200
    return Page(answer.text)


def test_a_reported_product_says_what_is_known_and_what_is_not(
    portal: FlaskClient, gateway: StandIn
) -> None:
    page = read(portal, gateway, HONEY)
    assert page.one("h1") == HONEY
    assert page.one(".stars") == "4 sao Tiềm năng 5 sao"
    assert page.one(".standing") == (
        "Theo danh sách báo cáo ngày 31/12/2023; ngày hết hạn: chưa biết."
    )
    assert "còn hiệu lực" not in page.one("main").lower()
    assert page.facts == {
        "Chủ thể": "Công ty cổ phần Palmania Sản phẩm khác của chủ thể này",
        "Nơi sản xuất": "Thị trấn Tri Tôn, huyện Tri Tôn, tỉnh An Giang Huyện Tri Tôn"
        " (đơn vị có đến ngày 30/06/2025)",
        "Bộ sản phẩm": "Mật và nông sản sơ chế khác do hệ thống tạm xếp, chưa ai xác nhận",
        "Hạng ghi trên giấy": "4 sao",
        "Số giấy": "chưa biết",
        "Ngày quyết định": "chưa biết",
        "Ngày hết hạn": "chưa biết",
        "Ngày báo cáo": "31/12/2023",
        "Nguồn": "Danh sách sản phẩm OCOP được chứng nhận của tỉnh An Giang năm 2023",
    }


def test_nothing_is_called_valid_whose_expiry_is_not_known(
    portal: FlaskClient, gateway: StandIn
) -> None:
    one = gateway.named(HONEY)
    gateway.change(HONEY, certificate=one.certificate.model_copy(update={"reported_on": None}))
    page = read(portal, gateway, HONEY)
    assert page.one(".standing") == "Hiệu lực: chưa biết."
    assert page.facts["Ngày báo cáo"] == "chưa biết"


def test_a_certificate_with_a_term_gives_its_term(portal: FlaskClient, gateway: StandIn) -> None:
    known = {"number": "12/GCN", "decided_on": date(2024, 3, 5), "expires_on": date(2027, 3, 4)}
    gateway.change(HONEY, certificate=gateway.named(HONEY).certificate.model_copy(update=known))
    page = read(portal, gateway, HONEY)
    assert page.one(".standing") == "Thời hạn ghi trên giấy: đến hết ngày 04/03/2027."
    assert page.facts["Số giấy"] == "12/GCN"
    assert page.facts["Ngày quyết định"] == "05/03/2024"
    assert page.facts["Ngày hết hạn"] == "04/03/2027"


def test_english(portal: FlaskClient, gateway: StandIn) -> None:
    page = read(portal, gateway, HONEY, "?lang=en")
    assert page.one(".standing") == "As reported on 31 December 2023; expiry not known."
    assert "valid" not in page.one("main").lower()
    assert page.one(".stars") == "4 stars Potential 5 stars"
    assert page.links["Tri Tôn district"] == "/?district=tri-ton&lang=en"


def test_the_set_is_assigned_confirmed_or_not_known(portal: FlaskClient, gateway: StandIn) -> None:
    gateway.change(HONEY, set=ProductSet(number=4, basis="confirmed"))
    page = read(portal, gateway, HONEY)
    assert page.facts["Bộ sản phẩm"] == "Mật và nông sản sơ chế khác đã được xác nhận"
    gateway.change(HONEY, set=None)
    assert read(portal, gateway, HONEY).facts["Bộ sản phẩm"] == "chưa biết"


def test_what_is_otherwise_today_stands_beside_what_was_certified(
    portal: FlaskClient, gateway: StandIn
) -> None:
    today = ListedToday(name="Mật hoa thốt nốt", producer="Hộ Mới", address="xã Mới", set=5)
    gateway.change(HONEY, today=today)
    page = read(portal, gateway, HONEY)
    assert page.one("h1") == HONEY
    assert page.all(".today") == [
        f"Hiện nay: {one} (đã được xác nhận)"
        for one in ("Mật hoa thốt nốt", "Hộ Mới", "xã Mới", "Bộ 5")
    ]
    assert page.facts["Chủ thể"].startswith("Công ty cổ phần Palmania Hiện nay: Hộ Mới")
    assert json.loads(page.all("script")[-1])["alternateName"] == "Mật hoa thốt nốt"
    card = Page(portal.get("/?q=mat thot not dang set").text)
    assert card.all(".maker") == ["Hiện nay: Mật hoa thốt nốt", "Công ty cổ phần Palmania"]
    gateway.change(HONEY, today=ListedToday(address="xã Mới"))
    assert read(portal, gateway, HONEY).all(".today") == ["Hiện nay: xã Mới (đã được xác nhận)"]


def test_search_engines_are_told_what_is_confirmed(portal: FlaskClient, gateway: StandIn) -> None:
    said = read(portal, gateway, HONEY).all("script")[-1]
    assert json.loads(said) == {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": (page := f"http://localhost/san-pham/{gateway.named(HONEY).id}"),
        "url": page,
        "identifier": {
            "@type": "PropertyValue",
            "propertyID": "OCOP",
            "value": gateway.named(HONEY).id,
        },
        "productID": gateway.named(HONEY).id,
        "name": HONEY,
        "award": "OCOP 4 sao",
        "manufacturer": {
            "@type": "Organization",
            "name": "Công ty cổ phần Palmania",
            "address": "Thị trấn Tri Tôn, huyện Tri Tôn, tỉnh An Giang",
        },
    }


def test_search_engines_are_told_in_the_pages_language(
    portal: FlaskClient, gateway: StandIn
) -> None:
    gateway.change(HONEY, set=ProductSet(number=4, basis="confirmed"))
    said = {
        language: json.loads(read(portal, gateway, HONEY, language).all("script")[-1])
        for language in ("", "?lang=en")
    }
    assert (said[""]["award"], said["?lang=en"]["award"]) == ("OCOP 4 sao", "OCOP 4 stars")
    assert (said[""]["category"], said["?lang=en"]["category"]) == PRODUCT_SETS[4]


def test_a_name_cannot_leave_its_place(portal: FlaskClient, gateway: StandIn) -> None:
    name = "</script><script>alert(1)</script>"
    id = gateway.change(HONEY, name=name).id
    answer = portal.get(f"/san-pham/{id}")
    assert "<script>alert" not in answer.text
    page = Page(answer.text)
    assert page.one("h1") == name
    assert json.loads(page.all("script")[-1])["name"] == name


def test_what_is_listed_no_more_says_so(portal: FlaskClient, gateway: StandIn) -> None:
    id = gateway.change(HONEY, listed=False).id
    answer = portal.get(f"/san-pham/{id}")
    assert answer.status_code == 410
    assert Page(answer.text).one("h1") == "Không còn trong danh mục"


def test_what_never_was_is_not_found(portal: FlaskClient, gateway: StandIn) -> None:
    for address in (f"/san-pham/{uuid4()}", "/san-pham/mat-thot-not"):
        answer = portal.get(address)
        assert answer.status_code == 404
        page = Page(answer.text)
        assert page.one("h1") == "Không tìm thấy"
        assert page.one("main").count("Không tìm thấy") == 1
        assert page.links["Xem tất cả sản phẩm"] == "/"


def test_another_districts_product_is_not_shown_as_ones_own(
    portal: FlaskClient, gateway: StandIn
) -> None:
    id = gateway.named(HONEY).id
    assert portal.get(f"/t/tri-ton/san-pham/{id}").status_code == 200
    assert portal.get(f"/t/cho-moi/san-pham/{id}").status_code == 404
