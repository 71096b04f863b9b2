"""Whoever has a conflict of interest with a product is outside of it: others act in their place."""

import json
from typing import Any

import pytest

from contracts.councils import Seat
from services.evaluation.domain.councils import Member
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.meeting import REASON, Meeting, keep, ok
from tests.evaluation.people import council, helper, with_others

FOUR = (Seat.CHAIR, Seat.VICE_CHAIR, Seat.SECRETARY, Seat.MEMBER)
THREE = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER)
WHY = "Người thân góp vốn"


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


def declare(meeting: Meeting, who: Caller, number: int = 0) -> None:
    ok(who.post(meeting.at("/conflicts"), {"package_id": meeting.product(number), "reason": WHY}))


def of(meeting: Meeting, number: int = 0, **said: Any) -> dict[str, Any]:
    return {"package_id": meeting.product(number), **said}


def score(meeting: Meeting, number: int, without: Member | None = None, total: int = 72) -> None:
    for one in meeting.scorers:
        if one is not without:
            meeting.fill(one, total, number, star=1)
            ok(meeting.lock(one, number))


def about(meeting: Meeting, number: int) -> list[tuple[str, dict[str, Any]]]:
    """The acts about one product, each with what it needs."""
    reopening = {"member_id": meeting.scorers[1].id, **REASON}
    return [
        (f"/sheets/{meeting.product(number)}/reopening", reopening),
        ("/new-rounds", of(meeting, number, discussion="Đã trao đổi")),
        ("/eliminations", of(meeting, number, finding="forged-dossier", reason="Giả mạo")),
        ("/postponements", of(meeting, number, reason="Thiếu mẫu")),
    ]


def read(meeting: Meeting, who: Caller, number: int = 0) -> list[Any]:
    """Of one product: its scores, its rounds on the board, its result in the list and alone, and
    the papers of its session."""
    package = meeting.packages[number].manifest.package_id
    everybodys = ok(meeting.authority.get(f"/results?session_id={meeting.id}"))["items"]
    results = [one["id"] for one in everybodys if one["facts"]["package_id"] == package]
    listed = [one["id"] for one in ok(who.get(f"/results?session_id={meeting.id}"))["items"]]
    board = who.get(meeting.at("/board"))
    rounds = board.json["products"][number]["rounds"] if board.status_code == 200 else []
    papers = ok(who.get(f"/papers?subject={meeting.id}"))["items"]
    return [
        who.get(meeting.at(f"/scores/{meeting.product(number)}")).status_code,
        len(rounds),
        [one in listed for one in results],
        [who.get(f"/results/{one}").status_code for one in results],
        sorted(one["kind"] for one in papers),
    ]


def said(database: Any, kind: str) -> dict[str, Any]:
    (row,) = database.papers.find({"kind": kind})
    return dict(json.loads(row["content"]))


def test_a_chair_with_a_conflict_does_no_act_about_that_product_and_the_vice_chair_does(door):
    meeting = Meeting.of(door, *FOUR, products=2).open()
    chair, vice = meeting.chair, meeting.member(meeting.seat(Seat.VICE_CHAIR))
    declare(meeting, chair)
    for path, body in about(meeting, 0):
        refused = chair.post(meeting.at(path), body)
        assert (path, refused.status_code) == (path, 403)
        assert refused.json["type"].endswith("conflict-of-interest")
    for path, body in about(meeting, 1):
        assert (path, vice.post(meeting.at(path), body).status_code) == (path, 403)
    acts = {"reopening", "new-rounds", "eliminations", "postponements"}
    for who, may in ((chair, [set(), acts]), (vice, [acts, set()])):
        lines = ok(who.get(meeting.at("/board")))["products"]
        assert [set(one["may"]) for one in lines] == may
        assert acts <= set(ok(who.get(meeting.at()))["may"])
    score(meeting, 0, without=meeting.seat(Seat.CHAIR))
    ok(vice.post(meeting.at("/new-rounds"), of(meeting, discussion="Đã trao đổi")))
    ok(vice.post(meeting.at("/eliminations"), about(meeting, 0)[2][1]))


