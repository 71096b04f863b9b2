"""A scorer's own sheet: saved field by field, locked when complete, and nobody else's to touch."""

from typing import Any

import pytest

from contracts.councils import Seat
from rules.editions import edition
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller, wrong
from tests.evaluation.meeting import PAIR, REASON, Meeting, keep, ok, sheet
from tests.evaluation.people import package

THREE = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER)
WITH_EXPERT = (*PAIR, Seat.MEMBER, Seat.EXPERT)


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


@pytest.fixture
def meeting(door) -> Meeting:
    return Meeting.of(door, *THREE).open()


def change(name: str, now: Any, was: Any = None) -> dict[str, Any]:
    return {"changes": [{"field": name, "was": was, "now": now}]}


def sheets_in(database: Any) -> list[Any]:
    return list(database.sheets.find({"fields": {"$ne": {}}}))


def test_a_sheet_is_saved_option_by_option_and_says_what_the_own_choices_come_to(meeting):
    chair, path = meeting.chair, meeting.sheets()
    empty = ok(chair.get(path))
    assert (empty["version"], empty["fields"], empty["total"], empty["chosen"]) == (0, {}, 0, 0)
    criteria = edition().sets[4].criteria
    points = criteria["1.1"].options[2].points
    ok(chair.patch(path, change("options.1.1", 1)))
    answer = chair.patch(path, change("options.1.1", 3, was=1))
    assert (answer.json["total"], answer.json["chosen"]) == (points, 1)
    assert answer.json["criteria"] == len(criteria)
    assert answer.headers["ETag"] == '"2"'
    ok(chair.patch(path, change("comments.1.1", " Vùng trồng   rõ ")))
    ok(chair.patch(path, change("note", "Nên có bao bì mới")))
    fields = ok(chair.get(path))["fields"]
    assert fields == {
        "options.1.1": 3, "comments.1.1": "Vùng trồng   rõ", "note": "Nên có bao bì mới",
    }  # fmt: skip
    ok(chair.patch(path, change("note", None, was="Nên có bao bì mới")))
    assert "note" not in ok(chair.get(path))["fields"]


def test_the_gates_that_the_own_choices_miss_are_told_and_no_others(meeting):
    chair, path = meeting.chair, meeting.sheets()
    gated = next(one for one in edition().sets[4].criteria.values() if one.gates)
    answer = ok(chair.patch(path, change(f"options.{gated.code}", 1)))
    assert answer["failed"] == [
        {"criterion": gated.code, "star": gate.star} for gate in gated.gates if gate.option > 1
    ]


def test_two_windows_of_one_member_lose_nothing(meeting):
    chair, path = meeting.chair, meeting.sheets()
    ok(chair.patch(path, change("options.1.1", 1)))
    ok(chair.patch(path, change("options.3.1", 2)))
    collided = chair.patch(path, change("options.1.1", 2))
    assert (collided.status_code, collided.json["type"]) == (409, "urn:ocop:problem:collided")
    assert collided.json["conflicts"] == [{"field": "options.1.1", "yours": 2, "theirs": 1}]
    assert ok(chair.get(path))["fields"] == {"options.1.1": 1, "options.3.1": 2}


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("options.9.9", 1), ("options.1", 1), ("options.1.1", 0), ("options.1.1", 99),
        ("options.1.1", "1"), ("options.1.1", True), ("options.1.1", {"$ne": None}),
        ("options.1.1", [1]), ("options.1.1", 1.5), ("comments.9.9", "x"), ("comments.1.1", 5),
        ("comments.1.1", ""), ("note", {"$gt": ""}), ("note", "x" * 2001), ("member_id", "x"),
        ("locked_at", "2026-01-01"),
    ],
)  # fmt: skip
def test_what_no_sheet_has_is_refused_where_it_stands_and_nothing_is_kept(
    meeting, database, name, now
):
    answer = meeting.chair.patch(meeting.sheets(), change(name, now))
    assert answer.status_code == 422
    assert wrong(answer) == [name]
    assert sheets_in(database) == []


def test_a_right_change_beside_a_wrong_one_is_not_kept_either(meeting, database):
    changes = change("options.1.1", 1)["changes"] + change("options.9.9", 1)["changes"]
    assert meeting.chair.patch(meeting.sheets(), {"changes": changes}).status_code == 422
    assert sheets_in(database) == []


