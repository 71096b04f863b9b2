from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from chassis.http.access import allowed, caller
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.uploads import described, stored
from chassis.http.versions import if_match, versioned
from chassis.store.files import Files
from chassis.store.unit_of_work import run
from chassis.tenants import Tenants
from chassis.tokens import Role
from services.evaluation.application.certificates import Sealing
from services.evaluation.application.higher_results import (
    Entry,
    annul_higher_result,
    attach_paper,
    confirm_higher_result,
    enter_higher_result,
    higher_result_of,
    higher_results_of,
    paper_of,
    reject_higher_result,
    settleable,
)
from services.evaluation.domain.higher_results import Finding, HigherResult, HigherState
from services.evaluation.domain.sessions import Done
from services.evaluation.entrypoints.http.attached import PaperForm, read_pdf
from services.evaluation.entrypoints.http.sessions import Reason, office_of

READERS = (Role.OFFICER, Role.ADMINISTRATOR, Role.AUTHORITY)


class HigherPath(TenantPath):
    id: AskedId


class HigherAnswer(BaseModel):
    """`paper`: the name of its file. `may`: the acts that the caller may do now."""

    id: str
    tenant: str
    version: int
    result_id: str
    product_id: str
    product: str
    producer: str
    found: Finding
    state: HigherState
    entered: Done
    paper: str | None
    settled: Done | None
    annulled: Done | None
    reason: str | None
    certificate_id: str | None
    may: list[str]

    @classmethod
    def of(cls, one: HigherResult, *, apart: bool) -> "HigherAnswer":
        """`apart`: whether the caller had no hand in it."""
        return cls(
            **one.model_dump(include=set(cls.model_fields) - {"paper", "may"}),
            paper=one.paper.name if one.paper else None, may=_may(one, apart=apart),
        )  # fmt: skip


class HigherPage(BaseModel):
    items: list[HigherAnswer]
    after: str | None


def higher_results(tenants: Tenants, seal: Sealing) -> APIBlueprint:
    routes = blueprint("higher-results", __name__)

    @routes.post("", responses={201: HigherAnswer})
    @allowed(Role.OFFICER, Role.ADMINISTRATOR)
    def enter(path: TenantPath, body: Entry) -> Response:
        """What a level that keeps no records here found of a product that went up to it."""
        return _answer(run(enter_higher_result, body), 201)

    @routes.get("", responses={200: HigherPage})
    @allowed(*READERS)
    def list_all(path: TenantPath, query: Page) -> dict[str, Any]:
        """The tenant's, by id."""
        found = run(higher_results_of, query.after, query.limit)
        items = _answers(found)
        return HigherPage(items=items, after=query.next_after(found)).model_dump(mode="json")

    @routes.get("/<id>", responses={200: HigherAnswer})
    @allowed(*READERS)
    def read(path: HigherPath) -> Response:
        return _answer(run(higher_result_of, path.id))

    @routes.put(
        "/<id>/paper", responses={200: HigherAnswer}, openapi_extensions=described(PaperForm)
    )
    @allowed(Role.OFFICER, Role.ADMINISTRATOR)
    def attach(path: HigherPath) -> Response:
        """The decision as it came, a PDF; until it is confirmed another may take its place."""
        pdf = read_pdf()
        run(higher_result_of, path.id)  # nothing is kept for one that is not there
        return _answer(run(attach_paper, path.id, pdf.keep(), pdf.name, if_match()))

    @routes.get("/<id>/paper")
    @allowed(*READERS)
    def read_paper(path: HigherPath) -> Response:
        paper = run(paper_of, path.id)
        return stored(Files().open(paper.file.sha256), paper.name)

    @routes.post("/<id>/confirmation", responses={200: HigherAnswer})
    @allowed(Role.AUTHORITY, below=True)
    def confirm(path: HigherPath) -> Response:
        """By another person than who entered it: its certificate is issued with it."""
        office = office_of(tenants, path.tenant)
        return _answer(run(confirm_higher_result, path.id, if_match(), office, seal))

    @routes.post("/<id>/rejection", responses={200: HigherAnswer})
    @allowed(Role.AUTHORITY)
    def reject(path: HigherPath, body: Reason) -> Response:
        """Another may be entered then."""
        return _answer(run(reject_higher_result, path.id, body.reason))

    @routes.post("/<id>/annulment", responses={200: HigherAnswer})
    @allowed(Role.AUTHORITY, below=True)
    def annul(path: HigherPath, body: Reason) -> Response:
        """It was confirmed by mistake: all is as it was before. Another may be entered then."""
        return _answer(run(annul_higher_result, path.id, body.reason))

    return routes


def _answer(one: HigherResult, status: int = 200) -> Response:
    return versioned(*_answers([one]), one.version, status)


def _answers(found: Sequence[HigherResult]) -> list[HigherAnswer]:
    apart = run(settleable, found)
    return [HigherAnswer.of(one, apart=one.id in apart) for one in found]


def _may(one: HigherResult, *, apart: bool) -> list[str]:
    who = caller()
    if who is None:
        return []
    settles = apart and Role.AUTHORITY in who.roles
    entered = one.state is HigherState.ENTERED
    acts = {
        "paper": entered and bool(who.roles & {Role.OFFICER, Role.ADMINISTRATOR}),
        "confirmation": entered and settles,
        "rejection": entered and settles,
        "annulment": settles and one.state is HigherState.CONFIRMED,
    }
    return [name for name, may in acts.items() if may]