def test_a_chair_with_a_conflict_reads_nothing_of_that_product_until_it_is_decided(door):
    """Though the token says officer and authority as well."""
    meeting = Meeting.of(door, *FOUR, products=2).open()
    chair, vice = meeting.chair, meeting.member(meeting.seat(Seat.VICE_CHAIR))
    phone = meeting.seat(Seat.CHAIR).contact.phone
    roles = door.as_("officer", "authority", tenant="huyen-mau", phone=phone, subject="roles")
    declare(meeting, chair)
    score(meeting, 0, without=meeting.seat(Seat.CHAIR))
    score(meeting, 1)
    everybody = (chair, roles)
    for who in everybody:
        assert read(meeting, who) == [403, 0, [], [], []]
        assert read(meeting, who, 1)[:2] == [200, 1]
    meeting.close()
    for who in everybody:
        assert read(meeting, who) == [403, 0, [False], [403], ["sheet"]]
        assert read(meeting, who, 1)[2:4] == [[True], [200]]
        assert chair.post(meeting.at("/sending-back"), REASON).status_code == 403
        assert who.post(meeting.at("/approval")).status_code == 403
    ok(vice.post(meeting.at("/approval")))
    for who in everybody:
        assert read(meeting, who)[:4] == [403, 0, [False], [403]]
        assert roles.post("/decisions", meeting.deciding()).status_code == 403
    meeting.decide()
    everything = ["minutes", "report", *["sheet"] * 4, "summary"]
    for who in everybody:
        assert read(meeting, who) == [200, 1, [True], [200], everything]


def test_minutes_and_report_say_who_acted_in_whose_place_and_why_and_who_stood_in_signs(
    door, database
):
    meeting = Meeting.of(door, *FOUR, products=2).open()
    chair, vice = (meeting.seat(one) for one in (Seat.CHAIR, Seat.VICE_CHAIR))
    declare(meeting, meeting.chair)
    score(meeting, 0, without=chair)
    score(meeting, 1)
    again = of(meeting, discussion="Đã trao đổi")
    ok(meeting.member(vice).post(meeting.at("/new-rounds"), again))
    for one in (*FOUR[1:],):
        ok(meeting.lock(meeting.seat(one)))
    meeting.close()
    ok(meeting.member(vice).post(meeting.at("/approval")))
    minutes, report = said(database, "minutes"), said(database, "report")
    stands_in = f"Phó Chủ tịch Hội đồng {vice.contact.name} làm thay: "
    first, second = minutes["record"]["results"]
    assert first["conflicts"] == [
        {
            "member": chair.contact.name,
            "reason": f"{WHY}; {stands_in}cho chấm lại, ký văn bản của phiên họp",
        }
    ]
    assert second["conflicts"] == []
    signed = {
        "forms": ["TM. HỘI ĐỒNG", "KT. CHỦ TỊCH"], "title": "PHÓ CHỦ TỊCH",
        "name": vice.contact.name,
    }  # fmt: skip
    assert minutes["chair"] == report["signatory"] == signed
    assert report["assessment"] == [
        f"Chủ tịch Hội đồng {chair.contact.name} có xung đột lợi ích với sản phẩm số 1: {WHY}; "
        f"{stands_in}cho chấm lại, phê duyệt kết quả, ký văn bản của phiên họp."
    ]


def test_a_secretary_with_a_conflict_closes_nothing_and_a_member_does(door, database):
    meeting = Meeting.of(door, *THREE, Seat.MEMBER).open()
    secretary, stands_in = meeting.seat(Seat.SECRETARY), meeting.council.members[2]
    declare(meeting, meeting.secretary)
    score(meeting, 0, without=secretary)
    for path, body in about(meeting, 0)[1:2] + about(meeting, 0)[3:]:
        assert meeting.secretary.post(meeting.at(path), body).status_code == 403
    assert meeting.secretary.post(meeting.at("/closing")).status_code == 403
    assert "closing" not in ok(meeting.secretary.get(meeting.at()))["may"]
    ok(meeting.member(stands_in).post(meeting.at("/closing")))
    assert read(meeting, meeting.secretary) == [403, 0, [False], [403], []]
    minutes = said(database, "minutes")
    assert minutes["secretary"] == {
        "forms": ["KT. THƯ KÝ"], "title": "ỦY VIÊN", "name": stands_in.contact.name,
    }  # fmt: skip
    meeting.approve()
    meeting.decide()


