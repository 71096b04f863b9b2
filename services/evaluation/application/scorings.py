"""A product is scored: revealed once all have locked, looked at, scored again, ended or put off."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from chassis.problems import Conflict, Forbidden, NotFound
from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import ScoringRevealed
from contracts.person import Person
from contracts.text import Id, Line, Paragraph, Words
from services.evaluation.application.seats import Sitting, done, found_sitting, sitting
from services.evaluation.application.withheld import withheld
from services.evaluation.domain.packages import Package
from services.evaluation.domain.scorings import (
    UNJUDGED,
    Answer,
    ConflictSign,
    Scoring,
    ScoringState,
    scoring_id,
)
from services.evaluation.domain.sessions import Act, Interested, SessionState
from services.evaluation.domain.sheets import Sheet, shown


class NotRevealed(Conflict):
    slug = "not-revealed"
    title = Words("Điểm chưa được công bố", "The scores are not revealed")

    def __init__(self) -> None:
        super().__init__(
            "Điểm được công bố khi mọi thành viên có mặt đã khoá phiếu.",
            "Scores are revealed when every present member has locked the sheet.",
        )


class Revealed(NamedTuple):
    """`sheets`: those that counted in the revealed rounds, and the help team's when locked."""

    at: Sitting
    scoring: Scoring
    sheets: list[Sheet]


class Board(NamedTuple):
    """Of every product on the agenda, in its order. `withheld`: whose scores the caller does not
    see."""

    at: Sitting
    scorings: list[Scoring]
    withheld: frozenset[Id]


class SeenSign(NamedTuple):
    """A sign of a conflict of one of the council's people with a product. `may`: whether the caller
    may answer now."""

    at: Sitting
    scoring: Scoring
    member_id: Id
    sign: ConflictSign
    may: bool


class Answering(BaseModel):
    """Whether one of the council's people, whom a sign points at, does have a conflict of interest,
    and how that was found out."""

    model_config = ConfigDict(extra="forbid")

    package_id: Id
    member_id: Id
    conflict: bool
    reason: Paragraph


def on_agenda(
    work: UnitOfWork, session_id: Id, package_id: Id, act: Act | None = None
) -> tuple[Sitting, Scoring]:
    """A product in a session, for whom that is there, or for an act that they may do now.

    The scoring is read before the session. Every act of attendance saves both, so who saves this
    scoring has not seen an older session: what rests on who is present needs not save that too.
    """
    scoring = work.first(Scoring, id=scoring_id(session_id, package_id))
    at = found_sitting(work, session_id)
    if scoring is None:
        raise NotFound(
            "Hồ sơ này không có trong chương trình phiên họp.",
            "The package is not on the session's agenda.",
        )
    if act is not None:
        scoring.stood_in += at.permit(act, scoring)
    return at, scoring


def reveal_if_complete(work: UnitOfWork, at: Sitting, scoring: Scoring) -> None:
    """The one place where scores become visible. Whoever calls it saves the scoring, by which of
    several at once exactly one sees that nobody is waited for any more.

    Not while it is open whether somebody has a conflict. Nor without a quorum of those present and
    of sheets: sending people out, on paper, neither
    reveals the sheets of those who stay, nor lets one of them decide alone.
    """
    session, council = at.session, at.council
    enough = council.enough(len(scoring.locked), scoring.conflicts) and not scoring.unanswered
    if not (scoring.complete and enough and council.quorate(session.present)):
        return
    sheets = work.all(Sheet, scoring_id=scoring.id, round=scoring.round)
    totals = {one.member_id: one.total for one in sheets if one.member_id in scoring.locked}
    scoring.reveal({id: total for id, total in totals.items() if id is not None}, work.at)
    line = session.line(scoring.package_id)
    work.tell(
        ScoringRevealed(session_id=session.id, package_id=line.package_id, round=scoring.round),
        about=scoring,
    )


def scores_of(work: UnitOfWork, session_id: Id, package_id: Id) -> Revealed:
    """What was revealed, and of a round that is being scored nothing."""
    at, scoring = on_agenda(work, session_id, package_id)
    if withheld(work, id=scoring.id):
        raise Interested
    if not scoring.rounds:
        raise NotRevealed
    return Revealed(at, scoring, shown(scoring, work.all(Sheet, scoring_id=scoring.id)))


def board_of(work: UnitOfWork, session_id: Id) -> Board:
    """For the council alone: who is here, who has locked."""
    at = sitting(work, session_id)
    if at.who.seat is None:
        raise NotFound(
            "Bảng theo dõi chỉ dành cho thành viên hội đồng.",
            "The board is for the council's members.",
        )
    scorings = {one.package_id: one for one in at.scorings}
    kept = frozenset(one.id for one in withheld(work, session_id=session_id))
    return Board(at, [scorings[id] for id in at.session.packages], kept)


