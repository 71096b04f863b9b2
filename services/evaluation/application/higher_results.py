"""A higher level's result is entered, has its paper attached, is confirmed, rejected, annulled."""

from collections.abc import Sequence
from datetime import date

from chassis.files import StoredFile
from chassis.problems import Conflict, FieldProblem, NotFound, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from contracts.results import HigherResultAnnulled, HigherResultConfirmed
from contracts.text import Id, Line, Paragraph, Slug
from rules.days import day_of
from rules.procedures import procedures
from services.evaluation.application.certificates import (
    Sealing,
    annul_certificates,
    issue_certificates,
    settle_potential,
)
from services.evaluation.application.seats import done
from services.evaluation.application.separation import Separation, need_apart
from services.evaluation.domain.attached import Attached
from services.evaluation.domain.certificates import Certificate, Grant, certified_by
from services.evaluation.domain.higher_results import (
    Finding,
    HigherResult,
    HigherState,
    need_gone_up,
)
from services.evaluation.domain.packages import Package, need_accepted
from services.evaluation.domain.records import Office
from services.evaluation.domain.results import Result


class Entry(Finding):
    """`result_id`: of the tenant's own, the one that went up."""

    result_id: Id


def enter_higher_result(work: UnitOfWork, wanted: Entry) -> HigherResult:
    """The result is saved with it: of two who enter it at once the second sees the first."""
    result = work.first(Result, id=wanted.result_id, tenant=work.scope.tenant)
    if result is None:
        raise Unprocessable(
            "Không có kết quả này.", "There is no such result.",
            [FieldProblem("result_id", "không có kết quả này", "is no result of the tenant's")],
        )  # fmt: skip
    Separation.around(work, [result]).need_impartial(result)
    standing = [HigherState.ENTERED, HigherState.CONFIRMED]
    if before := work.first(HigherResult, result_id=result.id, state__in=standing):
        raise Conflict(
            f"Kết quả cấp trên của “{before.product}” {before.state.words.vi}.",
            f"The higher level's result of {before.product} {before.state.words.en}.",
        )
    found = Finding(**wanted.model_dump(exclude={"result_id"}))
    procedure = procedures()[result.procedure]
    one = HigherResult.of(result, procedure, found, day_of(work.at), done(work))
    work.save(one, result)
    return one


def attach_paper(
    work: UnitOfWork, id: Id, file: StoredFile, name: Line, seen: int | None
) -> HigherResult:
    one = higher_result_of(work, id)
    result = work.get(Result, one.result_id)
    Separation.around(work, [result]).need_impartial(result)
    work.expect(one, seen)
    one.attach(Attached(file=file, name=name, by=done(work)))
    work.save(one)
    return one


def confirm_higher_result(
    work: UnitOfWork, id: Id, seen: int | None, office: Office, seal: Sealing
) -> HigherResult:
    """What that level certifies has its certificate with it. Otherwise nothing is potential any
    more, and what this tenant's authority recognises instead has its certificate."""
    one, result = _to_settle(work, id)
    work.expect(one, seen)
    one.confirm(done(work))
    need_gone_up(result)
    need_accepted([work.get(Package, result.package)])
    if one.granted(procedures()[result.procedure]):
        grant: Grant | None = _granted(work, one, result)
    else:
        result.refused_by = one.id
        grant = _recognised(work, one, result, office.authority)
    if grant is None:
        settle_potential(work, result)
    else:
        (certificate,) = issue_certificates(work, [grant], office, seal)
        one.certify(certificate)
    work.save(one, result)
    told = HigherResultConfirmed(
        higher=one.facts(result), contacts=result.contacts, owner=result.owner
    )
    work.tell(told, about=one)
    return one


def reject_higher_result(work: UnitOfWork, id: Id, reason: Paragraph) -> HigherResult:
    """Another may be entered then."""
    one, _ = _to_settle(work, id)
    one.reject(done(work), reason)
    work.save(one, detail={"reason": reason})
    return one


