"""What messages say: plain words, of every event as it may come, in both languages."""

from decimal import Decimal
from typing import Any

import pytest

from chassis.tenants import Tenants
from contracts.event import Envelope, Event, events
from contracts.filing import ReturnedItem
from services.notification.domain.templates import Written
from tests.conftest import TENANTS
from tests.notification.news import (
    HOA,
    RULES,
    annulled,
    approved,
    cancelled,
    confirmed,
    convened,
    decided,
    issued,
    missed,
    news,
    returned,
    unconfirmed,
    undecided,
)

ELIMINATED: dict[str, Any] = {
    "total": None, "band": None, "star": None, "certifies": None, "potential": None,
    "escalated_to": None,
    "eliminated": ("no-food-safety-certificate", "a reason of another edition"),
}  # fmt: skip
UNIT = Tenants.read(TENANTS).get("huyen-mau").name
CASES: dict[str, Event] = {
    f"example of {rule.event}": events[rule.event].model_validate(events[rule.event].example)
    for rule in RULES.rules
} | {
    "returned, many items": returned(
        items=(
            ReturnedItem(criterion="1.5", reason="Thiếu hợp đồng"),
            ReturnedItem(field="registration.representative", reason="Sai họ tên"),
            ReturnedItem(field="evidence.9.1", reason="Phiếu đã hết hạn"),
            ReturnedItem(field="unheard.of", reason="Xem lại"),
            ReturnedItem(reason="Thiếu mẫu"),
        )
    ),
    "convened without agenda": convened(products=0),
    "convened with ten": convened(products=10),
    "cancelled": cancelled(),
    "eliminated": approved(**ELIMINATED),
    "held back by a gate": approved(
        total=Decimal("92"), band=5, star=3, potential=None, escalated_to=None,
        failed=(missed("1.5", 4), missed("3.2", 5)),
    ),
    "one star": approved(
        total=Decimal("29.666666667"), band=1, star=1, certifies=None, potential=None,
        escalated_to=None,
    ),
    "goes up alone": approved(star=5, band=5, certifies=None, potential=5, escalated_to="x-level"),
    "annulled": annulled(HOA),
    "annulled elimination": annulled(HOA, **ELIMINATED),
    "one star annulled": annulled(
        total=Decimal("29.666666667"), band=1, star=1, certifies=None, potential=None,
        escalated_to=None,
    ),
    "two products": decided(a=(HOA,), b=(HOA,)),
    "decision on two products annulled": undecided(a=(HOA,), b=(HOA,)),
    "issued": issued(HOA),
    "centre, too low": confirmed(star=4, total=Decimal("85"), certificate_number=None),
    "centre, recognised": confirmed(
        star=4, total=Decimal("85"), recognised=4, certificate_number="03/2026/OCOP-TINH-MAU"
    ),
    "centre, one star": confirmed(star=1, total=Decimal("12.5"), certificate_number=None),
    "centre, annulled": unconfirmed(),
    "centre, too low, annulled": unconfirmed(star=4, certificate_number=None),
}  # fmt: skip


def written(event: Event) -> Written:
    """Of the event as it arrives: what is None is left out on its way."""
    event = Envelope.decoded(news(event).encoded()).data
    (rule,) = RULES.about(event)
    return RULES.templates.write(rule.template, event, HOA, UNIT)


@pytest.mark.parametrize("case", CASES)
def test_every_event_is_said_whole_in_both_languages(case):
    found = written(CASES[case])
    for text in (found.title.vi, found.title.en, found.body.vi, found.body.en):
        assert text.strip() == text != ""
        assert not [one for one in ("None", "{{", "{%", "\n\n\n", "Decimal", "<") if one in text]
    for title in (found.title.vi, found.title.en):
        assert "\n" not in title
    assert found.body.vi.startswith("Kính gửi Chủ cơ sở mẫu,\n\n")
    assert found.body.en.startswith("Dear Chủ cơ sở mẫu,\n\n")
    assert (found.body.vi.splitlines()[-1], found.body.en.splitlines()[-1]) == (
        "Huyện Mẫu",
        "Sample district",
    )


