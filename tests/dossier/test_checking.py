"""What a row says by itself: its rank, its district, and everything that can be wrong with it."""

import csv
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.tenants import Tenants
from rules.vietnamese import folded, key
from services.dossier.bootstrap import ASSIGNED_SETS, gazetteer
from services.dossier.domain.checking import Register, Reported, read_row
from services.dossier.domain.imports import Outcome, ReportRow
from services.dossier.domain.products import likeness_key, product_key
from services.dossier.domain.ranks import rank_of
from services.dossier.domain.sheets import Column, Entry
from tests.conftest import TENANTS
from tests.dossier.conftest import REPORT, TEA

ALL = Tenants.read(TENANTS)
AN_GIANG = gazetteer(ALL, "an-giang")


def checked(*rows: list[str]) -> list[ReportRow]:
    register = Register.of([], [], [], {}, {})
    reported = Reported("0" * 36, date(2023, 12, 31), "Danh sách")
    entries = [
        Entry(number, dict(zip(Column, row[:4], strict=True)), surplus=row[4:])
        for number, row in enumerate(rows, start=2)
    ]
    return [register.enter(read_row(one, AN_GIANG), reported) for one in entries]


def wrong(row: list[str]) -> list[tuple[str, str]]:
    """Which fields are wrong, and why."""
    (found,) = checked(row)
    assert found.outcome is (Outcome.WRONG if found.messages else Outcome.NEW)
    assert (found.product_id, found.award_id) == (None, None) or not found.messages
    return [(message.field, message.en) for message in found.messages]


@pytest.mark.parametrize(
    ("text", "star", "potential"),
    [
        ("3", 3, None), ("4 sao", 4, None), ("5 Sao", 5, None), ("Hạng 4 sao", 4, None),
        ("5 stars", 5, None), ("3*", 3, None), ("4sao", 4, None), (" 5 ", 5, None),
        ("potential-5", 4, 5), ("Potential 5", 4, 5), ("potential-4", 3, 4),
        ("Tiềm năng 5 sao", 4, 5), ("tiem nang 5", 4, 5), ("TIỀM NĂNG 4 SAO", 3, 4),
        ("5 sao tiềm năng", 4, 5), ("4 sao, tiềm năng 5 sao", 4, 5), ("4 (potential 5)", 4, 5),
        ("potential 5 stars", 4, 5), ("3 sao tiềm năng 4 sao", 3, 4),
        ("4,0", 4, None), ("4.0", 4, None), ("4,00 sao", 4, None), ("04", 4, None),
        ("★★★★", 4, None), ("⭐⭐⭐", 3, None), ("⭐️⭐️⭐️⭐️⭐️", 5, None), ("★ ★ ★ ★", 4, None),
        ("★★★★☆", 4, None), ("☆☆☆", 3, None), ("****", 4, None), ("4★", 4, None), ("5 ⭐️", 5, None),
        ("bốn sao", 4, None), ("Bốn", 4, None), ("BA SAO", 3, None), ("năm sao", 5, None),
        ("Four stars", 4, None), ("4*", 4, None), ("4 SAO", 4, None), ("4-sao", 4, None),
        ("４ sao", 4, None), ("04 (bốn) sao", 4, None), ("Bốn (04) sao", 4, None),
        ("★★★★ (bốn sao)", 4, None), ("4 sao.", 4, None), ("4 sao OCOP", 4, None),
        ("Số sao: 4", 4, None), ("tiềm năng năm sao", 4, 5), ("bốn sao, tiềm năng năm sao", 4, 5),
    ],
)  # fmt: skip
def test_a_rank_is_understood_as_lists_write_it(text: str, star: int, potential: int | None):
    assert rank_of(text) == (star, potential)


@pytest.mark.parametrize(
    "text",
    ["1", "2", "6", "0", "-5", "4.5", "3,5", "4 5", "34", "năm", "sao", "potential", "potential-3",
     "potential-6", "5 sao, tiềm năng 5", "3 sao, tiềm năng 5 sao", "5 or 4", "★", "5" * 300,
     "★★", "★★★★★★", "IV", "4/5", "4 (năm) sao", "hai sao", "4,5", "4.05", "40", "☆", "*", "🙂"],
)  # fmt: skip
def test_another_rank_is_none_of_ours(text: str):
    assert rank_of(text) is None
    says = f"There is no rank “{text[:40]}”: write 3, 4, 5, potential-4 or potential-5."
    if len(text) <= 300:
        assert wrong([text, *TEA[1:]]) == [("list", says)]


