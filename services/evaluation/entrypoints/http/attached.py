"""A paper that comes in a form: a PDF, and nothing else."""

from typing import IO, NamedTuple

from flask import request
from pydantic import BaseModel, ConfigDict

from chassis.files import MediaType, StoredFile, recognised, shown_name
from chassis.http.bodies import UploadedFile
from chassis.http.uploads import read_form
from chassis.problems import FieldProblem, Unprocessable
from chassis.store.files import Files


class PaperForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: UploadedFile


class Pdf(NamedTuple):
    """`name`: by which people know it."""

    content: IO[bytes]
    name: str

    def keep(self) -> StoredFile:
        """Once it is known that what it belongs to is there."""
        self.content.seek(0)
        return Files().put(self.content, self.name)


def read_pdf() -> Pdf:
    """The request's, which is not kept yet."""
    upload = read_form(PaperForm, request).file
    name = shown_name(upload.filename or "")
    if recognised(upload.stream, name) is not MediaType.PDF:
        raise Unprocessable(
            "Bản chụp quyết định phải là PDF.", "The paper has to be a PDF.",
            [FieldProblem("file", "phải là PDF", "has to be a PDF")],
        )  # fmt: skip
    return Pdf(upload.stream, name)