def said(case: str, *lines: str) -> None:
    body = written(CASES[case]).body.vi.splitlines()
    assert [line for line in lines if line not in body] == []


def test_a_returned_dossier_names_each_item_where_the_producer_finds_it_and_until_when():
    said(
        "returned, many items",
        "1. Tiêu chí 1.5: Thiếu hợp đồng",
        "2. Phiếu đăng ký (Biểu 01): Sai họ tên",
        "3. Minh chứng, tiêu chí 9.1: Phiếu đã hết hạn",
        "4. Hồ sơ: Xem lại",
        "5. Hồ sơ: Thiếu mẫu",
    )
    assert "chậm nhất là hết ngày 20/01/2026" in written(CASES["returned, many items"]).body.vi


def test_an_invitation_has_time_here_place_and_every_product():
    said(
        "convened with ten",
        "Hội đồng: Hội đồng OCOP Huyện Mẫu",
        "Thời gian: 02/02/2026 08:00",
        "Địa điểm: Phòng họp số 1",
        "Sản phẩm được đánh giá (10):",
        *(f"{n}. Sản phẩm {n} – Cơ sở Mẫu" for n in range(1, 11)),
    )


def test_a_result_says_star_total_what_failed_and_where_it_goes():
    result = written(approved(HOA))
    assert result.title.vi == "Kết quả đánh giá Đường thốt nốt mẫu: tiềm năng 4 sao"
    assert "Điểm trung bình: 72,40 trên 100." in result.body.vi
    assert "Mean of the points: 72.40 of 100." in result.body.en
    assert "hồ sơ được chuyển lên Hội đồng cấp tỉnh" in result.body.vi
    assert "quyết định công nhận 3 sao" in result.body.vi
    said(
        "held back by a gate",
        "Kết quả: 3 sao.",
        "Điểm trung bình: 92,00 trên 100.",
        "Điểm số đủ cho 5 sao, nhưng còn tiêu chí chưa đạt mức tối thiểu:",
        "- Tiêu chí 1.5: chưa đạt mức của 4 sao",
        "- Tiêu chí 3.2: chưa đạt mức của 5 sao",
    )
    said("one star", "Kết quả: 1 sao.", "Điểm trung bình: 29,67 trên 100.")
    said(
        "eliminated",
        "Kết quả: không được xếp hạng.",
        "- Thiếu giấy an toàn thực phẩm bắt buộc",
        "- a reason of another edition",
    )
    for case in ("eliminated", "one star"):
        assert "quyết định công nhận" not in written(CASES[case]).body.vi


def test_an_eliminated_product_is_told_so_without_star_or_points():
    result = written(CASES["eliminated"])
    assert result.title.vi == "Kết quả đánh giá Đường thốt nốt mẫu: không được xếp hạng"
    assert result.title.en == "Result for Đường thốt nốt mẫu: not ranked"
    for text in (result.body.vi, result.body.en):
        assert [one for one in ("sao", "star", "Điểm", "points", "100") if one in text] == []


def test_an_annulled_result_says_what_counted_why_and_that_the_product_may_be_judged_again():
    result = written(CASES["annulled"])
    assert result.title.vi == "Hủy kết quả đánh giá Đường thốt nốt mẫu"
    assert result.title.en == "The result for Đường thốt nốt mẫu is annulled"
    said(
        "annulled",
        "Kết quả của sản phẩm Đường thốt nốt mẫu (Cơ sở Mẫu) mà Hội đồng cấp huyện đã phê duyệt"
        " không còn giá trị.",
        "Kết quả bị hủy: 4 sao, tiềm năng 4 sao.",
        "Lý do: Sai thành phần hội đồng",
        "Hồ sơ không còn được chuyển lên Hội đồng cấp tỉnh theo kết quả này.",
        "Sản phẩm có thể được đánh giá lại. Khi có kết quả mới, thông báo sẽ được gửi.",
    )
    assert "The product may be judged again." in result.body.en
    said("annulled elimination", "Kết quả bị hủy: không được xếp hạng.")
    said("one star annulled", "Kết quả bị hủy: 1 sao.")
    for case in ("annulled elimination", "one star annulled"):
        assert "chuyển lên" not in written(CASES[case]).body.vi


