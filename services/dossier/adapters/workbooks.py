"""Workbooks of the XLSX kind (ECMA-376, ISO/IEC 29500) as many programs write them.

One pass of expat over the parts that a list needs and over no other, which keeps the rows and the
texts. What a person does not read in a list, as fonts and colours, is passed over unread, so that
nothing in it can be wrong.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, NamedTuple
from urllib.parse import unquote
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string

from chassis.archives import Archive, HugeArchive
from contracts.text import Words
from services.dossier.domain.sheets import MAX_COLUMNS, MAX_LINES, MAX_READ, too_many_rows
from services.dossier.problems import NoSheet, SheetTooLarge

MAX_CELL = 32_767  # characters; no workbook of Excel has more
MAX_UNPACKED = 64_000_000  # bytes of all parts of a workbook
MAX_STRINGS = 8_000_000  # bytes of the one table of texts, which is kept whole
MAX_ELEMENTS = 500_000  # of one part
MAX_TOKEN = 1_000_000  # bytes of one tag, which expat keeps whole
MAX_MERGED = 5_000
MAX_PARTS = 1_000
MAX_SHEETS = 20

_SPACES = {
    "http://schemas.openxmlformats.org/package/2006/relationships",
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # of the strict kind
    "",
}
_RELATED = {
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_TRUE = {"1", "true", "on"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", re.IGNORECASE)
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}
_LEAP = 60
"""The 29/02/1900, which never was: before it days are counted from another one."""


class BrokenWorkbook(Exception):
    """It is not as the standard says, where that matters."""


class Line(NamedTuple):
    """A row with something in it. `number`: its own; `cells`: what a person sees in each."""

    number: int
    cells: Sequence[str]
    hidden: bool


@dataclass
class Page:
    """A worksheet. `merged`: first column, first row, last row and name of what spans rows;
    `hidden`: columns, from 0."""

    title: str
    lines: list[Line] = field(default_factory=list)
    merged: list[tuple[int, int, int, str]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)


class Book:
    """`titles`: of the worksheets that a person sees, in their order."""

    def __init__(self, file: IO[bytes]) -> None:
        """Raises NoSheet for a zip that is something else."""
        try:
            self._archive = Archive(file, MAX_UNPACKED)
        except HugeArchive as error:
            raise SheetTooLarge(
                f"Tệp XLSX giải nén ra hơn {MAX_UNPACKED // 10**6} MB",
                f"The XLSX file unpacks to over {MAX_UNPACKED // 10**6} MB",
            ) from error
        main = _main(self._archive)
        self._folder = posixpath.dirname(main)
        self._contents = _Contents()
        if len(self._archive.names) > MAX_PARTS:
            raise SheetTooLarge(
                f"Tệp XLSX có hơn {vi(MAX_PARTS)} phần",
                f"The XLSX file has over {MAX_PARTS:,} parts",
            )
        self._contents.run(self._archive, main)
        if self._contents.root != "workbook":
            raise NoSheet(_alien(self._archive))
        self._related = _related(self._archive, main)
        self.titles = [one.title for one in self._visible()]

    def pages(self) -> Iterator[Page]:
        """Read one by one, as they are asked for."""
        dates, texts = self._dates(), self._texts()
        for sheet in self._visible():
            page = _Sheet(sheet.title, texts, dates, _EPOCHS[self._contents.from_1904])
            page.run(self._archive, self._related[sheet.relation].target)
            yield page.page

    def _visible(self) -> list["_Listed"]:
        return [
            one
            for one in self._contents.sheets
            if one.visible and _kind(self._related, one.relation) == "worksheet"
        ][:MAX_SHEETS]

    def _dates(self) -> Sequence[bool]:
        """Of each style whether it shows a number as a day. A part that cannot be read has none."""
        styles = _Styles()
        if part := self._one("styles"):
            try:
                styles.run(self._archive, part)
            except BrokenWorkbook:
                return []
        return styles.dates

    def _texts(self) -> Sequence[str]:
        texts = _Texts()
        if part := self._one("sharedstrings"):
            texts.run(self._archive, part)
        return texts.found

    def _one(self, kind: str) -> str | None:
        """By its relation; where a program wrote none, at the usual place."""
        usual = posixpath.join(self._folder, f"{kind}.xml")
        found = [one.target for one in self._related.values() if one.kind == kind] or [usual]
        return found[0] if found[0] in self._archive.names else None


def vi(number: int) -> str:
    return f"{number:,}".replace(",", ".")


# -- which part is what


class _Relation(NamedTuple):
    """`kind`: the last word of its type, in lower case."""

    kind: str
    target: str


WORD = Words("tài liệu Word", "a Word document")
SLIDES = Words("bản trình chiếu PowerPoint", "a PowerPoint presentation")
BINARY = Words("bảng tính Excel nhị phân (.xlsb)", "a binary Excel workbook (.xlsb)")
OPEN = Words("bảng tính OpenDocument (.ods)", "an OpenDocument spreadsheet (.ods)")
NUMBERS = Words("bảng tính Apple Numbers (.numbers)", "an Apple Numbers spreadsheet (.numbers)")
ZIP = Words("tệp nén ZIP", "a ZIP archive")
_ALIEN = {
    "word/": WORD, "ppt/": SLIDES, "xl/workbook.bin": BINARY, "content.xml": OPEN,
    "index/": NUMBERS, "index.zip": NUMBERS,
}  # fmt: skip


def _main(archive: Archive) -> str:
    """The part that lists the worksheets, wherever it lies."""
    roots = _related(archive, "") if "_rels/.rels" in archive.names else {}
    found = [one.target for one in roots.values() if one.kind == "officedocument"]
    main = found[0] if found else "xl/workbook.xml"
    if main not in archive.names or main.endswith(".bin"):
        raise NoSheet(_alien(archive))
    return main


def _alien(archive: Archive) -> Words:
    for begin, words in _ALIEN.items():
        if any(name.startswith(begin) for name in archive.names):
            return words
    return ZIP


def _related(archive: Archive, part: str) -> dict[str, _Relation]:
    folder, name = posixpath.split(part)
    relations = _Relations(folder)
    where = posixpath.join(folder, "_rels", f"{name}.rels")
    if where not in archive.names:
        raise BrokenWorkbook(f"no {where}")
    relations.run(archive, where)
    return relations.found


def _kind(related: Mapping[str, _Relation], relation: str) -> str | None:
    return related[relation].kind if relation in related else None


# -- what is in a part


class _Pass:
    """One pass over a part, which is refused while it is read. `name`: what a person calls it."""

    name = Words("Một phần của tệp XLSX", "A part of the XLSX file")
    most: int | None = None

    def begin(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...

    def run(self, archive: Archive, part: str) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self._refuse
        self._elements, read = 0, 0
        try:
            for piece in archive.pieces(part):
                read += len(piece)
                if self.most is not None and read > self.most:
                    raise SheetTooLarge(
                        f"Chữ trong tệp XLSX chiếm hơn {self.most // 10**6} MB",
                        f"The texts of the XLSX file take over {self.most // 10**6} MB",
                    )
                parser.Parse(piece)
                if read - max(parser.CurrentByteIndex, 0) > MAX_TOKEN:
                    raise BrokenWorkbook(f"{part}: a tag of over {MAX_TOKEN} bytes")
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise BrokenWorkbook(f"{part}: {error!r}") from error

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise SheetTooLarge(
                f"{self.name.vi} có hơn {vi(MAX_ELEMENTS)} mục",
                f"{self.name.en} has over {MAX_ELEMENTS:,} elements",
            )
        self.begin(_local(name), attributes)

    def _end(self, name: str) -> None:
        self.end(_local(name))

    def _refuse(self, *_: object) -> None:
        raise BrokenWorkbook("a document type")


def _local(name: str) -> str:
    """A name of the standard's, or none: programs add elements of their own."""
    space, _, local = name.rpartition(" ")
    return local if space in _SPACES else ""


