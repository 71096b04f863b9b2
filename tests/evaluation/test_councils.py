"""Councils: who sits where, how they are found by contact, and how one is appointed and changed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

import services.evaluation.bootstrap  # noqa: F401
from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.councils import CouncilAppointed, CouncilFacts, Seat
from contracts.event import Envelope
from contracts.person import Person
from services.evaluation.domain.councils import Council, conflict_with
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller, wrong
from tests.evaluation.people import contact, council, manifest, member

CHAIR, SECRETARY, EXPERT = "0900000011", "0900000012", "0900000013"


def seat(seat: str, phone: str, **other: Any) -> dict[str, Any]:
    return {"seat": seat, "contact": {"name": "Người mẫu", "phone": phone}} | other


COUNCIL = {
    "name": "Hội đồng OCOP Huyện Mẫu",
    "level": "district",
    "decision_number": "01/QĐ-UBND",
    "decided_on": "2026-01-02",
    "members": [
        seat("chair", CHAIR),
        seat("secretary", SECRETARY, workplace="Phòng Nông nghiệp mẫu"),
        seat("expert", EXPERT),
    ],
    "help_team": [{"name": "Tổ mẫu", "email": "to@mau.vn"}],
    "settings": {"lead_working_days": 0},
}


@pytest.fixture
def officer(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app), issuer, roles=("officer",))


def test_a_council_is_kept_whole_and_found_by_any_number_of_its_people(database):
    one = council()
    with entered(Scope("huyen-mau", "officer")):
        run(lambda work: work.save(one))
        assert run(UnitOfWork.get, Council, one.id) == one
        for phone, found in (("0900000013", [one]), ("0900000051", [one]), ("0900000099", [])):
            assert run(UnitOfWork.all, Council, reachable=phone) == found


def test_the_quorum_counts_seats_and_wants_the_chair():
    """5 seats at 75 %: 4 and the chair; an expert is nobody's seat."""
    one = council(
        Seat.CHAIR, Seat.VICE_CHAIR, Seat.SECRETARY, Seat.MEMBER, Seat.MEMBER, Seat.EXPERT
    )
    ids = [each.id for each in one.members]
    for present, enough in (
        (ids[:4], True),
        (ids[:3], False),
        (ids[:3] + ids[5:], False),
        (ids[1:], False),
        ([], False),
    ):
        assert one.quorate(present) is enough
    without_chair = council(chair_needed=False)
    assert without_chair.quorate([each.id for each in without_chair.members[1:]])


def test_a_person_is_a_member_by_number_or_by_address_and_by_nothing_else():
    one = council()
    second = one.members[1]
    assert one.member_of(Person(id="x", phone=second.contact.phone)) is second
    assert one.helper_of(Person(id="x", phone="0900000051")) is one.help_team[0]
    for nobody in (
        Person(id=second.id),
        Person(id="x", name=second.contact.name),
        Person(id="x", phone="0900000099", email="nobody@mau.vn"),
    ):
        assert (one.member_of(nobody), one.helper_of(nobody)) == (None, None)


@pytest.mark.parametrize(
    ("of_member", "reason"),
    [
        ({"contact": {"name": "A", "phone": "0900000001"}}, "số điện thoại"),
        ({"contact": {"name": "A", "phone": "0911111111", "email": "Chu@mau.vn"}}, "e-mail"),
        ({"workplace": "CƠ SỞ  mẫu"}, "Làm việc tại chủ thể"),
        ({"workplace": "Chủ HKD Mẫu, xã Mẫu"}, "Làm việc tại chủ thể"),
        ({"workplace": "HTX Mẫu"}, None),
        ({"workplace": "Xã Mẫu, huyện Mẫu"}, "Cùng địa chỉ"),
        ({"workplace": "Ấp 2, xã Mẫu"}, "Cùng địa chỉ"),
        ({"workplace": "Phòng Nông nghiệp mẫu"}, None),
        ({}, None),
    ],
)
def test_a_conflict_is_found_where_the_two_say_it_themselves(of_member, reason):
    package = manifest(
        product={"name": "Đường mẫu", "producer_id": str(uuid4()), "address": "ấp 2, xã Mẫu"},
        contacts=[
            {"name": "Chủ", "phone": "0900000001"},
            {"name": "Con", "email": "chu@mau.vn"},
        ],
    )
    found = conflict_with(member(11, **of_member), package)
    assert (reason in found.vi and bool(found.en)) if reason else found is None


def test_an_officer_appoints_a_council_that_begins_with_its_procedures_settings(officer, database):
    answer = officer.post("/councils", COUNCIL)
    one = answer.json
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert one["procedure"] == "qd148-2023"
    assert one["settings"] == {
        "quorum_percent": 75, "chair_needed": True, "most_spread": 10, "help_team_first": True,
        "gate_rule": "majority", "lead_working_days": 0,
    }  # fmt: skip
    assert [each["scores"] for each in one["members"]] == [True, True, False]
    assert len({each["id"] for each in one["members"]}) == 3
    assert (one["you"], one["helps"], one["may"]) == (None, False, ["change", "handovers"])
    facts = CouncilFacts(
        name=COUNCIL["name"], level="district", decision_number="01/QĐ-UBND",
        decided_on="2026-01-02", seats=2,
    )  # fmt: skip
    (row,) = database.outbox.find()
    assert Envelope.decoded(row["body"]).data == CouncilAppointed(council=facts)
    assert CHAIR not in row["body"]


