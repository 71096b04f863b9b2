"""Products: who registers, sees and changes them, and what an import does with them."""

from typing import Any

import pytest

from tests.dossier.conftest import sheet, told
from tests.dossier.filing import (
    COMMUNE,
    FACTS,
    OTHER_COMMUNE,
    OWNER,
    STRANGER,
    TEA,
    people,
    product_of,
    registered,
)
from tests.dossier.test_doors import ANYWHERE, problem

CONFIRMED = {"set": {"number": 11, "basis": "confirmed"}}


def test_a_registered_product_stands_in_the_register_and_is_told(person):
    officer = person("officer")
    producer = registered(officer)
    body = {"facts": TEA | {"producer_id": producer["id"]}}
    answer = officer.post("/products", json=body)
    facts = TEA | {"producer_id": producer["id"], "commune": COMMUNE}
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.json == {
        "id": answer.json["id"],
        "tenant": "tri-ton",
        "version": 1,
        "facts": facts,
        "producer": FACTS["name"],
        "certified": None,
        "proposed": None,
        "alike": [],
        "may": ["change"],
    }
    assert officer.get(f"/products/{answer.json['id']}").json == answer.json
    event = told()[-1]
    assert (event.type, event.subject) == ("product.registered.v1", answer.json["id"])
    assert event.data.model_dump(mode="json") == {"product": facts}


def test_products_that_may_be_the_same_are_told_with_the_registration(person):
    officer = person("officer")
    producer = registered(officer)

    def register(name: str) -> Any:
        body = {"facts": TEA | {"producer_id": producer["id"], "name": name}}
        return officer.post("/products", json=body).json

    first, other = register("Gạo ST25"), register("Gạo ST24")
    second = register("Gạo ST 25")
    named = {"id": first["id"], "name": "Gạo ST25", "producer": FACTS["name"]}
    assert [one["alike"] for one in (first, other, second)] == [[], [], [named]]
    assert officer.get(f"/products/{second['id']}").json["alike"] == []


def test_who_may_change_a_product_or_a_producer_reads_its_history(person):
    everybody = people(person)
    officer = everybody["officer"]
    producer = registered(officer)
    product = product_of(officer, producer)
    officer.patch(f"/products/{product['id']}", json={"facts": product["facts"] | {"name": "Trà"}})
    officer.patch(f"/producers/{producer['id']}", json={"contacts": [STRANGER, OWNER]})
    theirs = ("owner", "officer", "administrator", "commune", "other producer")
    both = [[OWNER | {"email": None}], [STRANGER, OWNER | {"email": None}]]
    for path, acts in (
        (f"/products/{product['id']}", [
            ("register_product", "officer", 1, None),
            ("change_product", "officer", 2, {"name": ["Trà thử", "Trà"]}),
        ]),
        (f"/producers/{producer['id']}", [
            ("register_producer", "officer", 1, None),
            ("register_product", "officer", 2, None),
            ("change_producer", "officer", 3, {"contacts": both}),
        ]),
    ):  # fmt: skip
        answers = {who: doors.get(f"{path}/history") for who, doors in everybody.items()}
        statuses = {who: one.status_code for who, one in answers.items()}
        assert statuses == dict.fromkeys(everybody, 404) | dict.fromkeys(theirs, 200)
        told = answers["owner"].json["items"]
        assert [(o["act"], o["actor"], o["version"], o["detail"]) for o in told] == acts
        assert officer.get(f"{path}/history?after=1&limit=1").json["items"] == told[1:2]


def test_who_registers_a_product(person, database):
    everybody = people(person)
    producer = registered(everybody["officer"])
    statuses = {}
    for who, doors in everybody.items():
        body = {"facts": TEA | {"producer_id": producer["id"]}}
        statuses[who] = doors.post("/products", json=body).status_code
        database.products.delete_many({})
    strangers = ("other commune", "other producer", "officer above", "officer beside")
    assert statuses == (
        dict.fromkeys(everybody, 403)
        | dict.fromkeys((*strangers, "owner's number beside"), 422)
        | dict.fromkeys(("owner", "officer", "administrator", "commune"), 201)
    )


