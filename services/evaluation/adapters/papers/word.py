"""A paper as DOCX, from a DOCX template. Imported in the child that makes it, and nowhere else."""

import io
from typing import Any

import segno
from docx.oxml.ns import qn
from docx.shared import Emu, Mm
from docxtpl import DocxTemplate, InlineImage

from contracts.text import Words
from services.evaluation.adapters.papers.measuring import Unfit, missing
from services.evaluation.adapters.papers.pdf import fitted
from services.evaluation.adapters.papers.templates import SUFFIX, Templates, environment, values
from services.evaluation.domain.papers import Content, Format

QR_MM = 30
LEAST_MM = 30
"""Of a first column."""


class Picture:
    """Of the library's picture a template gets the drawing, and not the document that it knows."""

    __slots__ = ("_image",)

    def __init__(self, image: InlineImage) -> None:
        self._image = image

    def __html__(self) -> str:
        return str(self._image)


def docx(templates: Templates, name: str, content: Content) -> bytes:
    template = DocxTemplate(io.BytesIO(templates.bytes(name) or b""))
    told: dict[str, Any] = values(content) | {"fit": 1}
    if "check_url" in told:
        drawn = io.BytesIO()
        segno.make(told["check_url"], error="m").save(drawn, kind="png", scale=8, border=0)
        told["qr"] = Picture(InlineImage(template, drawn, width=Mm(QR_MM)))
    template.render(told, environment(lambda _: None))
    _fit(template.docx)
    if content.one_page:
        _shrink(template.docx, _size(content))
    _need_all(template.docx, content)
    made = io.BytesIO()
    template.save(made)
    return made.getvalue()


def _need_all(document: Any, content: Content) -> None:
    """Unfit where something required does not stand in it, or the code is not drawn."""
    body = document.element.body
    text = "".join(one.text or "" for one in body.iter(qn("w:t")))
    if words := missing(text, content):
        raise Unfit(words)
    if content.scanned is not None and next(body.iter(qn("w:drawing")), None) is None:
        raise Unfit(Words("thiếu mã QR: {{ qr }}", "its QR code is missing: {{ qr }}"))


def _size(content: Content) -> float:
    """What our own PDF needs to have it on one page: nobody measures a DOCX but the program that
    shows it, and the letters are as wide."""
    _, fit = fitted(Templates(None, ""), f"{content.kind}{SUFFIX[Format.PDF]}", content)
    return fit


def _shrink(document: Any, fit: float) -> None:
    """The lines of the body, which have no bound; what is in cells beside one another stays."""
    for paragraph in document.paragraphs if fit < 1 else []:
        for run in paragraph.runs:
            if run.font.size:
                run.font.size = Emu(int(run.font.size * fit))
        form = paragraph.paragraph_format
        form.space_before, form.space_after = (
            space and Emu(int(space * fit)) for space in (form.space_before, form.space_after)
        )


def _fit(document: Any) -> None:
    """A table that is wider than the page, for its columns were repeated, takes it from its first
    column, and then from all. Word would do so by itself, and other programs do not."""
    section = document.sections[0]
    most = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        first, *others = [cell.width or 0 for cell in table._tbl.tr_lst[0].tc_lst]
        if first + sum(others) <= most or not others:
            continue
        first = max(most - sum(others), Mm(LEAST_MM))
        share = min(1, (most - first) / sum(others))
        widths = [first, *(Emu(int(width * share)) for width in others)]
        for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=False):
            column.w = width
        for row in table._tbl.tr_lst:
            for cell, width in zip(row.tc_lst, widths, strict=False):
                cell.width = width