def test_the_newest_procedure_at_its_level_gives_the_settings_or_the_one_that_is_named(officer):
    province = officer.as_("officer", tenant="tinh-mau")
    body = COUNCIL | {"level": "province", "settings": {}}
    assert province.post("/councils", body).json["procedure"] == "qd26-2026"
    named = province.post("/councils", body | {"procedure": "qd148-2023"}).json
    assert (named["procedure"], named["settings"]["lead_working_days"]) == ("qd148-2023", 1)


def seats(*names: str) -> list[dict[str, Any]]:
    return [seat(name, f"09000001{at:02}") for at, name in enumerate(names)]


WRONG = [
    ({"level": "province"}, ["level"]),
    ({"level": "centre"}, ["level"]),
    ({"level": "commune"}, ["level"]),
    ({"procedure": "qd26-2026"}, ["procedure"]),
    ({"procedure": "qd-999"}, ["procedure"]),
    ({"members": []}, ["members"]),
    ({"members": seats("chair")}, ["members"]),
    ({"members": seats("secretary", "member")}, ["members"]),
    ({"members": seats("chair", "chair", "secretary")}, ["members"]),
    ({"members": seats("chair", "secretary", "secretary")}, ["members"]),
    ({"members": seats("chair", "secretary", "vice-chair", "vice-chair")}, ["members"]),
    ({"members": seats("chair", "secretary", "king")}, ["members.2.seat"]),
    (
        {"members": [one | {"scores": False} for one in seats("chair", "secretary")]},
        ["members"],
    ),
    (
        {"members": [seat("chair", CHAIR), seat("secretary", SECRETARY, scores=False)]},
        ["members"],
    ),
    (
        {"members": [seat("chair", CHAIR), seat("secretary", SECRETARY, scores=False),
                     seat("expert", EXPERT, scores=True)]},
        ["members"],
    ),
    (
        {"members": [seat("chair", CHAIR), seat("secretary", "+84 900 000 011")]},
        ["members.1.contact.phone"],
    ),
    ({"members": [seat("chair", "12"), seat("secretary", CHAIR)]}, ["members.0.contact.phone"]),
    ({"help_team": [{"name": "A", "email": "a@b.vn"}, {"name": "B", "email": "A@b.vn"}]},
     ["help_team.1.email"]),
    ({"help_team": [{"name": "A"}]}, ["help_team.0"]),
    ({"until": "2026-01-01"}, ["until"]),
    ({"settings": {"quorum_percent": 0}}, ["settings.quorum_percent"]),
    ({"settings": {"quorum_percent": 101}}, ["settings.quorum_percent"]),
    ({"settings": {"lead_working_days": 11}}, ["settings.lead_working_days"]),
    ({"settings": {"lead_working_days": -1}}, ["settings.lead_working_days"]),
    ({"settings": {"most_spread": -1}}, ["settings.most_spread"]),
    ({"settings": {"gate_rule": "the-chairs"}}, ["settings.gate_rule"]),
    ({"settings": {"reveal": "now"}}, ["settings.reveal"]),
    ({"name": {"$ne": None}}, ["name"]),
]  # fmt: skip


def test_a_wrong_council_is_refused_by_its_field(officer, database):
    for change, fields in WRONG:
        answer = officer.post("/councils", COUNCIL | change)
        assert (change, answer.status_code, wrong(answer)) == (change, 422, fields)
    assert database.councils.count_documents({}) == database.outbox.count_documents({}) == 0


def test_who_may_appoint_a_council(officer):
    for role, status in (
        ("officer", 201),
        ("administrator", 201),
        ("authority", 403),
        ("help-team", 403),
        ("supervisor", 403),
        ("somebody", 403),
    ):
        answer = officer.as_(role).post("/councils", COUNCIL)
        assert (role, answer.status_code) == (role, status)


def test_an_officer_reads_all_councils_and_anybody_else_their_own(officer):
    other = COUNCIL | {"members": seats("chair", "secretary"), "help_team": []}
    first, second = (officer.post("/councils", body).json for body in (COUNCIL, other))
    both = sorted([first["id"], second["id"]])
    for who, ids in (
        (officer, both),
        (officer.as_("administrator"), both),
        (officer.as_(phone=CHAIR), [first["id"]]),
        (officer.as_("member", phone="+84900000013"), [first["id"]]),
        (officer.as_("help-team", email="to@mau.vn"), [first["id"]]),
        (officer.as_("help-team", email="khac@mau.vn"), []),
        (officer.as_("authority", phone="0900000099"), []),
        (officer.as_(), []),
        (officer.as_("officer", tenant="tinh-mau"), []),
        (officer.as_("supervisor", tenant="tinh-mau", phone=CHAIR), []),
    ):
        assert [one["id"] for one in who.get("/councils").json["items"]] == ids
        for id in both:
            assert who.get(f"/councils/{id}").status_code == (200 if id in ids else 404)
    chair = officer.as_(phone=CHAIR).get(f"/councils/{first['id']}").json
    assert (chair["you"], chair["helps"], chair["may"]) == (first["members"][0]["id"], False, [])
    helper = officer.as_(email="to@mau.vn").get(f"/councils/{first['id']}").json
    assert (helper["you"], helper["helps"]) == (None, True)