def test_of_another_producer_nobody_learns_that_it_exists(person):
    everybody = people(person)
    producer = registered(everybody["officer"])
    said = [
        problem(
            everybody["other producer"].post(
                "/products", json={"facts": TEA | {"producer_id": id}}
            ),
            422,
            "unprocessable",
        )
        for id in (producer["id"], ANYWHERE)
    ]
    assert said[0] == said[1]
    assert [one["field"] for one in said[0]["errors"]] == ["facts.producer_id"]


def test_who_sees_and_who_changes_a_product(person, database):
    everybody = people(person)
    product = product_of(everybody["officer"], registered(everybody["officer"]))
    path = f"/products/{product['id']}"
    seen = {who: doors.get(path).status_code for who, doors in everybody.items()}
    theirs = dict.fromkeys(("owner", "officer", "administrator", "commune"), 200)
    above = dict.fromkeys(("supervisor", "supervisor above"), 200)
    assert seen == dict.fromkeys(everybody, 404) | theirs | above
    changed = {}
    for number, (who, doors) in enumerate(everybody.items()):
        body = {"facts": product["facts"] | {"address": f"ấp {number}"}}
        changed[who] = doors.patch(path, json=body).status_code
    assert changed == dict.fromkeys(everybody, 404) | theirs
    assert [one.type for one in told()][2:] == 4 * ["product.changed.v1"]
    assert database.products.find_one()["facts"]["address"] == "ấp 3"


def test_a_product_moves_only_where_its_author_reaches(person):
    everybody = people(person)
    product = product_of(everybody["officer"], registered(everybody["officer"]))
    path, away = f"/products/{product['id']}", product["facts"] | {"commune": OTHER_COMMUNE}
    problem(everybody["commune"].patch(path, json={"facts": away}), 403, "forbidden")
    assert everybody["officer"].patch(path, json={"facts": away}).status_code == 200
    assert everybody["commune"].get(path).status_code == 404
    assert everybody["other commune"].get(path).status_code == 200


def test_a_set_is_confirmed_by_an_officer(person):
    everybody = people(person)
    producer = registered(everybody["officer"])
    for who in ("owner", "commune"):
        body = {"facts": TEA | {"producer_id": producer["id"]} | CONFIRMED}
        answer = problem(everybody[who].post("/products", json=body), 422, "unprocessable")
        assert [one["field"] for one in answer["errors"]] == ["facts.set.basis"]
    product = product_of(everybody["owner"], producer)
    path, confirmed = f"/products/{product['id']}", {"facts": product["facts"] | CONFIRMED}
    problem(everybody["owner"].patch(path, json=confirmed), 422, "unprocessable")
    assert everybody["officer"].patch(path, json=confirmed).status_code == 200
    elsewhere = {"facts": confirmed["facts"] | {"address": "ấp 2"}}
    assert everybody["owner"].patch(path, json=elsewhere).status_code == 200


def test_a_product_stays_its_producers(person):
    officer = person("officer")
    product = product_of(officer, registered(officer))
    other = registered(officer, facts=FACTS | {"name": "Hộ Khác"})
    body = {"facts": product["facts"] | {"producer_id": other["id"]}}
    answer = problem(officer.patch(f"/products/{product['id']}", json=body), 422, "unprocessable")
    assert [one["field"] for one in answer["errors"]] == ["facts.producer_id"]