@pytest.mark.parametrize("case", ["community", "organisation"])
def test_in_tourism_the_options_of_the_other_case_are_refused(door, case):
    """The case is the product's, as the producer has chosen it."""
    criteria = edition().sets[26].criteria.values()
    two = next(one for one in criteria if one.options[0].case)
    own = [*two.choices(case)]
    others = [number for number in range(1, len(two.options) + 1) if number not in own]
    lowest = {one.code: next(one.choices(case)) for one in criteria}
    of = package(self_score={"set": 26, "case": case, "options": lowest})
    keep("huyen-mau", of)
    meeting = Meeting.of(door, packages=[of]).open()
    answer = meeting.chair.patch(meeting.sheets(), change(f"options.{two.code}", others[0]))
    assert (answer.status_code, wrong(answer)) == (422, [f"options.{two.code}"])
    saved = ok(meeting.chair.patch(meeting.sheets(), change(f"options.{two.code}", own[0])))
    assert saved["case"] == case


def test_an_incomplete_sheet_is_not_locked_and_every_missing_criterion_is_named(meeting):
    filled = sheet(72)
    ok(meeting.chair.patch(meeting.sheets(), {"changes": filled[2:]}))
    answer = meeting.chair.post(meeting.sheets(0, "/locking"))
    assert answer.status_code == 422
    assert wrong(answer) == [one["field"] for one in filled[:2]]
    assert all(one["field"].removeprefix("options.") in one["vi"] for one in answer.json["errors"])
    assert ok(meeting.chair.get(meeting.sheets()))["locked_at"] is None


def test_a_locked_sheet_is_saved_and_locked_no_more_and_its_versions_stay(meeting, database):
    chair = meeting.scorers[0]
    meeting.fill(chair, 60, star=1).fill(chair, 72, star=1)
    ok(meeting.lock(chair))
    assert meeting.chair.patch(meeting.sheets(), change("note", "x")).status_code == 409
    assert meeting.lock(chair).status_code == 409
    kept = database.sheets_versions.find({"body.member_id": chair.id}).sort("body.version", 1)
    bodies = [one["body"] for one in kept]
    assert [one["locked_at"] is not None for one in bodies] == [False, False, True]
    assert bodies[0]["fields"] != bodies[1]["fields"] == bodies[2]["fields"]


def test_a_sheet_is_reopened_before_the_reveal_by_secretary_or_chair_with_a_reason(
    meeting, database
):
    chair, secretary, member = meeting.scorers
    meeting.fill(member)
    ok(meeting.lock(member))
    body = {"member_id": member.id, **REASON}
    path = meeting.sheets(0, "/reopening")
    for who, status in (
        (meeting.member(member), 403),
        (meeting.officer, 403),
        (meeting.chair, 200),
    ):
        assert who.post(path, body).status_code == status
    assert meeting.secretary.post(path, body).status_code == 409  # it is not locked
    (act,) = database.acts.find({"act": "reopen_sheet", "kind": "Sheet"})
    assert act["detail"] == REASON
    meeting.fill(member, 60)
    ok(meeting.lock(member))
    for one in (chair, secretary):
        meeting.fill(one)
        ok(meeting.lock(one))
    assert meeting.secretary.post(path, body).status_code == 409  # it is revealed


def test_nobody_scores_who_is_not_waited_for(door):
    """Absent, with a conflict declared or found, without a scoring seat, no member, before the
    opening, after the closing."""
    meeting = Meeting.of(door, *WITH_EXPERT, products=2).convene()
    chair, secretary, member, expert = meeting.council.members
    option = change("options.1.1", 1)
    assert meeting.chair.patch(meeting.sheets(), option).status_code == 409
    meeting.arrive(chair, secretary, expert)
    assert meeting.chair.post(meeting.at("/opening")).status_code == 409  # two of three seats
    meeting.arrive(member)
    conflict = {"package_id": meeting.product(), "reason": "Người thân góp vốn"}
    ok(meeting.member(member).post(meeting.at("/conflicts"), conflict))
    ok(meeting.chair.post(meeting.at("/opening")))
    for who, status in (
        (meeting.member(member), 409), (meeting.member(expert), 409), (meeting.officer, 404),
        (meeting.team, 404), (meeting.producer(), 404), (meeting.authority, 404),
        (door.as_("help-team", subject="x"), 404), (meeting.chair, 200),
    ):  # fmt: skip
        assert who.patch(meeting.sheets(), option).status_code == status
    ok(meeting.member(member).patch(meeting.sheets(1), option))
    ok(meeting.attend(member, "left"))
    again = change("options.1.1", 2, was=1)
    assert meeting.member(member).patch(meeting.sheets(1), again).status_code == 409
    meeting.fill(chair, number=0).fill(secretary, number=0)
    ok(meeting.attend(member))
    for number in (0, 1):
        for one in (chair, secretary, *([member] if number else [])):
            meeting.fill(one, number=number)
            ok(meeting.lock(one, number))
    meeting.close()
    assert meeting.chair.patch(meeting.sheets(), change("note", "x")).status_code == 409


