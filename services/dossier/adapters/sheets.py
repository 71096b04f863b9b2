"""Reading and writing sheets: CSV and XLSX, by what is in a file, whatever its name says.

What is read is bounded before it is kept: 100,000 rows, or a zip that unpacks to gigabytes, are
refused while they are read.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from chassis.problems import Problem
from contracts.text import Words
from rules.letters import mended
from services.dossier.domain.sheets import (
    MAX_ROWS,
    MENDING,
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

MAX_READ = MAX_ROWS + 100  # a title, repeated headings
MAX_LINES = MAX_READ + 10_000  # blank ones among them
MAX_COLUMNS = 200
MAX_LINE = 1_000_000
MAX_CELL = 32_767  # characters; no workbook of Excel has more
MAX_UNPACKED = 64_000_000  # bytes of all parts of a workbook
MAX_STRINGS = 8_000_000  # bytes of the one table of texts, which openpyxl keeps whole
MAX_ELEMENTS = 500_000  # of one part
MAX_MERGED = 5_000
MAX_SHEETS = 20
MAX_PARTS = 1_000

_CALCULATES = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet program takes a text of a CSV file that begins so for a formula."""
_QUOTED = re.compile(r"'(?=[=+@\t\r-])")


def read_sheet(file: BinaryIO) -> Sheet:
    begin = file.read(4096)
    file.seek(0)
    if begin.startswith(b"PK\x03\x04"):
        return _read_xlsx(file)
    if begin.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotASheet(
            "Tệp .xls cũ hoặc có mật khẩu: lưu lại dạng “Excel Workbook (.xlsx)” không mật khẩu.",
            "An old .xls file, or one with a password: save as “Excel Workbook (.xlsx)” without.",
        )
    encoding = "utf-16" if begin[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return _read_csv(file, encoding)
    except Problem as problem:
        if _ALIEN.search(begin.decode(encoding, errors="replace")):
            raise NoSheet from problem
        raise


_ALIEN = re.compile(r"\A\s*(?:<|\{|\[\s*\{|%PDF)|[\x00-\x08\x0e-\x1f]")
"""How HTML, XML, JSON, RTF and PDF begin, and what no text has: why nothing was understood."""


def _read_csv(file: BinaryIO, encoding: str) -> Sheet:
    """The separator is the one with which a heading is found: , or ; or a tab."""
    best: list[Row] = []
    try:
        for separator in (",", ";", "\t"):
            file.seek(0)
            text = io.TextIOWrapper(file, encoding, newline="")
            try:
                records = csv.reader(_lines(text), delimiter=separator)
                rows = _bounded(Row(n, _cleaned(one)) for n, one in enumerate(records, start=1))
            finally:
                text.detach()
            if heading_of(rows):
                return understood(rows, separator=separator)
            best = best or rows
    except UnicodeError as error:
        raise WrongEncoding from error
    except csv.Error as error:
        raise NotASheet(
            f"Tệp CSV có ô dài hơn {_vi(csv.field_size_limit())} ký tự: có thể thiếu dấu ngoặc "
            "kép đóng.",
            f"The CSV file has a cell longer than {csv.field_size_limit():,} characters: perhaps "
            "a closing quote is missing.",
        ) from error
    return understood(best)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise SheetTooLarge(
                f"Tệp CSV có dòng dài hơn {_vi(MAX_LINE)} ký tự",
                f"The CSV file has a line longer than {MAX_LINE:,} characters",
            )
        yield line


def _vi(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _bounded(rows: Iterable[Row]) -> list[Row]:
    """Those that are not blank, or TooManyRows as soon as there are too many."""
    kept: list[Row] = []
    for row in rows:
        if any(row.cells):
            kept.append(row)
        if len(kept) > MAX_READ or row.number > MAX_LINES:
            raise too_many_rows()
    return kept


def _cleaned(cells: Iterable[str]) -> tuple[str, ...]:
    """Texts on one line, mended; blank cells at the end are none."""
    texts = [_text(cell) for cell, _ in zip(cells, range(MAX_COLUMNS), strict=False)]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text(cell: str) -> str:
    return " ".join(_QUOTED.sub("", mended(cell), count=1).split())


def _read_xlsx(file: BinaryIO) -> Sheet:
    try:
        with zipfile.ZipFile(file) as archive:
            scans = _scanned(archive)
        workbook = load_workbook(file, read_only=True, keep_links=False)
        try:
            return _first_with_a_heading(workbook, scans)
        finally:
            workbook.close()
    except _BROKEN as error:
        raise NotASheet(
            "Tệp XLSX hỏng hoặc không phải bảng tính Excel.",
            "The XLSX file is broken, or is no Excel workbook.",
        ) from error


_BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, KeyError, ValueError,
    TypeError, AttributeError, IndexError, EOFError, OverflowError, RuntimeError,
)  # fmt: skip
"""What openpyxl and zipfile raise for what is not as they expect."""


def _scanned(archive: zipfile.ZipFile) -> "dict[str, _Scan]":
    """What openpyxl does not tell of each part; and each is seen to be small enough to be opened.

    openpyxl reads merged cells and hidden rows only with the whole sheet in memory, and builds a
    tree of whatever a part holds. This looks at every part first, and keeps nothing else.
    """
    names = archive.namelist()
    if CONTENTS not in names or not any(name.startswith("xl/") for name in names):
        raise NoSheet
    if len(names) > MAX_PARTS:
        raise SheetTooLarge(
            f"Tệp XLSX có hơn {_vi(MAX_PARTS)} phần", f"The XLSX file has over {MAX_PARTS:,} parts"
        )
    left = MAX_UNPACKED
    scans = {}
    for part in archive.infolist():
        scan = _Scan(left)
        with archive.open(part) as source:
            scan.run(source)
        left -= scan.read
        scans[part.filename] = scan
        if scan.root == "sst" and scan.read > MAX_STRINGS:
            raise SheetTooLarge(
                f"Chữ trong tệp XLSX chiếm hơn {MAX_STRINGS // 10**6} MB",
                f"The texts of the XLSX file take over {MAX_STRINGS // 10**6} MB",
            )
    return scans


CONTENTS = "[Content_Types].xml"
_PARTS = {
    "worksheet": Words("Một trang tính", "A worksheet"),
    "sst": Words("Bảng chữ", "The table of texts"),
    "styleSheet": Words("Phần định dạng", "The formatting"),
}
_PART = Words("Một phần của tệp XLSX", "A part of the XLSX file")


class _Scan:
    """One pass over a part. `merged`: ranges; `hidden`: numbers of rows."""

    def __init__(self, limit: int) -> None:
        self.read, self.root, self._limit = 0, "", limit
        self.merged: list[str] = []
        self.hidden: set[int] = set()
        self._elements = self._rows = self._number = 0
        self._cell: int | None = None  # characters so far, within one

    def run(self, source: Any) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        while chunk := source.read(65536):
            self.read += len(chunk)
            if self.read > self._limit:
                raise SheetTooLarge(
                    f"Tệp XLSX giải nén ra hơn {MAX_UNPACKED // 10**6} MB",
                    f"The XLSX file unpacks to over {MAX_UNPACKED // 10**6} MB",
                )
            try:
                parser.Parse(chunk)
            except expat.ExpatError:
                return  # a picture; openpyxl would come no further either

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        self.root = self.root or name
        self._elements += 1
        if name == "row":
            self._rows += 1
            self._number = int(attributes.get("r", self._number + 1))
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.add(self._number)
        if name == "mergeCell":
            self.merged.append(attributes["ref"])
        if name in ("t", "v", "f") and self.root in ("worksheet", "sst"):
            self._cell = 0
        if self._rows > MAX_LINES:
            raise too_many_rows()
        if len(self.merged) > MAX_MERGED:
            raise SheetTooLarge(
                f"Trang tính có hơn {_vi(MAX_MERGED)} vùng gộp ô",
                f"The worksheet has over {MAX_MERGED:,} merged ranges",
            )
        if self._elements > MAX_ELEMENTS:
            part = _PARTS.get(self.root, _PART)
            raise SheetTooLarge(
                f"{part.vi} có hơn {_vi(MAX_ELEMENTS)} mục",
                f"{part.en} has over {MAX_ELEMENTS:,} elements",
            )

    def _end(self, _name: str) -> None:
        self._cell = None

    def _characters(self, text: str) -> None:
        if self._cell is None:
            return
        self._cell += len(text)
        if self._cell > MAX_CELL:
            raise SheetTooLarge(
                f"Một ô dài hơn {_vi(MAX_CELL)} ký tự", f"A cell is over {MAX_CELL:,} characters"
            )

    def _refuse(self, *_: Any) -> None:
        raise ValueError("a document type in a workbook")


def _first_with_a_heading(workbook: Workbook, scans: Mapping[str, _Scan]) -> Sheet:
    visible = [one for one in workbook.worksheets if one.sheet_state == "visible"][:MAX_SHEETS]
    first: list[Row] = []
    for worksheet in visible:
        rows = _rows(worksheet, scans[worksheet._worksheet_path])
        if heading_of(rows):
            others = ", ".join(f"“{one.title}”" for one in visible if one is not worksheet)
            return understood(rows, [_passed_over(others)] if others else [])
        first = first or rows
    return understood(first)


def _passed_over(names: str) -> Words:
    return Words(f"Bỏ qua trang {names}.", f"Passed over the worksheet {names}.")


def _rows(worksheet: ReadOnlyWorksheet, scan: _Scan) -> list[Row]:
    worksheet.reset_dimensions()  # what a file says of its size need not be true
    lines = enumerate(worksheet.iter_rows(max_col=MAX_COLUMNS), start=1)
    rows = _bounded(
        Row(number, _cleaned(_shown(one) for one in line), hidden=number in scan.hidden)
        for number, line in lines
    )
    by_number = {row.number: row for row in rows}
    for cells in scan.merged:
        column, top, _, bottom = range_boundaries(cells)
        above = by_number.get(top)
        if above and top < bottom and column <= len(above.cells):
            for row in rows:
                if top < row.number <= bottom:
                    by_number[row.number] = _filled(
                        by_number[row.number], column - 1, above.cells[column - 1], cells
                    )
    return list(by_number.values())


def _filled(row: Row, index: int, text: str, cells: str) -> Row:
    """What a merged cell says, in each row that it covers."""
    values = [*row.cells, *[""] * (index + 1 - len(row.cells))]
    values[index] = text
    return replace(row, cells=tuple(values), filled={**row.filled, index: cells})


def _shown(cell: Any) -> str:
    """A cell as a person sees it; a formula as text behind `=`."""
    value = cell.value
    if cell.data_type == "f":
        return value if isinstance(value, str) and value.startswith("=") else f"={value}"
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case datetime():
            return f"{value:%d/%m/%Y}"
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


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
    cell = WriteOnlyCell(worksheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