def test_an_annulled_decision_says_why_and_which_certificates_no_longer_hold():
    one, two = written(undecided(a=(HOA,))), written(CASES["decision on two products annulled"])
    assert one.title.vi == "UBND Huyện Mẫu hủy Quyết định số 12/QĐ-UBND về a"
    assert one.title.en == "UBND Huyện Mẫu annuls decision 12/QĐ-UBND on a"
    assert two.title.vi == "UBND Huyện Mẫu hủy Quyết định số 12/QĐ-UBND"
    said(
        "decision on two products annulled",
        "UBND Huyện Mẫu đã hủy Quyết định số 12/QĐ-UBND ngày 10/02/2026.",
        "Lý do: Sai thẩm quyền",
        "Giấy chứng nhận cấp theo Quyết định này không còn giá trị:",
        "- a (Cơ sở Mẫu): 3 sao; giấy chứng nhận số 01/2026/OCOP-HM",
        "- b (Cơ sở Mẫu): 3 sao; giấy chứng nhận số 02/2026/OCOP-HM",
        "Kết quả của Hội đồng vẫn được giữ để chờ quyết định khác. Giấy chứng nhận trước đó, nếu"
        " còn hạn và chưa có giấy mới hơn thay thế, lại có giá trị.",
    )
    assert "Certificates issued by this decision no longer hold:" in two.body.en


def test_a_certificate_says_number_decision_and_until_when():
    said(
        "issued",
        "Sản phẩm: Đường thốt nốt mẫu",
        "Hạng: 3 sao",
        "Số giấy chứng nhận: 01/2026/OCOP-HM",
        "Theo Quyết định số: 12/QĐ-UBND",
        "Ngày cấp: 10/02/2026",
        "Có giá trị đến hết ngày: 10/02/2029",
    )


def test_what_people_wrote_is_text_and_no_template():
    sly: Any = returned(items=(ReturnedItem(reason="{{ 7 * 7 }} <b>{% raw %}"),))
    (rule,) = RULES.about(sly)
    body = RULES.templates.write(rule.template, sly, HOA, UNIT).body
    assert "1. Hồ sơ: {{ 7 * 7 }} <b>{% raw %}" in body.vi


def test_a_higher_levels_result_says_what_was_found_by_whom_and_what_certificate_is_held_then():
    assert written(confirmed()).title.vi == "Kết quả cấp Trung ương của Đường thốt nốt mẫu: 5 sao"
    said(
        "example of higher-result.confirmed.v1",
        "Bộ Mẫu đã đánh giá sản phẩm Đường thốt nốt mẫu (Cơ sở Mẫu). Kết quả được xác nhận theo"
        " văn bản số 100/QĐ-BM ngày 10/06/2026.",
        "Kết quả: 5 sao.",
        "Điểm trung bình: 93,25 trên 100.",
        "Giấy chứng nhận số 02/2026/OCOP-TINH-MAU được cấp theo kết quả này.",
    )
    said(
        "centre, too low",
        "Kết quả: 4 sao.",
        "Không có giấy chứng nhận mới. Giấy chứng nhận đang có vẫn có giá trị, không còn ghi sao"
        " tiềm năng.",
    )
    said(
        "centre, recognised",
        "Trên kết quả này, sản phẩm được công nhận 4 sao; giấy chứng nhận số"
        " 03/2026/OCOP-TINH-MAU.",
    )
    assert "1 star.\n" in written(CASES["centre, one star"]).body.en


def test_an_annulled_result_of_a_higher_level_says_why_and_what_holds_then():
    said(
        "centre, annulled",
        "Kết quả bị hủy: 5 sao.",
        "Lý do: Nhập nhầm sản phẩm",
        "Giấy chứng nhận số 02/2026/OCOP-TINH-MAU không còn giá trị. Giấy chứng nhận trước đó, nếu"
        " còn hạn và chưa có giấy mới hơn thay thế, lại có giá trị.",
    )
    assert "Giấy chứng nhận" not in written(CASES["centre, too low, annulled"]).body.vi
