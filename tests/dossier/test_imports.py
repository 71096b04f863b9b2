"""Importing: the report's 108 through the service's own doors, again, otherwise, and taken back."""

import csv
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import cycle
from threading import Event
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from chassis.scope import Scope, entered
from contracts.dossier import (
    EarlierAwardRecorded,
    EarlierAwardWithdrawn,
    ProducerRegistered,
    ProducerWithdrawn,
    ProductRegistered,
    ProductWithdrawn,
)
from contracts.evaluation import CertificateFacts, CertificateIssued, Origin
from contracts.event import Envelope
from rules.days import VIETNAM
from services.dossier.bootstrap import part_registrations, read_likenesses_anew
from services.dossier.entrypoints.worker import on_certificate
from tests.dossier.conftest import HEADING, REPORT, ROOT, TEA, sheet, told, workbook
from tests.rules.old_codes import CODES

VALID_TOTAL = {
    "long-xuyen": 12, "chau-doc": 13, "tan-chau": 8, "tinh-bien": 8, "cho-moi": 8, "tri-ton": 6,
    "chau-phu": 11, "phu-tan": 9, "thoai-son": 22, "chau-thanh": 3, "an-phu": 8,
}  # fmt: skip
"""Of each district, in appendix I of the report."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COFFEE = ["4", "Cà phê thử", "Cơ sở Thử", "xã Thử, huyện Tri Tôn"]


def counts(rows: int, **others: int) -> dict[str, int]:
    return {"rows": rows, "new": 0, "same": 0, "differs": 0, "wrong": 0} | others


def certify(award_id: str, tenant: str = "tri-ton") -> str:
    """As evaluation does; the certificate's id."""
    certificate = CertificateFacts(
        product_id=str(uuid4()), star=3, origin=Origin.IMPORTED, award_id=award_id
    )
    envelope = Envelope.of(
        CertificateIssued(certificate=certificate), subject=str(uuid4()), tenant=tenant,
        version=1, at=datetime.now(UTC),
    )  # fmt: skip
    with entered(Scope(tenant, "test")):
        on_certificate(envelope)
    return envelope.subject


def state_of(database: Any) -> Any:
    """Everything that is kept, as it is."""
    return {
        name: sorted(database[name].find(), key=lambda row: str(row["_id"]))
        for name in sorted(database.list_collection_names())
    }


def test_the_108_are_checked_without_a_trace(doors, database):
    before = state_of(database)
    answer = doors.send(REPORT.read_bytes(), REPORT.name, dry=True)
    assert answer.status_code == 200
    report = answer.json
    assert report["counts"] == counts(108, new=108)
    assert (report["id"], report["dry_run"], report["pending"]) == (None, True, 0)
    assert {(row["product_id"], row["state"]) for row in report["rows"]} == {(None, "checked")}
    assert state_of(database) == before


def test_the_108_are_imported_into_their_districts(doors, database):
    answer = doors.send(
        REPORT.read_bytes(), REPORT.name,
        fields={"reported_on": "2023-12-31", "source": "Báo cáo năm 2023, phụ lục II"},
    )  # fmt: skip
    assert answer.status_code == 201
    report = answer.json
    assert report["counts"] == counts(108, new=108)
    assert Counter(row["district"] for row in report["rows"]) == VALID_TOTAL
    assert Counter((row["star"], row["potential"]) for row in report["rows"]) == {
        (5, None): 2, (4, 5): 3, (4, None): 7, (3, None): 96,
    }  # fmt: skip
    assert report["pending"] == 108
    assert {row["state"] for row in report["rows"]} == {"pending"}
    assert Counter(row["tenant"] for row in database.products.find()) == VALID_TOTAL
    assert Counter(row["tenant"] for row in database.earlier_awards.find()) == VALID_TOTAL
    assert database.producers.count_documents({}) == 79
    events = told()
    assert Counter(type(one.data) for one in events) == {
        ProducerRegistered: 79, ProductRegistered: 108, EarlierAwardRecorded: 108,
    }  # fmt: skip
    awards = [one.data.award for one in events if isinstance(one.data, EarlierAwardRecorded)]
    assert {(str(one.reported_on), one.source) for one in awards} == {
        ("2023-12-31", "Báo cáo năm 2023, phụ lục II")
    }
    products = [one.data.product for one in events if isinstance(one.data, ProductRegistered)]
    assert {one.set.basis for one in products} == {"assigned"}