def annul_higher_result(work: UnitOfWork, id: Id, reason: Paragraph) -> HigherResult:
    """Its certificate is annulled, what that replaced stands again, and what was potential is."""
    one, result = _to_settle(work, id)
    one.annul(done(work), reason)
    if result.refused_by == one.id:
        result.refused_by = None
    if one.certificate_id is None:
        settle_potential(work, result)
    else:
        if own := _own_certificate(work, result):
            own.settle(result.potential)  # told with its standing again
        annul_certificates(work, one.id)
    work.save(one, result, detail={"reason": reason})
    told = HigherResultAnnulled(
        higher=one.facts(result), reason=reason, contacts=result.contacts, owner=result.owner
    )
    work.tell(told, about=one)
    return one


def higher_results_of(work: UnitOfWork, after: str | None, limit: int) -> list[HigherResult]:
    return work.page(HigherResult, after=after, limit=limit, tenant=work.scope.tenant)


def higher_result_of(work: UnitOfWork, id: Id) -> HigherResult:
    """The tenant's own, though its product may be below."""
    if found := work.first(HigherResult, id=id, tenant=work.scope.tenant):
        return found
    raise NotFound("Không tìm thấy.", "There is no such result of a higher level.")


def paper_of(work: UnitOfWork, id: Id) -> Attached:
    if paper := higher_result_of(work, id).paper:
        return paper
    raise NotFound("Chưa có tệp.", "No paper has been attached.")


def settleable(work: UnitOfWork, higher: Sequence[HigherResult]) -> frozenset[Id]:
    """Those of them of which the caller stands apart, by id."""
    results = {one.id: one for one in work.all(Result, id__in=[each.result_id for each in higher])}
    around = Separation.around(work, [*results.values()])
    return frozenset(one.id for one in higher if around.allows([results[one.result_id]], one.hands))


def _to_settle(work: UnitOfWork, id: Id) -> tuple[HigherResult, Result]:
    """The tenant's own, with the result that went up, by who stands apart from both."""
    one = higher_result_of(work, id)
    result = work.get(Result, one.result_id)
    need_apart(work, [result], one.hands)
    return one, result


def _granted(work: UnitOfWork, one: HigherResult, result: Result) -> Grant:
    found = one.found
    return _grant(
        work, one, result, star=found.star, level=found.level, agency=found.agency,
        decision=found.number, decided_on=found.decided_on,
        dossier_id=result.facts.dossier_id,
    )  # fmt: skip


def _recognised(work: UnitOfWork, one: HigherResult, result: Result, agency: Line) -> Grant | None:
    """It replaces the certificate of this tenant's own result, whatever that one's star was."""
    wanted = one.found.recognise
    if wanted is None:
        return None
    before = _own_certificate(work, result)
    if before is None:
        raise Conflict(
            f"“{one.product}” chưa có quyết định công nhận của cấp này.",
            f"{one.product} has no decision of this level yet.",
        )
    before.settle(result.potential)  # told with its replacement
    return _grant(
        work, one, result, star=wanted.star, level=result.facts.level, agency=agency,
        decision=wanted.number, decided_on=wanted.decided_on, dossier_id=None,
    )  # fmt: skip


def _own_certificate(work: UnitOfWork, result: Result) -> Certificate | None:
    return work.first(Certificate, result_id=result.id, annulled=False)


def _grant(
    work: UnitOfWork,
    one: HigherResult,
    result: Result,
    *,
    star: int,
    level: Slug,
    agency: Line,
    decision: Line,
    decided_on: date,
    dossier_id: Id | None,
) -> Grant:
    validity = procedures()[result.procedure].validity
    manifest = work.get(Package, result.package).manifest
    return Grant(
        tenant=result.owner, product_id=one.product_id, certified=certified_by(manifest),
        contacts=result.contacts, star=star, potential=None,
        level=level, agency=agency, decision=decision, decision_id=one.id,
        decided_on=decided_on, expires_on=validity.after(decided_on), dossier_id=dossier_id,
        package_id=result.package, result_id=one.id,
    )  # fmt: skip
