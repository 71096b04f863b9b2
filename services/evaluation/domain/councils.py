"""Councils (hội đồng đánh giá): who sits on one, who scores, and how it meets.

Whether somebody is of a council is the council's own fact: whoever's token carries the phone number
or the address of a contact is that person.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict, FieldProblem, Forbidden, Unprocessable
from contracts.councils import CouncilFacts, Seat
from contracts.package import Manifest
from contracts.person import Contact, Person
from contracts.tenant import UnitKind
from contracts.text import Id, Line, Slug, Words
from rules.enterprises import may_be_same, named_in
from rules.procedures import CouncilRules, Meeting, Procedure
from rules.vietnamese import key

MOST_LEAD_DAYS = 10
LEAST_SCORERS = 2
"""Seats that score: a star is never one person's."""


class Member(BaseModel):
    """`scores`: whether a sheet of theirs is waited for; an expert's only where it is said so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    seat: Seat
    contact: Contact
    workplace: Line | None = None
    scores: bool


class CouncilSettings(Meeting):
    """`lead_working_days`: how many lie between a package's delivery and the opening."""

    model_config = ConfigDict(strict=False)

    lead_working_days: Annotated[int, Field(ge=0, le=MOST_LEAD_DAYS)]

    @classmethod
    def by(cls, rules: CouncilRules) -> "CouncilSettings":
        """What a procedure's councils begin with."""
        usual = rules.model_dump(exclude={"package_before_session"})
        return cls(**usual, lead_working_days=rules.package_before_session.count)


class Council(Aggregate):
    """`procedure`: whose rules it began with. `sitting`: its sessions that are open or wait for the
    chair; while there is one, nothing of the council is changed."""

    kept = True

    facts: CouncilFacts
    procedure: Slug
    members: tuple[Member, ...]
    help_team: tuple[Contact, ...] = ()
    settings: CouncilSettings
    sitting: frozenset[Id] = frozenset()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reachable(self) -> tuple[str, ...]:
        """Every number and address of its people, to be looked for."""
        people = [*(one.contact for one in self.members), *self.help_team]
        return tuple(sorted({way for one in people for way in ways_to(one)}))

    @classmethod
    def appointed(
        cls,
        tenant: str,
        facts: CouncilFacts,
        procedure: Procedure,
        members: Sequence[Member],
        help_team: Sequence[Contact],
        settings: CouncilSettings,
    ) -> "Council":
        """Unprocessable says what is wrong with its seats, its people or its term."""
        wrong = [*_wrong_seats(members), *_wrong_people(members, help_team), *_wrong_term(facts)]
        if wrong:
            raise Unprocessable(
                "Hội đồng chưa đúng, xem từng mục bên dưới.",
                "The council is not right, see each below.",
                wrong,
            )
        return cls(
            tenant=tenant, facts=facts, procedure=procedure.name, members=tuple(members),
            help_team=tuple(help_team), settings=settings,
        )  # fmt: skip

    def change(
        self,
        members: Mapping[Id, Mapping[str, Any]],
        help_team: Sequence[Contact] | None,
        settings: Mapping[str, Any],
    ) -> None:
        """How its people are reached, and how it meets. `members`: what is otherwise of each.
        Who sits on it is a decision of the authority's, and another council."""
        if self.sitting:
            raise Conflict(
                "Hội đồng đang họp: chỉ sửa được khi phiên họp kết thúc.",
                "The council is in session: it can be changed when that has ended.",
            )
        if unknown := members.keys() - {one.id for one in self.members}:
            raise Unprocessable(
                "Có người không thuộc hội đồng này.", "Somebody is no member of this council.",
                [
                    FieldProblem("members", f"không có thành viên {id}", f"no member is {id}")
                    for id in sorted(unknown)
                ],
            )  # fmt: skip
        changed = tuple(one.model_copy(update=members.get(one.id, {})) for one in self.members)
        team = self.help_team if help_team is None else tuple(help_team)
        if wrong := [*_wrong_people(changed, team)]:
            raise Unprocessable(
                "Có người liên hệ bị trùng.", "Two people are reached in the same way.", wrong
            )
        self.members, self.help_team = changed, team
        self.settings = self.settings.model_copy(update=settings)

    def serves_on(self, day: date) -> bool:
        """Whether that day lies in its term."""
        return self.facts.decided_on <= day <= (self.facts.until or date.max)

    @property
    def seats(self) -> tuple[Member, ...]:
        """Those whom the quorum counts: an invited expert has no seat."""
        return tuple(one for one in self.members if one.seat is not Seat.EXPERT)

    @property
    def chair(self) -> Member:
        return next(one for one in self.members if one.seat is Seat.CHAIR)

    def quorate(self, present: Collection[Id]) -> bool:
        """`present`: ids of members."""
        here = sum(one.id in present for one in self.seats)
        return self.settings.quorate(here, len(self.seats), chair=self.chair.id in present)

    def member(self, id: Id) -> Member | None:
        return next((one for one in self.members if one.id == id), None)

    def member_of(self, person: Person) -> Member | None:
        """Which member that person is. Forbidden for who has one's number and another's address."""
        found = [one for one in self.members if one.contact.reaches(person)]
        if len(found) > 1:
            names = ", ".join(one.contact.name for one in found)
            raise Forbidden(
                f"Số điện thoại và e-mail của bạn là của hai thành viên: {names}.",
                f"Your phone number and e-mail address are those of two members: {names}.",
            )
        return found[0] if found else None

    def judges(self, conflicts: Collection[Id]) -> bool:
        """Whether enough of its seats may score a product on which these have a conflict: one
        person alone never decides."""
        able = [one for one in self.seats if one.scores and one.id not in conflicts]
        return len(able) >= LEAST_SCORERS

    def enough(self, sheets: int, conflicts: Collection[Id]) -> bool:
        """Whether a product may be judged by so many sheets: the quorum's share of those who may
        score it, and never one person's alone."""
        able = sum(one.scores and one.id not in conflicts for one in self.members)
        return sheets >= LEAST_SCORERS and sheets * 100 >= able * self.settings.quorum_percent

    def helper_of(self, person: Person) -> Contact | None:
        """Which of the help team (tổ giúp việc) that person is."""
        return next((one for one in self.help_team if one.reaches(person)), None)

    def sit(self, session: Id) -> None:
        self.sitting |= {session}

    def rise(self, session: Id) -> None:
        self.sitting -= {session}


