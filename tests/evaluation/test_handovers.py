"""A changed number, a chair who is gone: contacts are changed and seats handed over while a council
sits, by others than who gains, and nothing is stuck in any state."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from contracts.councils import Seat, SessionConvened
from services.evaluation.domain.results import ResultState
from services.evaluation.domain.scorings import ScoringState
from services.evaluation.domain.sessions import ACTS, Act, SessionState
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller, wrong
from tests.evaluation.hearing import told
from tests.evaluation.meeting import REASON, Meeting, keep, ok
from tests.evaluation.people import package

SEATS = (Seat.CHAIR, Seat.VICE_CHAIR, Seat.SECRETARY, Seat.MEMBER)
NEW_CHAIR, NEW_SECRETARY, NEW_NUMBER = "0900000071", "0900000072", "0900000073"
FINAL = {SessionState.APPROVED, SessionState.CANCELLED}


@pytest.fixture
def door(served: Any, issuer: Any) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


def council_path(meeting: Meeting) -> str:
    return f"/councils/{meeting.council.id}"


def hand_over(
    meeting: Meeting, seat: Seat, phone: str | None = None, by: Caller | None = None, **given: Any
) -> Any:
    """To somebody new of this number, or `to` a member."""
    new = {"new": {"contact": {"name": f"Người mới {phone}", "phone": phone}}} if phone else {}
    body = {"member_id": meeting.seat(seat).id, "reason": "Chuyển công tác"} | new | given
    answer = (by or meeting.officer).post(f"{council_path(meeting)}/handovers", body)
    if answer.status_code == 200:
        renew(meeting, answer.json)
    return answer


def renew(meeting: Meeting, council: dict[str, Any]) -> None:
    """The council as it is now, for who acts in the tests."""
    kind = type(meeting.council.members[0])
    meeting.council.members = tuple(kind.model_validate(one) for one in council["members"])


def both_gone(meeting: Meeting) -> None:
    """Chair and secretary cannot be reached any more, and somebody new has their seats."""
    ok(hand_over(meeting, Seat.CHAIR, NEW_CHAIR))
    ok(hand_over(meeting, Seat.SECRETARY, NEW_SECRETARY))


# -- nothing is stuck


def convened(door: Caller) -> Meeting:
    return Meeting.of(door, *SEATS).convene()


def opened(door: Caller) -> Meeting:
    return Meeting.of(door, *SEATS).open()


def closed(door: Caller) -> Meeting:
    return Meeting.of(door, *SEATS).scored().close()


REACHED: dict[SessionState, Callable[[Caller], Meeting]] = {
    SessionState.CONVENED: convened,
    SessionState.OPEN: opened,
    SessionState.CLOSED: closed,
}


def to_its_end(meeting: Meeting) -> None:
    """From wherever it is."""
    state = ok(meeting.officer.get(meeting.at()))["state"]
    if state == SessionState.CONVENED:
        meeting.arrive()
        ok(meeting.chair.post(meeting.at("/opening")))
        state = SessionState.OPEN
    if state == SessionState.OPEN:
        present = {one["member_id"] for one in ok(meeting.chair.get(meeting.at()))["presences"]}
        if absent := [one for one in meeting.council.members if one.id not in present]:
            meeting.arrive(*absent)
        (line,) = ok(meeting.chair.get(meeting.at("/board")))["products"]
        if line["scoring"]["state"] == ScoringState.SCORING:
            for one in meeting.scorers:
                if one.id in line["scoring"]["expected"] or one.id not in present:
                    meeting.fill(one)
                    ok(meeting.lock(one))
        meeting.close()
    meeting.approve()


@pytest.mark.parametrize("state", [one for one in SessionState if one not in FINAL])
def test_with_chair_and_secretary_gone_each_state_of_a_session_leads_on(door, state):
    meeting = REACHED[state](door)
    assert ok(meeting.officer.get(meeting.at()))["state"] == state
    both_gone(meeting)
    to_its_end(meeting)
    meeting.decide()


@pytest.mark.parametrize("state", [one for one in SessionState if one not in FINAL])
def test_each_state_has_an_act_of_a_seat_that_can_be_handed_over(state):
    """And what is final has none but to answer and to tell."""
    leads_on = {Act.CANCEL, Act.OPEN, Act.CLOSE, Act.SEND_BACK, Act.APPROVE}
    assert any(state in ACTS[act].states and ACTS[act].seats for act in leads_on)
    assert not any(ACTS[act].states & FINAL for act in ACTS)


def revealed(meeting: Meeting) -> None:
    meeting.score()


def postponed(meeting: Meeting) -> None:
    body = {"package_id": meeting.product(), "reason": "Thiếu mẫu"}
    ok(meeting.chair.post(meeting.at("/postponements"), body))


def eliminated(meeting: Meeting) -> None:
    body = {"package_id": meeting.product(), "finding": "forged-dossier", "reason": "Hồ sơ giả"}
    ok(meeting.chair.post(meeting.at("/eliminations"), body))


def nothing(meeting: Meeting) -> None:
    """It is being scored."""


SCORED: dict[ScoringState, Callable[[Meeting], None]] = {
    ScoringState.SCORING: nothing,
    ScoringState.REVEALED: revealed,
    ScoringState.POSTPONED: postponed,
    ScoringState.ELIMINATED: eliminated,
}


@pytest.mark.parametrize(
    "state",
    [one for one in ScoringState if one not in (
        ScoringState.WAITING, ScoringState.COMPUTED, ScoringState.DROPPED,
    )],
)  # fmt: skip
def test_with_both_gone_each_state_of_a_product_in_an_open_session_leads_on(door, state):
    """Before the opening and after the closing it is the session's state that leads on."""
    meeting = opened(door)
    SCORED[state](meeting)
    both_gone(meeting)
    to_its_end(meeting)


