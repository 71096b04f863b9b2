"""Councils (hội đồng đánh giá): who sits on one, who scores, and how it meets.

Whether somebody is of a council is the council's own fact: whoever's token carries the phone number
or the address of a contact is that person.
"""

from collections.abc import Collection
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, computed_field

from chassis.aggregate import Aggregate
from contracts.councils import CouncilFacts, Seat
from contracts.package import Manifest
from contracts.person import Contact, Person
from contracts.text import Id, Line, Slug, Words
from rules.procedures import CouncilRules, Meeting
from rules.vietnamese import key

MOST_LEAD_DAYS = 10


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
        """Which member that person is."""
        return next((one for one in self.members if one.contact.reaches(person)), None)

    def helper_of(self, person: Person) -> Contact | None:
        """Which of the help team (tổ giúp việc) that person is."""
        return next((one for one in self.help_team if one.reaches(person)), None)

    def sit(self, session: Id) -> None:
        self.sitting |= {session}

    def rise(self, session: Id) -> None:
        self.sitting -= {session}


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
    if workplace == key(producer.name):
        return Words("Làm việc tại chủ thể", "Works for the producer")
    if workplace in (key(producer.address), key(manifest.product.address)):
        return Words("Cùng địa chỉ với chủ thể", "Has the producer's address")
    return None