def test_without_a_vice_chair_the_first_member_who_is_present_acts(door):
    meeting = Meeting.of(door, *THREE, Seat.MEMBER, Seat.MEMBER, quorum_percent=50).convene()
    chair, secretary, absent, *others = meeting.council.members
    meeting.arrive(chair, secretary, *others)
    ok(meeting.chair.post(meeting.at("/opening")))
    declare(meeting, meeting.chair)
    body = of(meeting, reason="Thiếu mẫu")
    for one in (absent, others[1]):
        assert meeting.member(one).post(meeting.at("/postponements"), body).status_code == 403
    declare(meeting, meeting.member(others[0]))
    ok(meeting.member(others[1]).post(meeting.at("/postponements"), body))


def test_an_expert_stands_in_for_nobody():
    body = council(Seat.CHAIR, Seat.SECRETARY, Seat.EXPERT)
    chair, secretary, _expert = body.members
    assert body.acting({chair.id}, set()) == {Seat.SECRETARY: secretary}


def test_where_conflicts_leave_nobody_to_close_and_another_to_approve_a_product_is_put_off(door):
    """The chair with the first, the one member with the second."""
    meeting = Meeting.of(door, *THREE, products=2).open()
    member = meeting.seat(Seat.MEMBER)
    declare(meeting, meeting.chair)
    declare(meeting, meeting.member(member), 1)
    score(meeting, 0, without=meeting.seat(Seat.CHAIR))
    score(meeting, 1, without=member)
    refused = meeting.secretary.post(meeting.at("/closing"))
    assert (refused.status_code, "để một sản phẩm lại" in refused.json["detail"]) == (409, True)
    body = of(meeting, reason="Xung đột lợi ích")
    ok(meeting.member(member).post(meeting.at("/postponements"), body))
    meeting.close().approve()
    assert [one["state"] for one in meeting.results] == ["approved"]
    later = Meeting(meeting.door, meeting.council, meeting.packages[:1]).open()
    score(later, 0, without=later.seat(Seat.CHAIR))
    later.close()
    ok(later.member(member).post(later.at("/approval")))
    later.decide("13/QĐ-UBND")


def test_who_stands_in_annuls_what_was_approved_and_the_chair_with_a_conflict_does_not(door):
    meeting = Meeting.of(door, *FOUR).open()
    vice = meeting.member(meeting.seat(Seat.VICE_CHAIR))
    declare(meeting, meeting.chair)
    score(meeting, 0, without=meeting.seat(Seat.CHAIR))
    meeting.close()
    ok(vice.post(meeting.at("/approval")))
    (result,) = meeting.results
    path = f"/results/{result['id']}"
    assert meeting.chair.post(f"{path}/annulment", REASON).status_code == 403
    assert ok(vice.get(path))["may"] == ["annulment"]
    ok(vice.post(f"{path}/annulment", REASON))
    assert read(meeting, meeting.chair)[:4] == [403, 0, [False], [403]]


def test_one_of_the_help_team_with_a_conflict_reads_no_score_of_that_product(door):
    meeting = Meeting.of(door, *THREE)
    meeting.council.help_team = (helper(51), helper(52))
    keep("huyen-mau", meeting.council)
    meeting.open()
    interested, other = (
        door.as_("help-team", tenant="huyen-mau", phone=one.phone, subject=one.phone)
        for one in meeting.council.help_team
    )
    declare(meeting, interested)
    score(meeting, 0)
    meeting.close()
    assert read(meeting, interested) == [403, 0, [False], [403], []]
    assert read(meeting, other)[2:4] == [[True], [200]]


@pytest.mark.parametrize("role", ["officer", "administrator", "authority", "help-team"])
def test_whoever_of_the_tenant_is_a_contact_of_the_producer_reads_what_the_producer_does(
    door, role
):
    meeting = Meeting.of(door, *THREE).open()
    phone = meeting.packages[0].manifest.contacts[0].phone
    own = door.as_(role, tenant="huyen-mau", phone=phone, subject="own")
    score(meeting, 0)
    assert read(meeting, own)[:2] == [403, 0]
    meeting.close()
    assert read(meeting, own) == [403, 0, [False], [403], []]
    meeting.approve()
    assert read(meeting, own) == [403, 0, [True], [200], []]
    (result,) = meeting.results
    assert ok(own.get(f"/results/{result['id']}"))["rounds"] is None
    meeting.decide()
    assert ok(own.get(f"/results/{result['id']}"))["rounds"] is not None


