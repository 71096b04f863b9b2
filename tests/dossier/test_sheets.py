"""Sheets as spreadsheet programs save them and as people spoil them."""

import io
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from chassis.problems import Problem
from contracts.text import Words
from services.dossier.adapters.sheets import CSV, XLSX, read_sheet, written
from services.dossier.domain.sheets import Column, Sheet
from services.dossier.problems import (
    MissingColumns,
    NoSheet,
    NotASheet,
    SheetTooLarge,
    TooManyRows,
    WrongEncoding,
)
from tests.dossier.conftest import (
    HEADING,
    SHEET1,
    STRINGS,
    TEA,
    parts_of,
    sheet,
    with_shared_texts,
    workbook,
    zipped,
)
from tests.rules.old_codes import CODES

COFFEE = ["4", "Cà phê thử", "Cơ sở Thử", "xã Thử, huyện Tri Tôn"]


def read(content: bytes) -> Sheet:
    return read_sheet(io.BytesIO(content))


def values(found: Sheet) -> list[list[str]]:
    return [[entry.values[column] for column in Column] for entry in found.entries]


def refused(content: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        read(content)
    assert caught.value.words.vi != caught.value.words.en
    assert not re.search(r"\w(Error|Exception|File)\b", str(caught.value.words))
    return caught.value


TEXT = sheet(TEA, COFFEE).decode()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.encode(), id="commas"),
        pytest.param(TEXT.encode("utf-8-sig"), id="commas, byte order mark"),
        pytest.param(sheet(TEA, COFFEE, separator=";"), id="semicolons"),
        pytest.param(b"\xef\xbb\xbf" + sheet(TEA, COFFEE, separator=";"), id="semicolons, mark"),
        pytest.param(sheet(TEA, COFFEE, separator="\t").decode().encode("utf-16"), id="UTF-16"),
        pytest.param(TEXT.replace("\r\n", "\n").encode(), id="lines of Unix"),
        pytest.param(TEXT.replace("\r\n", "\r").encode(), id="lines of an old Mac"),
        pytest.param(workbook([HEADING, TEA, COFFEE]), id="XLSX"),
        pytest.param(with_shared_texts(workbook([HEADING, TEA, COFFEE])), id="XLSX of Excel"),
        pytest.param(workbook([HEADING, [3, *TEA[1:]], [4.0, *COFFEE[1:]]]), id="XLSX, numbers"),
    ],
)
def test_a_list_is_read_as_it_was_saved(content: bytes):
    found = read(content)
    assert values(found) == [TEA, COFFEE]
    assert [entry.number for entry in found.entries] == [2, 3]
    assert found.notes == []


@pytest.mark.parametrize(
    "heading",
    [
        ["list", "product", "producer", "address"],
        ["LIST", "Product name", "Producer", "Address"],
        ["Hạng sao", "Tên sản phẩm", "Tên chủ thể", "Địa chỉ"],
        ["hang sao", "TEN SAN PHAM", "chu the", "dia chi"],
        ["Xếp hạng:", " Sản  phẩm ", "Chủ thể sản xuất", "Địa chỉ sản xuất"],
    ],
)
def test_headings_are_known_in_both_languages(heading: list[str]):
    assert values(read(sheet(TEA, heading=heading))) == [TEA]


def test_columns_may_stand_in_any_order_with_others_between():
    heading = ["STT", "Địa chỉ", "Ghi chú", "Chủ thể", "Sản phẩm", "Điện thoại", "Hạng"]
    row = ["1", TEA[3], "mới", TEA[2], TEA[1], "0", TEA[0]]
    found = read(sheet(row, heading=heading))
    assert values(found) == [TEA]
    assert found.notes == [
        Words(
            "Bỏ qua cột “Ghi chú”, “Điện thoại”.",
            "Passed over the column “Ghi chú”, “Điện thoại”.",
        )
    ]


@pytest.mark.parametrize(
    "form", [lambda rows: workbook(rows), lambda rows: sheet(*rows[1:], heading=rows[0])]
)
def test_a_title_above_and_a_heading_repeated_are_passed_over(form: Callable[[Any], bytes]):
    found = read(form([["Tỉnh An Giang, năm 2023"], [], HEADING, TEA, HEADING, [], COFFEE]))
    assert values(found) == [TEA, COFFEE]
    assert [entry.number for entry in found.entries] == [4, 7]
    assert [note.en for note in found.notes] == [
        "Passed over the title in row 1.", "Passed over the heading in row 5.",
    ]  # fmt: skip


