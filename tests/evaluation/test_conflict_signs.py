"""Signs of conflicts: what a producer writes takes nobody off a council, and no conflict that is
one comes through unseen."""

import json
from typing import Any

import pytest

from contracts.councils import Seat
from services.evaluation.domain.scorings import ScoringState
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.meeting import Meeting, keep, ok
from tests.evaluation.people import package

SEATS = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER, Seat.MEMBER)
PHONES = [f"09000000{number}" for number in range(11, 15)]
"""Of the council's four."""


@pytest.fixture
def door(served: Any, issuer: Any) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


def of_producer(door: Caller, *phones: str, **settings: Any) -> Meeting:
    """A council, and a product whose producer names these numbers as its own."""
    contacts = [{"name": f"Người nhà {one}", "phone": one} for one in ("0900000001", *phones)]
    of = package(contacts=contacts)
    keep("huyen-mau", of)
    return Meeting.of(door, *SEATS, packages=[of], **settings)


def answer(who: Caller, meeting: Meeting, place: int, conflict: bool = False) -> Any:
    return meeting.answer(meeting.council.members[place], conflict=conflict, by=who)


def signs(who: Caller, meeting: Meeting) -> list[tuple[str, bool | None, list[str]]]:
    """(whose number, what was answered, what the caller may)."""
    items = ok(who.get(meeting.at("/conflict-signs")))["items"]
    phones = {one.id: one.contact.phone for one in meeting.council.members}
    return [
        (phones[one["member_id"]], one["answer"] and one["answer"]["conflict"], one["may"])
        for one in items
    ]


def revealed(meeting: Meeting) -> bool:
    board = ok(meeting.chair.get(meeting.at("/board")))["products"]
    return bool(board[0]["scoring"]["state"] != ScoringState.SCORING)


def test_a_list_of_their_numbers_takes_nobody_off_and_is_answered_before_the_reveal(door):
    meeting = of_producer(door, *PHONES).scored()
    assert not revealed(meeting)
    closing = meeting.secretary.post(meeting.at("/closing"))
    assert "chưa được trả lời" in closing.json["errors"][0]["vi"]
    assert signs(meeting.officer, meeting) == [(one, None, ["conflict-answers"]) for one in PHONES]
    for place in range(4):
        ok(answer(meeting.officer, meeting, place))
    assert revealed(meeting)
    meeting.close()
    scores = ok(meeting.chair.get(meeting.at(f"/scores/{meeting.product()}")))
    assert len(scores["sheets"]) == 4


def test_a_confirmed_one_scores_no_more_and_a_locked_sheet_of_theirs_does_not_count(door, database):
    meeting = of_producer(door, PHONES[3]).scored(70, 71, 72, 79)
    assert not revealed(meeting)
    ok(answer(meeting.secretary, meeting, 3, conflict=True))
    assert revealed(meeting)
    scores = ok(meeting.chair.get(meeting.at(f"/scores/{meeting.product()}")))
    assert [one["total"] for one in scores["rounds"][0]["totals"]] == [70, 71, 72]
    meeting.close()
    minutes = next(json.loads(row["content"]) for row in database.papers.find({"kind": "minutes"}))
    (product,) = minutes["record"]["results"]
    assert [one["reason"] for one in product["conflicts"]] == [
        "Trùng số điện thoại hoặc e-mail với người liên hệ của chủ thể (Đã hỏi cả hai bên)"
    ]
    assert product["cleared"] == []


def test_a_refused_one_scores_and_the_minutes_say_why(door, database):
    meeting = of_producer(door, PHONES[2]).convene()
    ok(answer(meeting.officer, meeting, 2))
    meeting.arrive()
    ok(meeting.chair.post(meeting.at("/opening")))
    meeting.score().close()
    minutes = next(json.loads(row["content"]) for row in database.papers.find({"kind": "minutes"}))
    (product,) = minutes["record"]["results"]
    (cleared,) = product["cleared"]
    assert cleared["member"] == meeting.council.members[2].contact.name
    assert cleared["reason"].endswith("(Đã hỏi cả hai bên)")
    (act,) = database.acts.find({"act": "answer_for_sign"})
    assert act["actor"] == "officer"
    assert act["detail"] == {
        "package_id": meeting.product(), "member_id": meeting.council.members[2].id,
        "conflict": False, "reason": "Đã hỏi cả hai bên",
    }  # fmt: skip


