"""No star by one person alone: enough sheets, separate people, nothing on what was withdrawn."""

from typing import Any

import pytest

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.councils import Seat
from services.evaluation.domain.councils import Member
from services.evaluation.domain.packages import Package, PackageState
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.meeting import Meeting, keep, ok
from tests.evaluation.people import with_others

THREE = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER)


@pytest.fixture
def door(served: Any, issuer: Any) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


def withdraw(meeting: Meeting) -> None:
    """As it is when the result below, which brought it up, is annulled."""

    def take_back(work: UnitOfWork) -> None:
        package = work.get(Package, meeting.product())
        package.state = PackageState.WITHDRAWN
        work.save(package)

    with entered(Scope("huyen-mau", "test")):
        run(take_back)


def test_one_sheet_is_never_enough_though_the_others_were_sent_out_and_called_back(door):
    meeting = Meeting.of(door, *THREE, quorum_percent=1, chair_needed=False).open()
    chair, secretary, member = meeting.scorers
    meeting.fill(secretary)
    ok(meeting.lock(secretary))
    for one in (chair, member):
        ok(meeting.attend(one, "left"))
    closing = meeting.secretary.post(meeting.at("/closing"))
    assert closing.status_code == 409
    assert "chưa đủ số phiếu" in closing.json["errors"][0]["vi"]
    for one in (chair, member):
        ok(meeting.attend(one))
    for one in (chair, member):
        meeting.fill(one)
        ok(meeting.lock(one))
    scores = ok(meeting.chair.get(meeting.at(f"/scores/{meeting.product()}")))
    assert len(scores["sheets"]) == 3


def conflict(meeting: Meeting, member: Member) -> None:
    body = {"package_id": meeting.product(), "reason": "Người thân góp vốn"}
    ok(meeting.member(member).post(meeting.at("/conflicts"), body))


def state_of(meeting: Meeting) -> str:
    (line,) = ok(meeting.secretary.get(meeting.at("/board")))["products"]
    return str(line["scoring"]["state"])


@pytest.mark.parametrize("opened", [False, True])
def test_what_conflicts_leave_to_one_scoring_seat_is_put_off_by_itself(door, opened):
    """At the opening, or at the declaration after it; the package goes to another council. An
    expert who scores has no seat."""
    meeting = Meeting.of(door, *THREE, Seat.EXPERT)
    *seats, expert = meeting.council.members
    meeting.council.members = (*seats, expert.model_copy(update={"scores": True}))
    keep("huyen-mau", meeting.council)
    meeting.convene().arrive()
    if opened:
        ok(meeting.chair.post(meeting.at("/opening")))
    chair, _secretary, member, _expert = meeting.scorers
    conflict(meeting, chair)
    assert state_of(meeting) == ("scoring" if opened else "waiting")
    conflict(meeting, member)
    if not opened:
        assert state_of(meeting) == "waiting"
        ok(meeting.chair.post(meeting.at("/opening")))
    assert state_of(meeting) == "postponed"
    meeting.close().approve()
    assert meeting.results == []
    other = Meeting.of(door, *THREE, packages=meeting.packages)
    keep("huyen-mau", with_others(other.council))
    other.scored().close().approve()
    assert [one["state"] for one in other.results] == ["approved"]


def test_who_has_the_number_of_one_member_and_the_address_of_another_acts_for_neither(door):
    meeting = Meeting.of(door, *THREE)
    chair, *others = meeting.council.members
    reached = chair.contact.model_copy(update={"email": "chu-tich@mau.example"})
    meeting.council.members = (chair.model_copy(update={"contact": reached}), *others)
    keep("huyen-mau", meeting.council)
    meeting.scored().close()
    phone = meeting.seat(Seat.SECRETARY).contact.phone
    both = door.as_(tenant="huyen-mau", subject="both", phone=phone, email=reached.email)
    answer = both.post(meeting.at("/approval"))
    assert (answer.status_code, "hai thành viên" in answer.json["detail"]) == (403, True)
    meeting.approve()


@pytest.mark.parametrize("seat", [Seat.CHAIR, Seat.SECRETARY])
def test_who_leads_the_council_does_not_decide_whatever_their_token_calls_them(door, seat):
    meeting = Meeting.of(door, *THREE).scored().close().approve()
    phone = meeting.seat(seat).contact.phone
    same = door.as_("authority", tenant="huyen-mau", subject="another name", phone=phone)
    assert same.post("/decisions", meeting.deciding()).status_code == 403
    meeting.decide()


def test_a_contact_of_the_producer_does_not_decide_on_its_product(door):
    meeting = Meeting.of(door, *THREE).scored().close().approve()
    phone = meeting.packages[0].manifest.contacts[0].phone
    own = door.as_("authority", tenant="huyen-mau", subject="x", phone=phone)
    assert own.post("/decisions", meeting.deciding()).status_code == 403
    meeting.decide()


def test_what_was_withdrawn_meanwhile_is_put_off_and_not_closed_on(door):
    meeting = Meeting.of(door, *THREE).scored()
    withdraw(meeting)
    closing = meeting.secretary.post(meeting.at("/closing"))
    assert closing.status_code == 409
    assert "đã bị rút" in closing.json["errors"][0]["vi"]
    body = {"package_id": meeting.product(), "reason": "Hồ sơ đã rút"}
    ok(meeting.chair.post(meeting.at("/postponements"), body))
    meeting.close()
    assert meeting.results == []


def test_what_was_withdrawn_after_the_closing_is_neither_approved_nor_decided(door):
    meeting = Meeting.of(door, *THREE).scored().close()
    withdraw(meeting)
    assert meeting.chair.post(meeting.at("/approval")).status_code == 409
    later = Meeting.of(door, *THREE).scored().close().approve()
    withdraw(later)
    refused = later.authority.post("/decisions", later.deciding("13/QĐ-UBND"))
    assert (refused.status_code, "đã bị rút" in refused.json["detail"]) == (409, True)


def test_a_session_is_opened_on_the_day_that_its_members_were_invited_for(door):
    meeting = Meeting.of(door, *THREE)
    meeting.starts_at = meeting.starts_at.replace(year=meeting.starts_at.year + 1, day=1)
    meeting.convene().arrive()
    opening = meeting.chair.post(meeting.at("/opening"))
    assert (opening.status_code, "được triệu tập ngày" in opening.json["detail"]) == (409, True)
