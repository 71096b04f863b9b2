"""Understanding a sheet of products: where its heading is, what its columns mean, its entries."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from chassis.problems import FieldProblem
from contracts.text import Words, misreading, unfit
from rules.letters import is_word
from rules.misread import Code, misread
from rules.vietnamese import folded
from services.dossier.problems import MissingColumns, NotASheet, TooManyRows, WrongEncoding

MAX_ROWS = 2000
MAX_READ = MAX_ROWS + 100  # a title, repeated headings
MAX_LINES = MAX_READ + 10_000  # blank ones among them
MAX_COLUMNS = 200
OF_BYTES = frozenset({Code.TCVN3, Code.VNI, Code.CP1258})
"""What a file of bytes may be in that is no UTF-8."""
HEADING_WITHIN = 20
"""A heading stands in one of the first rows; above it there may be a title."""


class Column(StrEnum):
    LIST = "list"
    PRODUCT = "product"
    PRODUCER = "producer"
    ADDRESS = "address"


TITLES = {
    Column.LIST: Words("Hạng", "List"),
    Column.PRODUCT: Words("Sản phẩm", "Product"),
    Column.PRODUCER: Words("Chủ thể", "Producer"),
    Column.ADDRESS: Words("Địa chỉ", "Address"),
}
TEMPLATE = "/t/<tenant>/dossier/v1/imports/template?format=xlsx"
"""Where callers of the gateway find it; `format` may be csv."""
MENDING = "Cần sửa / What to mend"
"""The column that a checked sheet has more; passed over when it comes back."""

_SYNONYMS = {
    Column.LIST: "list, rank, star, stars, hạng, sao, số sao, hạng sao, xếp hạng, phân hạng, "
    "kết quả phân hạng, kết quả xếp hạng, hạng sản phẩm, danh sách",
    Column.PRODUCT: "product, product name, name of product, sản phẩm, tên sản phẩm, "
    "tên sản phẩm ocop, sản phẩm ocop",
    Column.PRODUCER: "producer, producer name, name of producer, chủ thể, tên chủ thể, "
    "chủ thể ocop, chủ thể sản xuất, tên chủ thể sản xuất, cơ sở sản xuất, đơn vị sản xuất",
    Column.ADDRESS: "address, địa chỉ, địa chỉ sản xuất, địa chỉ chủ thể, nơi sản xuất",
}
_COLUMNS = {
    folded(name): column for column, names in _SYNONYMS.items() for name in names.split(", ")
}
_PASSED_OVER = {"", "number", "no", "stt", "tt", "so tt", "so thu tu", "can sua what to mend"}


@dataclass(frozen=True)
class Row:
    """One line of the sheet as it came. `number`: as the sheet counts. `filled`: columns whose
    value comes from a merged cell above, with that cell's range. A formula begins with `=`."""

    number: int
    cells: Sequence[str]
    filled: Mapping[int, str] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True)
class Entry:
    """A product as its row tells it. `filled`: which columns a merged cell gave; `surplus`: what
    stands behind the last heading, and may be a part of what stands before it."""

    number: int
    values: Mapping[Column, str]
    filled: Mapping[Column, str] = field(default_factory=dict)
    surplus: Sequence[str] = ()


@dataclass(frozen=True)
class Sheet:
    """`rows`: all of it, to be given back, by a CSV with its separator; `entries`: what was
    understood; `notes`: what was passed over."""

    rows: Sequence[Row]
    heading: Row
    entries: Sequence[Entry]
    notes: Sequence[Words]
    separator: str