@pytest.mark.parametrize("place", range(4))
def test_nobody_of_the_council_decides_on_what_it_found(door, place):
    meeting = Meeting.of(door, *THREE)
    people = [*(one.contact for one in meeting.council.members), meeting.council.help_team[0]]
    meeting.scored().close().approve()
    same = door.as_("authority", tenant="huyen-mau", subject="x", phone=people[place].phone)
    assert same.post("/decisions", meeting.deciding()).status_code == 403
    meeting.decide()


def test_what_has_no_star_to_certify_is_read_by_all_once_it_is_approved(door):
    meeting = Meeting.of(door, *FOUR).open()
    vice = meeting.member(meeting.seat(Seat.VICE_CHAIR))
    declare(meeting, meeting.chair)
    score(meeting, 0, without=meeting.seat(Seat.CHAIR), total=40)
    meeting.close()
    assert read(meeting, meeting.chair)[:4] == [403, 0, [False], [403]]
    ok(vice.post(meeting.at("/approval")))
    assert read(meeting, meeting.chair)[:4] == [200, 1, [True], [200]]


def test_a_product_on_which_the_chair_has_a_conflict_and_that_was_put_off_binds_nobody(door):
    meeting = Meeting.of(door, *THREE, products=2).open()
    declare(meeting, meeting.chair)
    score(meeting, 1)
    body = of(meeting, reason="Thiếu mẫu")
    ok(meeting.member(meeting.seat(Seat.MEMBER)).post(meeting.at("/postponements"), body))
    meeting.close().approve()


def test_a_closed_session_that_conflicts_leave_to_nobody_is_sent_back_by_an_officer(door):
    """As when somebody turns out to work for the producer after the closing."""
    meeting = Meeting.of(door, *THREE).open()
    one = meeting.seat(Seat.MEMBER)
    declare(meeting, meeting.chair)
    score(meeting, 0, without=meeting.seat(Seat.CHAIR))
    meeting.close()
    assert meeting.officer.post(meeting.at("/sending-back"), REASON).status_code == 403
    works = {"id": one.id, "workplace": meeting.packages[0].manifest.producer.name}
    ok(meeting.officer.patch(f"/councils/{meeting.council.id}", {"members": [works], **REASON}))
    found = of(meeting, member_id=one.id, conflict=True, reason="Đã hỏi")
    ok(meeting.officer.post(meeting.at("/conflict-answers"), found))
    for who in (meeting.chair, meeting.member(one)):
        refused = who.post(meeting.at("/approval"))
        assert (refused.status_code, refused.json["type"]) == (409, "urn:ocop:problem:nobody-left")
    assert "sending-back" in ok(meeting.officer.get(meeting.at()))["may"]
    ok(meeting.officer.post(meeting.at("/sending-back"), REASON))
    (line,) = ok(meeting.secretary.get(meeting.at("/board")))["products"]
    assert line["scoring"]["state"] == "postponed"
    meeting.close().approve()
    assert [one["state"] for one in meeting.results] == ["sent-back"]


# -- a product that goes to another session


def put_off(door: Caller, *, confirmed: bool = False) -> tuple[Meeting, Member]:
    """A product that was revealed and put off, on which the vice chair has a conflict: declared, or
    confirmed by an officer."""
    meeting = Meeting.of(door, *FOUR)
    vice = meeting.seat(Seat.VICE_CHAIR)
    if confirmed:
        works = {"workplace": meeting.packages[0].manifest.producer.name}
        chair, _, *others = meeting.council.members
        meeting.council.members = (chair, vice.model_copy(update=works), *others)
        keep("huyen-mau", meeting.council)
    meeting.open()
    if confirmed:
        ok(meeting.answer(vice, conflict=True))
    else:
        declare(meeting, meeting.member(vice))
    score(meeting, 0, without=meeting.seat(Seat.VICE_CHAIR))
    ok(meeting.chair.post(meeting.at("/postponements"), of(meeting, reason="Thiếu mẫu")))
    meeting.close().approve()
    return meeting, vice


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_conflict_comes_along_to_the_next_session_of_the_product(door, confirmed):
    before, vice = put_off(door, confirmed=confirmed)
    again = Meeting(before.door, before.council, before.packages).open()
    (line,) = ok(again.chair.get(again.at("/board")))["products"]
    assert vice.id not in line["scoring"]["expected"]
    score(again, 0, without=again.seat(Seat.VICE_CHAIR))
    assert read(again, again.member(vice))[:2] == [403, 0]
    again.close().approve()


