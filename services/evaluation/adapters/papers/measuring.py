"""Measuring a made file: whether all that has to stand in it does, where it can be read.

A template is an agency's, and names have up to 300 letters. What was pushed off its page, or under
another line, is in the file's text all the same: so places are looked at, and not words alone. The
code is scanned, as a phone would.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import zxingcpp
from pypdfium2 import PdfDocument, PdfPage

from contracts.text import Words
from services.evaluation.domain.papers import Content

SCANNED_AT = 150 / 72
"""Pixels a point: as fine as a copier's scan."""
LATIN = re.compile(r"[!-~\u00c0-\u024f\u1e00-\u1eff]")
"""What is looked at: of other scripts (Khmer) a file has shapes, in no order of letters."""
HYPHEN = "\ufffe"
"""What PDFium makes of one at the end of a line."""
TOUCHING = 0.25
"""Of a line's box, which another may cover: accents reach into the line above."""


class Unfit(Exception):
    """The file does not show what the paper has to."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def within(self, width: float, height: float) -> bool:
        across = self.left >= 0 and self.right <= width
        return across and self.bottom >= 0 and self.top <= height

    def joined(self, other: "Box") -> "Box":
        return Box(
            min(self.left, other.left), min(self.bottom, other.bottom),
            max(self.right, other.right), max(self.top, other.top),
        )  # fmt: skip

    def covers(self, other: "Box") -> bool:
        """More of it than lines do that stand below one another."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        least = min(self.top - self.bottom, other.top - other.bottom)
        return width > 0 and height > TOUCHING * least


class Letter(NamedTuple):
    text: str
    box: Box


class Page(NamedTuple):
    """`letters`: the Latin ones that lie on it, in the file's order."""

    letters: list[Letter]
    overlaid: bool


def wrong(made: bytes, content: Content) -> Words | None:
    """What is wrong with the file for who wrote its template; None where nothing is. Only kinds
    that say what they require are looked at."""
    if not content.required:
        return None
    document = PdfDocument(made)
    try:
        pages = [_read(document[at]) for at in range(len(document))]
        if content.one_page and len(pages) > 1:
            return Words("không vừa một trang", "it does not fit one page")
        if words := missing("".join(one.text for page in pages for one in page.letters), content):
            return words
        if any(one.overlaid for one in pages):
            return Words("chữ đè lên nhau", "lines lie over one another")
        if content.scanned is not None and content.scanned not in _codes(document[0]):
            return Words("mã QR không quét được", "its QR code cannot be scanned")
    finally:
        document.close()
    return None


def missing(text: str, content: Content) -> Words | None:
    """What of that which is required does not stand in a file's text."""
    shown = _plain(text)
    lacking = [one for one in content.required if _plain(one) not in shown]
    if not lacking:
        return None
    named = "; ".join(f"“{one[:60]}”" for one in lacking)
    return Words(f"trên giấy không thấy {named}", f"the paper does not show {named}")


def _read(page: PdfPage) -> Page:
    width, height = page.get_size()
    text = page.get_textpage()
    letters = []
    for at in range(text.count_chars()):
        letter = text.get_text_range(at, 1).replace(HYPHEN, "-")
        box = Box(*text.get_charbox(at, loose=True))
        if LATIN.match(letter) and box.within(width, height):
            letters.append(Letter(letter, box))
    text.close()
    return Page(letters, _overlaid([*_lines(letters)]))


def _lines(letters: Sequence[Letter]) -> Iterator[Box]:
    """Of letters that follow one another on one line."""
    line: Box | None = None
    for _, box in letters:
        if line and _goes_on(line, box):
            line = line.joined(box)
            continue
        if line:
            yield line
        line = box
    if line:
        yield line


def _goes_on(line: Box, box: Box) -> bool:
    middle, size = (box.bottom + box.top) / 2, box.top - box.bottom
    return line.bottom < middle < line.top and -size / 2 < box.left - line.right < 2 * size


def _overlaid(lines: Sequence[Box]) -> bool:
    return any(one.covers(other) for at, one in enumerate(lines) for other in lines[at + 1 :])


def _codes(page: PdfPage) -> list[str]:
    drawn = page.render(scale=SCANNED_AT, grayscale=True)
    pixels = memoryview(bytes(drawn.buffer)).cast("B", shape=[drawn.height, drawn.stride])
    return [one.text for one in zxingcpp.read_barcodes(pixels)]


def _plain(text: str) -> str:
    """Whatever the case and wherever a line was broken."""
    return "".join(LATIN.findall(text)).casefold()
