"""The page on which anybody checks a certificate: where the code on it leads."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from contracts.evaluation import Origin
from tests.portal.page import Page
from tests.portal.stand_in import StandIn

NUMBER = "05/2026/OCOP-AN-GIANG"
PRODUCT = "00000000-0000-4000-8000-000000000002"


def certificate(**told: Any) -> dict[str, Any]:
    """As evaluation answers."""
    facts = {
        "product_id": PRODUCT, "star": 4, "origin": "issued", "number": NUMBER,
        "agency": "Ủy ban nhân dân tỉnh Mẫu", "decision": "12/QĐ-UBND",
        "decided_on": "2026-03-05", "expires_on": "2029-03-04",
    }  # fmt: skip
    answer = {
        "certificate": {"id": "c", "tenant": "tri-ton", "annulled": False, "facts": facts},
        "product": "Đường thốt nốt mẫu", "producer": "Cơ sở mẫu", "genuine": True,
        "validity": "valid", "on": "2026-11-30", "signature": "a.b.c",
    }  # fmt: skip
    return answer | told


def page(portal: FlaskClient, status: int = 200, rest: str = "") -> Page:
    answer = portal.get("/giay-chung-nhan", query_string=rest or {"number": NUMBER})
    assert answer.status_code == status
    return Page(answer.text)


def test_a_genuine_one_says_what_to_compare_with_the_paper(
    portal: FlaskClient, gateway: StandIn
) -> None:
    gateway.certificates[NUMBER] = certificate()
    shown = page(portal)
    assert shown.one(".standing") == (
        "Giấy chứng nhận thật, còn hiệu lực. Kiểm tra ngày 30/11/2026."
    )
    assert shown.facts == {
        "Sản phẩm": "Đường thốt nốt mẫu", "Chủ thể": "Cơ sở mẫu", "Hạng": "4 sao",
        "Cơ quan cấp": "Ủy ban nhân dân tỉnh Mẫu", "Quyết định số": "12/QĐ-UBND",
        "Ngày quyết định": "05/03/2026", "Ngày hết hạn": "04/03/2029",
    }  # fmt: skip
    assert shown.links["Đường thốt nốt mẫu"] == f"/t/tri-ton/san-pham/{PRODUCT}"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"validity": "expired"}, "Giấy chứng nhận thật, nhưng đã hết hạn."),
        ({"validity": "replaced"}, "Giấy chứng nhận thật, nhưng đã có giấy khác thay thế."),
        ({"validity": "annulled"}, "Giấy chứng nhận này đã bị huỷ."),
        (
            {"validity": "as-reported", "genuine": None},
            "Theo danh sách báo cáo; chưa biết còn hiệu lực hay không.",
        ),
        ({"genuine": False}, "Chữ ký của giấy này không đúng: không công nhận."),
    ],
)
def test_only_a_genuine_valid_one_looks_good(
    portal: FlaskClient, gateway: StandIn, told: dict[str, Any], said: str
) -> None:
    gateway.certificates[NUMBER] = certificate(**told)
    shown = page(portal)
    assert shown.one(".standing") == f"{said} Kiểm tra ngày 30/11/2026."
    assert shown.all(".standing-good") == []


def test_what_was_typed_stays_where_nothing_is_found(portal: FlaskClient) -> None:
    shown = page(portal, 404)
    assert shown.element("#number").attributes["value"] == NUMBER
    assert shown.one(".wrong").startswith("Không có giấy chứng nhận số này ở Tỉnh An Giang.")
    wrong = page(portal, 422, "number=abc&lang=en")
    assert wrong.element("#number").attributes["value"] == "abc"
    assert wrong.one(".wrong") == "This is no certificate's number."


def test_without_a_number_it_asks_for_one(portal: FlaskClient) -> None:
    shown = page(portal, 200, "lang=vi")
    assert shown.all(".wrong") == shown.all(".standing") == []
    assert shown.one("h1") == "Kiểm tra giấy chứng nhận OCOP"


def test_a_products_page_leads_to_the_check_of_its_certificate(
    portal: FlaskClient, gateway: StandIn
) -> None:
    one = gateway.named("Mật thốt nốt dạng sệt")
    issued = one.certificate.model_copy(update={"number": NUMBER, "origin": Origin.ISSUED})
    gateway.change(one.name, certificate=issued)
    shown = Page(portal.get(f"/san-pham/{one.id}").text)
    assert shown.links["Kiểm tra giấy này"] == (
        "/t/tri-ton/giay-chung-nhan?number=05/2026/OCOP-AN-GIANG"
    )