class _Relations(_Pass):
    def __init__(self, folder: str) -> None:
        self.found: dict[str, _Relation] = {}
        self._folder = folder

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes["Type"].replace("\\", "/").rpartition("/")[2].lower()
        given = unquote(attributes["Target"]).replace("\\", "/")
        target = posixpath.normpath(posixpath.join("/", self._folder, given))
        self.found[attributes["Id"]] = _Relation(kind, target.lstrip("/").lower())


class _Listed(NamedTuple):
    title: str
    visible: bool
    relation: str


class _Contents(_Pass):
    def __init__(self) -> None:
        self.sheets: list[_Listed] = []
        self.from_1904 = False
        self.root = ""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self.root = self.root or name or "another"
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in _TRUE
        if name == "sheet":
            relation = next(
                (attributes[f"{space} id"] for space in _RELATED if f"{space} id" in attributes), ""
            )
            state = attributes.get("state", "visible")
            self.sheets.append(_Listed(attributes["name"], state == "visible", relation))


class _Styles(_Pass):
    name = Words("Phần định dạng", "The formatting")

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._formats: dict[str, str] = {str(n): code for n, code in BUILTIN_FORMATS.items()}
        self._of_cells = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "numFmt":
                self._formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "cellXfs":
                self._of_cells = True
            case "xf" if self._of_cells:
                code = self._formats.get(attributes.get("numFmtId", "0"), "General")
                self.dates.append(is_date_format(code))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._of_cells = False


class _Written(_Pass):
    """Texts, whole or in runs. What stands above a word to tell how it is read is no part of it."""

    texts = frozenset({"t"})

    def __init__(self) -> None:
        self._said: list[str] = []
        self._length = 0
        self._within = self._phonetic = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "rPh":
            self._phonetic = True
        if name in self.texts:
            self._within = not self._phonetic

    def end(self, name: str) -> None:
        if name == "rPh":
            self._phonetic = False
        if name in self.texts:
            self._within = False

    def text(self, text: str) -> None:
        if not self._within:
            return
        self._length += len(text)
        if self._length > MAX_CELL:
            raise SheetTooLarge(
                f"Một ô dài hơn {vi(MAX_CELL)} ký tự", f"A cell is over {MAX_CELL:,} characters"
            )
        self._said.append(text)

    def taken(self) -> str:
        """What was said since the last time."""
        said, self._said, self._length = "".join(self._said), [], 0
        return _unescaped(said)