def test_a_conflict_that_the_platform_sees_and_a_person_confirms_needs_no_declaring(door):
    of = package(contacts=[{"name": "Chủ cơ sở", "phone": "0900000013"}])
    keep("huyen-mau", of)
    meeting = Meeting.of(door, *THREE, packages=[of]).open()
    member = meeting.council.members[2]
    ok(meeting.member(member).patch(meeting.sheets(), change("options.1.1", 1)))
    ok(meeting.answer(member, conflict=True))
    (line,) = ok(meeting.chair.get(meeting.at("/board")))["products"]
    assert [*line["scoring"]["conflicts"]] == [member.id]
    assert member.id not in line["scoring"]["expected"]
    answer = meeting.member(member).patch(meeting.sheets(), change("options.1.1", 2, was=1))
    assert answer.status_code == 409


def test_who_has_locked_declares_no_conflict_any_more(meeting):
    one = meeting.scorers[2]
    meeting.fill(one)
    ok(meeting.lock(one))
    body = {"package_id": meeting.product(), "reason": "Người thân góp vốn"}
    assert meeting.member(one).post(meeting.at("/conflicts"), body).status_code == 409


def test_the_help_team_scores_first_where_the_council_says_so_also_before_the_opening(door):
    meeting = Meeting.of(door, help_team_first=True).convene()
    path = meeting.at(f"/help-team-sheets/{meeting.product()}")
    ok(meeting.team.patch(path, {"changes": sheet(58, 1)}))
    meeting.arrive()
    ok(meeting.chair.post(meeting.at("/opening")))
    chair, secretary = meeting.scorers
    meeting.fill(chair)
    assert ok(meeting.chair.get(meeting.sheets()))["waits_for_help_team"] is True
    assert meeting.lock(chair).status_code == 409
    for who in (meeting.chair, meeting.officer, door.as_("help-team", subject="x")):
        assert who.get(path).status_code == 404
        assert who.post(f"{path}/locking").status_code == 404
    ok(meeting.team.post(f"{path}/locking"))
    assert meeting.team.patch(path, change("note", "x")).status_code == 409
    reopening = {"member_id": None, **REASON}
    ok(meeting.chair.post(meeting.sheets(0, "/reopening"), reopening))
    assert meeting.lock(chair).status_code == 409
    ok(meeting.team.post(f"{path}/locking"))
    ok(meeting.lock(chair))
    assert meeting.chair.post(meeting.sheets(0, "/reopening"), reopening).status_code == 409
    meeting.fill(secretary)
    ok(meeting.lock(secretary))
    scores = ok(meeting.officer.get(meeting.at(f"/scores/{meeting.product()}")))
    assert (scores["help_team"]["total"], scores["rounds"][0]["mean"]) == (58, "72")


def test_a_new_round_begins_with_the_own_sheet_of_the_last_and_the_last_stays(door):
    meeting = Meeting.of(door, *PAIR).scored(60, 72, star=1)
    discussion = {"package_id": meeting.product(), "discussion": "Đã trao đổi về vùng trồng"}
    before = ok(meeting.chair.get(meeting.sheets()))
    ok(meeting.chair.post(meeting.at("/new-rounds"), discussion))
    after = ok(meeting.chair.get(meeting.sheets()))
    assert (after["round"], after["fields"], after["locked_at"]) == (2, before["fields"], None)
    meeting.score(66, 70, star=1)
    scores = ok(meeting.officer.get(meeting.at(f"/scores/{meeting.product()}")))
    assert [
        ([total["total"] for total in one["totals"]], one["mean"], one["spread"])
        for one in scores["rounds"]
    ] == [([60, 72], "66", 12), ([66, 70], "68", 4)]
    assert [one["too_far_apart"] for one in scores["rounds"]] == [True, False]
    assert [one["outlier"] for one in scores["rounds"][0]["totals"]] == [True, True]
    assert scores["rounds"][0]["discussion"] == discussion["discussion"]