def test_the_line_by_which_excel_is_told_the_separator_is_a_title():
    found = read(b"sep=;\r\n" + sheet(TEA, separator=";"))
    assert values(found) == [TEA]
    assert [note.en for note in found.notes] == ["Passed over the title in row 1."]


def test_merged_cells_are_filled_down_and_told():
    rows = [HEADING, TEA, ["", "Trà hai", "", ""], ["", "Trà ba", "", ""], COFFEE]
    found = read(workbook(rows, merged=["A2:A4", "C2:C4", "D2:D3"]))
    assert values(found) == [
        TEA,
        [TEA[0], "Trà hai", TEA[2], TEA[3]],
        [TEA[0], "Trà ba", TEA[2], ""],
        COFFEE,
    ]
    assert [entry.filled for entry in found.entries] == [
        {},
        {Column.LIST: "A2:A4", Column.PRODUCER: "C2:C4", Column.ADDRESS: "D2:D3"},
        {Column.LIST: "A2:A4", Column.PRODUCER: "C2:C4"},
        {},
    ]


def test_merged_cells_of_a_title_and_across_change_nothing():
    rows = [["Danh sách", "", "", ""], HEADING, TEA]
    assert values(read(workbook(rows, merged=["A1:D1", "C3:D3"]))) == [[*TEA[:3], ""]]


def test_a_formula_an_error_and_a_truth_are_seen_as_what_they_are():
    book = Workbook()
    book.active.append(HEADING)
    book.active.append([True, '=CONCATENATE("a","b")', "#REF!", TEA[3]])
    assert book.active["C2"].data_type == "e"
    book.active["D2"] = ArrayFormula("D2", "=A2:A3")
    out = io.BytesIO()
    book.save(out)
    ((rank, product, producer, address),) = values(read(out.getvalue()))
    assert [rank, product[0], producer, address[0]] == ["TRUE", "=", "#REF!", "="]


def test_hidden_rows_are_read_and_told():
    book = Workbook()
    for row in (HEADING, TEA, COFFEE, COFFEE):
        book.active.append(row)
    for number in (1, 3, 4):
        book.active.row_dimensions[number].hidden = True
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue())
    assert values(found) == [TEA, COFFEE, COFFEE]
    assert found.notes == [Words("Đọc cả dòng bị ẩn: 3, 4.", "Read hidden rows as well: 3, 4.")]


@pytest.mark.parametrize(
    "form", [lambda rows: workbook(rows), lambda rows: sheet(*rows[1:], heading=rows[0])]
)
def test_what_stands_behind_the_last_heading_is_seen(form: Callable[[Any], bytes]):
    """Also in the sheet that was given back, whose last heading is ours."""
    shifted = ["3", "Trà thử", "Cơ sở Thử", "xã Thử", "huyện Tri Tôn", "", "An Giang"]
    found = read(form([HEADING, TEA, shifted]))
    assert [entry.surplus for entry in found.entries] == [[], ["huyện Tri Tôn", "An Giang"]]
    again = read(written(found, {3: "SAI: …"}, CSV))
    assert [entry.surplus for entry in again.entries] == [[], ["huyện Tri Tôn", "An Giang"]]
    assert again.notes == []


def test_a_column_without_a_heading_is_passed_over_with_a_note():
    heading = ["", *HEADING[:2], "", *HEADING[2:]]
    found = read(sheet(["1", *TEA[:2], "", *TEA[2:]], heading=heading))
    assert values(found) == [TEA]
    assert [note.en for note in found.notes] == [
        "Passed over the column without a heading: number 1."
    ]


def test_the_first_worksheet_with_a_heading_is_read_and_the_others_told():
    book = Workbook()
    book.active.title = "Bìa"
    book.active.append(["Báo cáo"])
    for title in ("Danh sách", "Phụ lục"):
        page = book.create_sheet(title)
        page.append(HEADING)
        page.append([*TEA[:1], title, *TEA[2:]])
    book.create_sheet("Ẩn").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue())
    assert values(found) == [[TEA[0], "Danh sách", *TEA[2:]]]
    assert [one.vi for one in found.notes] == ["Bỏ qua trang “Bìa”, “Phụ lục”."]


