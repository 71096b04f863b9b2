"""A paper as DOCX, from a DOCX template. Imported in the child that makes it, and nowhere else."""

import io
from typing import Any

import segno
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from services.evaluation.adapters.papers.templates import Templates, environment, values
from services.evaluation.domain.papers import Content

QR_MM = 30


class Picture:
    """Of the library's picture a template gets the drawing, and not the document that it knows."""

    __slots__ = ("_image",)

    def __init__(self, image: InlineImage) -> None:
        self._image = image

    def __html__(self) -> str:
        return str(self._image)


def docx(templates: Templates, name: str, content: Content) -> bytes:
    template = DocxTemplate(io.BytesIO(templates.bytes(name) or b""))
    told: dict[str, Any] = values(content)
    if "check_url" in told:
        drawn = io.BytesIO()
        segno.make(told["check_url"], error="m").save(drawn, kind="png", scale=8, border=0)
        told["qr"] = Picture(InlineImage(template, drawn, width=Mm(QR_MM)))
    template.render(told, environment(lambda _: None))
    made = io.BytesIO()
    template.save(made)
    return made.getvalue()
