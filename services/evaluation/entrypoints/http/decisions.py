from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from chassis.http.access import allowed, caller, signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.uploads import described, stored
from chassis.http.versions import if_match, versioned
from chassis.store.files import Files
from chassis.store.unit_of_work import run
from chassis.tenants import Tenants
from chassis.tokens import Role
from contracts.dossier import Potential, Star
from contracts.results import DecisionFacts
from services.evaluation.application.certificates import Sealing
from services.evaluation.application.decisions import (
    Correcting,
    Deciding,
    annul_decision,
    attach_paper,
    changeable,
    correct_decision,
    decide,
    decision_of,
    decisions_of,
    own_decision,
    paper_of,
)
from services.evaluation.domain.decisions import Correction, Decision
from services.evaluation.domain.sessions import Done
from services.evaluation.entrypoints.http.attached import PaperForm, read_pdf
from services.evaluation.entrypoints.http.sessions import Reason, office_of


class DecisionPath(TenantPath):
    id: AskedId


class DecidedAnswer(BaseModel):
    result_id: str
    certificate_id: str
    certificate_number: str
    product_id: str
    product: str
    producer: str
    star: Star
    potential: Potential | None


class DecisionAnswer(BaseModel):
    """`paper`: the name of the signed one's file. `corrections`: beside what the decision says.
    `may`: the acts that the caller may do now."""

    id: str
    tenant: str
    version: int
    facts: DecisionFacts
    products: list[DecidedAnswer]
    decided: Done
    paper: str | None
    corrections: list[Correction]
    annulled: Done | None
    annulled_for: str | None
    may: list[str]

    @classmethod
    def of(cls, one: Decision, *, changes: bool) -> "DecisionAnswer":
        """`changes`: whether the caller may correct and annul it."""
        return cls(
            id=one.id, tenant=one.tenant, version=one.version, facts=one.facts,
            products=[
                DecidedAnswer(
                    result_id=line.result_id, certificate_id=line.certificate_id,
                    **line.told.model_dump(exclude={"contacts"}),
                )
                for line in one.products
            ],
            decided=one.decided, paper=one.paper.name if one.paper else None,
            corrections=list(one.corrections), annulled=one.annulled,
            annulled_for=one.annulled_for,
            may=["corrections", "annulment"] if changes else [],
        )  # fmt: skip


class DecisionPage(BaseModel):
    items: list[DecisionAnswer]
    after: str | None


def decisions(tenants: Tenants, seal: Sealing) -> APIBlueprint:
    routes = blueprint("decisions", __name__)

    @routes.post("", responses={201: DecisionAnswer})
    @allowed(Role.AUTHORITY, below=True)
    def make(path: TenantPath, body: Deciding) -> Response:
        """By the authority: the certificates of these results are issued with it."""
        return _answer(run(decide, body, office_of(tenants, path.tenant), seal), 201)

    @routes.get("", responses={200: DecisionPage})
    @signed_in(below=True)
    def list_all(path: TenantPath, query: Page) -> dict[str, Any]:
        """Those that the caller may read, by id."""
        found = run(decisions_of, query.after, query.limit)
        items = _answers(found)
        return DecisionPage(items=items, after=query.next_after(found)).model_dump(mode="json")

    @routes.get("/<id>", responses={200: DecisionAnswer})
    @signed_in(below=True)
    def read(path: DecisionPath) -> Response:
        return _answer(run(decision_of, path.id))

    @routes.put(
        "/<id>/paper", responses={200: DecisionAnswer}, openapi_extensions=described(PaperForm)
    )
    @allowed(Role.AUTHORITY, Role.OFFICER, Role.ADMINISTRATOR)
    def attach(path: DecisionPath) -> Response:
        """The decision as it was signed, a PDF."""
        pdf = read_pdf()
        run(own_decision, path.id)  # nothing is kept for one that is not there
        return _answer(run(attach_paper, path.id, pdf.keep(), pdf.name, if_match()))

    @routes.get("/<id>/paper")
    @signed_in(below=True)
    def read_paper(path: DecisionPath) -> Response:
        paper = run(paper_of, path.id)
        return stored(Files().open(paper.file.sha256), paper.name)

    @routes.post("/<id>/corrections", responses={200: DecisionAnswer})
    @allowed(Role.AUTHORITY)
    def correct(path: DecisionPath, body: Correcting) -> Response:
        """Beside the decision, with the old and the new text."""
        return _answer(run(correct_decision, path.id, body))

    @routes.post("/<id>/annulment", responses={200: DecisionAnswer})
    @allowed(Role.AUTHORITY, below=True)
    def annul(path: DecisionPath, body: Reason) -> Response:
        """It counts no more, nor do its certificates; what they replaced stands again."""
        return _answer(run(annul_decision, path.id, body.reason))

    return routes


def _answer(one: Decision, status: int = 200) -> Response:
    return versioned(*_answers([one]), one.version, status)


def _answers(found: Sequence[Decision]) -> list[DecisionAnswer]:
    who = caller()
    decides = who is not None and Role.AUTHORITY in who.roles
    own = [one for one in found if decides and who and one.tenant == who.tenant]
    changes = run(changeable, own)
    return [DecisionAnswer.of(one, changes=one.id in changes) for one in found]
