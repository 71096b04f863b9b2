"""A paper that comes in a form: a PDF, and nothing else."""

from flask import request
from pydantic import BaseModel, ConfigDict

from chassis.files import MediaType
from chassis.http.bodies import UploadedFile
from chassis.http.uploads import Upload, read_form, read_upload
from chassis.problems import FieldProblem, Unprocessable


class PaperForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: UploadedFile


def read_pdf() -> Upload:
    """The request's, which is not kept yet."""
    upload = read_upload(read_form(PaperForm, request).file)
    if upload.media_type is not MediaType.PDF:
        raise Unprocessable(
            "Bản chụp quyết định phải là PDF.", "The paper has to be a PDF.",
            [FieldProblem("file", "phải là PDF", "has to be a PDF")],
        )  # fmt: skip
    return upload