def test_a_confirmed_conflict_that_came_along_may_be_answered_anew(door):
    before, vice = put_off(door, confirmed=True)
    again = Meeting(before.door, before.council, before.packages).open()
    ok(again.answer(vice, conflict=False))
    again.score()
    assert read(again, again.member(vice))[:2] == [200, 1]


def test_to_another_council_a_conflict_comes_along_with_the_same_number(door):
    before, vice = put_off(door)
    other = council(*FOUR)
    other.members = tuple(
        one.model_copy(update={"contact": vice.contact}) if one.seat is Seat.MEMBER else one
        for one in other.members
    )
    chair, former, *rest = other.members
    elsewhere = former.contact.model_copy(update={"phone": "0900000061"})
    other.members = (chair, former.model_copy(update={"contact": elsewhere}), *rest)
    other.settings = before.council.settings
    keep("huyen-mau", other)
    again = Meeting(before.door, other, before.packages).open()
    refused = again.member(again.seat(Seat.MEMBER)).post(again.sheets(rest="/locking"))
    assert (refused.status_code, "xung đột" in refused.json["detail"]) == (409, True)


def test_who_had_a_conflict_in_the_session_before_reads_and_decides_nothing_of_the_next(door):
    """By an office role, though another council judges it now."""
    before, vice = put_off(door)
    other = with_others(council(*FOUR))
    other.settings = before.council.settings
    keep("huyen-mau", other)
    again = Meeting(before.door, other, before.packages).scored().close()
    phone = vice.contact.phone
    roles = door.as_("officer", "authority", tenant="huyen-mau", phone=phone, subject="roles")
    assert read(again, roles) == [403, 0, [False], [403], []]
    again.approve()
    assert roles.post("/decisions", again.deciding()).status_code == 403
    again.decide()
    assert read(again, roles)[2:4] == [[True], [200]]


# -- who is of the council no more


def test_a_member_with_a_conflict_whose_seat_is_anothers_now_reads_nothing_by_an_office_role(door):
    meeting = Meeting.of(door, *FOUR).open()
    vice, path = meeting.seat(Seat.VICE_CHAIR), f"/councils/{meeting.council.id}"
    declare(meeting, meeting.member(vice))
    score(meeting, 0, without=vice)
    to = {"new": {"contact": {"name": "Người mới", "phone": "0900000071"}}}
    ok(meeting.officer.post(f"{path}/handovers", {"member_id": vice.id, **to, **REASON}))
    phone = vice.contact.phone
    former = door.as_("officer", tenant="huyen-mau", phone=phone, subject="former")
    assert read(meeting, former)[:2] == [403, 0]
    meeting.close()
    assert read(meeting, former) == [403, 0, [False], [403], []]
    assert door.as_(tenant="huyen-mau", phone=phone, subject="x").get(path).status_code == 404


def test_one_of_the_help_team_with_a_conflict_who_was_taken_off_it_reads_nothing(door):
    meeting = Meeting.of(door, *THREE).open()
    (was,), path = meeting.council.help_team, f"/councils/{meeting.council.id}"
    former = door.as_("help-team", tenant="huyen-mau", phone=was.phone, subject="former")
    declare(meeting, former)
    score(meeting, 0)
    now = [{"name": "Người khác", "phone": "0900000077"}]
    ok(meeting.officer.patch(path, {"help_team": now, **REASON}))
    assert read(meeting, former)[:2] == [403, 0]
    meeting.close()
    assert read(meeting, former) == [403, 0, [False], [403], []]
    assert former.get(path).status_code == 404
