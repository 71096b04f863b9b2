"""Dossiers: who opens, sees and fills them in, who may do what in which state, and what is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from rules.calendar import VIETNAM
from services.dossier.domain.dossiers import RULES, Act, State
from tests.dossier.conftest import Doors, sheet, told
from tests.dossier.filing import (
    COMMUNE,
    FACTS,
    OPTIONS,
    OTHER_COMMUNE,
    OTHER_ROUND,
    OWNER,
    QD148,
    REPORT,
    REQUIRED,
    ROUND,
    STRANGER,
    a_dossier,
    a_round,
    complete,
    evidence,
    filled,
    opened,
    papers,
    path_of,
    people,
    product_of,
    registered,
    reported,
    save,
    submitted,
)
from tests.dossier.test_doors import ANYWHERE, problem

WORK_ON_IT = {"owner", "officer", "administrator", "commune"}
NAME = "registration.representative"


@pytest.fixture
def everybody(person: Any) -> dict[str, Doors]:
    return people(person) | {
        "own help team": person("help-team", phone=OWNER["phone"], subject="both"),
        "other officer": person("officer", subject="other officer"),
    }


def state_of(database: Any, dossier: Any) -> Any:
    return database.dossiers.find_one({"_id": dossier["id"]})


def news(since: int = 0) -> list[str]:
    """What was told of dossiers."""
    return [one.type for one in told() if one.type.startswith("dossier.")][since:]


# -- opening


def test_an_opened_dossier_is_its_rounds_and_its_products(everybody):
    officer = everybody["officer"]
    a_round(name="Đợt 1 năm 2026")
    producer = registered(officer)
    product = product_of(officer, producer)
    body = {"product_id": product["id"], "round_id": ROUND, "kind": "first"}
    answer = officer.post("/dossiers", json=body)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    dossier = answer.json
    said = {
        "tenant": "tri-ton", "version": 1, "state": "draft", "kind": "first", "round_id": ROUND,
        "round": "Đợt 1 năm 2026", "procedure": "qd26-2026", "edition": "2026",
        "product_id": product["id"], "product": "Trà thử", "producer_id": producer["id"],
        "producer": FACTS["name"], "commune": COMMUNE, "set": 11, "case": None, "until": None,
        "ended": False, "contacts": [OWNER | {"email": None}], "draft": {}, "filled_by": None,
        "confirmation": None, "report": None, "packages": [], "returns": [], "acceptance": None,
        "withdrawal": None, "outcomes": [], "may": ["fill", "withdraw"],
    }  # fmt: skip
    assert {name: dossier[name] for name in said} == said
    assert (dossier["opened"]["by"], dossier["opened"]["standing"]) == ("officer", "officer")
    event = told()[-1]
    assert (event.type, event.subject) == ("dossier.opened.v1", dossier["id"])
    assert event.data.model_dump(mode="json")["dossier"] == {
        name: dossier[name] for name in event.data.dossier.model_dump()
    }


def test_who_opens_a_dossier(everybody, database):
    a_round()
    product = product_of(everybody["officer"], registered(everybody["officer"]))
    statuses = {}
    for who, doors in everybody.items():
        body = {"product_id": product["id"], "round_id": ROUND, "kind": "first"}
        statuses[who] = doors.post("/dossiers", json=body).status_code
        database.dossiers.delete_many({})
    theirs = {*WORK_ON_IT, "own help team", "other officer"}
    assert statuses == {who: 201 if who in theirs else 422 for who in everybody}


def test_what_a_dossier_cannot_be_opened_for(everybody, database):
    officer = everybody["officer"]
    a_round()
    a_round(OTHER_ROUND, open=False)
    elsewhere = "00000000-0000-4000-8000-000000000057"
    a_round(elsewhere, tenant="chau-phu")
    producer = registered(officer)
    tea = product_of(officer, producer)["id"]
    unset = product_of(officer, producer, name="Chưa có bộ", set=None)["id"]
    tour = product_of(officer, producer, name="Du lịch", set={"number": 26, "basis": "assigned"})
    refused = [
        ({"product_id": ANYWHERE}, 422, ["product_id"]),
        ({"round_id": ANYWHERE}, 422, ["round_id"]),
        ({"round_id": elsewhere}, 422, ["round_id"]),
        ({"round_id": OTHER_ROUND}, 409, []),
        ({"product_id": unset}, 422, ["product_id"]),
        ({"product_id": tour["id"]}, 422, ["case"]),
        ({"product_id": tour["id"], "case": "family"}, 422, ["case"]),
        ({"case": "community"}, 422, ["case"]),
        ({"kind": "second"}, 422, ["kind"]),
        ({"edition": "2026"}, 422, ["edition"]),
    ]
    for wrong, status, fields in refused:
        body = {"product_id": tea, "round_id": ROUND, "kind": "first"} | wrong
        answer = officer.post("/dossiers", json=body)
        assert answer.status_code == status, (wrong, answer.json)
        assert [one["field"] for one in answer.json.get("errors", [])] == fields
        if wrong == {"product_id": tour["id"]}:
            assert answer.json["errors"][0]["vi"] == (
                "chọn một: “Dịch vụ do cộng đồng cung cấp” (community), “Dịch vụ do tổ chức, cá"
                " nhân cung cấp” (organisation)"
            )
    assert database.dossiers.count_documents({}) == 0
    assert opened(officer, tour, case="community")["case"] == "community"


def test_a_producer_without_contacts_files_nothing(doors, everybody, database):
    """An imported one: an officer adds them first."""
    a_round()
    doors.send(sheet(["3", "Trà thử", "Cơ sở Nhập", "xã Ô Lâm, huyện Tri Tôn"]))
    officer = everybody["officer"]
    [product] = officer.get("/products").json["items"]
    facts = product["facts"] | {"set": {"number": 11, "basis": "confirmed"}}
    officer.patch(f"/products/{product['id']}", json={"facts": facts})
    body = {"product_id": product["id"], "round_id": ROUND, "kind": "first"}
    answer = problem(officer.post("/dossiers", json=body), 422, "unprocessable")
    assert [one["field"] for one in answer["errors"]] == ["product_id"]
    officer.patch(f"/producers/{facts['producer_id']}", json={"contacts": [OWNER]})
    assert officer.post("/dossiers", json=body).status_code == 201


def test_a_product_has_one_dossier_that_has_not_ended(everybody, database):
    officer, owner = everybody["officer"], everybody["owner"]
    a_round()
    a_round(OTHER_ROUND)
    product = product_of(officer, registered(officer))
    body = {"product_id": product["id"], "kind": "first"}
    with ThreadPoolExecutor(6) as pool:
        calls = [
            pool.submit(officer.post, "/dossiers", json=body | {"round_id": round})
            for round in 3 * [ROUND, OTHER_ROUND]
        ]
    answers = [one.result() for one in calls]
    assert sorted(one.status_code for one in answers) == [201] + 5 * [409]
    assert database.dossiers.count_documents({}) == len(news()) == 1
    [first] = [one.json for one in answers if one.status_code == 201]
    owner.post(f"{path_of(first)}/withdrawal", json={"reason": "Nhầm đợt"})
    assert officer.post("/dossiers", json=body | {"round_id": ROUND}).status_code == 201


def test_an_opening_that_is_sent_again_is_done_once(everybody, database):
    officer = everybody["officer"]
    a_round()
    product = product_of(officer, registered(officer))
    body = {"product_id": product["id"], "round_id": ROUND, "kind": "first"}
    key = {"Idempotency-Key": "a"}
    first, second = (officer.post("/dossiers", json=body, headers=key) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert database.dossiers.count_documents({}) == 1


def test_a_set_stays_while_a_dossier_is_under_way(everybody):
    officer = everybody["officer"]
    dossier = a_dossier(officer)
    path = f"/products/{dossier['product_id']}"
    facts = officer.get(path).json["facts"]
    other = {"facts": facts | {"set": {"number": 12, "basis": "confirmed"}}}
    problem(officer.patch(path, json=other), 409, "conflict")
    confirmed = {"facts": facts | {"set": {"number": 11, "basis": "confirmed"}}}
    assert officer.patch(path, json=confirmed).status_code == 200
    officer.post(f"{path_of(dossier)}/withdrawal", json={"reason": "Sai bộ"})
    assert officer.patch(path, json=other).status_code == 200


# -- who sees what


def test_who_sees_a_dossier_before_and_after_its_submission(everybody):
    dossier = a_dossier(everybody["officer"])
    filled(everybody["owner"], dossier, **{NAME: "Bà Chủ"})

    def seen() -> dict[str, Any]:
        answers = {who: doors.get(path_of(dossier)) for who, doors in everybody.items()}
        return {
            who: (answer.json["contacts"] is not None, NAME in answer.json["draft"])
            for who, answer in answers.items()
            if answer.status_code == 200
        }

    theirs = {*WORK_ON_IT, "own help team", "other officer"}
    before = dict.fromkeys(theirs, (True, True)) | dict.fromkeys(
        ("supervisor", "supervisor above"), (False, True)
    )
    assert seen() == before
    save(everybody["owner"], dossier, {NAME: None}, {NAME: "Bà Chủ"})
    submitted(everybody, dossier)
    assert seen() == before | {"help team": (False, True)}
    refused = {
        who: problem(doors.get(path_of(dossier)), 404, "not-found")["detail"]
        for who, doors in everybody.items()
        if who not in seen()
    }
    assert set(refused.values()) == {"Không tìm thấy."}
    problem(everybody["officer"].get(f"/dossiers/{ANYWHERE}"), 404, "not-found")


def test_who_lists_which_dossiers(everybody):
    officer = everybody["officer"]
    first = a_dossier(officer)
    other = registered(
        officer, facts=FACTS | {"name": "Hộ Khác"}, contacts=[STRANGER], commune=OTHER_COMMUNE
    )
    a_round(OTHER_ROUND, QD148)
    second = opened(officer, product_of(officer, other, name="Trà khác"), OTHER_ROUND)
    submitted(everybody, first)

    def listed(who: str, query: str = "") -> Any:
        answer = everybody[who].get(f"/dossiers{query}")
        if answer.status_code != 200:
            return answer.status_code
        return sorted(one["product"] for one in answer.json["items"])

    everything = ["Trà khác", "Trà thử"]
    assert {who: listed(who) for who in everybody} == {
        "owner": 403,
        "officer": everything,
        "administrator": everything,
        "other officer": everything,
        "commune": ["Trà thử"],
        "other commune": ["Trà khác"],
        "other producer": 403,
        "nobody": 403,
        "help team": ["Trà thử"],
        "own help team": ["Trà thử"],
        "authority": 403,
        "supervisor": everything,
        "supervisor above": everything,
        "officer above": [],
        "officer beside": [],
        "owner's number beside": 403,
    }
    assert listed("owner", "?mine=true") == listed("own help team", "?mine=true") == ["Trà thử"]
    assert listed("other producer", "?mine=true") == ["Trà khác"]
    assert listed("owner's number beside", "?mine=true") == listed("officer", "?mine=true") == []
    for query, found in {
        "?state=draft": ["Trà khác"],
        "?state=submitted": ["Trà thử"],
        f"?round={ROUND}": ["Trà thử"],
        f"?round={ROUND}&state=draft": [],
        "?commune=XÃ  CÔ TÔ": ["Trà khác"],
        "?commune=xã khác": [],
    }.items():
        assert listed("officer", query) == found, query
    assert listed("commune", "?commune=xã Cô Tô") == []
    page = officer.get("/dossiers?limit=1").json
    rest = officer.get(f"/dossiers?limit=1&after={page['after']}").json
    assert {page["items"][0]["id"], rest["items"][0]["id"]} == {first["id"], second["id"]}
    for query in ("?state=open", "?round=1", "?mine=maybe", "?producer=1"):
        problem(officer.get(f"/dossiers{query}"), 422, "unprocessable")


# -- filling in


def test_a_save_says_what_is_kept_now(everybody, database):
    owner, dossier = everybody["owner"], a_dossier(everybody["officer"])
    answer = save(owner, dossier, {NAME: " Bà Chủ ", "registration.phone": "+84 901 234 567"})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    kept = {NAME: "Bà Chủ", "registration.phone": "0901234567"}
    assert answer.json["fields"] == kept
    assert (answer.json["version"], answer.json["state"]) == (2, "draft")
    assert owner.get(path_of(dossier)).json["draft"] == kept
    assert database.dossiers_versions.count_documents({}) == 2
    again = save(owner, dossier, kept | {NAME: None}, kept)
    assert owner.get(path_of(dossier)).json["draft"] == {"registration.phone": "0901234567"}
    repeated = save(owner, dossier, kept | {NAME: None}, kept)
    assert repeated.json["version"] == again.json["version"] == 3  # the same save, once


def test_a_wrong_save_names_each_field_and_saves_none(everybody, database):
    owner, dossier = everybody["owner"], a_dossier(everybody["officer"])
    fields = {NAME: "Bà Chủ", "options.1.1": 9, "general.workers": "ten", "registration.what": 1}
    answer = problem(save(owner, dossier, fields), 422, "unprocessable")
    assert sorted(one["field"] for one in answer["errors"]) == [
        "general.workers", "options.1.1", "registration.what",
    ]  # fmt: skip
    for body in (
        {}, {"changes": []}, {"changes": [{"field": NAME, "now": "A"}]},
        {"changes": [{"field": "", "was": None, "now": 1}]},
        {"changes": [{"field": "$where", "was": None, "now": 1}]},
        {"changes": 2 * [{"field": NAME, "was": None, "now": "A"}]},
        {"changes": 501 * [{"field": NAME, "was": None, "now": "A"}]},
    ):  # fmt: skip
        problem(owner.patch(f"{path_of(dossier)}/fields", json=body), 422, "unprocessable")
    assert state_of(database, dossier)["draft"] == {}
    assert state_of(database, dossier)["version"] == 1


def test_evidence_of_another_producer_is_refused(everybody, database):
    officer, owner = everybody["officer"], everybody["owner"]
    dossier = a_dossier(officer)
    other = registered(officer, facts=FACTS | {"name": "Hộ Khác"}, contacts=[STRANGER])
    own = evidence(owner, dossier["producer_id"], "story")
    theirs = evidence(officer, other["id"], "story")
    for wrong in (theirs, ANYWHERE):
        answer = problem(
            save(owner, dossier, {NAME: "Bà Chủ", "evidence.5.1": [own, wrong]}),
            422,
            "unprocessable",
        )
        assert [one["field"] for one in answer["errors"]] == ["evidence.5.1"]
    assert state_of(database, dossier)["draft"] == {}
    assert save(owner, dossier, {"evidence.5.1": [own]}).status_code == 200


def test_only_a_field_that_two_changed_is_a_conflict(everybody, database):
    owner, officer = everybody["owner"], everybody["officer"]
    dossier = a_dossier(officer)
    filled(owner, dossier, **{NAME: "Bà Chủ", "general.workers": 10})
    mine = save(owner, dossier, {"general.workers": 12}, {"general.workers": 10})
    assert mine.status_code == 200
    answer = save(
        officer, dossier, {NAME: "Ông Chủ", "general.workers": 11},
        {NAME: "Bà Chủ", "general.workers": 10},
    )  # fmt: skip
    assert problem(answer, 409, "collided")["conflicts"] == [
        {"field": "general.workers", "yours": 11, "theirs": 12}
    ]
    assert state_of(database, dossier)["draft"] == {NAME: "Bà Chủ", "general.workers": 12}
    chosen = save(
        officer, dossier, {NAME: "Ông Chủ", "general.workers": 11},
        {NAME: "Bà Chủ", "general.workers": 12},
    )  # fmt: skip
    assert chosen.status_code == 200


def test_two_who_fill_in_at_once_lose_nothing(everybody, database):
    """Twenty fields each, one by one, and one field that both write."""
    dossier = a_dossier(everybody["officer"])
    codes = [*OPTIONS][:20]

    def fill_in(who: str, part: str, value: Any) -> list[int]:
        doors = everybody[who]
        statuses = [save(doors, dossier, {f"{part}.{code}": value}).status_code for code in codes]
        return [*statuses, save(doors, dossier, {NAME: who}).status_code]

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(fill_in, "owner", "options", 1)
        other = pool.submit(fill_in, "officer", "descriptions", "mô tả")
    assert sorted(one.result() + other.result()) == 41 * [200] + [409]
    kept = state_of(database, dossier)
    assert {name: said for name, said in kept["draft"].items() if name != NAME} == {
        f"options.{code}": 1 for code in codes
    } | {f"descriptions.{code}": "mô tả" for code in codes}
    assert kept["version"] == 42
    assert database.dossiers_versions.count_documents({}) == 42
    changes = [
        change["field"]
        for act in database.acts.find({"act": "fill_dossier"})
        for change in act["detail"]["changes"]
    ]
    assert sorted(changes) == sorted(kept["draft"])


def test_the_communes_report_is_its_officers_alone(everybody, database):
    dossier = a_dossier(everybody["officer"])
    statuses = {
        who: save(doors, dossier, {NAME: "Ai đó", "report.idea": "Nghề"}).status_code
        for who, doors in everybody.items()
        if who != "commune"
    }
    assert statuses == {
        who: 403 if who in {*WORK_ON_IT, "own help team", "other officer", "supervisor"} else 404
        for who in statuses
    }
    assert state_of(database, dossier)["version"] == 1
    filled(everybody["commune"], dossier, **{"report.idea": "Nghề"})


# -- what officers fill in is the producer's to confirm


def test_what_an_officer_filled_in_is_confirmed_before_it_is_submitted(everybody, database):
    officer, owner = everybody["officer"], everybody["owner"]
    dossier = a_dossier(officer, QD148)
    path = path_of(dossier)
    complete(officer, dossier, papers(officer, dossier))
    problem(officer.post(f"{path}/submission"), 409, "out-of-order")
    confirmed = owner.post(f"{path}/confirmation").json
    assert (confirmed["state"], confirmed["confirmation"]["by"], confirmed["may"]) == (
        "confirmed",
        "producer 0901234567",
        ["fill", "submit", "withdraw"],
    )
    problem(everybody["other officer"].post(f"{path}/submission"), 403, "forbidden")
    answer = officer.post(f"{path}/submission")
    assert (answer.status_code, answer.json["state"]) == (200, "submitted")
    assert news(1) == ["dossier.confirmed.v1", "dossier.submitted.v1"]


def test_a_change_after_the_confirmation_asks_for_it_again(everybody):
    officer, owner = everybody["officer"], everybody["owner"]
    dossier = a_dossier(officer, QD148)
    path = path_of(dossier)
    complete(officer, dossier, papers(officer, dossier))
    for who in (officer, owner):
        assert owner.post(f"{path}/confirmation").json["state"] == "confirmed"
        workers = who.get(path).json["draft"]["general.workers"]
        changed = save(who, dossier, {"general.workers": workers + 1}, {"general.workers": workers})
        assert changed.json["state"] == "draft"
        assert owner.get(path).json["confirmation"] is None
        problem(officer.post(f"{path}/submission"), 409, "out-of-order")
    submitted = owner.post(f"{path}/submission").json  # which says that all is as it should be
    assert submitted["confirmation"]["by"] == submitted["packages"][0]["signed"]["by"]


def test_a_producer_that_filled_in_itself_confirms_nothing(everybody):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"], QD148)
    complete(owner, dossier, papers(owner, dossier))
    problem(owner.post(f"{path_of(dossier)}/confirmation"), 409, "out-of-order")
    problem(everybody["officer"].post(f"{path_of(dossier)}/submission"), 403, "forbidden")
    answer = owner.post(f"{path_of(dossier)}/submission").json
    assert (answer["state"], answer["confirmation"]) == ("submitted", None)


def test_the_communes_report_needs_no_confirmation(everybody):
    officer, owner, commune = (everybody[who] for who in ("officer", "owner", "commune"))
    dossier = a_dossier(officer)
    complete(officer, dossier, papers(officer, dossier))
    owner.post(f"{path_of(dossier)}/confirmation")
    reported(commune, dossier)
    assert owner.get(path_of(dossier)).json["state"] == "confirmed"
    assert officer.post(f"{path_of(dossier)}/submission").json["state"] == "submitted"


# -- the commune's report


def test_a_report_is_finished_when_all_of_it_is_there(everybody):
    commune = everybody["commune"]
    dossier = a_dossier(everybody["officer"])
    path = path_of(dossier)
    filled(commune, dossier, **{"report.idea": "Nghề"})
    answer = problem(commune.post(f"{path}/commune-report"), 422, "unprocessable")
    assert [one["field"] for one in answer["errors"]] == [
        name for name in REPORT if name != "report.idea"
    ]
    filled(commune, dossier, **{name: said for name, said in REPORT.items() if "idea" not in name})
    finished = commune.post(f"{path}/commune-report").json
    assert (finished["report"]["late"], finished["report"]["due_on"]) == (
        False,
        dossier["report_due_on"],
    )
    event = told()[-1]
    assert event.type == "dossier.commune-reported.v1"
    assert str(event.data.due_on) == dossier["report_due_on"]
    problem(commune.post(f"{path}/commune-report"), 409, "out-of-order")
    again = save(commune, dossier, {"report.idea": "Nghề cũ"}, {"report.idea": "Nghề"})
    assert "report" in again.json["may"]
    assert commune.get(path).json["report"] is None


def test_a_late_report_is_recorded_as_late_and_taken(everybody, database):
    commune = everybody["commune"]
    dossier = a_dossier(everybody["officer"])
    stands = state_of(database, dossier)["opened"]
    stands["at"] -= timedelta(days=60)
    database.dossiers.update_one({"_id": dossier["id"]}, {"$set": {"opened": stands}})
    reported(commune, dossier)
    found = commune.get(path_of(dossier)).json
    assert (found["report"]["late"], found["report"]["due_on"]) == (True, found["report_due_on"])


def test_a_procedure_without_the_form_has_no_report(everybody):
    dossier = a_dossier(everybody["officer"], QD148)
    assert dossier["report_due_on"] is None
    commune = everybody["commune"]
    problem(commune.post(f"{path_of(dossier)}/commune-report"), 409, "out-of-order")
    problem(save(commune, dossier, {"report.idea": "Nghề"}), 422, "unprocessable")


# -- who may do what, when

UNTIL = str(VIETNAM.after(date.today(), 5))
CALLS: dict[Act, Callable[[Doors, str], Any]] = {
    Act.FILL: lambda by, id: by.patch(
        f"/dossiers/{id}/fields",
        json={"changes": [{"field": "plan.remarks", "was": None, "now": "Ghi chú"}]},
    ),
    Act.CONFIRM: lambda by, id: by.post(f"/dossiers/{id}/confirmation"),
    Act.REPORT: lambda by, id: by.post(f"/dossiers/{id}/commune-report"),
    Act.SUBMIT: lambda by, id: by.post(f"/dossiers/{id}/submission"),
    Act.REVIEW: lambda by, id: by.post(
        f"/reviews/{id}/verdicts",
        json={"verdicts": [{"item": "criterion.1.1", "was": None, "now": {"verdict": "meets"}}]},
    ),
    Act.RETURN: lambda by, id: by.post(
        f"/reviews/{id}/return",
        json={"items": [{"criterion": "1.1", "reason": "Thiếu ảnh"}], "until": UNTIL},
    ),
    Act.ACCEPT: lambda by, id: by.post(f"/reviews/{id}/acceptance"),
    Act.WITHDRAW: lambda by, id: by.post(
        f"/dossiers/{id}/withdrawal", json={"reason": "Nộp đợt sau"}
    ),
}
OFFICERS = {"officer", "other officer", "administrator"}
FILL = {"owner", "commune", "own help team"} | OFFICERS
CONTACTS = {"owner", "own help team"}
"""In this order a dossier is taken through all of its states: filled in by an officer, confirmed,
submitted, returned, completed by its owner, submitted again, accepted, withdrawn. For each state
who may do what; all else is refused and changes nothing."""
WAY: list[tuple[str, dict[Act, set[str]]]] = [
    ("draft", {
        Act.FILL: FILL, Act.CONFIRM: CONTACTS, Act.SUBMIT: CONTACTS, Act.REPORT: {"commune"},
        Act.WITHDRAW: CONTACTS | OFFICERS,
    }),
    ("confirmed", {
        Act.FILL: FILL, Act.SUBMIT: CONTACTS | {"officer"}, Act.WITHDRAW: CONTACTS | OFFICERS,
    }),
    ("submitted", {
        Act.REVIEW: {"help team"}, Act.RETURN: {"help team"}, Act.ACCEPT: {"help team"},
        Act.WITHDRAW: CONTACTS,
    }),
    ("returned", {
        Act.FILL: FILL, Act.SUBMIT: CONTACTS | {"officer"}, Act.WITHDRAW: CONTACTS,
    }),
    ("accepted", {Act.WITHDRAW: CONTACTS}),
    ("withdrawn", {}),
]  # fmt: skip


def test_every_act_and_every_state_is_walked_through():
    """A new one stands in the table or fails here."""
    assert set(CALLS) == set(RULES) == set(Act)
    assert {state for state, _ in WAY} == set(State)


@pytest.fixture
def ways(everybody: Any) -> dict[str, Callable[[Any], None]]:
    """How a dossier comes into each state of WAY."""
    owner, officer, help_team = (everybody[who] for who in ("owner", "officer", "help team"))

    def done(answer: Any) -> None:
        assert answer.status_code == 200, answer.json

    def draft(dossier: Any) -> None:
        complete(officer, dossier, papers(officer, dossier))
        filled(everybody["commune"], dossier, **REPORT)

    def confirmed(dossier: Any) -> None:
        reported(everybody["commune"], dossier)
        done(owner.post(f"{path_of(dossier)}/confirmation"))

    return {
        "draft": draft,
        "confirmed": confirmed,
        "submitted": lambda one: done(officer.post(f"{path_of(one)}/submission")),
        "returned": lambda one: done(CALLS[Act.RETURN](help_team, one["id"])),
        "accepted": lambda one: (
            done(owner.post(f"{path_of(one)}/submission")),
            done(CALLS[Act.ACCEPT](help_team, one["id"])),
        )[-1],
        "withdrawn": lambda one: done(CALLS[Act.WITHDRAW](owner, one["id"])),
    }


def test_who_may_do_what_in_which_state(everybody, ways, database):
    """What is refused is a problem and changes nothing; what is allowed is what is offered."""
    dossier = a_dossier(everybody["officer"])
    for state, allowed in WAY:
        ways[state](dossier)
        stands, rows = state_of(database, dossier), database.acts.count_documents({})
        assert stands["state"] == state
        for who, doors in everybody.items():
            may = {act for act in Act if who in allowed.get(act, set())}
            answer = doors.get(path_of(dossier))
            if answer.status_code == 200:
                assert set(answer.json["may"]) == may, (state, who)
            for act in set(Act) - may:
                refused = CALLS[act](doors, dossier["id"])
                assert refused.status_code in (403, 404, 409), (state, who, act, refused.json)
                assert refused.content_type == "application/problem+json"
                if answer.status_code == 404:  # as if there were none
                    assert refused.json == CALLS[act](doors, ANYWHERE).json, (state, who, act)
        assert state_of(database, dossier) == stands
        assert database.acts.count_documents({}) == rows


@pytest.mark.parametrize(("state", "allowed"), WAY, ids=[state for state, _ in WAY])
def test_what_is_allowed_is_done_once_by_the_version_it_was_decided_on(
    everybody, ways, database, state, allowed
):
    """Not with a stale If-Match, not of an id that is none, and not twice."""
    dossier = a_dossier(everybody["officer"])
    for name, _ in WAY:
        ways[name](dossier)
        if name == state:
            break
    kept = {
        name: [*database[name].find()]
        for name in ("dossiers", "dossiers_versions", "packages", "packages_versions",
                     "reviews", "reviews_versions", "acts", "outbox")
    }  # fmt: skip

    def as_it_was() -> None:
        for name, rows in kept.items():
            database[name].delete_many({})
            if rows:
                database[name].insert_many(rows)

    for act, whoever in allowed.items():
        for who in sorted(whoever):
            as_it_was()
            if (state, act) == ("draft", Act.SUBMIT):
                CALLS[Act.REPORT](everybody["commune"], dossier["id"])
            stands, doors = state_of(database, dossier), everybody[who]
            if act is not Act.FILL:
                problem(_with_version(doors, act, dossier["id"], 1), 412, "stale")
                assert state_of(database, dossier) == stands
            problem(CALLS[act](doors, ANYWHERE), 404, "not-found")
            done = _with_version(doors, act, dossier["id"], stands["version"])
            assert done.status_code == 200, (act, who, done.json)
        if act in (Act.FILL, Act.REVIEW):
            continue
        again = CALLS[act](doors, dossier["id"])
        assert again.status_code in (403, 409), (act, again.json)


def test_of_several_at_once_one_is_done(everybody, database):
    dossier = a_dossier(everybody["officer"], QD148)
    owner, id = everybody["owner"], dossier["id"]
    complete(everybody["officer"], dossier, papers(owner, dossier))
    for act, who in (
        (Act.CONFIRM, "owner"), (Act.SUBMIT, "owner"), (Act.RETURN, "help team"),
        (Act.SUBMIT, "owner"), (Act.ACCEPT, "help team"), (Act.WITHDRAW, "owner"),
    ):  # fmt: skip
        before = len(news())
        with ThreadPoolExecutor(3) as pool:
            calls = [pool.submit(CALLS[act], everybody[who], id) for _ in range(3)]
        assert sorted(one.result().status_code for one in calls) == [200, 409, 409], act
        assert len(news(before)) == 1
    assert database.packages.count_documents({}) == 2


def _with_version(doors: Doors, act: Act, id: str, version: int) -> Any:
    """The call as its author sends it who has that version before them."""
    seen = {"If-Match": f'"{version}"'}
    bearing = Doors(
        doors.client, lambda *a, **b: doors.header(*a, **b) | seen, doors.tenant, doors.role,
        doors.subject, doors.about,
    )  # fmt: skip
    return CALLS[act](bearing, id)


# -- its history


def test_a_history_says_who_did_what_and_when(everybody):
    officer, owner = everybody["officer"], everybody["owner"]
    dossier = a_dossier(officer)
    filled(officer, dossier, **{NAME: "Bà Chủ"})
    owner.post(f"{path_of(dossier)}/confirmation")
    owner.post(f"{path_of(dossier)}/withdrawal", json={"reason": "Nộp đợt sau"})
    answer = owner.get(f"{path_of(dossier)}/history").json["items"]
    assert [(one["act"], one["actor"], one["version"]) for one in answer] == [
        ("open_dossier", "officer", 1),
        ("fill_dossier", "officer", 2),
        ("confirm_dossier", "producer 0901234567", 3),
        ("withdraw_dossier", "producer 0901234567", 4),
    ]
    assert [one["detail"] for one in answer] == [
        {"name": "Cán bộ huyện", "standings": ["officer"]},
        {
            "name": "Cán bộ huyện",
            "standings": ["officer"],
            "changes": [{"field": NAME, "was": None, "now": "Bà Chủ"}],
        },
        {"name": OWNER["name"], "standings": ["contact"]},
        {"name": OWNER["name"], "standings": ["contact"], "reason": "Nộp đợt sau"},
    ]
    assert [one["on_behalf"] for one in answer] == [False, True, False, False]


def test_a_history_says_what_was_filled_in_for_the_producer(everybody):
    dossier = a_dossier(everybody["officer"])
    filled(everybody["owner"], dossier, **{NAME: "Bà Chủ"})
    filled(everybody["commune"], dossier, **{"registration.address": "ấp 2"})
    filled(everybody["commune"], dossier, **REPORT)
    filled(everybody["own help team"], dossier, **{"general.workers": 3})  # a contact as well
    answer = everybody["officer"].get(f"{path_of(dossier)}/history").json["items"]
    assert [one["on_behalf"] for one in answer] == [False, False, True, False, False]


def test_a_history_comes_in_pages(everybody):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"])
    for number in range(4):
        filled(owner, dossier, **{f"options.1.{number + 1}": 1})
    whole = owner.get(f"{path_of(dossier)}/history").json
    assert (len(whole["items"]), whole["after"]) == (5, None)
    pages, after = [], 0
    while after is not None:
        page = owner.get(f"{path_of(dossier)}/history?limit=2&after={after}").json
        pages, after = [*pages, page["items"]], page["after"]
    assert [len(one) for one in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == whole["items"]
    for query in ("after=-1", "after=x", "limit=0", "limit=201", "version=1"):
        problem(owner.get(f"{path_of(dossier)}/history?{query}"), 422, "unprocessable")


EMAIL = "registration.email"


def compared(by: Doors, dossier: Any, was: int, now: int) -> Any:
    return by.get(f"{path_of(dossier)}/differences?was={was}&now={now}")


def test_two_versions_stand_side_by_side(everybody):
    officer, owner = everybody["officer"], everybody["owner"]
    dossier = a_dossier(officer)
    filled(officer, dossier, **{NAME: "Bà Chủ", EMAIL: "chu@vi.du"})
    save(owner, dossier, {NAME: "Bà Chủ Mẫu", EMAIL: None}, {NAME: "Bà Chủ", EMAIL: "chu@vi.du"})
    answer = compared(owner, dossier, 1, 3)
    assert answer.json == {"items": [
        {"field": "filled_by", "was": None, "now": owner.get(path_of(dossier)).json["filled_by"]},
        {"field": NAME, "was": None, "now": "Bà Chủ Mẫu"},
    ]}  # fmt: skip
    assert compared(owner, dossier, 3, 2).json == {"items": [
        {"field": EMAIL, "was": None, "now": "chu@vi.du"},
        {"field": NAME, "was": "Bà Chủ Mẫu", "now": "Bà Chủ"},
    ]}  # fmt: skip
    assert compared(owner, dossier, 2, 2).json == {"items": []}
    owner.post(f"{path_of(dossier)}/withdrawal", json={"reason": "Nộp đợt sau"})
    changed = {one["field"] for one in compared(owner, dossier, 3, 4).json["items"]}
    assert changed == {"state", "withdrawal", "ended"}


@pytest.mark.parametrize(("was", "now", "field"), [(1, 3, "now"), (9, 1, "was")])
def test_a_version_that_is_none_is_named(everybody, was, now, field):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"])
    filled(owner, dossier, **{NAME: "Bà Chủ"})
    answer = problem(compared(owner, dossier, was, now), 422, "unprocessable")
    assert [one["field"] for one in answer["errors"]] == [field]
    for query in ("", "?was=1", "?was=0&now=1", "?was=1&now=x", "?was=1&now=2&now=1"):
        answer = owner.get(f"{path_of(dossier)}/differences{query}")
        problem(answer, 422, "unprocessable")


def test_who_reads_the_draft_reads_its_history_and_nobody_is_told_more(everybody, person):
    """Who is told no number is told none of an older version either."""
    officer, owner = everybody["officer"], person("producer", phone=OWNER["phone"], subject="she")
    everybody["owner"] = owner
    dossier = a_dossier(officer, QD148)
    filled(owner, dossier, **{EMAIL: "cu@vi.du"})
    save(owner, dossier, {EMAIL: None}, {EMAIL: "cu@vi.du"})
    doors_of = {"history": "/history", "versions": "/differences?was=1&now=2", "draft": ""}

    def told_to(who: str) -> dict[str, int]:
        found = {}
        for name, door in doors_of.items():
            answer = everybody[who].get(f"{path_of(dossier)}{door}")
            found[name] = answer.status_code
            if who in ("supervisor", "supervisor above"):
                assert b"cu@vi.du" not in answer.data
                assert OWNER["phone"] not in str(answer.json.get("items"))
        return found

    before = {who: told_to(who) for who in everybody}
    assert {who: len({*one.values()}) for who, one in before.items()} == dict.fromkeys(everybody, 1)
    reading = {*WORK_ON_IT, "own help team", "other officer", "supervisor", "supervisor above"}
    assert {who for who, one in before.items() if one["draft"] == 200} == reading
    submitted(everybody, dossier)
    after = {who: told_to(who) for who in everybody}
    assert {who for who, one in after.items() if one["history"] == 200} == {*reading, "help team"}
    assert after["help team"] == dict.fromkeys(doors_of, 200)
    shown = compared(everybody["help team"], dossier, 1, 2).json["items"]
    assert [one["field"] for one in shown] == [EMAIL]


def test_a_withdrawal_has_a_reason_and_is_told_with_the_last_package(everybody):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"], QD148)
    for body in ({}, {"reason": ""}, {"reason": "a", "b": 1}):
        refused = owner.post(f"{path_of(dossier)}/withdrawal", json=body)
        problem(refused, 422, "unprocessable")
    package = submitted(everybody, dossier)["packages"][0]["id"]
    answer = owner.post(f"{path_of(dossier)}/withdrawal", json={"reason": "Nộp đợt sau"}).json
    assert (answer["state"], answer["ended"], answer["may"]) == ("withdrawn", True, [])
    assert (answer["withdrawal"]["reason"], answer["withdrawal"]["signed"]["by"]) == (
        "Nộp đợt sau",
        "producer 0901234567",
    )
    event = told()[-1]
    assert (event.type, event.data.package_id) == ("dossier.withdrawn.v1", package)
    assert REQUIRED.items() <= answer["draft"].items()  # nothing is lost


def test_an_import_that_a_dossier_stands_on_is_not_taken_back(doors, everybody):
    report = doors.send(sheet(["3", "Trà thử", "Cơ sở Nhập", "xã Ô Lâm, huyện Tri Tôn"])).json
    a_round()
    officer = everybody["officer"]
    [product] = officer.get("/products").json["items"]
    facts = product["facts"] | {"set": {"number": 11, "basis": "confirmed"}}
    officer.patch(f"/producers/{facts['producer_id']}", json={"contacts": [OWNER]})
    officer.patch(f"/products/{product['id']}", json={"facts": facts})
    dossier = opened(officer, product)
    problem(doors.withdraw(report["id"]), 409, "conflict")
    officer.post(f"{path_of(dossier)}/withdrawal", json={"reason": "Nhập nhầm"})
    assert doors.withdraw(report["id"]).status_code == 200