class _Texts(_Written):
    name = Words("Bảng chữ", "The table of texts")
    most = MAX_STRINGS

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.found.append(self.taken())


class _Sheet(_Written):
    name = Words("Một trang tính", "A worksheet")
    texts = frozenset({"t", "v", "f"})

    def __init__(
        self, title: str, texts: Sequence[str], dates: Sequence[bool], epoch: datetime
    ) -> None:
        super().__init__()
        self.page = Page(title)
        self._texts, self._dates, self._epoch = texts, dates, epoch
        self._rows = self._row = self._column = 0
        self._row_hidden = False
        self._cells: dict[int, str] = {}
        self._cell: Mapping[str, str] = {}
        self._formula: str | None = None
        self._value = ""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        super().begin(name, attributes)
        match name:
            case "row":
                self._begin_row(attributes)
            case "c":
                self._begin_cell(attributes)
            case "mergeCell":
                self._merge(attributes["ref"])
            case "col" if attributes.get("hidden") in _TRUE or _none(attributes.get("width")):
                first, last = int(attributes["min"]), int(attributes["max"])
                self.page.hidden.update(range(first - 1, min(last, MAX_COLUMNS)))

    def end(self, name: str) -> None:
        super().end(name)
        match name:
            case "f":
                self._formula = self.taken()
            case "v" | "is":
                self._value = self.taken()
            case "c":
                self._end_cell()
            case "row" if any(text.strip() for text in self._cells.values()):
                self._end_row()

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        number = int(attributes.get("r", self._row + 1))
        self._rows += 1
        if self._rows > MAX_LINES:
            raise too_many_rows()
        if number <= self._row:
            raise ValueError(f"row {number} behind row {self._row}")
        self._row, self._column, self._cells = number, 0, {}
        self._row_hidden = attributes.get("hidden") in _TRUE or _none(attributes.get("ht"))

    def _end_row(self) -> None:
        width = max(self._cells, default=-1) + 1
        cells = [self._cells.get(index, "") for index in range(width)]
        self.page.lines.append(Line(self._row, cells, self._row_hidden))
        if len(self.page.lines) > MAX_READ or self._row > MAX_LINES:
            raise too_many_rows()

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        where = attributes.get("r")
        self._column = _place(where)[0] if where else self._column + 1
        self._cell, self._formula, self._value = attributes, None, ""

    def _end_cell(self) -> None:
        if self._column <= MAX_COLUMNS and (text := self._shown()):
            self._cells[self._column - 1] = text

    def _shown(self) -> str:
        """A cell as a person sees it; a formula as text behind `=`."""
        if self._formula is not None:
            return f"={self._formula or self._value}"
        value = self._value
        match self._cell.get("t", "n"):
            case "s" if value:
                return self._texts[_index(value)]
            case "b":
                return "TRUE" if value.strip() in _TRUE else "FALSE"
            case "d" if _DATED.match(value.strip()):
                return _day(datetime.fromisoformat(value.strip()[:10]))
            case "n" if value.strip():
                style = _index(self._cell.get("s", "0"))
                is_date = style < len(self._dates) and self._dates[style]
                return _number(value.strip(), self._epoch if is_date else None)
        return value

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        (column, top), (_, bottom) = _place(first), _place(last or first)
        self.page.merged.append((column - 1, top, bottom, ref))
        if len(self.page.merged) > MAX_MERGED:
            raise SheetTooLarge(
                f"Trang tính có hơn {vi(MAX_MERGED)} vùng gộp ô",
                f"The worksheet has over {MAX_MERGED:,} merged ranges",
            )


def _unescaped(text: str) -> str:
    """ST_Xstring: a letter that XML refuses stands there by its number."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _place(ref: str) -> tuple[int, int]:
    """Column and row, from 1."""
    found = _CELL.fullmatch(ref)
    if found is None:
        raise ValueError(f"no cell {ref[:20]!r}")
    return column_index_from_string(found[1].upper()), int(found[2])


def _index(text: str) -> int:
    if (number := int(text)) < 0:
        raise ValueError(f"no place {number}")
    return number


def _none(size: str | None) -> bool:
    return size is not None and float(size) == 0


def _number(text: str, epoch: datetime | None) -> str:
    number = float(text)
    if epoch is not None and 1 <= number < 2_958_466:  # to the end of 9999
        early = epoch == _EPOCHS[False] and number < _LEAP
        return _day(epoch + timedelta(days=number + early))
    return str(int(number)) if number.is_integer() else str(number)


def _day(at: datetime) -> str:
    return f"{at:%d/%m/%Y}"
