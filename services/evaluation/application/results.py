"""A session is closed, which computes; sent back or approved; a result is read or annulled."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from chassis.problems import Conflict, FieldProblem, Forbidden, NotFound
from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import Seat, SessionApproved, SessionClosed
from contracts.results import ResultAnnulled, ResultApproved, ResultEscalated
from contracts.text import Id, Paragraph, Slug, Words
from rules.ranking import Ranking, rank
from services.evaluation.application.certificates import need_none_above, settle_potential
from services.evaluation.application.papers import request_paper
from services.evaluation.application.scorings import put_off_unjudged
from services.evaluation.application.seats import OFFICE, Sitting, done, sitting, supervised
from services.evaluation.application.separation import Separation
from services.evaluation.application.withheld import withheld, withheld_results
from services.evaluation.domain import readers
from services.evaluation.domain.councils import Council
from services.evaluation.domain.higher_results import HigherResult, HigherState
from services.evaluation.domain.packages import Package, PackageState, need_accepted
from services.evaluation.domain.records import Held, Office, Product, report, session_papers
from services.evaluation.domain.results import Result, ResultState
from services.evaluation.domain.scorings import Scoring, ScoringState
from services.evaluation.domain.sessions import Act, Interested, NobodyLeft, another
from services.evaluation.domain.sheets import Sheet, shown


class Seen(NamedTuple):
    """A result to who may read it. `inside`: the members' totals as well. `annuls`: whether the
    caller may annul it now."""

    result: Result
    inside: bool
    annuls: bool


class NotFinished(Conflict):
    slug = "not-finished"
    title = Words("Còn sản phẩm chưa xong", "A product is not finished")


def close_session(work: UnitOfWork, id: Id, office: Office) -> Sitting:
    """All scorings are saved with it: a lock, a new round, an elimination of this moment comes
    before it or after it."""
    at = sitting(work, id, Act.CLOSE)
    session, council = at.session, at.council
    scorings = {one.package_id: one for one in at.scorings}
    standing = [scorings[id] for id in session.packages]
    packages = {one.id: one for one in work.all(Package, id__in=session.packages)}
    _refuse_unfinished(at, standing, packages)
    if Seat.CHAIR not in at.acting(Act.APPROVE):
        raise NobodyLeft
    by = done(work)
    session.close(council, by)
    own = work.all(Sheet, session_id=id)
    sheets = [sheet for scoring in standing for sheet in shown(scoring, own)]
    rankings = _rankings(council, standing, sheets)
    products = []
    for scoring in standing:
        package, found = packages[scoring.package_id], rankings.get(scoring.id)
        result = found and Result.computed(session, council, scoring, package, found, by)
        products.append(Product(package, scoring, result))
        scoring.compute()
    work.save(session, *scorings.values(), *(one.result for one in products if one.result))
    work.tell(SessionClosed(session=session.facts), about=session)
    _ask_for_papers(work, Held(session, council, office, products, sheets))
    return at


def send_back(work: UnitOfWork, id: Id, reason: Paragraph) -> Sitting:
    """What was computed counts no more, and the session goes on."""
    at = sitting(work, id, Act.SEND_BACK)
    at.session.send_back()
    results = work.all(Result, session_id=id, state=ResultState.COMPUTED)
    for result in results:
        result.send_back()
    for scoring in at.scorings:
        scoring.take_back()
        put_off_unjudged(work, at, scoring)
    work.save(at.session, detail={"reason": reason})
    work.save(*results, *at.scorings)
    return at


def approve_session(work: UnitOfWork, id: Id, above: Slug | None, office: Office) -> Sitting:
    """`above`: the tenant over this one, to which a result goes up; None where none works here."""
    at = sitting(work, id, Act.APPROVE)
    session, by = at.session, done(work)
    session.approve(at.council, by)
    for scoring in at.scorings:
        scoring.need_sound()
    results = work.all(Result, session_id=id, state=ResultState.COMPUTED)
    packages = {one.id: one for one in work.all(Package, id__in=session.packages)}
    need_accepted([packages[one.package] for one in results])
    for result in results:
        result.approve(by)
        package = packages[result.package]
        work.save(result)
        approved = ResultApproved(
            result=result.facts, contacts=result.contacts, owner=package.owner
        )
        work.tell(approved, about=result)
        if result.facts.escalated_to and above:
            event = ResultEscalated(
                result=result.facts, manifest=package.manifest, owner=package.owner, to=above
            )
            work.tell(event, about=result)
        _refuse_lower(work, result, package)
    work.save(session, at.council)
    work.tell(SessionApproved(session=session.facts), about=session)
    _ask_for_report(work, at, office, results, packages)
    return at


def annul_result(work: UnitOfWork, id: Id, reason: Paragraph) -> Seen:
    """Before the decision. The product may be judged again. A higher level's result
    that was entered on it and waits is rejected with it."""
    result = result_of(work, id).result
    _need_annuls(work, result)
    waiting = _higher(work, result, HigherState.ENTERED)
    _refuse_under_another(work, result)
    result.annul(reason)
    for one in waiting:
        one.reject(done(work), reason)
        work.save(one, detail={"reason": reason})
    package = work.get(Package, result.package)
    package.leave(result.session_id)
    work.save(result, detail={"reason": reason})
    work.save(package)
    annulled = ResultAnnulled(
        result=result.facts, reason=reason, contacts=result.contacts, owner=package.owner
    )
    work.tell(annulled, about=result)
    _no_longer_refuse_lower(work, result)
    return _seen(work, result)


def results_of(
    work: UnitOfWork, after: str | None, limit: int, session_id: Id | None
) -> list[Result]:
    """Those that the caller may read, by id."""
    wanted: dict[str, Any] = {"session_id": session_id} if session_id else {}
    kept = withheld_results(work, **wanted)
    return work.page(
        Result, after=after, limit=limit, readers__in=_keys(work), id__nin=kept, **wanted
    )


def result_of(work: UnitOfWork, id: Id) -> Seen:
    result = work.first(Result, id=id, readers__in=_keys(work))
    if result is None:
        raise _no_result()
    if result.id in withheld_results(work, session_id=result.session_id):
        raise Interested
    return _seen(work, result)


def _seen(work: UnitOfWork, result: Result) -> Seen:
    return Seen(
        result,
        inside=not result.insiders.isdisjoint(_keys(work)) and not _is_withheld(work, result),
        annuls=result.state is ResultState.APPROVED and _annuls(work, result),
    )


def _is_withheld(work: UnitOfWork, result: Result) -> bool:
    kept = withheld(work, session_id=result.session_id)
    return result.package in {one.package_id for one in kept}


def _annuls(work: UnitOfWork, result: Result) -> bool:
    try:
        _need_annuls(work, result)
    except Forbidden:
        return False
    return True


def _need_annuls(work: UnitOfWork, result: Result) -> None:
    """The chair of the council that found it takes back what was approved, or who acts in the
    chair's place on it: impartial, and another than who closed it."""
    around = Separation.around(work, [result])
    own = result.tenant == work.scope.tenant
    if not own or not around.acts_as(Seat.CHAIR, result):
        raise Forbidden(
            "Chỉ chủ tịch hội đồng được huỷ kết quả.", "Only the chair annuls a result."
        )
    another(work.scope.actor, result.closed)
    around.need_impartial(result)


