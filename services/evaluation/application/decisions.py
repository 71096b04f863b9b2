"""The authority decides, corrects beside a decision, and annuls one."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chassis.files import StoredFile
from chassis.problems import Conflict, FieldProblem, NotFound, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from chassis.tokens import Role
from contracts.results import DecidedProduct, DecisionAnnulled, DecisionFacts, DecisionMade
from contracts.text import Id, Line, PaperNumber, Paragraph
from rules.numbers import number_key
from rules.procedures import procedures
from services.evaluation.application.certificates import (
    Sealing,
    annul_certificates,
    issue_certificates,
)
from services.evaluation.application.papers import request_paper
from services.evaluation.application.seats import OFFICE, done, supervised
from services.evaluation.application.separation import Separation, need_apart
from services.evaluation.domain import readers
from services.evaluation.domain.attached import Attached
from services.evaluation.domain.certificates import Certificate, Grant, certified_by
from services.evaluation.domain.councils import Council
from services.evaluation.domain.decisions import Certified, Correction, Decision, need_day
from services.evaluation.domain.higher_results import HigherResult, HigherState
from services.evaluation.domain.packages import Package, need_accepted
from services.evaluation.domain.records import Office, decision_paper
from services.evaluation.domain.results import Result

MOST_PRODUCTS = 200


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Deciding(Wanted):
    """`results`: in the order of the decision's list."""

    number: PaperNumber
    decided_on: date
    results: Annotated[list[Id], Field(min_length=1, max_length=MOST_PRODUCTS)]


class Correcting(Wanted):
    """`field`: `number`, `decided_on`, `agency`, or `products.1.product` of the list's first line;
    `now`: what it ought to say."""

    field: Line
    now: Line
    reason: Paragraph


def decide(work: UnitOfWork, wanted: Deciding, office: Office, seal: Sealing) -> Decision:
    """In the name of the office's authority. The certificates are issued with it."""
    _need_new_number(work, wanted)
    results = _results(work, wanted.results)
    need_apart(work, results)
    packages = {one.id: one for one in work.all(Package, id__in=[one.package for one in results])}
    need_accepted(packages.values())
    need_day(wanted.decided_on, results, work.at)
    facts = DecisionFacts(
        number=wanted.number, decided_on=wanted.decided_on, agency=office.authority
    )
    decision = Decision(tenant=work.scope.tenant, facts=facts, products=(), decided=done(work))
    for result in results:
        result.decide(decision.id)
    grants = [_grant(decision, one, packages[one.package]) for one in results]
    issued = issue_certificates(work, grants, office, seal)
    decision.products = tuple(map(_certified, results, issued))
    work.save(decision, *results)
    told = tuple(one.told for one in decision.products)
    work.tell(DecisionMade(decision=facts, products=told), about=decision)
    listed = [(one, packages[one.package]) for one in results]
    paper = decision_paper(decision, listed, office, work.scope.person.name)
    request_paper(work, decision.id, paper)
    return decision


def annul_decision(work: UnitOfWork, id: Id, reason: Paragraph) -> Decision:
    """Its results wait for another decision; what its certificates replaced stands again."""
    decision, results = _to_change(work, id)
    _refuse_under_recognition(work, results)
    decision.annul(done(work), reason)
    for result in results:
        result.undecide()
    annul_certificates(work, id)
    work.save(decision, detail={"reason": reason})
    work.save(*results)
    told = tuple(one.told for one in decision.products)
    work.tell(
        DecisionAnnulled(decision=decision.facts, reason=reason, products=told), about=decision
    )
    return decision


def attach_paper(
    work: UnitOfWork, id: Id, file: StoredFile, name: Line, seen: int | None
) -> Decision:
    """The decision as it was signed."""
    decision, _ = _to_change(work, id)
    work.expect(decision, seen)
    decision.attach(Attached(file=file, name=name, by=done(work)))
    work.save(decision)
    return decision


def paper_of(work: UnitOfWork, id: Id) -> Attached:
    if paper := decision_of(work, id).paper:
        return paper
    raise NotFound("Chưa có bản ký.", "No signed paper has been attached.")


def correct_decision(work: UnitOfWork, id: Id, wanted: Correcting) -> Decision:
    decision, _ = _to_change(work, id)
    was = decision.said(wanted.field)
    correction = Correction(
        field=wanted.field, was=was, now=wanted.now, reason=wanted.reason,
        by=work.scope.actor, at=work.at,
    )  # fmt: skip
    decision.correct(correction)
    work.save(decision, detail=correction.model_dump(mode="json"))
    return decision


def decisions_of(work: UnitOfWork, after: str | None, limit: int) -> list[Decision]:
    return work.page(Decision, after=after, limit=limit, readers__in=_keys(work))


