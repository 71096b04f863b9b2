"""What was delivered and never judged is ended by an act of the office, and told."""

from typing import Any

import pytest

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.councils import PackageEnded
from services.evaluation.domain.packages import Package, PackageState
from services.evaluation.domain.results import Result
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.hearing import LOWER, UPPER, told
from tests.evaluation.meeting import REASON, Meeting, keep, ok
from tests.evaluation.people import package


@pytest.fixture
def door(served: Any, issuer: Any) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


def end(who: Caller, meeting: Meeting) -> Any:
    return who.post(f"/packages/{meeting.product()}/ending", REASON)


def test_who_ends_it_and_what_is_told(door, database):
    meeting = Meeting.of(door)
    phone = meeting.packages[0].manifest.contacts[0].phone
    own = door.as_("officer", phone=phone, subject="own")
    for who, status in (
        (meeting.producer(), 403), (meeting.chair, 403), (meeting.team, 403),
        (meeting.authority, 403), (door.as_("officer", tenant="tri-ton"), 404), (own, 403),
        (door.as_("officer", tenant="tinh-mau"), 404), (meeting.officer, 200),
        (meeting.officer, 409),
    ):  # fmt: skip
        assert end(who, meeting).status_code == status
    one = ok(meeting.officer.get(f"/packages/{meeting.product()}"))
    assert (one["state"], one["ready"]) == (PackageState.ENDED, False)
    of = meeting.packages[0]
    (event,) = [event for _, event in told(database) if isinstance(event, PackageEnded)]
    assert event == PackageEnded(
        package=of.facts, reason=REASON["reason"], contacts=of.manifest.contacts, owner=LOWER
    )
    refused = meeting.officer.post("/sessions", meeting.convening)
    assert refused.status_code == 409
    (act,) = database.acts.find({"act": "end_package"})
    assert (act["actor"], act["detail"]) == ("officer", REASON)


def test_without_a_reason_nothing_ends(door):
    meeting = Meeting.of(door)
    path = f"/packages/{meeting.product()}/ending"
    for body in ({}, {"reason": " "}, REASON | {"state": "accepted"}):
        assert meeting.officer.post(path, body).status_code == 422


@pytest.mark.parametrize("moment", ["convened", "open", "closed", "approved", "decided"])
def test_what_is_on_an_agenda_or_has_a_result_is_not_ended(door, moment):
    meeting = Meeting.of(door).convene()
    if moment != "convened":
        meeting.arrive()
        ok(meeting.chair.post(meeting.at("/opening")))
    if moment in ("closed", "approved", "decided"):
        meeting.score().close()
    if moment in ("approved", "decided"):
        meeting.approve()
    if moment == "decided":
        meeting.decide()
    assert end(meeting.officer, meeting).status_code == 409


@pytest.mark.parametrize("moment", ["cancelled", "put off", "annulled"])
def test_what_no_session_has_any_more_is_ended(door, moment):
    meeting = Meeting.of(door).convene()
    if moment == "cancelled":
        ok(meeting.officer.post(meeting.at("/cancellation"), REASON))
    else:
        meeting.arrive()
        ok(meeting.chair.post(meeting.at("/opening")))
    if moment == "put off":
        body = REASON | {"package_id": meeting.product()}
        ok(meeting.chair.post(meeting.at("/postponements"), body))
    if moment == "annulled":
        meeting.score().close().approve()
        (result,) = meeting.results
        ok(meeting.chair.post(f"/results/{result['id']}/annulment", REASON))
    ok(end(meeting.officer, meeting))


@pytest.mark.parametrize("state", [one for one in PackageState if one != PackageState.ACCEPTED])
def test_only_what_waits_for_a_council_is_ended(door, state):
    """What was submitted or returned is at its dossier, where it is completed or withdrawn."""
    of = package()
    of.state = state
    keep(LOWER, of)
    assert end(door.as_("officer"), Meeting.of(door, packages=[of])).status_code == 409


def test_ended_above_nothing_is_potential_below_any_more(door, database):
    """The certificate of the level below says so, or the one that is still to be issued."""
    lower = Meeting.of(door).scored(72, 74).close().approve()
    (found,) = lower.results
    lower.decide()
    up = package(UPPER, **lower.packages[0].manifest.model_dump(mode="json"))
    with entered(Scope(LOWER, "test")):
        result = run(UnitOfWork.get, Result, found["id"])
    up.owner, up.follows, up.lower = LOWER, result.id, result.facts
    keep(UPPER, up)
    assert result.facts.potential == 4
    above = Meeting.of(door, tenant=UPPER, level="province", packages=[up])
    ok(end(above.officer, above))
    with entered(Scope(LOWER, "test")):
        assert run(UnitOfWork.get, Result, found["id"]).potential is None
    (certificate,) = database.certificates.find()
    assert certificate["facts"]["potential"] is None
    with entered(Scope(UPPER, "test")):
        assert run(UnitOfWork.get, Package, up.id).state is PackageState.ENDED