def _higher(work: UnitOfWork, result: Result, state: HigherState) -> list[HigherResult]:
    return work.all(HigherResult, result_id=result.id, state=state)


def _refuse_under_another(work: UnitOfWork, result: Result) -> None:
    """What was confirmed or certified on it ends first, by who confirmed or certified it."""
    if _higher(work, result, HigherState.CONFIRMED):
        raise Conflict(
            f"Kết quả cấp trên của “{result.facts.product}” đã được xác nhận: phải huỷ trước.",
            f"The higher level's result of {result.facts.product} was confirmed: it has to be"
            " annulled first.",
        )
    need_none_above(work, result)


def _keys(work: UnitOfWork) -> list[str]:
    person = work.scope.person
    return readers.keys_of(
        person, work.scope.tenant,
        in_office=bool(person.roles & OFFICE), supervised=supervised(work),
    )  # fmt: skip


def _ask_for_papers(work: UnitOfWork, held: Held) -> None:
    """A member reads its own sheets; who leads the council, and the help team, all of them."""
    for content, member in session_papers(held):
        request_paper(
            work, held.session.id, content, number=held.session.closings,
            member=member.contact if member else None, readers=held.council.paper_readers,
        )  # fmt: skip


def _ask_for_report(
    work: UnitOfWork,
    at: Sitting,
    office: Office,
    results: Sequence[Result],
    packages: Mapping[Id, Package],
) -> None:
    by_package = {one.package: one for one in results}
    scorings = {one.package_id: one for one in at.scorings}
    products = [
        Product(packages[id], scorings[id], by_package.get(id)) for id in at.session.packages
    ]
    held = Held(at.session, at.council, office, products, sheets=())
    request_paper(work, at.session.id, report(held), readers=at.council.paper_readers)