@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("text", ["", "-", "…", "“”", "—", "...", "/"])
def test_nothing_is_no_value(column: int, text: str):
    row = [*TEA[:column], text, *TEA[column + 1 :]]
    assert wrong(row) == [(list(Column)[column], "It is empty.")]


@pytest.mark.parametrize("column", [1, 2])
def test_a_sign_is_no_name(column: int):
    row = [*TEA[:column], "★★★★", *TEA[column + 1 :]]
    says = "There is no letter and no figure in the cell: “★★★★”."
    assert wrong(row) == [(list(Column)[column], says)]


@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("=A1&B1", "The cell is a formula: paste it as a value."),
        ("#N/A", "The cell is a spreadsheet's error value (#N/A): write the right value."),
        ("#NAME?", "The cell is a spreadsheet's error value (#NAME?): write the right value."),
        ("#DIV/0!", "The cell is a spreadsheet's error value (#DIV/0!): write the right value."),
        ("Th?t gà", "Letters were lost in saving (there is a “?”): save as CSV UTF-8 or XLSX."),
        ("G?o Th?m", "Letters were lost in saving (there is a “?”): save as CSV UTF-8 or XLSX."),
        ("G\ufffdo", "Letters were lost in saving (there is a “?”): save as CSV UTF-8 or XLSX."),
        (
            "dài " * 80,
            "Longer than 300 characters.",
        ),
        (
            "a\x00b",
            "A letter that nobody can read (U+0000) at place 2: delete it or type it anew.",
        ),
        (
            "Saûn phaåm",
            "Letters of old VNI fonts, not Unicode: convert them to Unicode, as UniKey does; it may"
            " say “Sản phẩm”.",
        ),
        (
            "S¶n phÈm",
            "Letters of old TCVN3 (ABC) fonts, not Unicode: convert them to Unicode, as UniKey"
            " does; it may say “Sản phẩm”.",
        ),
        (
            "Gáº¡o thÆ¡m",
            "UTF-8 that was read by another encoding: open the original as UTF-8; it may say “Gạo"
            " thơm”.",
        ),
    ],
)
def test_a_text_that_cannot_be_kept_is_told(column: int, text: str, says: str):
    row = [*TEA[:column], text, *TEA[column + 1 :]]
    assert wrong(row) == [(list(Column)[column], says)]


def test_a_row_with_more_cells_than_headings_is_not_guessed_at():
    assert wrong(["3", "Trà thử", "Cơ sở Thử", "TP. Long Xuyên", "phường 1", "An Giang"]) == [
        (
            "address",
            "The row has more cells than the heading, “phường 1”, “An Giang”: "
            "put a cell with commas in quotes, or give the column a heading.",
        )
    ]


def test_a_hash_is_no_error_value():
    assert wrong(["3", "#1 Trà", "#SANA", TEA[3]]) == []


def test_a_truth_is_an_unknown_rank():
    assert [en for _, en in wrong(["TRUE", *TEA[1:]])] == [
        "There is no rank “TRUE”: write 3, 4, 5, potential-4 or potential-5."
    ]


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    assert [field for field, _ in wrong(["9", "", "=A1", "xã Thử"])] == [
        "product", "producer", "list", "address",
    ]  # fmt: skip


def test_a_duplicate_is_told_with_the_row_it_repeats():
    first, second, third = checked(
        TEA, ["5", "TRÀ THỬ", "cơ  sở thử", "TP.LX"], ["3 sao", "trà thử", *TEA[2:]]
    )
    assert [first.outcome, second.outcome, third.outcome] == ["new", "new", "wrong"]
    assert [message.vi for message in third.messages] == ["Trùng với dòng 2: chỉ giữ một."]


def test_a_duplicate_with_another_rank_tells_both():
    found = checked(["potential-5", *TEA[1:]], ["5", *TEA[1:]], ["4", *TEA[1:]])
    assert [row.outcome for row in found] == ["new", "wrong", "wrong"]
    assert [row.messages[0].vi for row in found[1:]] == [
        "Trùng với dòng 2 mà hạng trái nhau (4 sao, tiềm năng 5 sao và 5 sao): "
        "giữ dòng có hạng đúng.",
        "Trùng với dòng 2 mà hạng trái nhau (4 sao, tiềm năng 5 sao và 4 sao): "
        "giữ dòng có hạng đúng.",
    ]
    assert found[1].messages[0].en == (
        "The same as row 2 with another rank (4 stars, potential 5 and 5 stars): "
        "keep the row that is right."
    )


