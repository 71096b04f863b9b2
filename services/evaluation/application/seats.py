"""Who the caller is to a session: a fact of its council, and never a claim of the token."""

from typing import NamedTuple

from chassis.problems import NotFound
from chassis.store.unit_of_work import UnitOfWork
from chassis.tokens import Role
from contracts.person import Person
from contracts.text import Id
from services.evaluation.domain.councils import Council, Helper, Member
from services.evaluation.domain.sessions import Act, Done, Seated, Session

OFFICERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
OFFICE = OFFICERS | {Role.HELP_TEAM, Role.AUTHORITY}
"""The tenant's own people, who see what may be seen of its sessions."""


class Sitting(NamedTuple):
    """A session, its council, and who is asking."""

    session: Session
    council: Council
    who: Seated

    def scorers(self) -> list[Id]:
        """Who is present and scores."""
        here = self.session.present
        return [one.id for one in self.council.members if one.scores and one.id in here]

    def member(self, id: Id) -> Member:
        if found := self.council.member(id):
            return found
        raise NotFound("Hội đồng không có thành viên này.", "The council has no such member.")


def helper_of(council: Council, person: Person) -> Helper | None:
    """Which of the help team that person is. An officer is not of it by their own word, or whoever
    names the team would see its sheet before the others do."""
    found = council.helper_of(person)
    own_word = found is not None and found.named_by == person.id and person.roles & OFFICERS
    return None if own_word else found


def seated(council: Council, person: Person) -> Seated:
    member, helper = council.member_of(person), helper_of(council, person)
    own = member or helper
    return Seated(
        id=own.id if own else None,
        seat=member.seat if member else None,
        helps=helper is not None,
        office=bool(person.roles & OFFICERS),
        reads=bool(person.roles & OFFICE),
    )


def sitting(work: UnitOfWork, session_id: Id, act: Act | None = None) -> Sitting:
    """The tenant's own session, for whom it is there; for an act that they may do now."""
    session = work.first(Session, id=session_id, tenant=work.scope.tenant)
    if session is None:
        raise _no_session()
    council = work.get(Council, session.facts.council_id)
    who = seated(council, work.scope.person)
    if not who.anybody:
        raise _no_session()
    if act is not None:
        session.permit(act, who)
    return Sitting(session, council, who)


def supervised(work: UnitOfWork) -> frozenset[str]:
    """The tenants below whose approved things the caller may read."""
    return work.scope.below if Role.SUPERVISOR in work.scope.person.roles else frozenset()


def done(work: UnitOfWork) -> Done:
    """By who is acting, now."""
    return Done(by=work.scope.actor, at=work.at)


def _no_session() -> NotFound:
    return NotFound("Không tìm thấy phiên họp này.", "There is no such session.")
