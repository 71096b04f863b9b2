"""Separation of duties: who had a hand in a result, or gains by it, does no act that issues, ends
or changes what rests on it. Every such act asks here (docs/judgement.md)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chassis.problems import Forbidden
from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import Seat
from contracts.person import Person
from contracts.text import Id
from services.evaluation.domain.councils import Council
from services.evaluation.domain.results import Result
from services.evaluation.domain.scorings import Scoring, interested, scoring_id
from services.evaluation.domain.sessions import Done, Session, another


class Separation(NamedTuple):
    """Whoever acts, and some results: every scoring of their products, also of sessions that have
    put them off, and by session the councils."""

    person: Person
    sessions: Mapping[Id, Session]
    councils: Mapping[Id, Council]
    scorings: Mapping[Id, Scoring]

    @classmethod
    def around(cls, work: UnitOfWork, results: Sequence[Result]) -> "Separation":
        """All are looked up at once, however many there are."""
        scorings = work.all(Scoring, package_id__in=sorted({one.package for one in results}))
        sessions = work.all(Session, id__in=sorted({one.session_id for one in scorings}))
        named = sorted({one.facts.council_id for one in sessions})
        councils = {one.id: one for one in work.all(Council, id__in=named)}
        return cls(
            person=work.scope.person,
            sessions={one.id: one for one in sessions},
            councils={one.id: councils[one.facts.council_id] for one in sessions},
            scorings={one.id: one for one in scorings},
        )

    def acts_as(self, seat: Seat, result: Result) -> bool:
        """Whether they have that seat of its council, or act in its place on this product."""
        session, council = self.sessions[result.session_id], self.councils[result.session_id]
        conflicts = self.scorings[_scoring(result)].conflicts
        acting = council.acting(conflicts, session.present).get(seat)
        return acting is not None and acting.contact.reaches(self.person)

    def need_impartial(self, result: Result) -> None:
        """Forbidden for a contact of the producer, and for who has a conflict of interest."""
        if any(one.reaches(self.person) for one in result.contacts):
            raise Forbidden(
                f"Bạn là người liên hệ của chủ thể có sản phẩm “{result.facts.product}”.",
                f"You are a contact of the producer of {result.facts.product}.",
            )
        self.councils[result.session_id].member_of(self.person)  # Forbidden for who is two of it
        if interested(self.scorings[_scoring(result)], self.scorings.values(), self._own):
            raise Forbidden(
                f"Bạn có xung đột lợi ích với sản phẩm “{result.facts.product}”.",
                f"You have a conflict of interest with {result.facts.product}.",
            )

    def need_apart(self, result: Result, steps: Iterable[Done] = ()) -> None:
        """Impartial, nobody who is or was of the council that found it, and another person than who
        closed or approved it, or took one of these steps since."""
        for step in (result.closed, result.approved, *steps):
            another(self.person.id, step)
        self.need_impartial(result)
        council = self.councils[result.session_id]
        if any(one.contact.reaches(self.person) for one in council.everybody):
            raise Forbidden(
                "Người của hội đồng không làm việc này với kết quả của hội đồng mình.",
                "Nobody of a council does this on what it found.",
            )

    @property
    def _own(self) -> frozenset[Id]:
        """The ids of whoever acts, in every council that had one of the products."""
        people = [one for each in self.councils.values() for one in each.everybody]
        return frozenset(one.id for one in people if one.contact.reaches(self.person))

    def allows(self, results: Iterable[Result], steps: Iterable[Done] = ()) -> bool:
        try:
            for one in results:
                self.need_apart(one, steps)
        except Forbidden:
            return False
        return True


def need_apart(work: UnitOfWork, results: Sequence[Result], steps: Sequence[Done] = ()) -> None:
    """Forbidden unless whoever acts stands apart from all of these results."""
    around = Separation.around(work, results)
    for one in results:
        around.need_apart(one, steps)


def _scoring(result: Result) -> Id:
    return scoring_id(result.session_id, result.package)