def test_a_product_put_off_by_who_is_gone_is_judged_by_another_council(door):
    meeting = opened(door)
    postponed(meeting)
    both_gone(meeting)
    to_its_end(meeting)
    again = Meeting(meeting.door, meeting.council, meeting.packages).open()
    to_its_end(again)


def test_an_approved_result_is_annulled_by_who_has_the_chair_now(door):
    meeting = closed(door).approve()
    ok(hand_over(meeting, Seat.CHAIR, NEW_CHAIR))
    (result,) = meeting.results
    ok(meeting.chair.post(f"/results/{result['id']}/annulment", REASON))
    assert [one["state"] for one in meeting.results] == [ResultState.ANNULLED]


# -- contacts


def test_a_changed_number_is_put_right_while_the_council_sits(door, database):
    meeting = opened(door)
    chair = meeting.seat(Seat.CHAIR)
    anew = {"members": [{"id": chair.id, "contact": {"name": "Người mẫu", "phone": NEW_NUMBER}}]}
    refused = meeting.officer.patch(council_path(meeting), anew)
    assert (refused.status_code, wrong(refused)) == (422, ["reason"])
    renew(meeting, ok(meeting.officer.patch(council_path(meeting), anew | REASON)))
    old = door.as_(tenant="huyen-mau", phone=chair.contact.phone, subject="old")
    assert old.get(meeting.at()).status_code == 404
    meeting.score().close().approve()
    (act,) = database.acts.find({"act": "change_council", "kind": "Council"})
    assert act["detail"]["reason"] == REASON["reason"]
    (earlier,) = ok(meeting.officer.get(council_path(meeting)))["earlier"]
    assert earlier["member"]["contact"]["phone"] == chair.contact.phone
    assert (earlier["reason"], earlier["by"]) == (REASON["reason"], "officer")


def test_settings_stay_while_it_sits_with_whatever_reason(door):
    meeting = opened(door)
    body = {"settings": {"most_spread": 50}} | REASON
    assert meeting.officer.patch(council_path(meeting), body).status_code == 409


def test_nobody_gives_themselves_a_seat(door):
    meeting = opened(door)
    mine = door.as_("officer", tenant="huyen-mau", subject="officer", phone=NEW_NUMBER)
    assert hand_over(meeting, Seat.CHAIR, NEW_NUMBER, by=mine).status_code == 403
    seat = meeting.seat(Seat.CHAIR).id
    anew = {"members": [{"id": seat, "contact": {"name": "Tôi", "phone": NEW_NUMBER}}]} | REASON
    assert mine.patch(council_path(meeting), anew).status_code == 403
    member = meeting.seat(Seat.MEMBER)
    sits = door.as_("officer", tenant="huyen-mau", subject="x", phone=member.contact.phone)
    assert hand_over(meeting, Seat.CHAIR, by=sits, to=member.id).status_code == 403
    chair = meeting.seat(Seat.CHAIR).id
    assert hand_over(meeting, Seat.MEMBER, by=sits, to=chair).status_code == 403
    ok(hand_over(meeting, Seat.CHAIR, by=meeting.officer, to=member.id))


def test_who_hands_over_is_of_the_office(door):
    meeting = opened(door)
    for who, status in (
        (meeting.chair, 403), (meeting.secretary, 403), (meeting.authority, 403),
        (meeting.team, 403), (meeting.producer(), 403),
        (door.as_("officer", tenant="tri-ton"), 404),
        (door.as_("administrator", tenant="huyen-mau"), 200),
    ):  # fmt: skip
        assert hand_over(meeting, Seat.CHAIR, NEW_CHAIR, by=who).status_code == status


# -- one person, one act