def _refuse_unfinished(
    at: Sitting, scorings: Sequence[Scoring], packages: Mapping[Id, Package]
) -> None:
    said = [_unfinished(at.council, one, packages[one.package_id]) for one in scorings]
    found = [FieldProblem(f"agenda.{place}", *words) for place, words in enumerate(said) if words]
    if found:
        names = ", ".join(
            at.session.line(one.package_id).product
            for one, words in zip(scorings, said, strict=True)
            if words
        )
        raise NotFinished(
            f"Chưa bế mạc được, còn: {names}.", f"Not yet, there are still: {names}.", found
        )


def _unfinished(council: Council, scoring: Scoring, package: Package) -> Words | None:
    if package.state is not PackageState.ACCEPTED and not scoring.settled:
        return Words(
            "hồ sơ đã bị rút: để lại sản phẩm này", "its package was withdrawn: put it off"
        )
    if scoring.unanswered and not scoring.settled:
        return Words(
            "còn dấu hiệu xung đột lợi ích chưa được trả lời",
            "a sign of a conflict of interest has not been answered",
        )
    match scoring.state:
        case ScoringState.SCORING:
            if scoring.complete and not council.enough(len(scoring.locked), scoring.conflicts):
                return Words(
                    "chưa đủ số phiếu: chờ thêm người chấm hoặc để lại phiên sau",
                    "there are too few sheets: wait for who may score, or put it off",
                )
            return Words("chưa công bố điểm", "the scores are not revealed")
        case ScoringState.REVEALED:
            assert scoring.last is not None
            if scoring.tainted:
                return Words(
                    "người có xung đột lợi ích đã chấm, cần chấm lại",
                    "somebody with a conflict of interest has scored, a new round is needed",
                )
            if council.settings.too_far_apart([*scoring.last.totals.values()]):
                return Words(
                    f"điểm chênh nhau {scoring.last.spread}, cần chấm lại",
                    f"the totals are {scoring.last.spread} apart, a new round is needed",
                )
    return None


def _rankings(
    council: Council, scorings: Sequence[Scoring], sheets: Sequence[Sheet]
) -> Mapping[Id, Ranking]:
    """By scoring, of those that end here: by the last of the revealed `sheets`."""
    found = {}
    for scoring in scorings:
        if scoring.state is ScoringState.ELIMINATED:
            found[scoring.id] = rank([], eliminated=scoring.findings)
        elif scoring.last is not None and scoring.state is ScoringState.REVEALED:
            own = [one for one in sheets if one.scoring_id == scoring.id]
            number = scoring.last.number
            counted = [one.filled for one in own if one.member_id and one.round == number]
            team = next((one for one in own if one.member_id is None), None)
            found[scoring.id] = rank(
                counted, council.settings.gate_rule, team.filled if team else None
            )
    return found


def _refuse_lower(work: UnitOfWork, result: Result, package: Package) -> None:
    """The star for which the lower level's result went up was not reached here: it is potential no
    more, on its certificate or on the one that is still to be issued."""
    if package.lower is None or not result.refuses(package.lower):
        return
    lower = work.first(Result, id=package.follows)
    if lower is not None:
        lower.refused_by = result.id
        work.save(lower)
        settle_potential(work, lower)


def _no_longer_refuse_lower(work: UnitOfWork, result: Result) -> None:
    for lower in work.all(Result, refused_by=result.id):
        lower.refused_by = None
        work.save(lower)
        settle_potential(work, lower)


def _no_result() -> NotFound:
    return NotFound("Không tìm thấy kết quả này.", "There is no such result.")
