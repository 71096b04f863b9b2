"""Councils (hội đồng đánh giá): who sits on one, who scores, and how it meets.

Whether somebody is of a council is the council's own fact: whoever's token carries the phone number
or the address of a contact is that person.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict, FieldProblem, Forbidden, Unprocessable
from contracts.councils import CouncilFacts, Seat
from contracts.package import Manifest
from contracts.person import Contact, Person
from contracts.tenant import UnitKind
from contracts.text import Id, Line, Paragraph, Slug, Words
from rules.enterprises import may_be_same, named_in
from rules.procedures import CouncilRules, Meeting, Procedure
from rules.ranking import GateRule
from rules.vietnamese import key

MOST_LEAD_DAYS = 10
LEADS = frozenset({Seat.CHAIR, Seat.SECRETARY})
IN_PLACE: Mapping[Seat, Sequence[Seat]] = {
    Seat.CHAIR: (Seat.VICE_CHAIR, Seat.MEMBER),
    Seat.SECRETARY: (Seat.MEMBER, Seat.VICE_CHAIR),
}
"""From which seats somebody acts for one that has a conflict of interest, the first first."""
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


class Earlier(BaseModel):
    """A member as it was before its contact was changed or its seat handed over: what was done
    until then stays in this name. `reason`: not needed while the council does not sit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    member: Member
    reason: Paragraph | None
    by: str
    at: AwareDatetime