def test_text_is_kept_in_nfc_on_one_line_without_invisible_marks():
    typed = ["3", "Tra\u0300\u200b  thu\u031b\u0309\nhai", "Co\u031b so\u031b\u0309", TEA[3]]
    assert values(read(sheet(typed))) == [["3", "Trà thử hai", "Cơ sở", TEA[3]]]


@pytest.mark.parametrize("encoding", ["cp1258", "cp1252", "latin-1", "koi8-r"])
def test_another_encoding_is_refused_with_what_to_do(encoding: str):
    problem = refused(TEXT.encode(encoding, errors="replace"))
    assert type(problem) is WrongEncoding
    assert "CSV UTF-8" in problem.words.vi
    assert "CSV UTF-8" in problem.words.en


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        (["Hạng", "Sản phẩm", "Chủ thể"], ["file.address"]),
        (["Hạng", "Tên hàng", "Người làm", "Địa chỉ"], ["file.product", "file.producer"]),
        (["a", "b", "c", "d"], ["file.list", "file.product", "file.producer", "file.address"]),
    ],
)
def test_a_missing_column_is_refused_by_its_name(heading: list[str], missing: list[str]):
    problem = refused(sheet(TEA, heading=heading))
    assert isinstance(problem, MissingColumns)
    assert [field.field for field in problem.fields] == missing


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("Sản phẩm".replace("S", "\u0405"), "thuộc bảng chữ cái khác"),
        ("S¶n phÈm", "chữ theo phông cũ TCVN3 (ABC)"),
        ("S?n ph?m", "chữ bị mất dấu khi lưu"),
    ],
)
def test_a_heading_that_only_looks_as_it_should_is_named(title: str, says: str):
    problem = refused(sheet(TEA, heading=[HEADING[0], title, *HEADING[2:]]))
    assert isinstance(problem, MissingColumns)
    missing, named = problem.fields
    assert (missing.field, named.field) == ("file.product", "file")
    assert named.vi.startswith(f"tiêu đề “{title}”: ")
    assert says in named.vi


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (sheet(), NotASheet),
        (b'"' + b"a" * 200_000, NotASheet),
        (b"a" * 1_500_000, SheetTooLarge),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook", NotASheet),
        (b"PK\x03\x04 no zip at all", NotASheet),
        (workbook([HEADING, TEA])[:-500], NotASheet),
    ],
)
def test_what_is_no_sheet_is_refused(content: bytes, kind: type[Problem]):
    assert type(refused(content)) is kind


UNCLOSED = {
    "the last cell": (TEXT.rstrip()[:-1], 3),
    "a cell of a row between": (TEXT.replace('Tri Tôn"', "Tri Tôn", 1), 2),
    "the first cell": (TEXT.replace("3,Trà", '"3,Trà'), 2),
    "a row of one": (TEXT + '"5,Bánh,Cơ sở,xã\r\n' + "3,Bánh,Cơ sở,xã\r\n" * 1900, 4),
    "behind a cell of two lines": (TEXT.replace("Trà thử", '"Trà\nthử"').rstrip()[:-1], 4),
    "a quote within": (TEXT.replace("Cơ sở Thử", '"Cơ sở "Ba" Thử"', 1), 2),
    "a cell longer than any": (TEXT + '"' + "a" * 200_000, 4),
}


@pytest.mark.parametrize("where", UNCLOSED)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_quote_that_is_not_closed_is_named_by_its_line(where: str, separator: str):
    text, line = UNCLOSED[where]
    problem = refused(re.sub(",(?! )", separator, text).encode())
    assert type(problem) is NotASheet
    assert problem.words.vi.startswith(f"Dòng {line} của tệp CSV có dấu ngoặc kép mở")
    assert problem.words.en.startswith(f"In line {line} of the CSV file a quote is opened")


def test_quotes_that_are_closed_are_none_to_speak_of():
    typed = ["3", 'Trà "Ba" thử', "Cơ sở\nThử", TEA[3]]
    named = TEXT.replace("Trà thử", 'Trà "Ba" thử').encode()
    assert values(read(sheet(typed))) == [["3", 'Trà "Ba" thử', "Cơ sở Thử", TEA[3]]]
    assert values(read(named))[0] == ["3", 'Trà "Ba" thử', *TEA[2:]]


