"""The help team has the members' rules: who is of it, who has a conflict, who is waited for."""

from typing import Any

import pytest

from contracts.councils import Seat
from contracts.person import Person
from rules.ranking import GateRule
from services.evaluation.domain.councils import Council
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller, wrong
from tests.evaluation.meeting import PAIR, Meeting, keep, ok, sheet
from tests.evaluation.people import council, helper
from tests.evaluation.test_councils import CHAIR, COUNCIL

OFFICER = "0900000080"


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


def team_of(meeting: Meeting, number: int = 0) -> Caller:
    phone = meeting.council.help_team[number].phone
    return meeting.door.as_(phone=phone, subject=phone)


def path(meeting: Meeting, rest: str = "") -> str:
    return meeting.at(f"/help-team-sheets/{meeting.product()}{rest}")


def tried(who: Caller, meeting: Meeting) -> list[int]:
    """What reading, saving and locking the help team's sheet are answered."""
    return [
        who.get(path(meeting)).status_code,
        who.patch(path(meeting), {"changes": sheet(58, 1)}).status_code,
        who.post(path(meeting, "/locking")).status_code,
    ]


def of_team(door: Caller, *helpers: Any, **settings: Any) -> Meeting:
    meeting = Meeting.of(door, *PAIR, **settings)
    meeting.council.help_team = helpers
    keep("huyen-mau", meeting.council)
    return meeting


@pytest.mark.parametrize(
    ("team", "fields"),
    [
        ([{"name": "A", "phone": CHAIR}], ["help_team.0.phone"]),
        (
            [{"name": "A", "email": "a@b.vn"}, {"name": "B", "email": "b@b.vn", "phone": CHAIR}],
            ["help_team.1.phone"],
        ),
    ],
)
def test_nobody_is_member_and_help_team_of_one_council(door, team, fields):
    officer = door.as_("officer")
    refused = officer.post("/councils", COUNCIL | {"help_team": team})
    assert (refused.status_code, wrong(refused)) == (422, fields)
    one = ok(officer.post("/councils", COUNCIL), 201)
    refused = officer.patch(f"/councils/{one['id']}", {"help_team": team})
    assert (refused.status_code, wrong(refused)) == (422, fields)
    moved = {"id": one["members"][2]["id"], "contact": one["help_team"][0]}
    moved["contact"] = {"name": "A", "email": one["help_team"][0]["email"]}
    refused = officer.patch(f"/councils/{one['id']}", {"members": [moved]})
    assert (refused.status_code, wrong(refused)) == (422, ["help_team.0.email"])


def test_who_has_the_number_of_a_member_and_the_address_of_a_helper_acts_for_neither(door):
    meeting = of_team(door, helper(51, email="to@mau.example")).convene()
    both = {"phone": meeting.seat(Seat.CHAIR).contact.phone, "email": "to@mau.example"}
    assert tried(door.as_(subject="both", **both), meeting) == [403] * 3


@pytest.mark.parametrize("role", ["officer", "administrator"])
def test_nobody_names_themselves_into_a_help_team(door, role):
    """Neither by the number that the own token carries, nor by one that it carries later, nor by
    another's entry that is turned to the own number."""
    own = door.as_(role, phone=OFFICER, subject="officer")
    team = {"help_team": [{"name": "Cán bộ", "phone": OFFICER}]}
    refused = own.post("/councils", COUNCIL | team)
    assert (refused.status_code, wrong(refused)) == (422, ["help_team.0"])
    one = ok(own.post("/councils", COUNCIL), 201)
    refused = own.patch(f"/councils/{one['id']}", team)
    assert (refused.status_code, wrong(refused)) == (422, ["help_team.0"])
    unseen = door.as_(role, subject="officer")
    turned = [COUNCIL["help_team"][0] | {"phone": OFFICER}]
    for change in (team, {"help_team": turned}):
        ok(unseen.patch(f"/councils/{one['id']}", change))
        assert ok(own.get(f"/councils/{one['id']}"))["helps"] is False
    ok(door.as_("officer", subject="another").patch(f"/councils/{one['id']}", {"help_team": []}))
    ok(door.as_("officer", subject="another").patch(f"/councils/{one['id']}", team))
    assert ok(own.get(f"/councils/{one['id']}"))["helps"] is True
    ok(own.patch(f"/councils/{one['id']}", team))  # who is of it may write the list again
    assert ok(own.get(f"/councils/{one['id']}"))["helps"] is True


