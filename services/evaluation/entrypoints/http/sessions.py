from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict

from chassis.http.access import signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.versions import if_match, versioned
from chassis.store.unit_of_work import run
from chassis.tenants import Tenants
from contracts.councils import AgendaLine, Seat, SessionFacts
from contracts.text import Id, Paragraph
from services.evaluation.application.results import approve_session, close_session, send_back
from services.evaluation.application.seats import Sitting, sitting
from services.evaluation.application.sessions import (
    Attendance,
    Convening,
    SessionWanted,
    attend_session,
    cancel_session,
    change_session,
    convene_session,
    open_session,
    sessions_of,
)
from services.evaluation.domain.records import Office
from services.evaluation.domain.sessions import Act, Done, SessionState


def office_of(tenants: Tenants, tenant: str) -> Office:
    """As its papers name it."""
    of = tenants.get(tenant)
    return Office(authority=f"Ủy ban nhân dân {of.name.vi}", place=of.unit.name)


class SessionPath(TenantPath):
    id: AskedId


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Reason(Body):
    reason: Paragraph


class Attending(Body):
    member_id: Id
    attendance: Attendance


class AgendaAnswer(BaseModel):
    """`id`: of the package, in this service."""

    id: str
    line: AgendaLine


class PresenceAnswer(BaseModel):
    member_id: str
    name: str
    seat: Seat
    came_at: datetime
    left_at: datetime | None


class SessionAnswer(BaseModel):
    """`you`: which member the caller is, in which `seat`; `helps`: whether of the help team. `may`:
    the acts that the caller may do now, on the session or on a product of it."""

    id: str
    tenant: str
    version: int
    facts: SessionFacts
    state: SessionState
    agenda: list[AgendaAnswer]
    presences: list[PresenceAnswer]
    convened: Done
    opened: Done | None
    closed: Done | None
    approved: Done | None
    cancelled_for: str | None
    you: str | None
    seat: Seat | None
    helps: bool
    may: list[Act]

    @classmethod
    def of(cls, at: Sitting) -> "SessionAnswer":
        one, who = at.session, at.who
        members = at.council.named
        return cls(
            id=one.id, tenant=one.tenant, version=one.version, facts=one.facts, state=one.state,
            agenda=[AgendaAnswer(id=item.id, line=item.line) for item in one.agenda],
            presences=[
                PresenceAnswer(
                    member_id=presence.member_id, name=members[presence.member_id].contact.name,
                    seat=members[presence.member_id].seat, came_at=presence.came_at,
                    left_at=presence.left_at,
                )
                for presence in one.presences
            ],
            convened=one.convened, opened=one.opened, closed=one.closed, approved=one.approved,
            cancelled_for=one.cancelled_for, you=who.member_id, seat=who.seat, helps=who.helps,
            may=at.may,
        )  # fmt: skip


class SessionPage(BaseModel):
    items: list[SessionAnswer]
    after: str | None


def sessions(tenants: Tenants) -> APIBlueprint:
    routes = blueprint("sessions", __name__)

    @routes.post("", responses={201: SessionAnswer})
    @signed_in()
    def convene(path: TenantPath, body: Convening) -> Response:
        """By an officer or the council's secretary: invite a council to judge packages."""
        return _answer(run(convene_session, body), 201)

    @routes.get("", responses={200: SessionPage})
    @signed_in()
    def list_all(path: TenantPath, query: Page) -> dict[str, Any]:
        """The tenant's for its people, those of the caller's councils for anybody else, by id."""
        found = run(sessions_of, query.after, query.limit)
        after = query.next_after([one.session for one in found])
        items = [SessionAnswer.of(one) for one in found]
        return SessionPage(items=items, after=after).model_dump(mode="json")

    @routes.get("/<id>", responses={200: SessionAnswer})
    @signed_in()
    def read(path: SessionPath) -> Response:
        return _answer(run(sitting, path.id))

    @routes.patch("/<id>", responses={200: SessionAnswer})
    @signed_in()
    def change(path: SessionPath, body: SessionWanted) -> Response:
        """Place, time, agenda, until it is opened. Its members are invited anew."""
        return _answer(run(change_session, path.id, body, if_match()))

    @routes.post("/<id>/cancellation", responses={200: SessionAnswer})
    @signed_in()
    def cancel(path: SessionPath, body: Reason) -> Response:
        return _answer(run(cancel_session, path.id, body.reason))

    @routes.post("/<id>/attendance", responses={200: SessionAnswer})
    @signed_in()
    def attend(path: SessionPath, body: Attending) -> Response:
        """By the secretary: a member is present, or has left."""
        return _answer(run(attend_session, path.id, body.member_id, body.attendance))

    @routes.post("/<id>/opening", responses={200: SessionAnswer})
    @signed_in()
    def open_one(path: SessionPath) -> Response:
        """By secretary or chair: it is quorate, and its packages have been here long enough."""
        return _answer(run(open_session, path.id))

    @routes.post("/<id>/closing", responses={200: SessionAnswer})
    @signed_in()
    def close(path: SessionPath) -> Response:
        """By the secretary: the results are computed."""
        return _answer(run(close_session, path.id, office_of(tenants, path.tenant)))

    @routes.post("/<id>/sending-back", responses={200: SessionAnswer})
    @signed_in()
    def reject(path: SessionPath, body: Reason) -> Response:
        """By the chair: what was computed counts no more, and the session goes on."""
        return _answer(run(send_back, path.id, body.reason))

    @routes.post("/<id>/approval", responses={200: SessionAnswer})
    @signed_in(below=True)
    def approve(path: SessionPath) -> Response:
        """By the chair, who is another person than who closed it."""
        above, office = tenants.get(path.tenant).parent, office_of(tenants, path.tenant)
        return _answer(run(approve_session, path.id, above, office))

    return routes


def _answer(at: Sitting, status: int = 200) -> Response:
    return versioned(SessionAnswer.of(at), at.session.version, status)