EMPTY = {
    "nothing": b"",
    "blank lines": b"\n\n\n",
    "a mark alone": b"\xef\xbb\xbf",
    "cells without a text": b";;;\r\n;;;",
    "a blank workbook": workbook([]),
}


@pytest.mark.parametrize("empty", EMPTY)
def test_an_empty_file_is_called_empty(empty: str):
    problem = refused(EMPTY[empty])
    assert type(problem) is NotASheet
    assert problem.words.vi == "Tệp trống: không có ô nào có chữ."


TABLE = b"<table><tr><td>3</td></tr></table>"
ALIEN = {
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "PDF of letters alone": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>",
    "HTML": b"\xef\xbb\xbf\r\n<!DOCTYPE html>" + TABLE,
    "HTML of a great many lines": b"<html>\n" + b"<br>\n" * 13_000,
    "JSON": b'[{"list": "3", "product": "Tr\xc3\xa0"}]',
    "RTF": rb"{\rtf1\ansi H\u7841?ng}",
    "UTF-32": TEXT.encode("utf-32"),
    "UTF-32, the other way": b"\x00\x00\xfe\xff" + TEXT.encode("utf-32-be"),
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "zeros": b"\x00" * 1000,
    "an empty zip": zipped({}),
    "a zip": zipped({"list.csv": TEXT.encode()}),
    "a text of Word": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<d/>"}),
    "a zip of a great many files": zipped({str(n): b"" for n in range(2000)}),
}


@pytest.mark.parametrize("alien", ALIEN)
def test_a_file_of_another_kind_is_told_what_to_save_as(alien: str):
    problem = refused(ALIEN[alien])
    assert type(problem) is NoSheet
    assert problem.words.vi.startswith("Tệp này không phải CSV hoặc XLSX.")


def test_a_missing_column_tells_where_the_template_is():
    problem = refused(sheet(TEA[:3], heading=HEADING[:3]))
    for words in problem.words:
        assert "GET /t/<tenant>/dossier/v1/imports/template?format=xlsx" in words


def spoiled(part: str, old: bytes, new: bytes) -> bytes:
    """A good workbook with one part changed."""
    parts = parts_of(with_shared_texts(workbook([HEADING, TEA])))
    assert old in parts[part]
    return zipped(parts | {part: parts[part].replace(old, new, 1)})