class Helper(Contact):
    """One of the help team (tổ giúp việc). `named_by`: who wrote down this contact, as the token
    names them."""

    model_config = ConfigDict(from_attributes=True)

    workplace: Line | None = None
    named_by: str | None = None
    id: Id = Field(default_factory=lambda known: _id_by_contact(known))

    @property
    def contact(self) -> Contact:
        return self


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
    chair; while there is one, its settings are not changed. `earlier`: its members as they were;
    `former_helpers`: so of the help team, whose sheet stays theirs too."""

    kept = True

    facts: CouncilFacts
    procedure: Slug
    members: tuple[Member, ...]
    help_team: tuple[Helper, ...] = ()
    settings: CouncilSettings
    sitting: frozenset[Id] = frozenset()
    earlier: tuple[Earlier, ...] = ()
    former_helpers: tuple[Helper, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reachable(self) -> tuple[str, ...]:
        """Every number and address of its people, to be looked for."""
        return tuple(sorted({way for one in self.people for way in ways_to(one.contact)}))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def once_reachable(self) -> tuple[str, ...]:
        """So of its former people, who read nothing by it: what is kept from them is looked for."""
        former = (*(one.member.contact for one in self.earlier), *self.former_helpers)
        return tuple(sorted({way for one in former for way in ways_to(one)}))

    @property
    def people(self) -> tuple[Member | Helper, ...]:
        """Members and help team: what is said of conflicts is said of all of them."""
        return (*self.members, *self.help_team)

    @classmethod
    def appointed(
        cls,
        tenant: str,
        facts: CouncilFacts,
        procedure: Procedure,
        members: Sequence[Member],
        help_team: Sequence[Helper],
        settings: CouncilSettings,
    ) -> "Council":
        """Unprocessable says what is wrong with its seats, its people or its term."""
        wrong = [
            *_wrong_seats(members), *_wrong_people(members, help_team), *_wrong_term(facts),
            *_wrong_gates(settings, help_team),
        ]  # fmt: skip
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
        help_team: Sequence[Helper] | None,
        settings: Mapping[str, Any],
        reason: Paragraph | None,
        by: Person,
        at: datetime,
    ) -> None:
        """How its people are reached, and how it meets. `members`: what is otherwise of each. While
        it sits, only how its people are reached, and with a reason."""
        if self.sitting and settings:
            raise Conflict(
                "Hội đồng đang họp: chỉ sửa được quy định khi phiên họp kết thúc.",
                "The council is in session: its settings can be changed when that has ended.",
            )
        if self.sitting and reason is None:
            raise Unprocessable(
                "Hội đồng đang họp: thay đổi cần có lý do.",
                "The council is in session: a change needs a reason.",
                [FieldProblem("reason", "ghi lý do", "say why")],
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
        team = self.help_team if help_team is None else tuple(map(self._as_known, help_team))
        meets = self.settings.model_copy(update=settings)
        if wrong := [*_wrong_people(changed, team), *_wrong_gates(meets, team)]:
            raise Unprocessable(
                "Có mục chưa đúng, xem bên dưới.", "Something is not right, see below.", wrong
            )
        for was, now in zip(self.members, changed, strict=True):
            if was != now:
                if not was.contact.reaches(by):
                    _refuse_gaining(now.contact, by)
                self.earlier += (Earlier(member=was, reason=reason, by=by.id, at=at),)
        self.former_helpers += tuple(one for one in self.help_team if one not in team)
        self.members, self.help_team, self.settings = changed, team, meets

    def hand_over(
        self, holder: Id, to: Member, reason: Paragraph, by: Person, at: datetime
    ) -> None:
        """A seat goes to another member, who exchanges it with the holder, or to somebody new, and
        the holder is of the council no more. Never to who hands it over, and of chair and secretary
        neither to who has been the other: closing and approving stay acts of two people."""
        was = next(one for one in self.members if one.id == holder)
        exchanged = self.member(to.id) is not None
        gets = to.model_copy(update={"seat": was.seat, "scores": was.scores})
        gives = was.model_copy(update={"seat": to.seat, "scores": to.scores})
        for one in (gets, gives) if exchanged else (gets,):
            _refuse_gaining(one.contact, by)
            self._refuse_both_leads(one)
        places = {holder: gives, to.id: gets} if exchanged else {holder: gets}
        changed = tuple(places.get(one.id, one) for one in self.members)
        if wrong := [*_wrong_people(changed, self.help_team)]:
            raise Unprocessable(
                "Có mục chưa đúng, xem bên dưới.", "Something is not right, see below.", wrong
            )
        kept = [was, *([to] if exchanged else [])]
        self.earlier += tuple(Earlier(member=one, reason=reason, by=by.id, at=at) for one in kept)
        self.members = changed

    def _refuse_both_leads(self, gets: Member) -> None:
        ways = set(ways_to(gets.contact))
        other = LEADS - {gets.seat}
        held = {one.seat for one in self.ever if not ways.isdisjoint(ways_to(one.contact))}
        if gets.seat in LEADS and held & other:
            raise Conflict(
                "Chủ tịch và thư ký là hai người khác nhau, cả khi bàn giao.",
                "Chair and secretary are two people, also when a seat is handed over.",
            )

    @property
    def ever(self) -> tuple[Member, ...]:
        """Its members as they are, then as they were, the last first."""
        return (*self.members, *(one.member for one in reversed(self.earlier)))

    @property
    def everybody(self) -> tuple[Member | Helper, ...]:
        """Whoever is or was of it."""
        return (*self.ever, *self.help_team, *self.former_helpers)

    @property
    def named(self) -> dict[Id, Member]:
        """Everybody who is or was a member, by id, as last known: what was done is theirs."""
        found: dict[Id, Member] = {}
        for one in self.ever:
            found.setdefault(one.id, one)
        return found

    @property
    def names(self) -> dict[Id, Line]:
        """Of everybody who is or was of it, by id."""
        people: list[Member | Helper] = [*self.named.values(), *self.help_team]
        return {one.id: one.contact.name for one in people}

    @property
    def paper_readers(self) -> tuple[Contact, ...]:
        """Who reads all papers of its sessions: who leads it, and the help team."""
        leads = (one.contact for one in self.members if one.seat in LEADS)
        return (*leads, *self.help_team)

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

    def acting(self, conflicts: Collection[Id], present: Collection[Id]) -> Mapping[Seat, Member]:
        """Who acts as chair and as secretary on what these have a conflict on; nobody does for
        both. Who is present comes before who is not."""
        found: dict[Seat, Member] = {}
        for seat, others in IN_PLACE.items():
            order = (seat, *others)
            taken = {*conflicts, *(one.id for one in found.values())}
            able = [one for one in self.seats if one.seat in order and one.id not in taken]
            if able:
                found[seat] = min(
                    able,
                    key=lambda one: (
                        one.seat is not seat, one.id not in present, order.index(one.seat)
                    ),
                )  # fmt: skip
        return found

    def member_of(self, person: Person) -> Member | None:
        """Which member that person is."""
        found = self._who_is(person)
        return found if isinstance(found, Member) else None

    def judges(self, conflicts: Collection[Id]) -> bool:
        """Whether enough of its seats may score a product on which these have a conflict, as one
        person alone never decides; and where the help team judges gates, somebody of it."""
        able = [one for one in self.seats if one.scores and one.id not in conflicts]
        gates = self.settings.gate_rule is not GateRule.HELP_TEAM or self.helps(conflicts)
        return gates and len(able) >= LEAST_SCORERS

    def enough(self, sheets: int, conflicts: Collection[Id]) -> bool:
        """Whether a product may be judged by so many sheets: the quorum's share of those who may
        score it, and never one person's alone."""
        able = sum(one.scores and one.id not in conflicts for one in self.members)
        return sheets >= LEAST_SCORERS and sheets * 100 >= able * self.settings.quorum_percent

    def helper_of(self, person: Person) -> Helper | None:
        """Which of the help team that person is."""
        found = self._who_is(person)
        return found if isinstance(found, Helper) else None

    def helps(self, conflicts: Collection[Id]) -> bool:
        """Whether somebody may write the help team's sheet on what these have a conflict on."""
        return any(one.id not in conflicts for one in self.help_team)

    def _who_is(self, person: Person) -> Member | Helper | None:
        """Forbidden for who has the number of one of its people and the address of another."""
        found = [one for one in self.people if one.contact.reaches(person)]
        if len(found) > 1:
            names = ", ".join(one.contact.name for one in found)
            raise Forbidden(
                "Số điện thoại và e-mail của bạn là của hai thành viên hội đồng hoặc tổ giúp việc: "
                f"{names}.",
                f"Your phone number and e-mail address are those of two of the council: {names}.",
            )
        return found[0] if found else None

    def _as_known(self, helper: Helper) -> Helper:
        """Who was of the team stays who they were; a contact that is otherwise has a new author."""
        ways = set(ways_to(helper))
        known = next((one for one in self.help_team if ways & set(ways_to(one))), None)
        if known is None:
            return helper
        same = ways == set(ways_to(known))
        kept = {"id": known.id} | ({"named_by": known.named_by} if same else {})
        return helper.model_copy(update=kept)

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