def test_whom_it_concerns_does_not_answer(door):
    """The secretary of itself or beside it, an officer who is a contact of the producer, others."""
    meeting = of_producer(door, PHONES[1], PHONES[2], "0900000098").convene()
    officer_of_producer = door.as_("officer", tenant="huyen-mau", phone="0900000098", subject="x")
    officer_who_sits = door.as_("officer", tenant="huyen-mau", phone=PHONES[2], subject="y")
    for who, status in (
        (meeting.secretary, 403), (officer_of_producer, 403), (officer_who_sits, 403),
        (meeting.chair, 403), (meeting.authority, 403), (meeting.team, 403),
        (meeting.producer(), 404), (door.as_(subject="nobody"), 404),
    ):  # fmt: skip
        assert answer(who, meeting, 2).status_code == status
    for who in (meeting.secretary, officer_of_producer, meeting.chair):
        assert signs(who, meeting) == [(PHONES[1], None, []), (PHONES[2], None, [])]
    ok(answer(meeting.officer, meeting, 1))
    assert signs(meeting.secretary, meeting)[1] == (PHONES[2], None, ["conflict-answers"])
    ok(answer(meeting.secretary, meeting, 2))


def test_an_answer_is_mended_until_the_reveal_and_not_after(door):
    meeting = of_producer(door, PHONES[3]).open()
    ok(answer(meeting.secretary, meeting, 3, conflict=True))
    own = meeting.member(meeting.council.members[3])
    assert own.post(meeting.sheets(rest="/locking")).status_code == 409
    ok(answer(meeting.officer, meeting, 3))
    meeting.score()
    assert revealed(meeting)
    assert answer(meeting.officer, meeting, 3, conflict=True).status_code == 409
    assert signs(meeting.officer, meeting) == [(PHONES[3], False, [])]


def test_who_declares_it_has_answered_for_good(door):
    meeting = of_producer(door, PHONES[3]).convene().arrive()
    own = meeting.member(meeting.council.members[3])
    ok(own.post(meeting.at("/conflicts"), {"package_id": meeting.product(), "reason": "Em ruột"}))
    assert answer(meeting.officer, meeting, 3).status_code == 409
    ok(meeting.chair.post(meeting.at("/opening")))
    for one in meeting.scorers[:3]:
        meeting.fill(one)
        ok(meeting.lock(one))
    assert revealed(meeting)


def test_nothing_is_eliminated_while_it_is_open_whether_somebody_has_a_conflict(door):
    meeting = of_producer(door, PHONES[0]).open()
    body = {"package_id": meeting.product(), "finding": "forged-dossier", "reason": "Hồ sơ giả"}
    assert meeting.chair.post(meeting.at("/eliminations"), body).status_code == 409
    ok(answer(meeting.secretary, meeting, 0))
    ok(meeting.chair.post(meeting.at("/eliminations"), body))


def test_a_product_may_be_put_off_and_its_sign_is_answered_no_more(door):
    meeting = of_producer(door, PHONES[3]).open()
    body = {"package_id": meeting.product(), "reason": "Cần xác minh"}
    ok(meeting.chair.post(meeting.at("/postponements"), body))
    assert answer(meeting.officer, meeting, 3).status_code == 409
    meeting.close()
    assert meeting.results == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"member_id": "00000000-0000-4000-8000-000000000000"}, 409),
        ({"package_id": "00000000-0000-4000-8000-000000000000"}, 404),
        ({"reason": " "}, 422), ({"conflict": "maybe"}, 422), ({"by": "x"}, 422),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_refused(door, change, status):
    meeting = of_producer(door, PHONES[3]).convene()
    body = {
        "package_id": meeting.product(), "member_id": meeting.council.members[3].id,
        "conflict": True, "reason": "Đã hỏi cả hai bên",
    } | change  # fmt: skip
    assert meeting.officer.post(meeting.at("/conflict-answers"), body).status_code == status
    assert signs(meeting.officer, meeting) == [(PHONES[3], None, ["conflict-answers"])]


def test_only_what_there_is_a_sign_of_is_answered(door):
    meeting = of_producer(door, PHONES[3]).convene()
    assert answer(meeting.officer, meeting, 2, conflict=True).status_code == 409


def test_the_help_teams_common_sheet_waits_for_the_answer(door):
    """It cannot be left out of what was found, as a member's can."""
    meeting = of_producer(door, "0900000051").convene()
    sheet = meeting.at(f"/help-team-sheets/{meeting.product()}")
    (helper,) = meeting.council.help_team
    assert meeting.team.get(sheet).status_code == 403
    ok(meeting.answer(helper, conflict=False))
    ok(meeting.team.get(sheet))
    ok(meeting.answer(helper, conflict=True))
    assert meeting.team.get(sheet).status_code == 403


def test_what_answers_leave_to_one_scoring_seat_is_put_off_by_itself(door):
    meeting = of_producer(door, *PHONES[:3]).open()
    for place in range(3):
        ok(answer(meeting.officer, meeting, place, conflict=True))
    (line,) = ok(meeting.chair.get(meeting.at("/board")))["products"]
    assert line["scoring"]["state"] == ScoringState.POSTPONED
