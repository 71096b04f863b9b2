"""The form in which a list comes, read strictly: each part once, each as it is meant."""

import hashlib
import re
from datetime import date, datetime
from typing import Any

from flask import Request
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from chassis.http.bodies import UploadedFile
from chassis.problems import FieldProblem, Unprocessable
from contracts.text import Line
from services.dossier.application.imports import VIETNAM, Submission
from services.dossier.bootstrap import read_sheet
from services.dossier.domain.imports import wrong_day
from services.dossier.problems import NotAForm

MULTIPART = "multipart/form-data"


class ListForm(BaseModel):
    """`reported_on`: the day for which the list says it; `source`: where the list is from."""

    model_config = ConfigDict(extra="forbid")

    file: UploadedFile
    reported_on: date | None = None
    source: Line | None = None


FORM = {
    "requestBody": {
        "required": True,
        "content": {MULTIPART: {"schema": ListForm.model_json_schema()}},
    }
}
"""flask-openapi3 would read each text of a form as JSON: a source named 2023 is a number then."""


def read_submission(request: Request) -> Submission:
    form = ListForm.model_validate(_parts(request))
    name = _name(form.file.filename or "")
    stream = form.file.stream
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return Submission(
        file=name,
        sha256=digest,
        reported_on=_day(form.reported_on),
        source=form.source or name,
        sheet=read_sheet(stream),
    )


def _parts(request: Request) -> dict[str, Any]:
    if request.mimetype != MULTIPART or "boundary" not in request.mimetype_params:
        raise NotAForm
    found = [*request.form.items(multi=True), *request.files.items(multi=True)]
    parts = dict(found)
    if len(parts) != len(found):
        names = [name for name, _ in found]
        raise Unprocessable(
            "Có phần gửi hai lần.", "A part stands twice.",
            [
                FieldProblem(name, "chỉ gửi một lần", "send it once")
                for name in parts
                if names.count(name) > 1
            ],
        )  # fmt: skip
    return parts


def _day(given: date | None) -> date:
    today = datetime.now(VIETNAM).date()
    if given and (words := wrong_day(given, today)):
        raise Unprocessable(
            "Ngày của danh sách chưa đúng.", "The day of the list is not right.",
            [FieldProblem("reported_on", words.vi, words.en)],
        )  # fmt: skip
    return given or today


def _name(given: str) -> str:
    """Without the folders that some programs send with it."""
    last = re.split(r"[/\\]", given)[-1].strip(" .")
    try:
        return TypeAdapter(Line).validate_python(last or "danh-sach")
    except ValidationError as error:
        raise Unprocessable(
            "Tên tệp không dùng được.", "The file's name cannot be used.",
            [FieldProblem("file", "đổi tên tệp ngắn gọn hơn", "give the file a shorter name")],
        ) from error  # fmt: skip