ADDRESSES = {
    "xã Lạc Quới, huyện Tri Tôn, tỉnh An Giang": "tri-ton",
    "xã Tân Tuyến, Tri Tôn, tỉnh AG": "tri-ton",
    "TT. Phú Hòa, Thoại Sơn, An Giang.": "thoai-son",
    "Tổ 8, xã Mỹ Khánh, TP.LX": "long-xuyen",
    "xã Mỹ Hòa Hưng, Tp Long xuyên, tỉnh AG": "long-xuyen",
    "phường Châu Phú B, thành phố Châu Đốc": "chau-doc",
    "Phường Châu Phú A, Thành Phố Châu Đốc, Tỉnh An Giang": "chau-doc",
    "xã Đa Phước, huyện An Phú": "an-phu",
    "thị trấn Đa Phước, huyện An Phú": "an-phu",
    "thị trấn Chợ Mới, huyện Chợ mới": "cho-moi",
    "TX. Tịnh Biên": "tinh-bien",
    "Tỉnh lộ 943, xã Vọng Đông, H.Thoại Sơn, An Giang, Việt Nam": "thoai-son",
    "xã Vọng Đông huyện Thoại Sơn tỉnh An Giang": "thoai-son",
    "xã Vọng Đông - huyện Thoại Sơn - An Giang": "thoai-son",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_in_its_district_without_a_remark(address: str):
    reading = AN_GIANG.read(address)
    assert (reading.district, reading.remark) == (ADDRESSES[address], None)


REMARKED = {
    "Huyện Thọai Sơn, AG": ("thoai-son", "“Thọai Sơn” was taken for Thoại Sơn."),
    "huyen Tri Ton, An Giang": ("tri-ton", "“Tri Ton” was taken for Tri Tôn."),
    "tinh bien, tinh an giang": ("tinh-bien", "“tinh bien” was taken for Tịnh Biên."),
    "Tỉnh Biên, An Giang": ("tinh-bien", "“Tỉnh Biên” was taken for Tịnh Biên."),
    "huyện Tịnh Biên": ("tinh-bien", "Written as a district and is a town: Tịnh Biên."),
    "thị xã Tri Tôn": ("tri-ton", "Written as a town and is a district: Tri Tôn."),
}


@pytest.mark.parametrize("address", REMARKED)
def test_a_slip_is_understood_and_stays_visible(address: str):
    reading = AN_GIANG.read(address)
    assert reading.remark
    assert (reading.district, reading.remark.en) == REMARKED[address]


NOWHERE = "No district can be read from the address: write it at the end, before the province."
BEHIND = (
    "“{}” stands behind the district and is not An Giang: check which province this address is in."
)
REFUSED = {
    "An Giang": NOWHERE,
    "phường Châu Phú A": NOWHERE,
    "LX": NOWHERE,
    "Phường 1, TP Hồ Chí Minh": NOWHERE,
    "huyện Thoại Sơm": NOWHERE + " Is huyện Thoại Sơn meant?",
    "xã A, huyện Châu Thành, tỉnh Kiên Giang": BEHIND.format("Kiên Giang"),
    "Chợ Mới, Bắc Kạn": BEHIND.format("Bắc Kạn"),
    "huyện Châu Phú, thành phố Châu Đốc": (
        "The address names two districts: Châu Phú and Châu Đốc. Write one."
    ),
}


@pytest.mark.parametrize("address", REFUSED)
def test_no_district_is_guessed(address: str):
    reading = AN_GIANG.read(address)
    assert reading.remark
    assert (reading.district, reading.remark.en) == (None, REFUSED[address])


@given(st.text(max_size=80))
def test_no_address_is_an_error(address: str):
    reading = AN_GIANG.read(address)
    assert (reading.district is None) <= (reading.remark is not None)


@given(st.lists(st.text(max_size=40), min_size=4, max_size=4))
def test_no_row_is_an_error(row: list[str]):
    (found,) = checked(row)
    assert (found.outcome is Outcome.NEW) == (found.product_id is not None)
    assert found.outcome is Outcome.NEW or any(one.level == "wrong" for one in found.messages)


@given(st.text(alphabet="aàảâđơưÀĐỡ bc", max_size=30))
def test_a_product_has_one_key_however_it_is_typed(name: str):
    typed = unicodedata.normalize("NFD", name.upper())
    assert product_key(name, name) == product_key(key(name), f"  {typed} ")
    assert likeness_key(name, name) == likeness_key(folded(name), f"  {typed} ")


def test_every_product_of_the_report_has_a_set_assigned():
    with REPORT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = {
        (AN_GIANG.read(row["address"]).district, product_key(row["product"], row["producer"]))
        for row in rows
    }
    assert places == set(ASSIGNED_SETS)
    assert len(places) == 108