def decision_of(work: UnitOfWork, id: Id) -> Decision:
    if found := work.first(Decision, id=id, readers__in=_keys(work)):
        return found
    raise _no_decision()


def changeable(work: UnitOfWork, decisions: Sequence[Decision]) -> frozenset[Id]:
    """Those of them that still stand and of which the caller stands apart, by id."""
    standing = [one for one in decisions if one.annulled is None]
    results = work.all(Result, decision_id__in=[one.id for one in standing])
    around = Separation.around(work, results)
    return frozenset(
        one.id
        for one in standing
        if around.allows(each for each in results if each.decision_id == one.id)
    )


def _to_change(work: UnitOfWork, id: Id) -> tuple[Decision, list[Result]]:
    """The tenant's own, with its results, by who stands apart from them."""
    decision = own_decision(work, id)
    results = work.all(Result, decision_id=id)
    need_apart(work, results)
    return decision, results


def _refuse_under_recognition(work: UnitOfWork, results: Sequence[Result]) -> None:
    """What was recognised on a higher level's result rests on this level's own decision."""
    ids = [one.id for one in results]
    confirmed = work.all(HigherResult, result_id__in=ids, state=HigherState.CONFIRMED)
    if recognised := [one for one in confirmed if one.recognises]:
        raise Conflict(
            f"Đã công nhận “{recognised[0].product}” trên kết quả cấp trên: huỷ kết quả đó trước.",
            f"{recognised[0].product} was recognised on a higher level's result: annul that first.",
        )


def _keys(work: UnitOfWork) -> list[str]:
    """A commune's officers and the members of councils read every decision of their tenant."""
    person, tenant = work.scope.person, work.scope.tenant
    ways = [way for way in (person.phone, person.email) if way is not None]
    within = person.roles & (OFFICE | {Role.COMMUNE_OFFICER})
    return readers.keys_of(
        person, tenant,
        in_office=bool(within or work.first(Council, tenant=tenant, reachable__in=ways)),
        supervised=supervised(work),
    )  # fmt: skip


def _no_decision() -> NotFound:
    return NotFound("Không tìm thấy quyết định này.", "There is no such decision.")


def own_decision(work: UnitOfWork, id: Id) -> Decision:
    """The tenant's own, though its certificates may be below."""
    found = work.first(Decision, id=id, tenant=work.scope.tenant)
    if found is None:
        raise _no_decision()
    return found


def _need_new_number(work: UnitOfWork, wanted: Deciding) -> None:
    """Also of an annulled one: a number is given once. The index holds it against two at once."""
    year = wanted.decided_on.year
    if work.first(Decision, tenant=work.scope.tenant, year=year, number=number_key(wanted.number)):
        raise Unprocessable(
            "Số quyết định đã dùng trong năm.", "The number was used before in that year.",
            [FieldProblem("number", "chưa dùng trong năm", "has to be a new one of the year")],
        )  # fmt: skip


def _results(work: UnitOfWork, ids: Sequence[Id]) -> list[Result]:
    """The tenant's own, in that order, no product twice."""
    known = {one.id: one for one in work.all(Result, id__in=list(ids), tenant=work.scope.tenant)}
    products: set[str] = set()
    wrong = []
    for at, id in enumerate(ids):
        if id not in known:
            wrong.append(FieldProblem(f"results.{at}", "không có kết quả này", "no such result"))
        elif (product := known[id].facts.product_id) in products:
            wrong.append(FieldProblem(f"results.{at}", "sản phẩm ghi hai lần", "stands twice"))
        else:
            products.add(product)
    if wrong:
        raise Unprocessable("Danh sách chưa đúng.", "The list is not right.", wrong)
    return [known[id] for id in ids]


def _grant(decision: Decision, result: Result, package: Package) -> Grant:
    facts, decided = result.facts, decision.facts
    assert facts.certifies is not None  # or it could not be decided
    validity = procedures()[result.procedure].validity
    return Grant(
        tenant=result.owner, product_id=facts.product_id,
        certified=certified_by(package.manifest), contacts=result.contacts, star=facts.certifies,
        potential=result.potential, level=facts.level, agency=decided.agency,
        decision=decided.number, decision_id=decision.id, decided_on=decided.decided_on,
        expires_on=validity.after(decided.decided_on), dossier_id=facts.dossier_id,
        package_id=result.package, result_id=result.id,
    )  # fmt: skip


def _certified(result: Result, certificate: Certificate) -> Certified:
    facts = certificate.facts
    told = DecidedProduct(
        product_id=facts.product_id, product=result.facts.product, producer=result.facts.producer,
        star=facts.star, potential=facts.potential, certificate_number=certificate.number,
        tenant=certificate.tenant, contacts=result.contacts,
    )  # fmt: skip
    return Certified(
        result_id=result.id, certificate_id=certificate.id, tenant=certificate.tenant, told=told
    )
