"""Producers: what a name says, which are alike, and who registers, sees and changes them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from rules.enterprises import ProducerKind
from services.dossier.domain.producers import Producer, likenesses
from tests.dossier.conftest import Doors, sheet, told
from tests.dossier.filing import (
    COMMUNE,
    FACTS,
    OTHER_COMMUNE,
    OWNER,
    STRANGER,
    people,
    registered,
)
from tests.dossier.test_doors import problem


def groups(*names: str, address: str = "xã Thử") -> list[list[str]]:
    producers = [Producer.named("tri-ton", name, address) for name in names]
    return [[one.facts.name for one in each.producers] for each in likenesses(producers)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("HTX Nông nghiệp Vĩnh Hòa", ProducerKind.COOPERATIVE),
        ("Hợp Tác Xã NN Long Bình", ProducerKind.COOPERATIVE),
        ("HTX-TM-DV Khánh Hòa", ProducerKind.COOPERATIVE),
        ("Tổ hợp tác Mẫu", ProducerKind.COOPERATIVE_GROUP),
        ("Công ty TNHH Thảo Hương", ProducerKind.ENTERPRISE),
        ("Chi nhánh Công ty TNHH MTV Mẫu", ProducerKind.ENTERPRISE),
        ("Hộ Kịnh doanh Vườn Dưa lưới", ProducerKind.HOUSEHOLD),
        ("Cơ Sở SANA", ProducerKind.HOUSEHOLD),
        ("Hiệu mắm Út Nhanh", None),
        ("Cơm cháy Mẫu", None),
    ],
)
def test_a_kind_is_what_the_name_says_and_else_unknown(name: str, kind: ProducerKind | None):
    assert Producer.named("tri-ton", name, "xã Thử").facts.kind is kind


def test_spellings_of_one_name_are_alike():
    names = ["Công ty Thuỷ sản Thanh Tùng", "công ty thủy sản Thanh Tùng"]
    assert groups(*names, "Cơ sở Thanh Hương") == [names]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cơ sở Ba Na", "Cơ sở Bana"),
        ("HTX H'Mông", "HTX Hmông"),
        ("Hộ kinh doanh ST25", "Hộ kinh doanh ST 25"),
        ("Cơ sở Lý", "Cơ sở Lí"),
    ],
)
def test_names_that_a_search_reads_alike_are_alike(one: str, other: str):
    producers = [Producer.named("tri-ton", name, "xã Thử") for name in (one, other, "Cơ sở Khác")]
    (found,) = likenesses(producers)
    assert {each.facts.name for each in found.producers} == {one, other}
    assert found.reason.en == "The names differ in diacritics, spelling or short forms alone."


def test_another_form_before_the_same_name_is_alike():
    assert groups("Hộ kinh doanh Phú Vinh", "Cơ sở sản xuất Khô Bò Phú Vinh") == [
        ["Cơ sở sản xuất Khô Bò Phú Vinh", "Hộ kinh doanh Phú Vinh"]
    ]


def test_three_spellings_are_one_group():
    names = ["Cơ sở Rau Quả Mẫu", "Cơ sở Rau Quả Mẫu (Mau)", "Hộ kinh doanh rau quả mẫu"]
    assert groups(*names) == [names]


@pytest.mark.parametrize(
    "names",
    [
        ("HTX Chăn nuôi Ếch Khánh Hoà", "HTX-TM-DV Khánh Hòa"),  # their commune's name
        ("Hộ kinh doanh Nguyễn Minh Công", "Công ty Thái Minh Nguyên"),
        ("Hộ kinh doanh Mai", "Hộ kinh doanh Nguyễn Thị Mai"),
        ("Hộ kinh doanh", "Cơ sở sản xuất"),
    ],
)
def test_what_they_are_or_where_does_not_make_them_alike(names: tuple[str, str]):
    assert groups(*names, address="ấp Khánh An, xã Khánh Hòa, huyện Châu Phú") == []


# -- at the doors


def test_a_registered_producer_stands_in_the_register_and_is_told(person):
    officer = person("officer")
    given = {
        "facts": FACTS | {"name": "  Cơ sở Thử "},
        "contacts": [{"name": "Bà Chủ", "phone": "+84 901 234 567", "email": "Chu@Vi.Du"}],
    }
    answer = officer.post("/producers", json=given)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.json == {
        "id": answer.json["id"],
        "tenant": "tri-ton",
        "version": 1,
        "facts": FACTS,
        "commune": None,
        "contacts": [{"name": "Bà Chủ", "phone": "0901234567", "email": "chu@vi.du"}],
        "alike": [],
        "proposed": None,
        "may": ["change"],
    }
    assert officer.get(f"/producers/{answer.json['id']}").json == answer.json
    [event] = told()
    assert (event.type, event.subject) == ("producer.registered.v1", answer.json["id"])
    assert event.data.model_dump(mode="json") == {"producer": FACTS}


def test_who_registers_whom(person, database):
    allowed = {}
    for who, doors in people(person).items():
        body = {"facts": FACTS, "contacts": [OWNER], "commune": COMMUNE}
        status = doors.post("/producers", json=body).status_code
        allowed[who] = status
        database.producers.delete_many({})
    assert allowed == {
        "owner": 201,
        "officer": 201,
        "administrator": 201,
        "commune": 201,
        "other commune": 403,
        "other producer": 403,
        "nobody": 403,
        "help team": 403,
        "authority": 403,
        "supervisor": 403,
        "supervisor above": 403,
        "officer above": 201,  # in its own register
        "officer beside": 201,
        "owner's number beside": 201,
    }


def test_a_commune_officers_producer_is_of_the_own_unit(person):
    doors = person("commune-officer", unit="Xã  Ô Lâm")
    producer = registered(doors, commune=None)
    assert producer["commune"] == "Xã  Ô Lâm"
    problem(
        doors.post(
            "/producers",
            json={"facts": FACTS, "contacts": [OWNER], "commune": OTHER_COMMUNE},
        ),
        403,
        "forbidden",
    )


def test_who_sees_a_producer_and_whose_contacts(person):
    everybody = people(person)
    producer = registered(everybody["officer"])
    seen = {}
    for who, doors in everybody.items():
        answer = doors.get(f"/producers/{producer['id']}")
        seen[who] = answer.json["contacts"] if answer.status_code == 200 else answer.status_code
    known = [OWNER | {"email": None}]
    assert seen == dict.fromkeys(everybody, 404) | {
        "owner": known,
        "officer": known,
        "administrator": known,
        "commune": known,
        "supervisor": None,
        "supervisor above": None,
    }


def test_who_changes_a_producer(person, database):
    everybody = people(person)
    producer = registered(everybody["officer"])
    path, changed = f"/producers/{producer['id']}", {}
    for number, (who, doors) in enumerate(everybody.items()):
        body = {"facts": FACTS | {"address": f"ấp {number}"}}
        changed[who] = doors.patch(path, json=body).status_code
    theirs = dict.fromkeys(("owner", "officer", "administrator", "commune"), 200)
    assert changed == dict.fromkeys(everybody, 404) | theirs
    assert [one.type for one in told()] == ["producer.registered.v1"] + 4 * ["producer.changed.v1"]
    assert database.producers.find_one()["facts"]["address"] == "ấp 3"


def test_a_change_leaves_what_it_does_not_name_and_says_what_it_changed(person, database):
    officer = person("officer")
    producer = registered(officer)
    path = f"/producers/{producer['id']}"
    answer = officer.patch(path, json={"contacts": [STRANGER]}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json == producer | {"version": 2, "contacts": [STRANGER]}
    assert [one.type for one in told()] == ["producer.registered.v1"]  # contacts are nobody's news
    detail = database.acts.find_one({"act": "change_producer"})["detail"]
    assert detail == {"contacts": [[OWNER | {"email": None}], [STRANGER]]}
    problem(officer.patch(path, json={}, headers={"If-Match": '"1"'}), 412, "stale")
    assert database.producers.find_one()["version"] == 2


def test_who_was_taken_off_the_contacts_is_nobody(person):
    everybody = people(person)
    producer = registered(everybody["officer"])
    path = f"/producers/{producer['id']}"
    assert everybody["officer"].patch(path, json={"contacts": [STRANGER]}).status_code == 200
    assert everybody["owner"].get(path).status_code == 404
    assert everybody["other producer"].get(path).status_code == 200


def test_nobody_gives_away_what_they_answer_for(person):
    everybody = people(person)
    path = f"/producers/{registered(everybody['officer'])['id']}"
    gone = {"contacts": [STRANGER]}
    problem(everybody["owner"].patch(path, json=gone), 403, "forbidden")
    moved = {"commune": OTHER_COMMUNE}
    problem(everybody["commune"].patch(path, json=moved), 403, "forbidden")
    assert everybody["officer"].get(path).json["version"] == 1


def test_a_name_stands_once_in_whatever_case(person, database):
    officer = person("officer")
    first = registered(officer)
    double = {"facts": FACTS | {"name": "CƠ SỞ  THỬ"}, "contacts": [OWNER]}
    problem(officer.post("/producers", json=double), 409, "conflict")
    other = registered(officer, facts=FACTS | {"name": "Hộ Khác"})
    body = {"facts": FACTS}
    problem(officer.patch(f"/producers/{other['id']}", json=body), 409, "conflict")
    own = {"facts": FACTS | {"name": "CƠ SỞ THỬ"}}
    assert officer.patch(f"/producers/{first['id']}", json=own).status_code == 200
    assert database.producers.count_documents({}) == 2


def test_two_at_once_register_one(person, database):
    officer = person("officer")
    body = {"facts": FACTS, "contacts": [OWNER]}
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(officer.post, "/producers", json=body) for _ in range(4)]
    assert sorted(one.result().status_code for one in calls) == [201, 409, 409, 409]
    assert database.producers.count_documents({}) == database.outbox.count_documents({}) == 1


def test_a_likeness_is_told_with_the_registration(person):
    officer = person("officer")
    registered(officer, facts=FACTS | {"name": "Cơ sở Thanh Tùng"})
    registered(officer, facts=FACTS | {"name": "HTX Rau sạch"})
    second = registered(officer, facts=FACTS | {"name": "Hộ kinh doanh Thanh Tùng"})
    names = [[one["name"] for one in each["producers"]] for each in second["alike"]]
    assert names == [["Cơ sở Thanh Tùng", "Hộ kinh doanh Thanh Tùng"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "facts"),
        ({"facts": FACTS}, "contacts"),
        ({"facts": FACTS, "contacts": []}, "contacts"),
        ({"facts": FACTS, "contacts": [{"name": "A"}]}, "contacts.0"),
        ({"facts": FACTS, "contacts": [OWNER | {"phone": "123"}]}, "contacts.0.phone"),
        ({"facts": FACTS | {"contacts": []}, "contacts": [OWNER]}, "facts.contacts"),
        ({"facts": FACTS | {"kind": "shop"}, "contacts": [OWNER]}, "facts.kind"),
        ({"facts": FACTS | {"name": "a\nb"}, "contacts": [OWNER]}, "facts.name"),
        ({"facts": FACTS, "contacts": [OWNER], "id": "1"}, "id"),
    ],
)
def test_a_wrong_registration_is_refused_where_it_is_wrong(person, database, body, field):
    answer = problem(person("officer").post("/producers", json=body), 422, "unprocessable")
    assert field in [one["field"] for one in answer["errors"]]
    assert database.producers.count_documents({}) == 0


def test_mine_are_those_whose_contact_one_is(person):
    everybody = people(person)
    mine = registered(everybody["officer"])
    by_mail = registered(
        everybody["officer"], facts=FACTS | {"name": "Hộ B"}, contacts=[STRANGER, OWNER]
    )
    registered(
        everybody["officer"], facts=FACTS | {"name": "Hộ C"}, contacts=[STRANGER], commune=None
    )

    def listed(doors: Doors, query: str = "") -> list[str]:
        return [one["facts"]["name"] for one in doors.get(f"/producers{query}").json["items"]]

    assert sorted(listed(everybody["owner"], "?mine=true")) == ["Cơ sở Thử", "Hộ B"]
    assert sorted(listed(person(email="khac@vi.du"), "?mine=true")) == ["Hộ B", "Hộ C"]
    assert listed(everybody["nobody"], "?mine=true") == []
    assert listed(everybody["owner's number beside"], "?mine=true") == []
    assert sorted(listed(everybody["commune"])) == ["Cơ sở Thử", "Hộ B"]
    assert listed(everybody["other commune"]) == []
    assert len(listed(everybody["officer"])) == len(listed(everybody["supervisor above"])) == 3
    for who in ("owner", "nobody", "help team"):
        problem(everybody[who].get("/producers"), 403, "forbidden")
    first = everybody["owner"].get("/producers?mine=true&limit=1").json
    second = everybody["owner"].get(f"/producers?mine=true&limit=1&after={first['after']}").json
    assert {one["items"][0]["id"] for one in (first, second)} == {mine["id"], by_mail["id"]}


def test_an_officer_gives_contacts_to_an_imported_producer(doors, person):
    doors.send(sheet(["3", "Trà thử", "Cơ sở Nhập", "xã Ô Lâm, huyện Tri Tôn"]))
    everybody = people(person)
    [one] = everybody["officer"].get("/producers").json["items"]
    path = f"/producers/{one['id']}"
    assert everybody["officer"].get(path).json["contacts"] == []
    assert everybody["owner"].get(path).status_code == 404
    assert everybody["officer"].patch(path, json={"contacts": [OWNER]}).status_code == 200
    assert everybody["owner"].get(path).json["contacts"] == [OWNER | {"email": None}]


def test_a_renamed_producer_is_renamed_in_its_products(doors, person, database):
    row = ["3", "Trà thử", "Cơ sở Nhập", "xã Ô Lâm, huyện Tri Tôn"]
    doors.send(sheet(row))
    officer = person("officer")
    [one] = officer.get("/producers").json["items"]
    renamed = one["facts"] | {"name": "Cơ sở Mới"}
    assert officer.patch(f"/producers/{one['id']}", json={"facts": renamed}).status_code == 200
    assert database.products.find_one()["producer"] == "Cơ sở Mới"
    again = doors.send(sheet([*row[:2], "Cơ sở Mới", row[3]])).json
    assert [one["outcome"] for one in again["rows"]] == ["same"]


@pytest.mark.parametrize(
    ("body", "field", "vi"),
    [
        (
            {"facts": FACTS | {"name": "Cơ sở Mẫu\u0430"}},
            "facts.name",
            "chữ ở vị trí 10 (U+0430) thuộc bảng chữ cái khác, chỉ trông giống: gõ lại",
        ),
        (
            {"facts": FACTS | {"name": "\u200b\u2800\u3164"}},
            "facts.name",
            "phải có ít nhất 1 ký tự",
        ),
        ({"facts": FACTS | {"name": "—★"}}, "facts.name", "phải có chữ hoặc số"),
        (
            {"facts": FACTS | {"name": "Cô sôû Maãu"}},
            "facts.name",
            "chữ theo phông cũ VNI, không phải Unicode: chuyển mã sang Unicode, như bằng UniKey;"
            " có lẽ là “Cơ sở Mẫu”",
        ),
        (
            {"contacts": [OWNER | {"name": "Bà Tư {0}Æ¡"}]},
            "contacts.0.name",
            "chữ UTF-8 bị đọc theo bảng mã khác: mở lại bản gốc theo UTF-8; có lẽ là “Bà Tư {0}ơ”",
        ),
        (
            {"facts": FACTS | {"address": "xã M\uf0b7u"}},
            "facts.address",
            "có ký tự không đọc được (U+F0B7) ở vị trí 5: xoá hoặc gõ lại",
        ),
        (
            {"contacts": [OWNER | {"name": "Chị Т"}]},
            "contacts.0.name",
            "chữ ở vị trí 5 (U+0422) thuộc bảng chữ cái khác, chỉ trông giống: gõ lại",
        ),
    ],
)
def test_a_name_that_is_not_what_it_shows_is_refused_by_its_letter(person, body, field, vi):
    given = {"facts": FACTS, "contacts": [OWNER]} | body
    answer = problem(person("officer").post("/producers", json=given), 422, "unprocessable")
    first = answer["errors"][0]
    assert (first["field"], first["vi"]) == (field, vi)


def test_what_was_copied_with_marks_is_kept_as_it_shows(person):
    copied = FACTS | {"name": "\u202eCơ sở\u00a0Mẫ\u200bu\u00ad", "address": "xã Mẫu\ufffe"}
    owner = {"name": "Chị Tư", "phone": "\u202a(+84)\u202c 90\u2011123 45 ６７"}
    body = {"facts": copied, "contacts": [owner]}
    answer = person("officer").post("/producers", json=body)
    assert answer.status_code == 201
    assert answer.json["facts"]["name"] == "Cơ sở Mẫu"
    assert answer.json["facts"]["address"] == "xã Mẫu"
    assert answer.json["contacts"] == [{"name": "Chị Tư", "phone": "0901234567", "email": None}]
