from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from chassis.http.access import allowed, caller, signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.versions import if_match, versioned
from chassis.store.unit_of_work import run
from chassis.tenants import Tenants
from chassis.tokens import Role
from contracts.councils import CouncilFacts
from services.evaluation.application.councils import (
    OFFICERS,
    Appointment,
    CouncilWanted,
    appoint_council,
    change_council,
    council_of,
    councils_of,
)
from services.evaluation.application.handovers import HandingOver, hand_over_seat
from services.evaluation.application.seats import helper_of
from services.evaluation.domain.councils import Council, CouncilSettings, Earlier, Helper, Member


class CouncilPath(TenantPath):
    id: AskedId


class CouncilAnswer(BaseModel):
    """`earlier`: members as they were, with why. `you`: which member the caller is. `helps`:
    whether the caller is of the help team. `may`: the acts that the caller may do now."""

    id: str
    tenant: str
    version: int
    facts: CouncilFacts
    procedure: str
    members: tuple[Member, ...]
    help_team: tuple[Helper, ...]
    settings: CouncilSettings
    earlier: tuple[Earlier, ...]
    you: str | None
    helps: bool
    may: list[str]

    @classmethod
    def of(cls, one: Council) -> "CouncilAnswer":
        who = caller()
        you = one.member_of(who.person) if who else None
        changes = who is not None and who.roles & OFFICERS
        return cls(
            id=one.id, tenant=one.tenant, version=one.version, facts=one.facts,
            procedure=one.procedure, members=one.members, help_team=one.help_team,
            settings=one.settings, you=you.id if you else None,
            helps=who is not None and helper_of(one, who.person) is not None,
            may=["change", "handovers"] if changes else [], earlier=one.earlier,
        )  # fmt: skip


class CouncilPage(BaseModel):
    items: list[CouncilAnswer]
    after: str | None


def councils(tenants: Tenants) -> APIBlueprint:
    routes = blueprint("councils", __name__)

    @routes.post("", responses={201: CouncilAnswer})
    @allowed(Role.OFFICER, Role.ADMINISTRATOR)
    def appoint(path: TenantPath, body: Appointment) -> Response:
        """Put down a council that the authority has appointed."""
        one = run(appoint_council, body, tenants.get(path.tenant).unit.kind)
        return versioned(CouncilAnswer.of(one), one.version, 201)

    @routes.get("", responses={200: CouncilPage})
    @signed_in()
    def list_all(path: TenantPath, query: Page) -> dict[str, Any]:
        """The tenant's councils for an officer, the caller's own for anybody else, by id."""
        found = run(councils_of, query.after, query.limit)
        items = [CouncilAnswer.of(one) for one in found]
        return CouncilPage(items=items, after=query.next_after(found)).model_dump(mode="json")

    @routes.get("/<id>", responses={200: CouncilAnswer})
    @signed_in()
    def read(path: CouncilPath) -> Response:
        one = run(council_of, path.id)
        return versioned(CouncilAnswer.of(one), one.version)

    @routes.patch("/<id>", responses={200: CouncilAnswer})
    @allowed(Role.OFFICER, Role.ADMINISTRATOR)
    def change(path: CouncilPath, body: CouncilWanted) -> Response:
        """How its people are reached, and its settings; while it is in session the first alone, and
        with a reason."""
        one = run(change_council, path.id, body, if_match())
        return versioned(CouncilAnswer.of(one), one.version)

    @routes.post("/<id>/handovers", responses={200: CouncilAnswer})
    @allowed(Role.OFFICER, Role.ADMINISTRATOR)
    def hand_over(path: CouncilPath, body: HandingOver) -> Response:
        """A seat goes to another member, or to somebody new; also while the council sits."""
        one = run(hand_over_seat, path.id, body, if_match())
        return versioned(CouncilAnswer.of(one), one.version)

    return routes
