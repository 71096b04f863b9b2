from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel

from chassis.http.access import signed_in
from chassis.http.app import AskedId, Query, TenantPath, blueprint
from chassis.http.uploads import stored
from chassis.problems import Conflict
from chassis.store.files import Files
from chassis.store.unit_of_work import run
from contracts.text import Words
from services.evaluation.application.papers import readable_paper, readable_papers
from services.evaluation.domain.papers import Failure, Format, Kind, Paper, State

papers = blueprint("papers", __name__)


class PaperPath(TenantPath):
    id: AskedId


class FilePath(PaperPath):
    format: Format


class Subject(Query):
    """A session, a decision or a certificate."""

    subject: AskedId


class FileSummary(BaseModel):
    sha256: str
    size: int
    template: str
    template_sha256: str


class PaperSummary(BaseModel):
    """`member`: whose score sheet it is. `files`: by format, none before it is made. `failure`:
    what somebody has to mend in a template."""

    id: str
    kind: Kind
    subject: str
    title: str
    member: str | None
    state: State
    failure: Failure | None
    files: dict[Format, FileSummary]
    requested_at: datetime
    made_at: datetime | None

    @classmethod
    def of(cls, one: Paper) -> "PaperSummary":
        files = {
            format: FileSummary(
                sha256=made.file.sha256, size=made.file.size,
                template=made.template.name, template_sha256=made.template.sha256,
            )
            for format, made in one.files.items()
        }  # fmt: skip
        return cls(
            id=one.id, kind=one.kind, subject=one.subject, title=one.title,
            member=one.member and one.member.name, state=one.state, failure=one.failure,
            files=files, requested_at=one.requested_at, made_at=one.made_at,
        )  # fmt: skip


class Papers(BaseModel):
    items: list[PaperSummary]


class NotMade(Conflict):
    slug = "paper-not-made"
    title = Words("Văn bản chưa có", "The paper is not there yet")


@papers.get("", responses={200: Papers})
@signed_in()
def list_all(path: TenantPath, query: Subject) -> dict[str, Any]:
    """The papers of a session, decision or certificate that the caller may read."""
    found = run(readable_papers, query.subject)
    return Papers(items=[PaperSummary.of(one) for one in found]).model_dump(mode="json")


@papers.get("/<id>", responses={200: PaperSummary})
@signed_in()
def read(path: PaperPath) -> dict[str, Any]:
    """One paper, and how far it has come."""
    return PaperSummary.of(run(readable_paper, path.id)).model_dump(mode="json")


@papers.get("/<id>/files/<format>")
@signed_in()
def give(path: FilePath) -> Response:
    """The paper as docx or pdf."""
    paper = run(readable_paper, path.id)
    if paper.state is not State.MADE:
        failure = paper.failure or Failure(
            vi="Văn bản đang được tạo. Mời thử lại sau ít phút.",
            en="The paper is being made. Please try again in a few minutes.",
        )
        raise NotMade(failure.vi, failure.en, retry_after=None if paper.failure else 5)
    return stored(Files().open(paper.files[path.format].file.sha256), paper.title)
