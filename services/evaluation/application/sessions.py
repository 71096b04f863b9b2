"""A session is convened, changed, attended and opened."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.problems import FieldProblem, Forbidden, NotFound, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import Seat, SessionCancelled, SessionConvened, SessionOpened
from contracts.text import Id, Name, Paragraph, Words
from rules.procedures import procedures
from services.evaluation.application.known_conflicts import carry_conflicts
from services.evaluation.application.scorings import put_off_unjudged, reveal_if_complete
from services.evaluation.application.seats import OFFICE, Sitting, done, seated, sitting
from services.evaluation.domain.councils import Council, conflict_with, convening
from services.evaluation.domain.packages import Package
from services.evaluation.domain.scorings import Scoring
from services.evaluation.domain.sessions import Act, Session, SessionState

MOST_PACKAGES = 100
Agenda = Annotated[list[Id], Field(min_length=1, max_length=MOST_PACKAGES)]
"""Evaluation's own ids of packages, in the order in which they are scored."""


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Convening(Wanted):
    council_id: Id
    place: Name
    starts_at: AwareDatetime
    agenda: Agenda


class SessionWanted(Wanted):
    """What is otherwise of a session; what is not said stays as it is."""

    place: Name | None = None
    starts_at: AwareDatetime | None = None
    agenda: Agenda | None = None


class Attendance(StrEnum):
    PRESENT = "present"
    LEFT = "left"


def convene_session(work: UnitOfWork, wanted: Convening) -> Sitting:
    council = work.get(Council, wanted.council_id)
    who = seated(council, work.scope.person)
    if not who.anybody:
        raise NotFound("Không tìm thấy hội đồng này.", "There is no such council.")
    if not who.office and who.seat is not Seat.SECRETARY:
        raise Forbidden(
            "Phiên họp do cán bộ hoặc thư ký hội đồng triệu tập.",
            "A session is convened by an officer or the council's secretary.",
        )
    packages = _packages(work, council, wanted.agenda)
    session = Session.convene(council, wanted.place, wanted.starts_at, packages, done(work))
    scorings = [Scoring.of(session.id, one, signs_between(council, one)) for one in packages]
    carry_conflicts(work, council, scorings)
    work.save(session, *packages, *scorings)
    invite(work, session, council)
    return Sitting(session, council, who, scorings)


def change_session(work: UnitOfWork, id: Id, wanted: SessionWanted, seen: int | None) -> Sitting:
    """`seen`: which version its author had before them."""
    at = sitting(work, id, Act.CHANGE)
    session, council = at.session, at.council
    work.expect(session, seen)
    before = work.all(Package, id__in=session.packages)
    packages = _packages(work, council, wanted.agenda or session.packages)
    session.change(
        council, work.at, place=wanted.place, starts_at=wanted.starts_at, packages=packages
    )
    known = {one.package_id: one for one in work.all(Scoring, session_id=id)}
    scorings = [
        known.pop(one.id) if one.id in known else Scoring.of(id, one, signs_between(council, one))
        for one in packages
    ]
    for scoring in scorings:
        scoring.put_back()
    carry_conflicts(work, council, scorings)
    for scoring in known.values():
        scoring.drop()
    for package in before:
        if package.id not in session.packages:
            package.leave(id)
    work.save(session, detail=wanted.model_dump(mode="json", exclude_unset=True))
    work.save(*before, *packages, *scorings, *known.values())
    invite(work, session, council)
    return at


def cancel_session(work: UnitOfWork, id: Id, reason: Paragraph) -> Sitting:
    at = sitting(work, id, Act.CANCEL)
    session = at.session
    session.cancel(reason)
    packages = work.all(Package, id__in=session.packages)
    scorings = work.all(Scoring, session_id=id)
    for package in packages:
        package.leave(id)
    for scoring in scorings:
        scoring.drop()
    work.save(session, detail={"reason": reason})
    work.save(*packages, *scorings)
    members = tuple(one.contact for one in at.council.members)
    work.tell(
        SessionCancelled(session=session.facts, reason=reason, members=members), about=session
    )
    return at