def test_a_list_sent_again_with_its_key_is_imported_once_and_answered_alike(doors, database):
    key = {"Idempotency-Key": "list-of-2023"}
    first, second = (doors.send(sheet(TEA), headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json == first.json
    assert database.imports.count_documents({}) == 1
    other = doors.send(sheet(TEA, COFFEE), headers=key)
    assert (other.status_code, other.json["type"]) == (422, "urn:ocop:problem:key-reused")
    assert database.products.count_documents({}) == 1


def test_the_longest_report_is_answered_alike_as_well(doors, database):
    rows = [["3", f"Trà {n} {'dài ' * 60}", f"Cơ sở {n % 9}", TEA[3]] for n in range(2000)]
    key = {"Idempotency-Key": "a-long-list"}
    for wanted in ("application/json", XLSX):
        as_wanted = {"Accept": wanted, "Idempotency-Key": f"{key['Idempotency-Key']}-{wanted}"}
        first, second = (doors.send(sheet(*rows), headers=as_wanted) for _ in range(2))
        assert (first.status_code, first.mimetype) == (second.status_code, second.mimetype)
        assert first.data == second.data
        assert wanted == XLSX or (len(first.data) > 1_000_000 and first.status_code == 201)
    assert database.imports.count_documents({}) == 1


def test_what_was_read_otherwise_than_written_is_told(doors):
    rows = doors.send(REPORT.read_bytes(), dry=True).json["rows"]
    noted = {row["row"]: row["messages"] for row in rows if row["messages"]}
    assert {row: [m["vi"] for m in messages] for row, messages in noted.items()} == {
        **{row: ["Ghi “huyện Tịnh Biên”; nơi này là thị xã Tịnh Biên."] for row in range(42, 49)},
        96: ["“Thọai Sơn” được hiểu là huyện Thoại Sơn."],
    }
    assert {(m["level"], m["field"]) for row in noted.values() for m in row} == {
        ("note", "address")
    }


def test_likely_duplicates_are_proposed_and_never_merged(doors, database):
    report = doors.send(REPORT.read_bytes()).json
    assert [[one["name"] for one in each["producers"]] for each in report["proposals"]] == [
        ["Bà Giáo Khoẻ “7777777”", "Cơ sở Bà Giáo Khỏe 7777777"],
        [
            "Công ty cổ phần rau củ quả thực phẩm An Giang",
            "Công ty cổ phần rau củ quả thực phẩm An Giang (Antesco)",
            "Công ty Cổ phần thực phẩm rau quả An Giang",
        ],
        [
            "Công ty TNHH MTV Chế biến Thuỷ Hải sản Thanh Tùng",
            "Công ty TNHH MTV chế biến thủy hải sản Thanh Tùng",
        ],
        ["Cơ Sở Sản Xuất Khô Bò Phú Vinh", "Hộ kinh doanh Phú Vinh"],
    ]
    assert doors.get("/producers/likenesses").json["items"] == report["proposals"]
    standing = doors.get("/producers?limit=200").json["items"]
    assert len(standing) == len({one["facts"]["name"] for one in standing}) == 79


def test_repeated_it_changes_nothing_and_records_nothing(doors, database):
    doors.send(REPORT.read_bytes())
    before = state_of(database)
    again = doors.send(REPORT.read_bytes())
    assert again.status_code == 200
    assert (again.json["id"], again.json["counts"]) == (None, counts(108, same=108))
    assert state_of(database) == before


def test_a_row_is_the_same_however_it_is_typed(doors, database):
    doors.send(sheet(TEA))
    typed = ["3 sao", "TRÀ  THỬ", "cơ sở thử", "xã Thử, huyện Tri Tôn"]
    report = doors.send(sheet(typed)).json
    assert report["counts"] == counts(1, same=1)
    assert database.producers.count_documents({}) == 1


def test_where_a_tone_mark_stands_makes_no_other_product(doors, database):
    doors.send(sheet(["3", "Trà hoà", "Cơ sở Thuỷ", TEA[3]]))
    report = doors.send(sheet(["3", "Trà hòa", "Cơ sở Thủy", TEA[3]])).json
    assert report["counts"] == counts(1, same=1)
    assert database.producers.distinct("facts.name") == ["Cơ sở Thuỷ"]


def close_to(row: dict[str, Any]) -> list[str]:
    assert {(one["level"], one["field"]) for one in row["messages"]} <= {("note", "product")}
    return [one["en"] for one in row["messages"]]


def test_what_only_diacritics_tell_apart_are_two_products_with_a_note(doors, database):
    """Coconut and pineapple; two persons' names."""
    coconut, pineapple = (["3", name, "Cơ sở Hùng", TEA[3]] for name in ("Rượu dừa", "Rượu dứa"))
    another = ["3", "Rượu dừa", "Cơ sở Hưng", TEA[3]]
    doors.send(sheet(coconut))
    answer = doors.send(sheet(coconut, pineapple, another))
    assert answer.json["counts"] == counts(3, new=2, same=1)
    assert [close_to(row) for row in answer.json["rows"]] == [
        [],
        *2 * [["Close to “Rượu dừa” of “Cơ sở Hùng” (row 2), save for diacritics, "
               "spelling or short forms: check that it is another product."]],
    ]  # fmt: skip
    assert answer.json["rows"][1]["messages"][0]["vi"] == (
        "Gần giống sản phẩm đã có: “Rượu dừa” của “Cơ sở Hùng” (dòng 2), chỉ khác dấu, "
        "cách viết hoặc viết tắt. Kiểm tra có đúng là sản phẩm khác."
    )
    assert set(database.products.distinct("facts.name")) == {"Rượu dừa", "Rượu dứa"}
    assert sorted(database.producers.distinct("facts.name")) == ["Cơ sở Hùng", "Cơ sở Hưng"]
    again = doors.send(sheet(coconut, pineapple, another)).json
    assert again["counts"] == counts(3, same=3)
    assert [close_to(row) for row in again["rows"]] == [[], [], []]


@pytest.mark.parametrize(
    ("kept", "listed"),
    [
        (("Gạo ST25", "Cơ sở Lý"), ("Gạo ST 25", "Cơ sở Lý")),
        (("Gạo OM-5451", "Cơ sở Lý"), ("Gạo OM5451", "Cơ sở Lí")),
        (("Nước mắm 500 ml", "Cơ sở Ba Na"), ("Nước mắm 500ml", "Cơ sở Bana")),
        (("Cà phê Đ'ran", "HTX Mỹ"), ("Cà phê Đran", "Hợp tác xã Mĩ")),
    ],
)
def test_what_a_search_reads_alike_is_close(doors, kept, listed):
    doors.send(sheet(["3", *kept, TEA[3]]))
    (row,) = doors.send(sheet(["3", *listed, TEA[3]])).json["rows"]
    assert row["outcome"] == "new"
    assert close_to(row) == [
        f"Close to “{kept[0]}” of “{kept[1]}”, save for diacritics, spelling or short forms: "
        "check that it is another product."
    ]


@pytest.mark.parametrize("name", ["Gạo ST24", "Gạo OM 5451", "Gạo ST 2 lít"])
def test_another_figure_is_not_even_close(doors, name):
    doors.send(sheet(["3", "Gạo ST25", TEA[2], TEA[3]]))
    (row,) = doors.send(sheet(["3", name, TEA[2], TEA[3]])).json["rows"]
    assert close_to(row) == []


def test_a_product_whose_likeness_was_read_otherwise_is_known_again_and_read_anew(doors, database):
    kept, near = (["3", name, *TEA[2:]] for name in ("Gạo ST25", "Gạo ST 25"))
    doors.send(sheet(kept))
    database.products.update_many({}, {"$set": {"likeness": "as an older release read it"}})
    assert doors.send(sheet(kept)).json["counts"] == counts(1, same=1)
    for _ in range(2):
        read_likenesses_anew()
        (row,) = doors.send(sheet(near), dry=True).json["rows"]
        assert len(close_to(row)) == 1


def test_within_one_list_they_are_two_as_well_and_in_two_districts_not_even_close(doors):
    rows = [["3", name, TEA[2], TEA[3]] for name in ("Rượu dừa", "Rượu dứa")]
    elsewhere = ["3", "Rượu dưa", TEA[2], "xã Thử, huyện An Phú"]
    report = doors.send(sheet(*rows, elsewhere)).json
    assert report["counts"] == counts(3, new=3)
    assert [len(close_to(row)) for row in report["rows"]] == [0, 1, 0]


def test_another_star_is_reported_and_not_applied(doors, database):
    first = doors.send(sheet(TEA)).json
    before = state_of(database)
    answer = doors.send(sheet(["5", *TEA[1:]]))
    assert answer.status_code == 200
    (row,) = answer.json["rows"]
    assert (row["outcome"], row["state"]) == ("differs", "checked")
    assert row["messages"] == [
        {
            "level": "note", "field": "list",
            "vi": "Đã ghi 3 sao: không thay đổi.", "en": "On record with 3 stars: kept.",
        }
    ]  # fmt: skip
    assert row["product_id"] == first["rows"][0]["product_id"]
    assert state_of(database) == before


def test_a_potential_is_part_of_the_rank(doors):
    doors.send(sheet(["potential-5", *TEA[1:]]))
    assert doors.send(sheet(["4", *TEA[1:]])).json["counts"] == counts(1, differs=1)


def test_another_address_in_the_same_district_is_told_and_not_applied(doors, database):
    doors.send(sheet(TEA))
    report = doors.send(sheet([*TEA[:3], "xã Khác, huyện Tri Tôn"])).json
    assert report["counts"] == counts(1, same=1)
    assert [m["en"] for m in report["rows"][0]["messages"]] == [
        "The address on record, and kept: xã Thử, huyện Tri Tôn"
    ]
    assert database.products.distinct("facts.address") == ["xã Thử, huyện Tri Tôn"]


def test_one_name_in_two_districts_is_two_producers(doors, database):
    doors.send(sheet(TEA, [*TEA[:3], "xã Thử, huyện An Phú"]))
    assert sorted(one["tenant"] for one in database.producers.find()) == ["an-phu", "tri-ton"]
    assert sorted(one["tenant"] for one in database.products.find()) == ["an-phu", "tri-ton"]


def test_all_rows_are_checked_before_one_is_written(doors, database):
    before = state_of(database)
    wrong = doors.send(sheet(TEA, ["7", *COFFEE[1:]]))
    assert wrong.status_code == 422
    assert wrong.content_type == "application/problem+json"
    assert wrong.json["type"] == "urn:ocop:problem:wrong-rows"
    assert wrong.json["report"]["counts"] == counts(2, new=1, wrong=1)
    assert [row["product_id"] for row in wrong.json["report"]["rows"]] == [None, None]
    assert state_of(database) == before


def test_two_at_once_write_one_set_of_products(app, doors, as_other, database):
    content = REPORT.read_bytes()
    callers = [doors, as_other("an-giang"), as_other("an-giang")]
    with ThreadPoolExecutor(3) as pool:
        answers = [
            one.result() for one in [pool.submit(caller.send, content) for caller in callers]
        ]
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert database.products.count_documents({}) == 108
    assert database.producers.count_documents({}) == 79
    assert database.imports.count_documents({}) == 1
    assert Counter(type(one.data) for one in told())[EarlierAwardRecorded] == 108


def test_a_row_is_done_only_when_its_certificate_is_registered(doors, database):
    report = doors.send(sheet(TEA, COFFEE)).json
    assert report["pending"] == 2
    product = report["rows"][0]["product_id"]
    award = database.earlier_awards.find_one({"facts.product_id": product})
    certificate = certify(award["_id"])
    found = doors.get(f"/imports/{report['id']}").json
    assert [row["state"] for row in found["rows"]] == ["done", "pending"]
    assert (found["pending"], found["counts"]) == (1, counts(2, new=2))
    (registered,) = database.registrations.find()
    assert (registered["_id"], registered["award_id"]) == (certificate, award["_id"])
    assert [row["state"] for row in doors.send(sheet(TEA)).json["rows"]] == ["done"]


def test_a_certificate_that_is_kept_within_its_award_is_found_beside_it(doors, database):
    report = doors.send(sheet(TEA, COFFEE)).json
    award, other = (one["_id"] for one in database.earlier_awards.find())
    certify(other)
    database.earlier_awards.update_one({"_id": award}, {"$set": {"certificate": str(uuid4())}})
    for _ in range(2):
        part_registrations()
    found = doors.get(f"/imports/{report['id']}").json
    assert {row["state"] for row in found["rows"]} == {"done"}
    assert database.registrations.count_documents({}) == 2


def test_taken_back_while_its_certificates_arrive_it_is_done_at_once(doors, database):
    """Every award is certified in the same moments in which all of them are withdrawn."""
    rows = [["3", f"Trà {n}", f"Cơ sở {n % 40}", TEA[3]] for n in range(1000)]
    report = doors.send(sheet(*rows)).json
    awards = [one["_id"] for one in database.earlier_awards.find()]
    done, began = Event(), Event()

    def certify_in_turn(mine: list[str]) -> None:
        for award in cycle(mine):
            if done.is_set():
                return
            certify(award)
            began.set()

    with ThreadPoolExecutor(3) as pool:
        events = [pool.submit(certify_in_turn, awards[n::3]) for n in range(3)]
        try:
            began.wait(10)
            start = perf_counter()
            answer = doors.withdraw(report["id"])
            took = perf_counter() - start
        finally:
            done.set()
        for one in events:
            one.result()
    assert answer.status_code == 200
    assert {row["state"] for row in answer.json["rows"]} == {"withdrawn"}
    assert database.earlier_awards.count_documents({"withdrawn": False}) == 0
    assert database.products.count_documents({"withdrawn": False}) == 0
    tries = database.acts.count_documents({"act": "withdraw_import", "kind": "Import"})
    assert (tries, took < 20) == (1, True)


def test_withdrawn_everything_goes_and_the_record_stays(doors, database):
    report = doors.send(sheet(TEA, COFFEE)).json
    before = len(told())
    answer = doors.withdraw(report["id"], "Nhập nhầm tệp")
    assert answer.status_code == 200
    assert {row["state"] for row in answer.json["rows"]} == {"withdrawn"}
    assert {**answer.json["withdrawal"], "at": None} == {
        "at": None, "by": "tester", "reason": "Nhập nhầm tệp",
    }  # fmt: skip
    assert Counter((type(one.data), one.version) for one in told()[before:]) == {
        (EarlierAwardWithdrawn, 2): 2, (ProductWithdrawn, 2): 2, (ProducerWithdrawn, 2): 1,
    }  # fmt: skip
    for kind in ("producers", "products"):
        assert doors.get(f"/{kind}").json["items"] == []
    listed = doors.get("/imports").json["items"]
    assert [one["withdrawal"]["reason"] for one in listed] == ["Nhập nhầm tệp"]
    acts = database.acts.find({"act": "withdraw_import"})
    assert Counter(one["kind"] for one in acts) == {
        "EarlierAward": 2, "Product": 2, "Producer": 1, "Import": 1,
    }  # fmt: skip
    assert doors.withdraw(report["id"]).status_code == 409


def test_withdrawn_it_can_be_imported_again(doors):
    first = doors.send(sheet(TEA)).json
    doors.withdraw(first["id"])
    second = doors.send(sheet(TEA))
    assert (second.status_code, second.json["counts"]) == (201, counts(1, new=1))
    assert second.json["rows"][0]["product_id"] != first["rows"][0]["product_id"]
    assert doors.get(f"/imports/{first['id']}").json["rows"][0]["state"] == "withdrawn"


def test_a_later_import_that_refers_to_its_products_stands_against_it(doors):
    first = doors.send(sheet(TEA), "một.csv").json
    later = doors.send(sheet(TEA, COFFEE), "hai.csv").json
    refused = doors.withdraw(first["id"])
    assert refused.status_code == 409
    today = f"{datetime.now(VIETNAM):%d/%m/%Y}"
    assert refused.json["en"]["detail"] == (
        f"A later import refers to products of this one: hai.csv ({today}). "
        "Withdraw the later one first."
    )
    assert len(doors.get("/products").json["items"]) == 2
    assert doors.withdraw(later["id"]).status_code == 200
    assert [one["facts"]["name"] for one in doors.get("/products").json["items"]] == ["Trà thử"]
    assert doors.withdraw(first["id"]).status_code == 200
    assert doors.get("/products").json["items"] == []


def test_a_producer_stays_while_another_import_needs_it(doors):
    first = doors.send(sheet(TEA)).json
    doors.send(sheet(COFFEE))
    assert doors.withdraw(first["id"]).status_code == 200
    assert [one["facts"]["name"] for one in doors.get("/products").json["items"]] == ["Cà phê thử"]
    assert len(doors.get("/producers").json["items"]) == 1
    assert not [one for one in told() if isinstance(one.data, ProducerWithdrawn)]


def test_a_withdrawal_and_an_import_that_refers_to_it_never_both_succeed(doors, as_other, database):
    """Whichever is first, no product stands on a withdrawn one's import, no award on nothing."""
    other = as_other("an-giang")
    for number in range(8):
        tea = ["3", f"Trà {number}", f"Cơ sở {number}", TEA[3]]
        coffee = ["3", f"Cà phê {number}", f"Cơ sở {number}", TEA[3]]
        first = doors.send(sheet(tea)).json
        with ThreadPoolExecutor(2) as pool:
            taken_back = pool.submit(doors.withdraw, first["id"])
            later = pool.submit(other.send, sheet(tea, coffee))
        withdrawn = taken_back.result().status_code == 200
        assert later.result().status_code == 201
        assert later.result().json["counts"]["new"] == (2 if withdrawn else 1)
    for product in database.products.find({"withdrawn": False}):
        producer = database.producers.find_one({"_id": product["facts"]["producer_id"]})
        assert producer["withdrawn"] is False
        award = database.earlier_awards.find_one({"facts.product_id": product["_id"]})
        assert award["withdrawn"] is False


@pytest.mark.parametrize("tenant", ["tinh-mau", "huyen-mau", "tri-ton"])
def test_another_tenant_finds_nothing_of_it(doors, as_other, tenant):
    """A district sees its own products, and not the province's import."""
    report = doors.send(sheet(TEA)).json
    other = as_other(tenant)
    assert other.get("/imports").json["items"] == []
    assert other.get(f"/imports/{report['id']}").status_code == 404
    assert other.withdraw(report["id"]).status_code == 404
    mine = ["Trà thử"] if tenant == "tri-ton" else []
    assert [one["facts"]["name"] for one in other.get("/products").json["items"]] == mine
    assert len(doors.get("/products").json["items"]) == 1


def test_another_provinces_address_is_no_district_of_ours(as_other, database):
    answer = as_other("tinh-mau").send(REPORT.read_bytes())
    assert (answer.status_code, answer.json["report"]["counts"]) == (422, counts(108, wrong=108))
    assert database.products.count_documents({}) == 0


def test_a_district_imports_its_own_and_no_others(as_other, database):
    district = as_other("tri-ton")
    assert district.send(sheet(TEA)).json["counts"] == counts(1, new=1)
    refused = district.send(sheet([*COFFEE[:3], "xã Thử, huyện An Phú"]))
    assert refused.json["report"]["counts"] == counts(1, wrong=1)
    assert database.products.distinct("tenant") == ["tri-ton"]


@pytest.mark.parametrize("role", ["officer", "supervisor", "nothing-known"])
def test_only_an_administrator_imports(as_other, database, role):
    caller = as_other("an-giang", role)
    assert caller.send(sheet(TEA)).status_code == 403
    assert caller.get("/imports").status_code == 403
    assert database.products.count_documents({}) == 0


def test_the_last_import_is_listed_first_page_by_page(doors):
    ids = [doors.send(sheet(["3", f"Trà {n}", *TEA[2:]])).json["id"] for n in range(3)]
    first = doors.get("/imports?limit=2").json
    rest = doors.get(f"/imports?limit=2&after={first['after']}").json
    assert [one["id"] for one in [*first["items"], *rest["items"]]] == ids[::-1]
    assert rest["after"] is None


def test_the_same_sheet_says_what_to_mend(doors):
    content = sheet(["9", *TEA[1:]], COFFEE, separator=";")
    answer = doors.send(content, dry=True, headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert lines == [
        [*HEADING, "Cần sửa / What to mend"],
        [
            "9", *TEA[1:],
            "SAI: Không có hạng “9”: ghi 3, 4, 5, tiềm năng 4 hoặc tiềm năng 5. / "
            "There is no rank “9”: write 3, 4, 5, potential-4 or potential-5.",
        ],
        COFFEE,
    ]  # fmt: skip
    refused = doors.send(content, headers={"Accept": "text/csv"})
    assert (refused.status_code, refused.data) == (422, answer.data)
    lines[1][0] = "3"
    mended = "\n".join(";".join(f'"{cell}"' for cell in line) for line in lines).encode()
    assert doors.send(mended).json["counts"] == counts(2, new=2)


def test_the_same_workbook_says_what_to_mend_line_by_line(doors):
    content = workbook([["Danh sách năm 2023"], [], HEADING, ["9", *TEA[1:]], [], COFFEE])
    answer = doors.send(content, "a.xlsx", dry=True, headers={"Accept": XLSX})
    assert answer.mimetype == XLSX
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Danh sách năm 2023", None, "Hạng", "9", None, "4"]
    assert rows[2][4] == "Cần sửa / What to mend"
    assert rows[3][4].startswith("SAI: Không có hạng “9”")
    assert rows[5][4] is None


@pytest.mark.parametrize("media", ["text/csv", XLSX])
def test_what_is_given_back_calculates_nothing_and_can_be_sent_again(doors, media):
    row = ["9", "=1+1", "@SUM(A1)\x00", "-xã Thử, huyện Tri Tôn"]
    answer = doors.send(sheet(row), dry=True, headers={"Accept": media})
    again = doors.send(answer.data, dry=True).json["rows"][0]
    assert (again["product"], again["address"]) == ("=1+1", "-xã Thử, huyện Tri Tôn")
    assert [one["field"] for one in again["messages"]][:1] == ["product"]
    if media == XLSX:
        cells = load_workbook(io.BytesIO(answer.data)).active[2]
        assert {cell.data_type for cell in cells} == {"s"}
    else:
        lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [cell[:1] for cell in lines[1][:4]] == ["9", "'", "'", "'"]


def test_a_large_file_is_read_as_a_small_one(doors):
    """Above half a megabyte it lies on the disk."""
    rows = [["3", f"Trà {n} {'dài ' * 60}", *TEA[2:]] for n in range(2000)]
    content = sheet(*rows)
    assert len(content) > 600_000
    assert doors.send(content, dry=True).json["counts"] == counts(2000, new=2000)


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_template_is_understood_and_its_examples_belong_nowhere(doors, as_other, format):
    answer = doors.get(f"/imports/template?format={format}")
    assert answer.status_code == 200
    name = f"mẫu.{format}"
    assert as_other("tinh-mau").send(answer.data, name, dry=True).json["counts"] == counts(2, new=2)
    assert doors.send(answer.data, name, dry=True).json["counts"] == counts(2, wrong=2)


def test_every_district_of_the_report_is_read_as_a_person_read_it(doors):
    answers = ROOT.parent / "shared" / "data" / "angiang-2023-certified-products.csv"
    if not answers.exists():
        pytest.skip("the report's own reading is not on this machine")
    with answers.open(encoding="utf-8-sig", newline="") as file:
        expected = [row["district_as_read"] for row in csv.DictReader(file)]
    names = {
        "long-xuyen": "Long Xuyên", "chau-doc": "Châu Đốc", "tan-chau": "Tân Châu",
        "tinh-bien": "Tịnh Biên", "cho-moi": "Chợ Mới", "tri-ton": "Tri Tôn",
        "chau-phu": "Châu Phú", "phu-tan": "Phú Tân", "thoai-son": "Thoại Sơn",
        "chau-thanh": "Châu Thành", "an-phu": "An Phú",
    }  # fmt: skip
    rows = doors.send(REPORT.read_bytes(), dry=True).json["rows"]
    assert [names[row["district"]] for row in rows] == expected


def test_a_short_form_of_the_producers_kind_is_another_producer_with_a_note(doors, database):
    """Only a person says that they are one."""
    first = ["3", "Mắm thử", "HTX Nông nghiệp Thử", "xã Thử, huyện Tri Tôn"]
    again = ["3", "Mắm thử", "Hợp tác xã NN Thử", "xã Thử, huyện Tri Tôn"]
    doors.send(sheet(first))
    report = doors.send(sheet(again)).json
    assert [row["outcome"] for row in report["rows"]] == ["new"]
    (note,) = report["rows"][0]["messages"]
    assert "“Mắm thử” của “HTX Nông nghiệp Thử”" in note["vi"]
    assert [[one["name"] for one in each["producers"]] for each in report["proposals"]] == [
        ["HTX Nông nghiệp Thử", "Hợp tác xã NN Thử"]
    ]
    assert database.producers.count_documents({}) == 2


@pytest.mark.parametrize("code", CODES)
def test_a_cell_in_an_old_code_is_named_and_nothing_is_written(doors, database, code):
    before = state_of(database)
    answer = doors.send(sheet(TEA, ["4", CODES[code](COFFEE[1]), *COFFEE[2:]]))
    assert (answer.status_code, answer.json["type"]) == (422, "urn:ocop:problem:wrong-rows")
    (message,) = answer.json["report"]["rows"][1]["messages"]
    assert (message["field"], message["level"]) == ("product", "wrong")
    assert "“Cà phê thử”" in message["vi"]
    assert state_of(database) == before


@pytest.mark.parametrize(
    ("product", "shown"),
    [
        ("Trà\ufffe thử", "Trà thử"),
        ("Trà\uffff thử", "Trà thử"),
        ("Tr\u202eà th\u200bử\u00ad", "Trà thử"),
        ("Trà\u3164 thử", "Trà thử"),
    ],
)
@pytest.mark.parametrize("wanted", ["application/json", "text/csv", XLSX])
def test_what_was_written_is_answered(doors, database, product, shown, wanted):
    rows = sheet(["3", product, *TEA[2:]])
    answer = doors.send(rows, headers={"Accept": wanted})
    assert (answer.status_code, answer.mimetype) == (201, wanted)
    assert [one["facts"]["name"] for one in database.products.find()] == [shown]


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        (1, "Trà th\u1eed \u0430b", "chữ ở vị trí 9 (U+0430) thuộc bảng chữ cái khác"),
        (2, "\u200b\u3164", "Để trống."),
        (2, "Cơ sở \uf0b7", "có ký tự không đọc được (U+F0B7) ở vị trí 7"),
        (1, "Tr\x01à", "có ký tự không đọc được (U+0001) ở vị trí 3"),
    ],
)
@pytest.mark.parametrize("wanted", ["application/json", "text/csv", XLSX])
def test_what_nobody_can_read_is_named_and_nothing_is_written(
    doors, database, column, text, says, wanted
):
    before = state_of(database)
    row = [*TEA[:column], text, *TEA[column + 1 :]]
    answer = doors.send(sheet(row, COFFEE), headers={"Accept": wanted})
    assert answer.status_code == 422
    if wanted == "application/json":
        (message,) = answer.json["report"]["rows"][0]["messages"]
        assert says.lower() in message["vi"].lower()
    assert state_of(database) == before
