"""Who the caller is to a session: a fact of its council, and never a claim of the token."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from chassis.problems import NotFound
from chassis.store.unit_of_work import UnitOfWork
from chassis.tokens import Role
from contracts.councils import Seat
from contracts.person import Person
from contracts.text import Id
from services.evaluation.domain.councils import Council, Helper, Member
from services.evaluation.domain.scorings import Scoring
from services.evaluation.domain.sessions import ACTS, About, Act, Done, Seated, Session, StoodIn

OFFICERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
OFFICE = OFFICERS | {Role.HELP_TEAM, Role.AUTHORITY}
"""The tenant's own people, who see what may be seen of its sessions."""


class Sitting(NamedTuple):
    """A session, its council, and who is asking. `scorings`: of the products on its agenda."""

    session: Session
    council: Council
    who: Seated
    scorings: Sequence[Scoring] = ()

    @property
    def may(self) -> list[Act]:
        """What the caller may do now, on the session or on a product of it."""
        return [act for act in ACTS if any(self._allows(act, one) for one in self._about(act))]

    def may_on(self, scoring: Scoring) -> list[Act]:
        """Of what is done about one product, what the caller may do on this."""
        return [
            act
            for act, rule in ACTS.items()
            if rule.about is About.PRODUCT and self._allows(act, scoring.conflicts.keys())
        ]

    def permit(self, act: Act, scoring: Scoring | None = None) -> tuple[StoodIn, ...]:
        """In whose place the caller does it, if in somebody's. `scoring`: of the product that it is
        about."""
        of_product = scoring is not None and ACTS[act].about is About.PRODUCT
        conflicts = scoring.conflicts.keys() if scoring and of_product else self.interested(act)
        who, seats = self._on(conflicts), ACTS[act].seats
        self.session.permit(act, who)
        if who.member_id is None or self.who.seat in who.seats & seats:
            return ()
        return tuple(
            StoodIn(act=act, seat=one, member_id=who.member_id) for one in seats & who.seats
        )

    def interested(self, act: Act) -> frozenset[Id]:
        """Who has a conflict with one of the results that an act is about."""
        if ACTS[act].about is not About.RESULTS:
            return frozenset()
        return frozenset(id for one in self.scorings if one.has_result for id in one.conflicts)

    def acting(self, act: Act) -> Mapping[Seat, Member]:
        """Who acts as chair and secretary for an act on the session."""
        return self.council.acting(self.interested(act), self.session.present)

    def _allows(self, act: Act, conflicts: Collection[Id]) -> bool:
        return self.session.allows(act, self._on(conflicts))

    def _on(self, conflicts: Collection[Id]) -> Seated:
        return self.who.on(conflicts, self.council.acting(conflicts, self.session.present))

    def _about(self, act: Act) -> Iterable[Collection[Id]]:
        if ACTS[act].about is About.PRODUCT:
            return {frozenset(one.conflicts) for one in self.scorings if one.has_result}
        if ACTS[act].about is About.SIGN and not self._signs_wait:
            return []
        return [self.interested(act)]

    @property
    def _signs_wait(self) -> bool:
        return any(one.waits_for_answer(id) for one in self.scorings for id in one.signs)

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
        seats=frozenset([member.seat] if member else []),
        helps=helper is not None,
        office=bool(person.roles & OFFICERS),
        reads=bool(person.roles & OFFICE),
    )


def sitting(work: UnitOfWork, session_id: Id, act: Act | None = None) -> Sitting:
    """The tenant's own session with its products, for whom it is there; for an act on it that they
    may do now."""
    at = found_sitting(work, session_id)
    at = at._replace(scorings=work.all(Scoring, session_id=session_id))
    if act is not None:
        at.session.stood_in += at.permit(act)
    return at


def found_sitting(work: UnitOfWork, session_id: Id) -> Sitting:
    """The tenant's own session alone, for whom it is there."""
    session = work.first(Session, id=session_id, tenant=work.scope.tenant)
    if session is None:
        raise _no_session()
    council = work.get(Council, session.facts.council_id)
    who = seated(council, work.scope.person)
    if not who.anybody:
        raise _no_session()
    return Sitting(session, council, who)


def supervised(work: UnitOfWork) -> frozenset[str]:
    """The tenants below whose approved things the caller may read."""
    return work.scope.below if Role.SUPERVISOR in work.scope.person.roles else frozenset()


def done(work: UnitOfWork) -> Done:
    """By who is acting, now."""
    return Done(by=work.scope.actor, at=work.at)


def _no_session() -> NotFound:
    return NotFound("Không tìm thấy phiên họp này.", "There is no such session.")