def attend_session(work: UnitOfWork, id: Id, member_id: Id, attendance: Attendance) -> Sitting:
    """All that is being scored is saved with it: who is waited for rests on it, and of a lock and a
    leaving at once one sees the other."""
    at = sitting(work, id, Act.ATTEND)
    session, member = at.session, at.member(member_id)
    scorings = work.all(Scoring, session_id=id) if session.state is SessionState.OPEN else []
    if attendance is Attendance.PRESENT:
        session.come(member.id, work.at)
    else:
        session.leave(member.id, work.at)
    for scoring in scorings:
        if attendance is Attendance.LEFT:
            scoring.await_no_more(member.id)
        elif member.scores:
            scoring.await_member(member.id)
        reveal_if_complete(work, at, scoring)
    work.save(session, detail={"member_id": member.id, "attendance": attendance.value})
    work.save(*scorings)
    return at


def open_session(work: UnitOfWork, id: Id) -> Sitting:
    """The packages are saved with it: one that is withdrawn in this moment comes second."""
    at = sitting(work, id, Act.OPEN)
    session, council = at.session, at.council
    packages = work.all(Package, id__in=session.packages)
    session.open(council, packages, done(work))
    scorings = {one.package_id: one for one in work.all(Scoring, session_id=id)}
    for package in packages:
        scoring = scorings[package.id]
        scoring.begin(at.scorers(), signs_between(council, package))
        put_off_unjudged(work, at, scoring)
    work.save(session, council, *packages, *scorings.values())
    work.tell(SessionOpened(session=session.facts), about=session)
    return at


def sessions_of(work: UnitOfWork, after: str | None, limit: int) -> list[Sitting]:
    """The tenant's people see all of the tenant's, anybody else those of their councils."""
    person = work.scope.person
    if person.roles & OFFICE:
        found = work.page(Session, after=after, limit=limit)
    else:
        ways = [way for way in (person.phone, person.email) if way is not None]
        mine = [one.id for one in work.all(Council, reachable__in=ways)]
        found = work.page(Session, after=after, limit=limit, facts__council_id__in=mine)
    named = sorted({one.facts.council_id for one in found})
    councils = {one.id: one for one in work.all(Council, id__in=named)}
    scorings = work.all(Scoring, session_id__in=[one.id for one in found])
    return [
        Sitting(
            one, council, seated(council, person),
            [each for each in scorings if each.session_id == one.id],
        )
        for one in found
        for council in [councils[one.facts.council_id]]
    ]  # fmt: skip


def _packages(work: UnitOfWork, council: Council, agenda: Sequence[Id]) -> list[Package]:
    """The tenant's own, in the agenda's order."""
    tenant = work.scope.tenant
    known = {one.id: one for one in work.all(Package, id__in=list(agenda), tenant=tenant)}
    wrong = [
        FieldProblem(f"agenda.{at}", *words)
        for at, id in enumerate(agenda)
        if (words := _amiss(council, known.get(id), again=id in agenda[:at]))
    ]
    if wrong:
        raise Unprocessable("Chương trình chưa đúng.", "The agenda is not right.", wrong)
    return [known[id] for id in agenda]


def _amiss(council: Council, package: Package | None, *, again: bool) -> Words | None:
    if package is None:
        return Words("không có hồ sơ này", "there is no such package")
    if again:
        return Words("hồ sơ được ghi hai lần", "the package stands twice")
    if not convening(council.facts.level, [procedures()[package.manifest.procedure]]):
        return Words(
            "quy trình của hồ sơ không có hội đồng ở cấp này",
            "its procedure has no council at this level",
        )
    return None


def signs_between(council: Council, package: Package) -> dict[Id, Words]:
    """Signs of conflicts of interest that the platform sees by itself."""
    return {
        one.id: reason for one in council.people if (reason := conflict_with(one, package.manifest))
    }


def invite(work: UnitOfWork, session: Session, council: Council) -> None:
    event = SessionConvened(
        session=session.facts,
        agenda=tuple(one.line for one in session.agenda),
        members=tuple(one.contact for one in council.members),
    )
    work.tell(event, about=session)