def test_chair_and_secretary_stay_two_people_however_the_seats_go(door):
    meeting = closed(door)
    secretary, chair = meeting.seat(Seat.SECRETARY), meeting.seat(Seat.CHAIR)
    assert hand_over(meeting, Seat.CHAIR, to=secretary.id).status_code == 409
    ok(hand_over(meeting, Seat.SECRETARY, NEW_SECRETARY))
    back = str(secretary.contact.phone)
    assert hand_over(meeting, Seat.CHAIR, back).status_code == 409
    ok(hand_over(meeting, Seat.CHAIR, NEW_CHAIR))
    assert hand_over(meeting, Seat.SECRETARY, str(chair.contact.phone)).status_code == 409
    meeting.approve()


@pytest.mark.parametrize("seat", [Seat.CHAIR, Seat.SECRETARY])
def test_who_led_the_council_does_not_decide_though_the_seat_is_anothers(door, seat):
    meeting = closed(door).approve()
    was = meeting.seat(seat)
    ok(hand_over(meeting, seat, NEW_CHAIR))
    same = door.as_("authority", tenant="huyen-mau", subject="x", phone=was.contact.phone)
    assert same.post("/decisions", meeting.deciding()).status_code == 403
    meeting.decide()


def test_what_was_done_stays_in_the_old_name(door, database):
    """A locked sheet of who is gone counts, and the papers say whose it was."""
    meeting = opened(door)
    gone = meeting.seat(Seat.SECRETARY)
    meeting.fill(gone)
    ok(meeting.lock(gone))
    ok(hand_over(meeting, Seat.SECRETARY, NEW_SECRETARY))
    session = ok(meeting.chair.get(meeting.at()))
    (left,) = [one for one in session["presences"] if one["left_at"]]
    assert (left["member_id"], left["name"]) == (gone.id, gone.contact.name)
    for one in meeting.scorers:
        if one.seat is not Seat.SECRETARY:
            meeting.fill(one)
            ok(meeting.lock(one))
    scores = ok(meeting.chair.get(meeting.at(f"/scores/{meeting.product()}")))
    assert gone.id in {one["member_id"] for one in scores["rounds"][0]["totals"]}
    meeting.arrive(meeting.seat(Seat.SECRETARY)).close().approve()
    record = {
        row["kind"]: json.loads(row["content"])
        for row in database.papers.find({"kind": {"$in": ["minutes", "report"]}})
    }
    assert record["minutes"]["secretary"]["name"] == f"Người mới {NEW_SECRETARY}"
    names = [one["name"] for one in record["minutes"]["record"]["scorers"]]
    assert gone.contact.name in names
    assert database.papers.count_documents({"kind": "sheet", "member.name": gone.contact.name}) == 1


def test_the_new_chair_reads_what_waits_and_the_old_one_does_not(door):
    meeting = closed(door)
    old = meeting.chair
    (result,) = meeting.results
    ok(hand_over(meeting, Seat.CHAIR, NEW_CHAIR))
    path = f"/results/{result['id']}"
    assert ok(meeting.chair.get(path))["id"] == result["id"]
    papers = ok(meeting.chair.get(f"/papers?subject={meeting.id}"))["items"]
    assert {"minutes", "summary"} <= {one["kind"] for one in papers}
    assert [old.get(one).status_code for one in (path, meeting.at())] == [404, 404]


def test_a_seat_goes_to_another_member_in_exchange_and_the_quorum_stays(door):
    meeting = opened(door)
    vice, chair = meeting.seat(Seat.VICE_CHAIR), meeting.seat(Seat.CHAIR)
    answer = ok(hand_over(meeting, Seat.CHAIR, to=vice.id))
    assert [(one["id"], one["seat"]) for one in answer["members"]] == [
        (chair.id, "vice-chair"), (vice.id, "chair"),
        *((one.id, one.seat) for one in meeting.council.members[2:]),
    ]  # fmt: skip
    to_its_end(meeting)


def test_who_comes_new_is_invited_and_looked_at_for_conflicts(door, database):
    contacts = [{"name": "Chủ cơ sở", "phone": NEW_CHAIR}]
    of = package(contacts=contacts)
    keep("huyen-mau", of)
    meeting = Meeting.of(door, *SEATS, packages=[of]).convene()
    ok(hand_over(meeting, Seat.CHAIR, NEW_CHAIR))
    *_, invited = [one for _, one in told(database) if isinstance(one, SessionConvened)]
    assert NEW_CHAIR in [one.phone for one in invited.members]
    (sign,) = ok(meeting.officer.get(meeting.at("/conflict-signs")))["items"]
    assert (sign["name"], sign["may"]) == (f"Người mới {NEW_CHAIR}", ["conflict-answers"])