def declare_conflict(work: UnitOfWork, session_id: Id, package_id: Id, reason: Line) -> Scoring:
    """By a member or one of the help team itself, who does not score that product then."""
    at, scoring = on_agenda(work, session_id, package_id, Act.DECLARE)
    assert at.who.id is not None  # the act is for the council's people alone
    scoring.declare(at.who.id, reason, helps=at.who.helps)
    if at.session.state is SessionState.OPEN:
        put_off_unjudged(work, at, scoring)
    reveal_if_complete(work, at, scoring)
    work.save(scoring, detail={"member_id": at.who.id, "reason": reason})
    return scoring


def answer_for_sign(work: UnitOfWork, session_id: Id, wanted: Answering) -> Scoring:
    """By somebody whom neither it nor its producer concerns. A sheet of who turns out to have a
    conflict does not count; who has none and is here is waited for."""
    at, scoring = on_agenda(work, session_id, wanted.package_id, Act.ANSWER)
    member, package = wanted.member_id, work.get(Package, wanted.package_id)
    if _concerns(at, work.scope.person, scoring, package, member):
        raise Forbidden(
            "Người có liên quan không tự trả lời về xung đột lợi ích của sản phẩm này.",
            "Whom it concerns does not answer about conflicts of interest with this product.",
        )
    answer = Answer(conflict=wanted.conflict, reason=wanted.reason, done=done(work))
    scoring.answer(member, answer)
    if not wanted.conflict and member in at.scorers():
        scoring.await_member(member)
    if at.session.state is SessionState.OPEN:
        put_off_unjudged(work, at, scoring)
    reveal_if_complete(work, at, scoring)
    work.save(scoring, detail=wanted.model_dump(mode="json"))
    return scoring


def signs_of(work: UnitOfWork, session_id: Id) -> list[SeenSign]:
    """Of every product on the agenda, in its order; for whom the session is there."""
    at, person = sitting(work, session_id), work.scope.person
    scorings, answers = {one.package_id: one for one in at.scorings}, Act.ANSWER in at.may
    packages = {one.id: one for one in work.all(Package, id__in=at.session.packages)}
    return [
        SeenSign(
            at, scorings[package], member, sign,
            may=answers
            and scorings[package].waits_for_answer(member)
            and not _concerns(at, person, scorings[package], packages[package], member),
        )
        for package in at.session.packages
        for member, sign in scorings[package].signs.items()
    ]  # fmt: skip


def _concerns(at: Sitting, person: Person, scoring: Scoring, package: Package, member: Id) -> bool:
    """Nobody answers for themselves, nor who may have a conflict with that product as well. What a
    member was cleared of keeps them from nothing."""
    if at.who.id is None:
        return package.is_of(person)
    return at.who.id in {member, *scoring.unanswered, *scoring.conflicts}


def score_again(work: UnitOfWork, session_id: Id, package_id: Id, discussion: Paragraph) -> Scoring:
    """A new round begins with a copy of each member's own sheet, unlocked."""
    at, scoring = on_agenda(work, session_id, package_id, Act.NEW_ROUND)
    old = work.all(Sheet, scoring_id=scoring.id, round=scoring.round)
    scoring.score_again(at.scorers(), discussion)
    again = [one.again(scoring) for one in old if one.member_id in scoring.rounds[-1].totals]
    work.save(scoring, detail={"discussion": discussion})
    work.save(*again)
    return scoring


def eliminate(
    work: UnitOfWork, session_id: Id, package_id: Id, finding: str, reason: Paragraph
) -> Scoring:
    _, scoring = on_agenda(work, session_id, package_id, Act.ELIMINATE)
    scoring.eliminate(finding, reason)
    work.save(scoring, detail={"finding": finding, "reason": reason})
    return scoring


def postpone(work: UnitOfWork, session_id: Id, package_id: Id, reason: Paragraph) -> Scoring:
    """To another session: the package may be convened again."""
    _, scoring = on_agenda(work, session_id, package_id, Act.POSTPONE)
    _put_off(work, scoring, reason)
    work.save(scoring, detail={"reason": reason})
    return scoring


def put_off_unjudged(work: UnitOfWork, at: Sitting, scoring: Scoring) -> None:
    """By itself, when so many have a conflict that the council does not judge it: of an open
    session, in which nobody might be left to do it."""
    judged = scoring.state in (ScoringState.SCORING, ScoringState.REVEALED)
    if judged and not at.council.judges(scoring.conflicts):
        _put_off(work, scoring, UNJUDGED)


def _put_off(work: UnitOfWork, scoring: Scoring, reason: Paragraph) -> None:
    package = work.get(Package, scoring.package_id)
    scoring.postpone(reason)
    package.leave(scoring.session_id)
    work.save(package)