def _id_by_contact(known: Mapping[str, Any]) -> Id:
    """Of one of a help team who has no id yet."""
    return str(uuid5(NAMESPACE_URL, f"ocop:helper:{known['phone'] or known['email']}"))


def ways_to(contact: Contact) -> tuple[str, ...]:
    return tuple(way for way in (contact.phone, contact.email) if way is not None)


def same_people(was: Council, now: Council) -> list[tuple[Id, Id]]:
    """Of whoever is or was of the one council and is of the other, the ids there and here."""
    return [
        (one.id, each.id)
        for one in was.everybody
        for each in now.people
        if one.id == each.id or not {*ways_to(one.contact)}.isdisjoint(ways_to(each.contact))
    ]


def conflict_with(member: Member | Helper, manifest: Manifest) -> Words | None:
    """Why this member may have a conflict of interest with that package, as far as the two say it
    themselves."""
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


def _refuse_gaining(gets: Contact, by: Person) -> None:
    """Nobody gives themselves a seat."""
    if gets.reaches(by):
        raise Forbidden(
            "Không ai tự nhận vị trí trong hội đồng: việc này do người khác làm.",
            "Nobody takes a seat by themselves: somebody else has to do this.",
        )


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


def _wrong_people(members: Sequence[Member], help_team: Sequence[Helper]) -> Iterator[FieldProblem]:
    """Nobody is two of them, nor member and help team at once."""
    seated = [(f"members.{at}.contact", one.contact) for at, one in enumerate(members)]
    team = [(f"help_team.{at}", one.contact) for at, one in enumerate(help_team)]
    yield from _reached_twice([*seated, *team])


def _wrong_gates(settings: CouncilSettings, help_team: Sequence[Helper]) -> Iterator[FieldProblem]:
    if settings.gate_rule is GateRule.HELP_TEAM and not help_team:
        yield FieldProblem(
            "settings.gate_rule", "hội đồng không có tổ giúp việc", "the council has no help team"
        )


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
