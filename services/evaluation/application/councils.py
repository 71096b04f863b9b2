"""Councils are appointed, changed and found."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from chassis.problems import FieldProblem, NotFound, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import CouncilAppointed, CouncilFacts, Seat
from contracts.person import Contact, GivenContact, Person
from contracts.tenant import UnitKind
from contracts.text import Id, Name, PaperNumber, Paragraph, Slug
from rules.procedures import Procedure, level_named, procedures
from rules.product_sets import offered
from rules.ranking import GateRule
from services.evaluation.application.handovers import follow_council
from services.evaluation.application.seats import OFFICERS
from services.evaluation.domain.councils import (
    MOST_LEAD_DAYS,
    Council,
    CouncilSettings,
    Helper,
    Member,
    convening,
    level_of,
)

MOST_PEOPLE = 50


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Seating(Wanted):
    """`scores`: everybody who has a seat does, and an expert where it is said so."""

    seat: Seat
    contact: GivenContact
    workplace: Name | None = None
    scores: bool | None = None

    def as_member(self) -> Member:
        scores = self.seat is not Seat.EXPERT if self.scores is None else self.scores
        return Member(
            id=str(uuid4()), seat=self.seat, contact=self.contact, workplace=self.workplace,
            scores=scores,
        )  # fmt: skip


class Helping(Contact):
    """One of the help team."""

    name: Name
    workplace: Name | None = None

    def named_by(self, person: Person) -> Helper:
        return Helper(**self.model_dump(), named_by=person.id)


class SettingsWanted(Wanted):
    """What is not said stays as it is; at first as the procedure has it."""

    quorum_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    chair_needed: bool | None = None
    most_spread: Annotated[int, Field(ge=0, le=100)] | None = None
    lead_working_days: Annotated[int, Field(ge=0, le=MOST_LEAD_DAYS)] | None = None
    gate_rule: GateRule | None = None
    help_team_first: bool | None = None

    @property
    def said(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)


class Appointment(Wanted):
    """`procedure`: by whose rules it begins; otherwise by those of the newest at its level."""

    name: Name
    level: Slug
    decision_number: PaperNumber
    decided_on: date
    until: date | None = None
    procedure: Slug | None = None
    members: Annotated[list[Seating], Field(min_length=1, max_length=MOST_PEOPLE)]
    help_team: Annotated[list[Helping], Field(max_length=MOST_PEOPLE)] = []
    settings: SettingsWanted = SettingsWanted()


class MemberWanted(Wanted):
    """`workplace` null: it is not known."""

    id: Id
    contact: GivenContact | None = None
    workplace: Name | None = None

    @property
    def said(self) -> dict[str, Any]:
        kept = {"workplace"} & self.model_fields_set | ({"contact"} if self.contact else set())
        return {name: getattr(self, name) for name in kept}


class CouncilWanted(Wanted):
    """What is otherwise of a council; what is not said stays as it is. `reason`: why; needed while
    it sits."""

    members: Annotated[list[MemberWanted], Field(max_length=MOST_PEOPLE)] = []
    help_team: Annotated[list[Helping], Field(max_length=MOST_PEOPLE)] | None = None
    settings: SettingsWanted = SettingsWanted()
    reason: Paragraph | None = None


def appoint_council(work: UnitOfWork, wanted: Appointment, unit: UnitKind) -> Council:
    """`unit`: what kind of unit the tenant is, which says at which level its councils judge."""
    procedure = _procedure(wanted, unit)
    usual = CouncilSettings.by(procedure.council)
    members = [one.as_member() for one in wanted.members]
    _refuse_oneself(work.scope.person, wanted.help_team)
    council = Council.appointed(
        work.scope.tenant,
        CouncilFacts(
            name=wanted.name, level=wanted.level, decision_number=wanted.decision_number,
            decided_on=wanted.decided_on, until=wanted.until,
            seats=max(1, sum(one.seat is not Seat.EXPERT for one in members)),
        ),
        procedure, members, [one.named_by(work.scope.person) for one in wanted.help_team],
        usual.model_copy(update=wanted.settings.said),
    )  # fmt: skip
    work.save(council)
    work.tell(CouncilAppointed(council=council.facts), about=council)
    return council


def change_council(work: UnitOfWork, id: str, wanted: CouncilWanted, seen: int | None) -> Council:
    """`seen`: which version its author had before them."""
    council = work.get(Council, id)
    work.expect(council, seen)
    person, team, before = work.scope.person, wanted.help_team, council.named
    if not any(one.reaches(person) for one in council.help_team):
        _refuse_oneself(person, team or ())
    council.change(
        {one.id: one.said for one in wanted.members},
        None if team is None else [one.named_by(person) for one in team],
        wanted.settings.said,
        wanted.reason,
        person,
        work.at,
    )
    work.save(council, detail=wanted.model_dump(mode="json", exclude_unset=True))
    work.tell(CouncilAppointed(council=council.facts), about=council)
    follow_council(work, council, before)
    return council


def councils_of(work: UnitOfWork, after: str | None, limit: int) -> list[Council]:
    """An officer's are the tenant's, anybody else's those whose people they are among."""
    person = work.scope.person
    if person.roles & OFFICERS:
        return work.page(Council, after=after, limit=limit)
    return work.page(Council, after=after, limit=limit, reachable__in=_ways(person))


def council_of(work: UnitOfWork, id: str) -> Council:
    person = work.scope.person
    council = work.get(Council, id)
    if person.roles & OFFICERS or council.member_of(person) or council.helper_of(person):
        return council
    raise NotFound("Không tìm thấy.", "There is no such council.")


def _ways(person: Person) -> list[str]:
    return [way for way in (person.phone, person.email) if way is not None]


def _refuse_oneself(person: Person, team: Sequence[Helping]) -> None:
    """Who names a help team sees nothing of its sheet before the others do."""
    own = [
        FieldProblem(f"help_team.{at}", "là chính bạn", "is yourself")
        for at, one in enumerate(team)
        if one.reaches(person)
    ]
    if own:
        raise Unprocessable(
            "Không ai tự ghi mình vào tổ giúp việc.", "Nobody names themselves into a help team.",
            own,
        )  # fmt: skip


def _procedure(wanted: Appointment, unit: UnitKind) -> Procedure:
    level, known = level_of(unit), convening(wanted.level, procedures().values())
    if wanted.level != level:
        named = level_named(level)
        field = FieldProblem("level", f"phải là {named.vi}", f"has to be {named.en}")
    elif wanted.procedure is not None and wanted.procedure not in known:
        names = offered({name: one.label for name, one in known.items()})
        field = FieldProblem(
            "procedure", f"phải là một trong: {names.vi}", f"has to be one of: {names.en}"
        )
    else:
        return known[wanted.procedure] if wanted.procedure else [*known.values()][-1]
    raise Unprocessable(
        "Hội đồng này không do đơn vị thành lập ở cấp đó.",
        "The tenant convenes no such council at that level.",
        [field],
    )