def test_a_stale_change_and_a_double_name_are_refused(person, database):
    officer = person("officer")
    producer = registered(officer)
    product = product_of(officer, producer)
    path, facts = f"/products/{product['id']}", product["facts"]
    assert officer.patch(path, json={"facts": facts | {"address": "ấp 2"}}).status_code == 200
    stale = officer.patch(path, json={"facts": facts}, headers={"If-Match": '"1"'})
    problem(stale, 412, "stale")
    double = {"facts": facts | {"name": "TRÀ  THỬ"}}
    problem(officer.post("/products", json=double), 409, "conflict")
    other = product_of(officer, producer, name="Trà khác")
    problem(officer.patch(f"/products/{other['id']}", json={"facts": facts}), 409, "conflict")
    assert database.products.count_documents({"facts.name": "Trà thử"}) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "facts.name"),
        ({"producer_id": "1"}, "facts.producer_id"),
        ({"set": {"number": 27, "basis": "assigned"}}, "facts.set.number"),
        ({"set": {"number": 1}}, "facts.set.basis"),
        ({"set": {"number": 1, "basis": "assigned", "a": 1}}, "facts.set.a"),
        ({"price": 1}, "facts.price"),
    ],
)
def test_wrong_facts_are_refused_where_they_are_wrong(person, database, wrong, field):
    body = {"facts": TEA | {"producer_id": ANYWHERE} | wrong}
    answer = problem(person("officer").post("/products", json=body), 422, "unprocessable")
    assert [one["field"] for one in answer["errors"]] == [field]
    assert database.products.count_documents({}) == 0


def test_mine_are_those_of_my_producers(person):
    everybody = people(person)
    officer = everybody["officer"]
    product_of(officer, registered(officer))
    other = registered(
        officer, facts=FACTS | {"name": "Hộ Khác"}, contacts=[STRANGER], commune=OTHER_COMMUNE
    )
    product_of(officer, other, name="Trà khác")

    def listed(who: str, query: str = "") -> Any:
        found = everybody[who].get(f"/products{query}").json["items"]
        return sorted(one["facts"]["name"] for one in found)

    assert listed("owner", "?mine=true") == ["Trà thử"]
    assert listed("other producer", "?mine=true") == ["Trà khác"]
    assert listed("commune") == ["Trà thử"]
    assert listed("other commune") == ["Trà khác"]
    assert listed("officer") == listed("supervisor above") == ["Trà khác", "Trà thử"]
    assert listed("officer", "?mine=true") == listed("owner's number beside", "?mine=true") == []
    for who in ("owner", "nobody", "help team"):
        problem(everybody[who].get("/products"), 403, "forbidden")


# -- beside imports

ROW = ["3", "Trà thử", "Cơ sở Thử", "ấp 1, xã Ô Lâm, huyện Tri Tôn"]


def test_a_list_reports_the_rank_of_a_product_that_a_person_registered(doors, person, database):
    officer = person("officer")
    producer = registered(officer)
    product = product_of(officer, producer)
    report = doors.send(sheet(ROW)).json
    assert [(one["outcome"], one["product_id"]) for one in report["rows"]] == [
        ("new", product["id"])
    ]
    assert [one.type for one in told()][2:] == ["earlier-award.recorded.v1"]
    assert doors.send(sheet(ROW)).json["rows"][0]["outcome"] == "same"

    assert doors.withdraw(report["id"]).status_code == 200
    assert database.earlier_awards.find_one()["withdrawn"] is True
    assert officer.get(f"/products/{product['id']}").json["facts"] == product["facts"]
    assert officer.get(f"/producers/{producer['id']}").status_code == 200
    assert doors.send(sheet(ROW)).json["rows"][0]["outcome"] == "new"
    assert database.earlier_awards.count_documents({"withdrawn": False}) == 1


def test_a_later_list_that_found_the_rank_comes_first(doors, person):
    officer = person("officer")
    product_of(officer, registered(officer))
    first = doors.send(sheet(ROW)).json
    later = doors.send(sheet(ROW, ["3", "Trà mới", *ROW[2:]])).json
    assert [one["outcome"] for one in later["rows"]] == ["same", "new"]
    problem(doors.withdraw(first["id"]), 409, "conflict")
    assert doors.withdraw(later["id"]).status_code == 200
    assert doors.withdraw(first["id"]).status_code == 200


def test_a_producer_with_contacts_stays_when_its_list_is_taken_back(doors, person):
    officer = person("officer")
    producer = registered(officer)
    report = doors.send(sheet(ROW)).json
    assert doors.withdraw(report["id"]).status_code == 200
    assert officer.get("/products").json["items"] == []
    assert officer.get(f"/producers/{producer['id']}").status_code == 200