def test_who_named_themselves_reads_no_unrevealed_sheet(door):
    meeting = of_team(door, helper(51), helper(80, named_by="officer")).convene()
    ok(meeting.team.patch(path(meeting), {"changes": sheet(58, 1)}))
    named = door.as_("officer", subject="officer", phone=OFFICER)
    assert tried(named, meeting) == [404] * 3
    assert tried(team_of(meeting), meeting)[0] == 200


def test_a_helpers_conflict_is_found_as_a_members_is(door):
    """By contact and by workplace; at the convening, and in a contact that comes after it."""
    meeting = Meeting.of(door, *PAIR)
    manifest = meeting.packages[0].manifest
    works = helper(52, workplace=manifest.producer.name)
    own = helper(53, phone=manifest.contacts[0].phone)
    meeting.council.help_team = (helper(51), works, own)
    keep("huyen-mau", meeting.council)
    meeting.convene()
    assert tried(team_of(meeting, 1), meeting) == [403] * 3
    assert tried(team_of(meeting, 2), meeting) == [403] * 3
    assert tried(team_of(meeting, 0), meeting) == [200] * 3
    late = Meeting.of(door, *PAIR).convene()
    late.council.help_team = (own,)
    keep("huyen-mau", late.council)
    assert tried(team_of(late), late) == [403] * 3


def test_a_helper_declares_a_conflict_before_the_teams_sheet_is_locked(door):
    meeting = of_team(door, helper(51), helper(52)).convene()
    body = {"package_id": meeting.product(), "reason": "Người thân góp vốn"}
    assert "conflicts" in ok(team_of(meeting).get(meeting.at()))["may"]
    ok(team_of(meeting).post(meeting.at("/conflicts"), body))
    assert team_of(meeting).post(meeting.at("/conflicts"), body).status_code == 409
    assert tried(team_of(meeting), meeting) == [403] * 3
    assert tried(team_of(meeting, 1), meeting) == [200] * 3
    assert team_of(meeting, 1).post(meeting.at("/conflicts"), body).status_code == 409
    (line,) = ok(meeting.chair.get(meeting.at("/board")))["products"]
    assert [*line["scoring"]["conflicts"]] == [meeting.council.help_team[0].id]


def test_a_help_team_of_which_nobody_may_write_is_not_waited_for(door):
    """Nor one that a council does not have. Where it judges the gates, the product is put off."""
    body = {"reason": "Người thân góp vốn"}
    for helpers in ((helper(51),), ()):
        meeting = of_team(door, *helpers, help_team_first=True).convene().arrive()
        if helpers:
            of = body | {"package_id": meeting.product()}
            ok(team_of(meeting).post(meeting.at("/conflicts"), of))
        ok(meeting.chair.post(meeting.at("/opening")))
        meeting.score().close().approve()
        assert [one["state"] for one in meeting.results] == ["approved"]
    meeting = of_team(door, helper(51), gate_rule=GateRule.HELP_TEAM).open()
    of = body | {"package_id": meeting.product()}
    ok(team_of(meeting).post(meeting.at("/conflicts"), of))
    (line,) = ok(meeting.chair.get(meeting.at("/board")))["products"]
    assert line["scoring"]["state"] == "postponed"
    meeting.close().approve()
    assert meeting.results == []


def test_a_council_without_a_help_team_does_not_judge_gates_by_it(door):
    officer = door.as_("officer")
    gates = {"gate_rule": "help-team"}
    refused = officer.post("/councils", COUNCIL | {"help_team": [], "settings": gates})
    assert (refused.status_code, wrong(refused)) == (422, ["settings.gate_rule"])
    one = ok(officer.post("/councils", COUNCIL), 201)
    change = {"help_team": [], "settings": gates}
    assert officer.patch(f"/councils/{one['id']}", change).status_code == 422


def test_a_team_that_was_kept_as_contacts_alone_is_read_with_the_same_ids_each_time():
    kept = council().model_dump(mode="json", exclude={"reachable", "once_reachable"})
    for one in kept["help_team"]:
        for name in ("id", "workplace", "named_by"):
            del one[name]
    first, second = (Council.model_validate(kept).help_team[0] for _ in range(2))
    assert first == second
    assert first.reaches(Person(id="x", phone="0900000051"))


def test_who_stays_of_a_team_stays_who_they_were_though_reached_otherwise(door):
    """Their conflicts are by id."""
    officer = door.as_("officer")
    one = ok(officer.post("/councils", COUNCIL), 201)
    (before,) = one["help_team"]
    anew = {"name": "Tổ mẫu", "email": before["email"], "phone": "0900000082"}
    other = {"name": "Người mới", "phone": "0900000083"}
    after = ok(officer.patch(f"/councils/{one['id']}", {"help_team": [other, anew]}))["help_team"]
    assert [one["id"] == before["id"] for one in after] == [False, True]