def understood(
    rows: Sequence[Row],
    notes: Sequence[Words] = (),
    separator: str = ",",
    hidden: Collection[int] = (),
) -> Sheet:
    """The sheet, or a problem that says what it lacks. `hidden`: columns."""
    if not any(re.search(r"\w", cell) for row in rows for cell in row.cells):
        raise NotASheet("Tệp trống: không có ô nào có chữ.", "The file is empty: no cell has text.")
    heading = heading_of(rows)
    if heading is None:
        first = [cell for row in rows[:5] for cell in row.cells]
        _refuse_misread(first, least=1)
        raise _missing(list(Column), "hàng tiêu đề", "heading", first)
    columns = _columns(heading)
    if missing := [column for column in Column if column not in columns]:
        raise _missing(missing, f"dòng {heading.number}", f"row {heading.number}", heading.cells)
    body = [row for row in rows if row.number > heading.number and any(row.cells)]
    repeated = [row for row in body if len(_columns(row)) == len(Column)]
    headings = {row.number for row in repeated}
    products = [row for row in body if row.number not in headings]
    entries = [_entry(row, columns, heading) for row in products]
    if not entries:
        raise NotASheet(
            "Dưới hàng tiêu đề không có dòng sản phẩm nào.", "There is no row under the heading."
        )
    if len(entries) > MAX_ROWS:
        raise too_many_rows()
    _refuse_misread([one.values[Column.PRODUCT] for one in entries], max(3, len(entries) // 2))
    above = [row for row in rows if row.number < heading.number and any(row.cells)]
    told = [*notes, *_passed_over(above, heading, repeated), *_unseen(products, heading, hidden)]
    return Sheet(rows, heading, entries, told, separator)


def heading_of(rows: Sequence[Row]) -> Row | None:
    """The row that names most of the columns, among the first ones."""
    first = [row for row in rows if any(row.cells)][:HEADING_WITHIN]
    best = max(first, key=lambda row: len(_columns(row)), default=None)
    return best if best and len(_columns(best)) > 1 else None


def _refuse_misread(cells: Sequence[str], least: int) -> None:
    """As a whole, where that many are not what their authors wrote."""
    found = [(cell, one.code) for cell in cells if (one := misread(cell))]
    if found and len(found) >= least:
        told = max((cell for cell, code in found if code is not Code.LOST), key=len, default=None)
        raise WrongEncoding(misreading(told) if told else None)


def mending_column(sheet: Sheet) -> int:
    """Where it says what to mend: where it said so before, or behind everything else."""
    titles = list(sheet.heading.cells)
    return titles.index(MENDING) if MENDING in titles else max(len(r.cells) for r in sheet.rows)


def too_many_rows() -> TooManyRows:
    return TooManyRows(
        f"Tệp có hơn {MAX_ROWS} dòng, hoặc rất nhiều dòng trống có định dạng. Xoá dòng trống, "
        f"chia thành nhiều tệp, mỗi tệp nhiều nhất {MAX_ROWS} dòng.",
        f"The file has more than {MAX_ROWS} rows, or a great many blank ones. Delete the blank "
        f"ones and split it into files of at most {MAX_ROWS} rows.",
    )


def _columns(row: Row) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for index, cell in enumerate(row.cells):
        if column := _COLUMNS.get(_title(cell)):
            found.setdefault(column, index)
    return found


def _title(cell: str) -> str:
    return " ".join(re.findall(r"\w+", folded(cell)))


def _entry(row: Row, columns: Mapping[Column, int], heading: Row) -> Entry:
    beyond = range(_width(heading), len(row.cells))
    return Entry(
        number=row.number,
        values={c: row.cells[i] if i < len(row.cells) else "" for c, i in columns.items()},
        filled={c: row.filled[i] for c, i in columns.items() if i in row.filled},
        surplus=[row.cells[i] for i in beyond if row.cells[i] and not _titled(heading, i)],
    )


def _width(heading: Row) -> int:
    """How many columns have a heading, and stand before one; the mending column is ours."""
    titled = [index for index, cell in enumerate(heading.cells) if cell and cell != MENDING]
    return titled[-1] + 1


def _titled(row: Row, index: int) -> bool:
    return index < len(row.cells) and bool(row.cells[index])


def _missing(columns: Sequence[Column], vi: str, en: str, titles: Iterable[str]) -> MissingColumns:
    """`titles`: among them may be one that only looks as it should."""
    names = [TITLES[column] for column in columns]
    return MissingColumns(
        f"Không thấy cột {', '.join(f'“{name.vi}”' for name in names)} ở {vi}. "
        f"Tệp mẫu có đủ các cột: GET {TEMPLATE}.",
        f"No column {', '.join(f'“{name.en}”' for name in names)} in the {en}. "
        f"The template has them all: GET {TEMPLATE}.",
        [
            *(
                FieldProblem(f"file.{column}", f"thiếu cột “{name.vi}”", f"no column “{name.en}”")
                for column, name in zip(columns, names, strict=True)
            ),
            *(
                FieldProblem("file", f"tiêu đề “{one}”: {wrong.vi}", f"heading “{one}”: {wrong.en}")
                for one in titles
                if is_word(one) and (wrong := unfit(one))
            ),
        ],
    )


def _passed_over(above: Sequence[Row], heading: Row, repeated: Sequence[Row]) -> list[Words]:
    notes = []
    if above:
        vi = _numbers(above)
        notes.append(Words(f"Bỏ qua phần tựa ở dòng {vi}.", f"Passed over the title in row {vi}."))
    if repeated:
        vi = _numbers(repeated)
        notes.append(
            Words(f"Bỏ qua tiêu đề lặp lại ở dòng {vi}.", f"Passed over the heading in row {vi}.")
        )
    used = set(_columns(heading).values())
    extra = [
        f"“{cell}”"
        for index, cell in enumerate(heading.cells)
        if index not in used and _title(cell) not in _PASSED_OVER
    ]
    if extra:
        names = ", ".join(extra[:20])
        notes.append(Words(f"Bỏ qua cột {names}.", f"Passed over the column {names}."))
    return notes


def _unseen(products: Sequence[Row], heading: Row, hidden: Collection[int]) -> list[Words]:
    """What a person who looks at the sheet may not expect."""
    notes = []
    untitled = [
        str(index + 1)
        for index in range(_width(heading))
        if not heading.cells[index] and any(_titled(row, index) for row in products)
    ]
    if untitled:
        vi = ", ".join(untitled[:20])
        notes.append(
            Words(
                f"Bỏ qua cột không có tiêu đề: cột thứ {vi}.",
                f"Passed over the column without a heading: number {vi}.",
            )
        )
    if read := sorted({*_columns(heading).values()}.intersection(hidden)):
        names = ", ".join(f"“{heading.cells[index]}”" for index in read)
        notes.append(Words(f"Đọc cả cột bị ẩn: {names}.", f"Read hidden columns as well: {names}."))
    if unseen := [row for row in products if row.hidden]:
        vi = _numbers(unseen)
        notes.append(Words(f"Đọc cả dòng bị ẩn: {vi}.", f"Read hidden rows as well: {vi}."))
    return notes


def _numbers(rows: Sequence[Row]) -> str:
    return ", ".join(str(row.number) for row in rows[:20]) + (" …" if len(rows) > 20 else "")