def test_a_new_chair_with_a_sign_approves_when_somebody_has_answered(door):
    contacts = [{"name": "Chủ cơ sở", "phone": NEW_CHAIR}]
    of = package(contacts=contacts)
    keep("huyen-mau", of)
    meeting = Meeting.of(door, *SEATS, packages=[of]).scored().close()
    ok(hand_over(meeting, Seat.CHAIR, NEW_CHAIR))
    assert meeting.chair.post(meeting.at("/approval")).status_code == 409
    ok(meeting.answer(meeting.seat(Seat.CHAIR), conflict=False))
    meeting.approve()


def reads(meeting: Meeting, who: Caller) -> tuple[int, int]:
    """The answer to its scores, and how many rounds the board shows."""
    scores = who.get(meeting.at(f"/scores/{meeting.product()}"))
    (line,) = ok(who.get(meeting.at("/board")))["products"]
    return scores.status_code, len(line["rounds"])


@pytest.mark.parametrize("conflict", [True, False])
def test_who_comes_after_the_reveal_with_a_sign_reads_no_score_before_its_answer(door, conflict):
    of = package(contacts=[{"name": "Chủ cơ sở", "phone": NEW_NUMBER}])
    keep("huyen-mau", of)
    meeting = Meeting.of(door, *SEATS, packages=[of]).scored()
    ok(hand_over(meeting, Seat.MEMBER, NEW_NUMBER))
    new = meeting.member(meeting.seat(Seat.MEMBER))
    assert reads(meeting, new) == (403, 0)
    assert reads(meeting, meeting.chair) == (200, 1)
    ok(meeting.answer(meeting.seat(Seat.MEMBER), conflict=conflict))
    assert reads(meeting, new) == ((403, 0) if conflict else (200, 1))


def test_who_comes_into_the_help_team_after_the_reveal_with_a_sign_reads_no_score(door):
    of = package(contacts=[{"name": "Chủ cơ sở", "phone": NEW_NUMBER}])
    keep("huyen-mau", of)
    meeting = Meeting.of(door, *SEATS, packages=[of]).scored()
    team = [*({"name": one.name, "phone": one.phone} for one in meeting.council.help_team)]
    named = {"help_team": [*team, {"name": "Người mới", "phone": NEW_NUMBER}], **REASON}
    council = ok(meeting.officer.patch(council_path(meeting), named))
    new = door.as_("help-team", tenant="huyen-mau", phone=NEW_NUMBER, subject="new")
    path = meeting.at(f"/scores/{meeting.product()}")
    assert new.get(path).status_code == 403
    told_of = {"member_id": council["help_team"][-1]["id"], "package_id": meeting.product()}
    found = {"conflict": False, "reason": "Đã hỏi"}
    ok(meeting.officer.post(meeting.at("/conflict-answers"), told_of | found))
    assert new.get(path).status_code == 200


def test_who_scored_and_turns_out_to_have_a_conflict_is_left_out_by_a_new_round(door):
    """By a number that became known after the closing."""
    of = package(contacts=[{"name": "Chủ cơ sở", "phone": NEW_NUMBER}])
    keep("huyen-mau", of)
    meeting = Meeting.of(door, *SEATS, packages=[of]).scored().close()
    member = meeting.seat(Seat.MEMBER)
    contact = {"name": member.contact.name, "phone": NEW_NUMBER}
    body = {"members": [{"id": member.id, "contact": contact}]} | REASON
    renew(meeting, ok(meeting.officer.patch(council_path(meeting), body)))
    ok(meeting.answer(meeting.seat(Seat.MEMBER), conflict=True))
    refused = meeting.chair.post(meeting.at("/approval"))
    assert (refused.status_code, "chấm lại" in refused.json["detail"]) == (409, True)
    ok(meeting.chair.post(meeting.at("/sending-back"), REASON))
    closing = meeting.secretary.post(meeting.at("/closing"))
    assert "cần chấm lại" in closing.json["errors"][0]["vi"]
    again = {"package_id": meeting.product(), "discussion": "Đã trao đổi"}
    ok(meeting.chair.post(meeting.at("/new-rounds"), again))
    for one in meeting.scorers[:3]:
        ok(meeting.lock(one))
    meeting.close().approve()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "to"), ({"to": "00000000-0000-4000-8000-000000000000"}, "to"),
        ({"member_id": "00000000-0000-4000-8000-000000000000"}, "member_id"),
        ({"new": {"contact": {"name": "A", "phone": "12"}}}, "new.contact.phone"),
        ({"new": {"contact": {"name": "A", "phone": "0900000012"}}}, "members.0.contact.phone"),
        ({"reason": ""}, "reason"),
    ],
)  # fmt: skip
def test_a_wrong_handover_is_refused_where_it_stands(door, given, field):
    meeting = convened(door)
    refused = hand_over(meeting, Seat.CHAIR, **given)
    assert refused.status_code == 422
    assert field in wrong(refused) or field.startswith("members")
    assert ok(meeting.officer.get(council_path(meeting)))["earlier"] == []
