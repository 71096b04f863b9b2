"""The form in which a list comes."""

import hashlib
from datetime import date, datetime

from flask import Request
from pydantic import BaseModel, ConfigDict

from chassis.http.bodies import UploadedFile
from chassis.http.uploads import described, read_form, sent_name
from chassis.problems import FieldProblem, Unprocessable
from contracts.text import Line
from services.dossier.application.imports import VIETNAM, Submission
from services.dossier.bootstrap import read_sheet
from services.dossier.domain.imports import wrong_day


class ListForm(BaseModel):
    """`reported_on`: the day for which the list says it; `source`: where the list is from."""

    model_config = ConfigDict(extra="forbid")

    file: UploadedFile
    reported_on: date | None = None
    source: Line | None = None


FORM = described(ListForm)


def read_submission(request: Request) -> Submission:
    given = read_form(ListForm, request)
    name = sent_name(given.file, "danh-sach")
    stream = given.file.stream
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return Submission(
        file=name,
        sha256=digest,
        reported_on=_day(given.reported_on),
        source=given.source or name,
        sheet=read_sheet(stream),
    )


def _day(given: date | None) -> date:
    today = datetime.now(VIETNAM).date()
    if given and (words := wrong_day(given, today)):
        raise Unprocessable(
            "Ngày của danh sách chưa đúng.", "The day of the list is not right.",
            [FieldProblem("reported_on", words.vi, words.en)],
        )  # fmt: skip
    return given or today