BAD_MERGE = b'<mergeCells><mergeCell ref="nonsense"/></mergeCells>'
HARM = {
    "a million blank rows": (spoiled(SHEET1, b"<row", b"<row/>" * 10**6 + b"<row"), TooManyRows),
    "a text that is not there": (spoiled(SHEET1, b"<v>0<", b"<v>9999<"), NotASheet),
    "a cell nowhere": (spoiled(SHEET1, b'r="A2"', b'r="ZZZZZZ99"'), NotASheet),
    "a row nowhere": (spoiled(SHEET1, b'<row r="2"', b'<row r="two"'), NotASheet),
    "a document type": (
        spoiled("xl/workbook.xml", b"<workbook", b'<!DOCTYPE a [<!ENTITY a "a">]><workbook'),
        NotASheet,
    ),
    "broken XML": (spoiled(SHEET1, b"</sheetData>", b""), NotASheet),
    "a merged cell nowhere": (
        spoiled(SHEET1, b"</sheetData>", b"</sheetData>" + BAD_MERGE),
        NotASheet,
    ),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_workbook_made_to_harm_is_refused(harm: str):
    content, kind = HARM[harm]
    assert type(refused(content)) is kind


HUGE = {
    "A cell is over 32,767 characters": spoiled(STRINGS, b"<t>", b"<t>" + b"a" * 9_000_000),
    "The texts of the XLSX file take over 8 MB": spoiled(
        STRINGS, b"<si>", b"<si><t>%s</t></si>" % (b"a" * 30_000) * 300 + b"<si>"
    ),
    "The table of texts has over 500,000 elements": spoiled(
        STRINGS, b"<si>", b"<si/>" * 10**6 + b"<si>"
    ),
    "The formatting has over 500,000 elements": spoiled(
        "xl/styles.xml", b"<fonts", b"<numFmts>" + b"<numFmt/>" * 600_000 + b"</numFmts><fonts"
    ),
    "The worksheet has over 5,000 merged ranges": spoiled(
        SHEET1, b"</sheetData>", b"</sheetData>" + b'<mergeCell ref="A1:A2"/>' * 6_000
    ),
    "The XLSX file unpacks to over 64 MB": spoiled(SHEET1, b"<row", b" " * 70_000_000 + b"<row"),
    "The XLSX file has over 1,000 parts": zipped(
        parts_of(workbook([HEADING, TEA])) | {str(n): b"" for n in range(2000)}
    ),
}


@pytest.mark.parametrize("reason", HUGE)
def test_what_is_too_large_is_refused_for_what_is_large_in_it(reason: str):
    problem = refused(HUGE[reason])
    assert type(problem) is SheetTooLarge
    assert problem.words.en == (
        f"{reason}. Copy the list alone (paste values) into a new file and send that."
    )


def test_a_cell_as_long_as_excel_allows_is_the_rows_own_fault():
    found = read(workbook([HEADING, [TEA[0], "a" * 32_767, *TEA[2:]]]))
    assert len(values(found)[0][1]) == 32_767


def test_2000_rows_are_read_and_one_more_is_refused():
    rows = [[TEA[0], f"Trà {n}", *TEA[2:]] for n in range(2001)]
    assert len(read(sheet(*rows[:2000])).entries) == 2000
    for content in (sheet(*rows), workbook([HEADING, *rows])):
        assert type(refused(content)) is TooManyRows


def hundred_thousand(suffix: str) -> bytes:
    if suffix == "csv":
        rows = (f'3,Trà {n},Cơ sở {n},"xã Thử, huyện Tri Tôn"\r\n' for n in range(100_000))
        return sheet() + "".join(rows).encode()
    parts = parts_of(workbook([HEADING, TEA]))
    before, row, after = re.split(rb'(<row r="2".*?</row>)', parts[SHEET1])
    cells = re.sub(rb' r="\w+"', b"", row)  # a row and a cell may leave out where they are
    return zipped(parts | {SHEET1: before + cells * 100_000 + after})


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_100000_rows_are_refused_while_reading_in_constant_memory(tmp_path: Path, suffix: str):
    path = tmp_path / "list"
    path.write_bytes(hundred_thousand(suffix))
    tracemalloc.start()
    try:
        with path.open("rb") as file, pytest.raises(TooManyRows):
            read_sheet(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


def in_code(code: str, *rows: list[str], heading: list[str] = HEADING) -> str:
    lines = [heading, *rows]
    return "\r\n".join(CODES[code](",".join(f'"{cell}"' for cell in line)) for line in lines)


@pytest.mark.parametrize("code", ["TCVN3 (ABC)", "VNI", "Windows-1258"])
def test_a_file_of_old_letters_is_named_with_what_to_do_and_what_it_would_say(code: str):
    text = in_code(code, TEA, COFFEE)
    for content in (text.encode("cp1252"), text.encode("utf-8-sig")):
        problem = refused(content)
        assert type(problem) is WrongEncoding
        assert code in problem.words.vi
        assert "có lẽ là “" in problem.words.vi


@pytest.mark.parametrize("code", CODES)
def test_a_workbook_of_them_is_named_too(code: str):
    lines = [[CODES[code](cell) for cell in line] for line in (HEADING, TEA, COFFEE)]
    problem = refused(workbook(lines))
    assert type(problem) is WrongEncoding
    assert code.split(" as ")[0].removesuffix(" twice").removesuffix(" in NFD") in problem.words.vi


@pytest.mark.parametrize("code", CODES)
def test_a_list_whose_heading_alone_is_right_is_refused_as_a_whole(code: str):
    rows = [[CODES[code](cell) for cell in row] for row in (TEA, COFFEE, TEA)]
    assert type(refused(workbook([HEADING, *rows]))) is WrongEncoding


@given(st.text(max_size=40), st.sampled_from([CSV, XLSX]))
def test_whatever_stands_in_a_cell_the_sheet_is_given_back(text: str, media: str):
    found = read(sheet(["3", f"a{text}".replace("\r", ""), TEA[2], TEA[3]]))
    assert written(found, {2: text}, media)
