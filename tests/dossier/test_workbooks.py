"""Workbooks as many programs write them, part by part, and as somebody forges them."""

import io
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from chassis.problems import Problem
from services.dossier.adapters.sheets import read_sheet
from services.dossier.problems import NoSheet, NotASheet, SheetTooLarge
from tests.dossier.conftest import HEADING, SHEET1, STRINGS, TEA, parts_of, workbook, zipped
from tests.dossier.test_sheets import read, refused, values

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT, STRICT_OFFICE = (
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "[Content_Types].xml"


def inline(*texts: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


def row(*texts: str) -> str:
    return f"<row>{inline(*texts)}</row>"


def relations(*given: tuple[str, str, str]) -> str:
    each = "".join(
        f'<Relationship Id="{id}" Type="{kind}" Target="{target}"/>' for id, kind, target in given
    )
    return f'<Relationships xmlns="{RELATIONS}">{each}</Relationships>'


def parts(
    rows: str, before: str = "", main: str = MAIN, office: str = OFFICE, book: str = ""
) -> dict[str, str]:
    """The few parts without which no program reads a workbook. `rows`: below the heading."""
    return {
        TYPES: "<Types/>",
        "_rels/.rels": relations(("a", f"{office}/officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{book}'
        '<sheets><sheet name="Danh sách" sheetId="1" r:id="s1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("s1", f"{office}/worksheet", "worksheets/sheet1.xml"),
            ("s2", f"{office}/sharedStrings", "sharedStrings.xml"),
            ("s3", f"{office}/styles", "styles.xml"),
        ),
        SHEET1: f'<worksheet xmlns="{main}">{before}<sheetData>{row(*HEADING)}{rows}</sheetData>'
        "</worksheet>",
    }  # fmt: skip


def packed(given: dict[str, str]) -> bytes:
    return zipped({name: text.encode() for name, text in given.items()})


def styles(*formats: str) -> str:
    """One style for each format of numbers."""
    told = "".join(
        f'<numFmt numFmtId="{n}" formatCode="{code}"/>' for n, code in enumerate(formats, 200)
    )
    each = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(formats)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{told}</numFmts><cellStyleXfs><xf numFmtId="14"/>'
        f"</cellStyleXfs><cellXfs>{each}</cellXfs></styleSheet>"
    )


def texts(*each: str) -> str:
    return f'<sst xmlns="{MAIN}">{"".join(f"<si>{one}</si>" for one in each)}</sst>'


GOOD = parts(row(*TEA))


def changed(part: str, old: str, new: str) -> dict[str, str]:
    assert old in GOOD[part]
    return GOOD | {part: GOOD[part].replace(old, new)}


def moved(where: str, target: str) -> dict[str, str]:
    """The worksheet in another part, to which the list of parts leads by `target`."""
    rest = changed("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", target)
    return {where if name == SHEET1 else name: text for name, text in rest.items()}


OTHERS: dict[str, dict[str, str]] = {
    "the least that there can be": GOOD,
    "strict": parts(row(*TEA), main=STRICT, office=STRICT_OFFICE),
    "prefixed elements": GOOD | {
        SHEET1: GOOD[SHEET1].replace("<", "<x:").replace("<x:/", "</x:").replace("ns=", "ns:x=")
    },
    "names in other letter case": {name.upper(): text for name, text in GOOD.items()},
    "names with backslashes": {name.replace("/", "\\"): text for name, text in GOOD.items()},
    "names from the root": {f"/{name}": text for name, text in GOOD.items()},
    "a target in other letter case": moved(SHEET1, "Worksheets/SHEET1.XML"),
    "a target with backslashes": moved(SHEET1, r"worksheets\sheet1.xml"),
    "a target from the root": moved(SHEET1, "/xl/worksheets/sheet1.xml"),
    "a target from the root with backslashes": moved(SHEET1, r"\xl\worksheets\sheet1.xml"),
    "a target with steps up and down": moved(SHEET1, "./../xl/worksheets/./sheet1.xml"),
    "a percent-encoded target": moved("xl/danh sách.xml", "danh%20s%C3%A1ch.xml"),
    "another name": moved("data/page.xml", "../data/page.xml"),
    "another place for all": {
        TYPES: "<Types/>",
        "_rels/.rels": relations(("a", f"{OFFICE}/officeDocument", "/book/main.xml")),
        "book/main.xml": GOOD["xl/workbook.xml"],
        "book/_rels/main.xml.rels": GOOD["xl/_rels/workbook.xml.rels"],
        "book/worksheets/sheet1.xml": GOOD[SHEET1],
    },
    "no relations of the package": {n: t for n, t in GOOD.items() if n != "_rels/.rels"},
    "styles that are no XML": GOOD | {"xl/styles.xml": "<styleSheet><fonts>"},
    "styles of nothing that is known": GOOD | {
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts><font><sz val="big"/></font></fonts>'
        '<fills><fill><patternFill patternType="odd"/></fill></fills><numFmts><numFmt numFmtId="x"'
        '/></numFmts><cellXfs><xf numFmtId="900"/></cellXfs></styleSheet>'
    },
    "a style that is not there": changed(SHEET1, "<c t=", '<c s="77" t='),
    "a picture that is none": GOOD | {"xl/media/image1.png": "none"},
    "parts of its own that are broken": GOOD | {
        "docProps/core.xml": "<a", "xl/theme/theme1.xml": "", "customXml/item1.xml": "&&",
        "xl/calcChain.xml": "<calcChain><c r='?'/></calcChain>",
    },
    "names defined in vain": changed(
        "xl/workbook.xml", "</sheets>",
        "</sheets><definedNames><definedName name='a'>#REF!</definedName></definedNames>",
    ),
    "elements of a program's own": changed(
        SHEET1, "<sheetData>",
        '<o:row xmlns:o="urn:own"><o:c><o:v>9</o:v></o:c></o:row><sheetPr odd="1"/><sheetData>',
    ),
    "conditions and checks that are wrong": changed(
        SHEET1, "</sheetData>",
        '</sheetData><conditionalFormatting sqref="?"><cfRule type="odd"/></conditionalFormatting>'
        '<dataValidations><dataValidation sqref="B2:B" type="none"/></dataValidations>',
    ),
    "a size that is not true": changed(SHEET1, "<sheetData>", '<dimension ref="A1"/><sheetData>'),
    "a worksheet for charts before it": changed(
        "xl/workbook.xml", "<sheets>", '<sheets><sheet name="Hình" sheetId="2" r:id="s9"/>'
    ) | {
        "xl/_rels/workbook.xml.rels": relations(
            ("s9", f"{OFFICE}/chartsheet", "chartsheets/sheet1.xml"),
            ("s1", f"{OFFICE}/worksheet", "worksheets/sheet1.xml"),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("other", OTHERS)
def test_a_workbook_is_read_however_a_program_packs_it(other: str):
    found = read(packed(OTHERS[other]))
    assert values(found) == [TEA]
    assert [entry.number for entry in found.entries] == [2]


ESCAPED = {
    "_x000D_": ("Trà_x000D_\n_x000A_thử", "Trà thử"),
    "_x0009_": ("Trà_x0009_thử", "Trà thử"),
    "an escaped escape": ("Trà_x005F_x000D_thử", "Trà_x000D_thử"),
    "a letter": ("Tr_x00e0_ thử", "Trà thử"),
    "two halves of one": ("Trà_xD83C__xDF75_", "Trà🍵"),
    "half of one": ("Trà_xD83C_", "Trà�"),
    "no escape": ("Trà_x00_ _xyz_ _x000D", "Trà_x00_ _xyz_ _x000D"),
    "two runs": ("Trà</t><t> thử", "Trà thử"),
}


@pytest.mark.parametrize("escaped", ESCAPED)
@pytest.mark.parametrize("shared", [False, True])
def test_a_letter_that_stands_there_by_its_number_is_read(escaped: str, shared: bool):
    written, meant = ESCAPED[escaped]
    name = '<c t="s"><v>0</v></c>' if shared else inline(written)
    line = f"<row>{inline(TEA[0])}{name}{inline(*TEA[2:])}</row>"
    table = {"xl/sharedStrings.xml": texts(f"<t>{written}</t>")}
    assert values(read(packed(parts(line) | table))) == [[TEA[0], meant, *TEA[2:]]]


def test_a_heading_with_escapes_is_known():
    given = {SHEET1: GOOD[SHEET1].replace("Sản phẩm", "Sản_x000D_\nphẩm_x000D_")}
    assert values(read(packed(GOOD | given))) == [TEA]


def test_texts_in_runs_are_whole_without_how_they_are_read():
    rich = "<r><rPr><b/></rPr><t>Trà</t></r>\n<r><t xml:space='preserve'> thử</t></r>"
    phonetic = "<rPh sb='0' eb='1'><t>đọc</t></rPh><phoneticPr fontId='1'/>"
    line = f'<row>{inline(TEA[0])}<c t="s"><v>1</v></c>{inline(*TEA[2:])}</row>'
    table = {"xl/sharedStrings.xml": texts("<t>khác</t>", rich + phonetic)}
    assert values(read(packed(parts(line) | table))) == [TEA]


def shown(cell: str, *formats: str, book: str = "") -> str:
    """What the cell in the place of a product's name is read as."""
    line = f"<row>{inline(TEA[0])}{cell}{inline(*TEA[2:])}</row>"
    others = {"xl/styles.xml": styles(*formats)} if formats else {}
    return values(read(packed(parts(line, book=book) | others)))[0][1]


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("<c><v>4</v></c>", "4"),
        ("<c><v>4.0</v></c>", "4"),
        ("<c><v>4.5</v></c>", "4.5"),
        ("<c><v>12345678901</v></c>", "12345678901"),
        ('<c t="str"><v>Trà</v></c>', "Trà"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="b"><v>0</v></c>', "FALSE"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c t="d"><v>2023-12-31T00:00:00</v></c>', "31/12/2023"),
        ('<c t="d"><v>2023-12-31</v></c>', "31/12/2023"),
        ('<c t="d"><v>2023-12-31T08:00:00.123Z</v></c>', "31/12/2023"),
        ('<c t="d"><v>08:30:00</v></c>', "08:30:00"),
        ("<c/>", ""),
        ('<c t="s"/>', ""),
        ("<c><v></v></c>", ""),
        ("<c><f>1+1</f><v>2</v></c>", "=1+1"),
        ("<c><f>1+1</f></c>", "=1+1"),
        ('<c t="str"><f t="shared" si="0"/><v>Trà</v></c>', "=Trà"),
        ('<c t="e"><f>A1/0</f><v>#DIV/0!</v></c>', "=A1/0"),
    ],
)
def test_a_cell_is_what_a_person_sees_and_a_formula_what_it_is(cell: str, seen: str):
    assert shown(cell) == seen


@pytest.mark.parametrize(
    ("number", "code", "seen"),
    [
        ("45291", "dd/mm/yyyy", "31/12/2023"),
        ("45291.75", "yyyy\\-mm\\-dd\\ hh:mm", "31/12/2023"),
        ("1", "d/m/yy", "01/01/1900"),
        ("61", "d/m/yy", "01/03/1900"),
        ("45291", "0.00", "45291"),
        ("45291", "General", "45291"),
        ("99999999", "dd/mm/yyyy", "99999999"),
        ("-5", "dd/mm/yyyy", "-5"),
        ("4", "0 &quot;sao ngày&quot;", "4"),
    ],
)
def test_a_day_is_shown_as_one_where_its_style_says_so(number: str, code: str, seen: str):
    assert shown(f'<c s="1"><v>{number}</v></c>', "General", code) == seen


def test_days_are_counted_from_1904_where_the_workbook_says_so():
    cell = '<c s="0"><v>43829</v></c>'
    assert shown(cell, "dd/mm/yyyy", book='<workbookPr date1904="1"/>') == "31/12/2023"


def test_hidden_columns_and_rows_are_read_and_told():
    hidden = '<cols><col min="1" max="1" hidden="1"/><col min="3" max="16384" width="0"/></cols>'
    lines = row(*TEA).replace("<row>", '<row hidden="true">') + row(*TEA).replace(
        "<row>", '<row ht="0" customHeight="1">'
    )
    found = read(packed(parts(lines, before=hidden)))
    assert values(found) == [TEA, TEA]
    assert [one.vi for one in found.notes] == [
        "Đọc cả cột bị ẩn: “Hạng”, “Chủ thể”, “Địa chỉ”.", "Đọc cả dòng bị ẩn: 2, 3.",
    ]  # fmt: skip
    other = '<cols><col min="2" max="4"/><col min="9" max="9" hidden="1"/></cols>'
    assert read(packed(parts(row(*TEA), before=other))).notes == []


def test_a_workbook_with_macros_is_a_workbook():
    given = workbook([HEADING, TEA])
    types = parts_of(given)[TYPES].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    assert values(read(zipped(parts_of(given) | {TYPES: types, "xl/vbaProject.bin": b"x"}))) == [
        TEA
    ]


# -- what is refused


def office_97(*streams: str) -> bytes:
    names = b"".join(name.encode("utf-16-le") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names


MISNAMED = {
    ".xlsb": packed(
        {
            TYPES: "<Types/>",
            "_rels/.rels": relations(("a", f"{OFFICE}/officeDocument", "xl/workbook.bin")),
            "xl/workbook.bin": "x",
        }
    ),
    ".ods": packed(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}
    ),
    ".numbers": packed({"Index/Document.iwa": "x", "Metadata/Properties.plist": ""}),
    "Word": packed(
        {
            TYPES: "<Types/>",
            "_rels/.rels": relations(("a", f"{OFFICE}/officeDocument", "word/document.xml")),
            "word/document.xml": '<w:document xmlns:w="urn:w"/>',
        }
    ),
    "PowerPoint": packed({TYPES: "<Types/>", "ppt/presentation.xml": "<p/>"}),
    "ZIP": packed({"danh-sach.xlsx": "x"}),
    ".xls": office_97("Workbook"),
    "Excel 2003": b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>',
    "HTML": b"<html><table><tr><td>3</td></tr></table></html>",
    "PDF": b"%PDF-1.7\n1 0 obj",
    "RTF": rb"{\rtf1\ansi}",
    "JSON": b'[{"list": "3"}]',
    "mật khẩu": office_97("EncryptionInfo", "EncryptedPackage"),
}


@pytest.mark.parametrize("name", MISNAMED)
def test_what_is_no_workbook_is_refused_by_its_name(name: str):
    problem = refused(MISNAMED[name])
    assert isinstance(problem, NotASheet)
    assert name in problem.words.vi
    assert name in problem.words.en or name in ("mật khẩu", "HTML")


def broken(part: str, old: str, new: str) -> bytes:
    return packed(changed(part, old, new))


def forged(change: Callable[[zipfile.ZipInfo], None], **options: Any) -> bytes:
    """A workbook whose list of parts says something else of the worksheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, text in GOOD.items():
            archive.writestr(name, text)
        change(archive.getinfo(SHEET1))
    return out.getvalue()


def encrypted(content: bytes) -> bytes:
    """Each record of a part says so."""
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        pieces = content.split(mark)
        content = mark.join(
            [pieces[0], *(one[: at - 4] + b"\x01" + one[at - 3 :] for one in pieces[1:])]
        )
    return content


def twice(name: str, other: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, text in GOOD.items():
            archive.writestr(part, text)
        with warnings.catch_warnings(action="ignore"):
            archive.writestr(other, GOOD[name].replace("Trà", "Rượu"))
    return out.getvalue()


def overlapping() -> bytes:
    """Every part lies where the first one lies."""

    def place(part: zipfile.ZipInfo) -> None:
        part.header_offset = 0

    return forged(place)


BROKEN: dict[str, Callable[[], bytes]] = {
    "a part twice": lambda: twice(SHEET1, SHEET1),
    "a part twice, in other letters": lambda: twice(SHEET1, SHEET1.upper()),
    "a part twice, from the root": lambda: twice(SHEET1, f"/{SHEET1}"),
    "parts over one another": overlapping,
    "a size that is too small": lambda: forged(lambda one: setattr(one, "file_size", 100)),
    "a sum that is another": lambda: forged(lambda one: setattr(one, "CRC", 1)),
    "a part that is not there": lambda: packed(moved("xl/other.xml", "nowhere.xml")),
    "a part outside": lambda: packed(moved(SHEET1, "../../../../etc/passwd")),
    "a row twice": lambda: broken(SHEET1, "<row>", '<row r="7">'),
}


@pytest.mark.parametrize("harm", BROKEN)
def test_a_workbook_that_two_programs_would_read_differently_is_refused(harm: str):
    assert type(refused(BROKEN[harm]())) is NotASheet


def test_a_workbook_with_a_password_on_its_parts_is_told_so():
    problem = refused(encrypted(packed(GOOD)))
    assert "mật khẩu" in problem.words.vi
    assert "password" in problem.words.en


def test_a_workbook_of_many_gigabytes_form_is_read_within_the_same_bounds(
    monkeypatch: pytest.MonkeyPatch,
):
    """zip64, which some programs write for the smallest file."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    content = packed(GOOD)
    assert b"PK\x06\x06" in content
    assert values(read(content)) == [TEA]


def method(kind: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, text in GOOD.items():
            archive.writestr(name, text.replace("<sheetData>", " " * 50_000_000 + "<sheetData>"))
    return out.getvalue()


def with_zeros(part: str, millions: int) -> bytes:
    """411 KB take 400 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in GOOD.items():
            if name != part:
                archive.writestr(name, text)
        with archive.open(part, "w") as opened:
            for _ in range(millions):
                opened.write(bytes(1_000_000))
    return out.getvalue()


BOMBS: dict[str, tuple[Callable[[], bytes], type[Problem]]] = {
    "a picture": (lambda: with_zeros("xl/media/a.png", 400), SheetTooLarge),
    "a worksheet that is no XML": (lambda: with_zeros(SHEET1, 400), SheetTooLarge),
    "a worksheet that is no XML at last": (
        lambda: packed(changed(SHEET1, "<sheetData>", "<sheetData>" + " " * 60_000_000 + "&;")),
        NotASheet,
    ),
    "texts that are no XML": (lambda: with_zeros(STRINGS, 60), NotASheet),
    "a workbook in one tag": (
        lambda: packed(changed(SHEET1, "<sheetData>", f'<a b="{"c" * 60_000_000}"/><sheetData>')),
        NotASheet,
    ),
    "a remark": (
        lambda: packed(changed(SHEET1, "<sheetData>", f"<!--{' ' * 60_000_000}--><sheetData>")),
        NotASheet,
    ),
    "a method of packing that unpacks all at once": (lambda: method(zipfile.ZIP_BZIP2), NotASheet),
    "another one": (lambda: method(zipfile.ZIP_LZMA), NotASheet),
    "a size that says nothing": (
        lambda: forged(lambda one: setattr(one, "file_size", 0xFFFFFFF0)), SheetTooLarge,
    ),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_unpacks_to_more_than_it_may_takes_no_memory(bomb: str):
    make, kind = BOMBS[bomb]
    content = make()
    tracemalloc.start()
    try:
        with pytest.raises(Problem) as caught:
            read_sheet(io.BytesIO(content))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert type(caught.value) is kind
    assert peak < 8_000_000
    assert not isinstance(caught.value, NoSheet)