def level_of(unit: UnitKind) -> str:
    """At which level the council of such a unit judges."""
    return "province" if unit is UnitKind.PROVINCE else "district"


def convening(level: str, known: Iterable[Procedure]) -> dict[str, Procedure]:
    """The procedures under which that level convenes a council, the newest last."""
    with_council = [
        one
        for one in known
        if any(each.level == level and each.convenes == "council" for each in one.levels)
    ]
    return {one.name: one for one in sorted(with_council, key=lambda one: one.since)}


def ways_to(contact: Contact) -> tuple[str, ...]:
    return tuple(way for way in (contact.phone, contact.email) if way is not None)


def conflict_with(member: Member, manifest: Manifest) -> Words | None:
    """Why this member cannot score that package, as far as the two say it themselves."""
    own = set(ways_to(member.contact))
    if own & {way for one in manifest.contacts for way in ways_to(one)}:
        return Words(
            "Trùng số điện thoại hoặc e-mail với người liên hệ của chủ thể",
            "Has the phone number or the e-mail address of one of the producer's contacts",
        )
    if member.workplace is None:
        return None
    workplace, producer = key(member.workplace), manifest.producer
    if any(may_be_same(one, producer.name) for one in named_in(member.workplace)):
        return Words("Làm việc tại chủ thể", "Works for the producer")
    if workplace in (key(producer.address), key(manifest.product.address)):
        return Words("Cùng địa chỉ với chủ thể", "Has the producer's address")
    return None


def _wrong_seats(members: Sequence[Member]) -> Iterator[FieldProblem]:
    seated = Counter(one.seat for one in members)
    if seated[Seat.CHAIR] != 1:
        yield FieldProblem("members", "cần đúng một chủ tịch", "needs exactly one chair")
    if seated[Seat.SECRETARY] != 1:
        yield FieldProblem("members", "cần đúng một thư ký", "needs exactly one secretary")
    if seated[Seat.VICE_CHAIR] > 1:
        yield FieldProblem("members", "chỉ có một phó chủ tịch", "may have one vice chair at most")
    seats = [one for one in members if one.seat is not Seat.EXPERT]
    if sum(one.scores for one in seats) < LEAST_SCORERS <= len(seats):
        yield FieldProblem(
            "members", "cần ít nhất hai thành viên chấm điểm, không kể chuyên gia",
            "needs at least two seats that score, beside experts",
        )  # fmt: skip


def _wrong_people(
    members: Sequence[Member], help_team: Sequence[Contact]
) -> Iterator[FieldProblem]:
    """Somebody of the help team may sit on the council too: each is looked through by itself."""
    yield from _reached_twice(
        [(f"members.{at}.contact", one.contact) for at, one in enumerate(members)]
    )
    yield from _reached_twice([(f"help_team.{at}", one) for at, one in enumerate(help_team)])


def _reached_twice(people: Iterable[tuple[str, Contact]]) -> Iterator[FieldProblem]:
    known: set[str] = set()
    for field, contact in people:
        for name, way in (("phone", contact.phone), ("email", contact.email)):
            if way is None:
                continue
            if way in known:
                yield FieldProblem(
                    f"{field}.{name}", "đã là của người khác", "is another's already"
                )
            known.add(way)


def _wrong_term(facts: CouncilFacts) -> Iterator[FieldProblem]:
    if facts.until and facts.until < facts.decided_on:
        first = facts.decided_on
        yield FieldProblem("until", f"từ {first:%d/%m/%Y} trở đi", f"{first} or later")