def test_an_officer_changes_contacts_and_settings_and_each_version_stays(officer, database):
    one = officer.post("/councils", COUNCIL).json
    path, (chair, secretary, expert) = f"/councils/{one['id']}", one["members"]
    anew = {"name": "Người khác", "phone": "0900000077"}
    answer = officer.patch(
        path,
        {
            "members": [
                {"id": chair["id"], "contact": anew},
                {"id": secretary["id"], "workplace": None},
            ],
            "settings": {"quorum_percent": 80},
        },
        version=1,
    )
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json["members"] == [
        chair | {"contact": anew | {"email": None}},
        secretary | {"workplace": None},
        expert,
    ]
    assert answer.json["settings"] == one["settings"] | {"quorum_percent": 80}
    assert answer.json["help_team"] == one["help_team"]
    assert officer.as_(phone=CHAIR).get(path).status_code == 404
    assert officer.as_(phone="0900000077").get(path).status_code == 200
    assert [row["_id"] for row in database.councils_versions.find()] == [
        f"{one['id']}/1", f"{one['id']}/2",
    ]  # fmt: skip
    (_, act) = database.acts.find().sort("version", 1)
    assert (act["act"], act["detail"]["settings"]) == ("change_council", {"quorum_percent": 80})
    assert [Envelope.decoded(row["body"]).version for row in database.outbox.find()] == [1, 2]


def test_a_wrong_change_changes_nothing(officer, database):
    one = officer.post("/councils", COUNCIL).json
    chair, secretary, _ = one["members"]
    for change, fields in (
        ({"members": [{"id": str(uuid4())}]}, ["members"]),
        ({"members": [{"id": chair["id"], "seat": "expert"}]}, ["members.0.seat"]),
        (
            {"members": [{"id": chair["id"], "contact": secretary["contact"]}]},
            ["members.1.contact.phone"],
        ),
        ({"settings": {"quorum_percent": 0}}, ["settings.quorum_percent"]),
        ({"level": "province"}, ["level"]),
        ({"decision_number": "02/QĐ"}, ["decision_number"]),
    ):
        answer = officer.patch(f"/councils/{one['id']}", change, version=1)
        assert (change, answer.status_code, wrong(answer)) == (change, 422, fields)
    assert officer.get(f"/councils/{one['id']}").json == one


def test_a_change_is_refused_when_stale_when_foreign_and_in_session(officer, database):
    one = officer.post("/councils", COUNCIL).json
    path, change = f"/councils/{one['id']}", {"settings": {"most_spread": 5}}
    for who, version, status in (
        (officer, 2, 412),
        (officer.as_(phone=CHAIR), 1, 403),
        (officer.as_("officer", tenant="tinh-mau"), 1, 404),
        (officer.as_("officer", tenant="tri-ton"), 1, 404),
        (officer, 1, 200),
        (officer, 1, 412),
    ):
        assert who.patch(path, change, version=version).status_code == status
    session = str(uuid4())

    def sits(work: UnitOfWork) -> None:
        council = work.get(Council, one["id"])
        council.sit(session)
        work.save(council)

    with entered(Scope("huyen-mau", "secretary")):
        run(sits)
    assert officer.patch(path, change).status_code == 409
    assert officer.get(path).json["may"] == ["change", "handovers"]


def test_two_who_change_the_same_version_are_one_change(officer):
    one = officer.post("/councils", COUNCIL).json

    def change(spread: int) -> int:
        body = {"settings": {"most_spread": spread}}
        return officer.patch(f"/councils/{one['id']}", body, version=1).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change, range(1, 5))) == [200, 412, 412, 412]


def test_a_term_is_from_the_decision_on():
    one = council()
    one.facts = one.facts.model_copy(update={"until": one.facts.decided_on.replace(year=2027)})
    days = [one.facts.decided_on, one.facts.until]
    assert all(map(one.serves_on, days))
    assert not one.serves_on(one.facts.decided_on.replace(day=1))
    assert not one.serves_on(one.facts.until.replace(day=3))
    assert contact(1).phone == "0900000001"


@pytest.mark.parametrize(
    ("other", "vi"),
    [
        ({"level": "province"}, "phải là “cấp huyện” (district)"),
        (
            {"procedure": "qd26-2026"},
            "phải là một trong: “Quy trình theo QĐ 148/QĐ-TTg” (qd148-2023)",
        ),
    ],
)
def test_a_code_to_be_written_stands_behind_its_words(officer, other, vi):
    answer = officer.post("/councils", COUNCIL | other)
    assert [one["vi"] for one in answer.json["errors"]] == [vi]
