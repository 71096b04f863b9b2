"""Reading and writing sheets: CSV and XLSX, by what is in a file, whatever its name says.

What is read is bounded before it is kept: 100,000 rows, or a zip that unpacks to gigabytes, are
refused while they are read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from chassis import archives
from chassis.archives import BrokenArchive, LockedArchive
from chassis.files import OFFICE_97, has_password
from chassis.problems import Problem
from contracts.text import Words, misreading
from rules.letters import mended
from rules.misread import misread
from services.dossier.adapters.workbooks import WORD, Book, BrokenWorkbook, Page, vi
from services.dossier.domain.sheets import (
    MAX_COLUMNS,
    MAX_LINES,
    MAX_READ,
    MAX_ROWS,
    MENDING,
    OF_BYTES,
    TITLES,
    Row,
    Sheet,
    heading_of,
    mending_column,
    too_many_rows,
    understood,
)
from services.dossier.problems import NoSheet, NotASheet, SheetTooLarge, WrongEncoding

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MAX_LINE = 1_000_000
_ENOUGH = 10_000

_CALCULATES = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet program takes a text of a CSV file that begins so for a formula."""
_QUOTED = re.compile(r"'(?=[=+@\t\r-])")


def read_sheet(file: BinaryIO) -> Sheet:
    begin = file.read(4096)
    file.seek(0)
    if archives.begins(begin):
        return _read_xlsx(file)
    if begin.startswith(OFFICE_97):
        raise _of_office_97(file.read())
    encoding = "utf-16" if begin[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return _read_csv(file, encoding)
    except Problem as problem:
        text = begin.decode(encoding, errors="replace")
        if _ALIEN.search(text):
            kinds = (kind for sign, kind in _KINDS.items() if re.match(sign, text.lstrip()))
            raise NoSheet(next(kinds, None)) from problem
        raise


def _of_office_97(content: bytes) -> NotASheet:
    """By the streams that it names (MS-CFB)."""
    if has_password(content):
        return NotASheet(
            "Tệp có mật khẩu: mở trong Excel, bỏ mật khẩu rồi gửi lại.",
            "The file has a password: open it in Excel, take the password off and send it again.",
        )
    if "WordDocument".encode("utf-16-le") in content:
        return NoSheet(WORD)
    return NotASheet(
        "Tệp .xls của Excel cũ: lưu lại dạng “Excel Workbook (.xlsx)” rồi gửi lại.",
        "A file of an old Excel (.xls): save it as “Excel Workbook (.xlsx)” and send that.",
    )


_ALIEN = re.compile(r"\A\s*(?:<|\{|\[\s*\{|%PDF)|[\x00-\x08\x0e-\x1f]")
"""How HTML, XML, JSON, RTF and PDF begin, and what no text has: why nothing was understood."""
_KINDS = {
    r"%PDF": Words("tệp PDF", "a PDF"),
    r"\{\\rtf": Words("văn bản RTF", "an RTF text"),
    r"[\[{]": Words("tệp JSON", "a JSON file"),
    r"<\?xml(?s:.)*Excel\.Sheet": Words(
        "bảng tính XML của Excel 2003 (.xml, .xls)", "an XML spreadsheet of Excel 2003 (.xml, .xls)"
    ),
    r"<(?!\?xml)": Words("trang web (HTML), dù có đuôi .xls", "a web page, perhaps named .xls"),
}
"""Programs of offices give web pages and XML the name of an .xls."""


def _read_csv(file: BinaryIO, encoding: str) -> Sheet:
    """The separator is the one with which a heading is found: , or ; or a tab."""
    found: list[tuple[list[Row], Problem | None]] = []
    try:
        for separator in (",", ";", "\t"):
            file.seek(0)
            text = io.TextIOWrapper(file, encoding, newline="")
            try:
                rows, unclosed = _records(text, separator)
            finally:
                text.detach()
            if heading_of(rows) and unclosed is None:
                return understood(rows, separator=separator)
            found.append((rows, unclosed))
    except UnicodeError as error:
        raise WrongEncoding(_in_old_code(file)) from error
    for rows, unclosed in sorted(found, key=lambda one: heading_of(one[0]) is None):
        if unclosed:
            raise unclosed
        return understood(rows)
    raise AssertionError("there are separators")


def _in_old_code(file: BinaryIO) -> Words | None:
    file.seek(0)
    lines = file.read(_ENOUGH).decode("latin-1").splitlines()
    found = (line for line in lines if (one := misread(line)) and one.code in OF_BYTES)
    return misreading(next(found, ""))


def _records(text: io.TextIOWrapper, separator: str) -> tuple[list[Row], Problem | None]:
    """Its rows; where a quote is not closed those before, and what is wrong."""
    kept: list[Row] = []
    begins = 1
    records = csv.reader(_lines(text), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(records, start=1):
            _keep(Row(number, _cleaned(cells)), kept)
            begins = records.line_num + 1
    except csv.Error:
        return kept, NotASheet(
            f"Dòng {begins} của tệp CSV có dấu ngoặc kép mở mà không đóng đúng chỗ: đóng lại; dấu "
            'ngoặc kép ở giữa ô thì viết đôi (“""”).',
            f"In line {begins} of the CSV file a quote is opened and not closed where it should "
            'be: close it; write one within a cell twice (“""”).',
        )
    return kept, None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise SheetTooLarge(
                f"Tệp CSV có dòng dài hơn {vi(MAX_LINE)} ký tự",
                f"The CSV file has a line longer than {MAX_LINE:,} characters",
            )
        yield line


def _keep(row: Row, kept: list[Row]) -> None:
    """One that is not blank, or TooManyRows as soon as there are too many."""
    if any(row.cells):
        kept.append(row)
    if len(kept) > MAX_READ or row.number > MAX_LINES:
        raise too_many_rows()


def _cleaned(cells: Iterable[str]) -> tuple[str, ...]:
    """Texts on one line, mended; blank cells at the end are none."""
    texts = [_text(cell) for cell, _ in zip(cells, range(MAX_COLUMNS), strict=False)]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


_HALVES = re.compile(r"[\ud800-\udfff]")


def _text(cell: str) -> str:
    """What is misread stays as it came, to be named; half a letter is a lost one."""
    cell = _HALVES.sub("\ufffd", cell)
    if misread(cell):
        return cell.strip()
    return " ".join(_QUOTED.sub("", mended(cell), count=1).split())


def _read_xlsx(file: BinaryIO) -> Sheet:
    try:
        return _first_with_a_heading(Book(file))
    except LockedArchive as error:
        raise NotASheet(
            "Tệp XLSX có mật khẩu: bỏ mật khẩu rồi gửi lại.",
            "The XLSX file has a password: take it off, and send it again.",
        ) from error
    except (BrokenArchive, BrokenWorkbook) as error:
        raise NotASheet(
            "Tệp XLSX hỏng hoặc không phải bảng tính Excel.",
            "The XLSX file is broken, or is no Excel workbook.",
        ) from error


def _first_with_a_heading(book: Book) -> Sheet:
    first: list[Row] = []
    for page in book.pages():
        rows = _rows(page)
        if heading_of(rows):
            others = ", ".join(f"“{one}”" for one in book.titles if one != page.title)
            return understood(rows, [_passed_over(others)] if others else [], hidden=page.hidden)
        first = first or rows
    return understood(first)


def _passed_over(names: str) -> Words:
    return Words(f"Bỏ qua trang {names}.", f"Passed over the worksheet {names}.")


def _rows(page: Page) -> list[Row]:
    rows = [Row(line.number, _cleaned(line.cells), hidden=line.hidden) for line in page.lines]
    by_number = {row.number: row for row in rows}
    for column, top, bottom, cells in page.merged:
        above = by_number.get(top)
        if above and column < len(above.cells):
            for row in rows:
                if top < row.number <= bottom:
                    by_number[row.number] = _filled(
                        by_number[row.number], column, above.cells[column], cells
                    )
    return [row for row in by_number.values() if any(row.cells)]


def _filled(row: Row, index: int, text: str, cells: str) -> Row:
    """What a merged cell says, in each row that it covers."""
    values = [*row.cells, *[""] * (index + 1 - len(row.cells))]
    values[index] = text
    return replace(row, cells=tuple(values), filled={**row.filled, index: cells})


def written(sheet: Sheet, mending: Mapping[int, str], media: str) -> bytes:
    """The sheet line by line as it came, with one more column: what to mend, by row number."""
    index = mending_column(sheet)
    by_number = {row.number: row for row in sheet.rows}
    lines = []
    for number in range(1, sheet.rows[-1].number + 1):
        cells = list(by_number[number].cells) if number in by_number else []
        said = MENDING if number == sheet.heading.number else mending.get(number, "")
        if said or index < len(cells):
            cells += [""] * (index + 1 - len(cells))
            cells[index] = said
        lines.append(cells)
    if media == CSV:
        return _csv(lines, sheet.separator)
    return _xlsx({"Kết quả": lines}, heading=sheet.heading.number)


def template(media: str) -> bytes:
    heading = [title.vi for title in TITLES.values()]
    if media == CSV:
        return _csv([[line] for line in EXPLANATION] + [heading, *EXAMPLES], ",")
    explained = [[line] for line in EXPLANATION]
    return _xlsx({"Danh sách": [heading, *EXAMPLES], "Giải thích": explained}, heading=1)


EXAMPLES = (
    ["tiềm năng 5", "Bánh mẫu", "Cơ sở Mẫu", "ấp Mẫu, xã Mẫu, huyện Mẫu, tỉnh Mẫu"],
    ["3", "Trà mẫu", "Hợp tác xã Mẫu", "xã Mẫu, huyện Mẫu, tỉnh Mẫu"],
)
EXPLANATION = (
    "Xoá các dòng mẫu, rồi ghi mỗi sản phẩm một dòng. Delete the examples; one product a row.",
    "Hạng: 3, 4, 5; “tiềm năng 5” là đạt 4 sao, chờ xét 5 sao; “tiềm năng 4” là đạt 3 sao. "
    "List: 3, 4, 5; potential-5 holds 4 stars and waits for 5; potential-4 holds 3.",
    "Địa chỉ: ghi huyện, thị xã, thành phố ở cuối, trước tên tỉnh. "
    "Address: end with the district, before the province.",
    f"Nhiều nhất {MAX_ROWS} dòng một tệp, không dùng công thức. "
    f"At most {MAX_ROWS} rows a file, and no formulas.",
)


def _csv(lines: Iterable[Sequence[str]], separator: str) -> bytes:
    """With a byte order mark, by which Excel knows UTF-8; nothing in it calculates."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    for cells in lines:
        writer.writerow([f"'{one}" if one.startswith(_CALCULATES) else one for one in cells])
    return out.getvalue().encode("utf-8-sig")


_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production 2: an answer that has been decided is made, whatever was sent."""


def _xlsx(sheets: Mapping[str, Sequence[Sequence[str]]], heading: int) -> bytes:
    """Texts only: nothing in it calculates."""
    workbook = Workbook(write_only=True)
    for number, (title, lines) in enumerate(sheets.items()):
        worksheet = workbook.create_sheet(title)
        widths = [max(map(len, column)) for column in _columns(lines)]
        for index, width in enumerate(widths, start=1):
            worksheet.column_dimensions[get_column_letter(index)].width = min(width, 60) + 2
        for line, cells in enumerate(lines, start=1):
            bold = number == 0 and line == heading
            worksheet.append([_cell(worksheet, one, bold) for one in cells])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _columns(lines: Sequence[Sequence[str]]) -> list[list[str]]:
    width = max(map(len, lines), default=0)
    return [[line[index] for line in lines if index < len(line)] for index in range(width)]


def _cell(worksheet: Any, text: str, bold: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(worksheet, _NO_XML.sub("", text))
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
