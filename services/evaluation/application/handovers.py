"""A seat is handed over; and what follows for sessions, results and papers when the people of a
council are others, or are reached otherwise."""

from collections.abc import Mapping
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from chassis.problems import FieldProblem, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import CouncilAppointed
from contracts.person import GivenContact
from contracts.text import Id, Name, Paragraph
from services.evaluation.application.papers import pass_on_papers
from services.evaluation.application.scorings import reveal_if_complete
from services.evaluation.application.seats import Sitting, seated
from services.evaluation.application.sessions import invite, signs_between
from services.evaluation.domain.councils import Council, Member
from services.evaluation.domain.packages import Package
from services.evaluation.domain.results import Result
from services.evaluation.domain.scorings import Scoring
from services.evaluation.domain.sessions import Session, SessionState

RUNNING = frozenset({SessionState.CONVENED, SessionState.OPEN, SessionState.CLOSED})


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Successor(Wanted):
    """Somebody new on the council."""

    contact: GivenContact
    workplace: Name | None = None


class HandingOver(Wanted):
    """Of `member_id`'s seat, `to` another member, or to somebody `new`."""

    member_id: Id
    to: Id | None = None
    new: Successor | None = None
    reason: Paragraph


def hand_over_seat(work: UnitOfWork, id: Id, wanted: HandingOver, seen: int | None) -> Council:
    """`seen`: which version its author had before them."""
    council = work.get(Council, id)
    work.expect(council, seen)
    before = council.named
    to = _receiver(council, wanted)
    council.hand_over(wanted.member_id, to, wanted.reason, work.scope.person, work.at)
    work.save(council, detail=wanted.model_dump(mode="json"))
    work.tell(CouncilAppointed(council=council.facts), about=council)
    follow_council(work, council, before)
    return council


def follow_council(work: UnitOfWork, council: Council, before: Mapping[Id, Member]) -> None:
    """`before`: its members as they were. Who is gone has left its sessions, who came is invited to
    those that have still to be opened, and looked at for conflicts; results and papers are read by
    those who are there now."""
    sessions = work.all(Session, facts__council_id=council.id)
    for session in sessions:
        if session.state in RUNNING:
            _follow(work, council, session)
    ids = [one.id for one in sessions]
    for result in work.all(Result, session_id__in=ids):
        result.reach(council)
        work.save(result)
    renewed = {
        was.contact: now.contact
        for was in before.values()
        if (now := council.member(was.id)) and now.contact != was.contact
    }
    pass_on_papers(work, ids, council.paper_readers, renewed)


def _follow(work: UnitOfWork, council: Council, session: Session) -> None:
    at = Sitting(session, council, seated(council, work.scope.person))
    people = council.names.keys()
    packages = {one.id: one for one in work.all(Package, id__in=session.packages)}
    gone = session.present - {one.id for one in council.members}
    for member in gone:
        session.leave(member, work.at)
    for scoring in work.all(Scoring, session_id=session.id):
        for member in gone:
            scoring.await_no_more(member)
        if package := packages.get(scoring.package_id):
            scoring.keep_signs(people)
            scoring.see(signs_between(council, package))
        reveal_if_complete(work, at, scoring)
        work.save(scoring)
    work.save(session)
    if session.state is SessionState.CONVENED:
        invite(work, session, council)


def _receiver(council: Council, wanted: HandingOver) -> Member:
    """Unprocessable unless it is one other than the holder."""
    holder = council.member(wanted.member_id)
    if holder is None:
        raise _wrong("member_id", "không phải thành viên hội đồng", "is no member of the council")
    if (wanted.to is None) == (wanted.new is None):
        raise _wrong("to", "chọn một thành viên, hoặc ghi người mới", "a member, or somebody new")
    if wanted.new:
        successor = {"id": str(uuid4()), "contact": wanted.new.contact}
        return holder.model_copy(update=successor | {"workplace": wanted.new.workplace})
    to = council.member(wanted.to or "")
    if to is None or to is holder:
        raise _wrong("to", "phải là một thành viên khác", "has to be another member")
    return to


def _wrong(field: str, vi: str, en: str) -> Unprocessable:
    return Unprocessable(
        "Chưa bàn giao được.", "It cannot be handed over.", [FieldProblem(field, vi, en)]
    )
