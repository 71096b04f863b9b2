"""What was certified is changed by nobody alone: it is proposed, seen by who has to do with it, and
confirmed or refused by another officer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.store.tellers import Foreign
from chassis.store.unit_of_work import AlreadyHandled
from contracts.dossier import CertifiedFacts
from contracts.evaluation import (
    CertificateAnnulled,
    CertificateChanged,
    CertificateFacts,
    CertificateIssued,
    Origin,
)
from contracts.event import Event
from rules.days import day_of
from services.dossier.entrypoints.worker import on_certificate
from tests.dossier.conftest import Doors, sheet, told
from tests.dossier.filing import (
    COMMUNE,
    FACTS,
    OTHER_COMMUNE,
    OWNER,
    STRANGER,
    TEA,
    event,
    heard,
    people,
    product_of,
    registered,
)
from tests.dossier.test_doors import ANYWHERE, problem

ONE, OTHER = ("00000000-0000-4000-8000-00000000000" + number for number in "12")
WHY = {"reason": "Theo giấy đăng ký kinh doanh mới"}
OTHERWISE = {"name": "Trà mới", "address": "ấp 9", "set": {"number": 12, "basis": "assigned"}}
DECIDED, FAR = date(2020, 3, 2), date(2099, 3, 2)
TODAY = day_of(datetime.now(UTC))
CERTIFIED = CertifiedFacts(
    product=TEA["name"], producer=FACTS["name"], producer_address=FACTS["address"],
    address=TEA["address"], set=11,
)  # fmt: skip


@pytest.fixture
def everybody(person: Callable[..., Doors]) -> dict[str, Doors]:
    return people(person)


@pytest.fixture
def officer(everybody: dict[str, Doors]) -> Doors:
    return everybody["officer"]


@pytest.fixture
def owner(everybody: dict[str, Doors]) -> Doors:
    return everybody["owner"]


@pytest.fixture
def producer(officer: Doors) -> Any:
    return registered(officer)


@pytest.fixture
def product(officer: Doors, producer: Any) -> Any:
    return product_of(officer, producer)


def certificate(
    product: Any, id: str = ONE, version: int = 1, kind: type[Event] = CertificateIssued,
    tenant: str = "tri-ton", **facts: Any,
) -> None:  # fmt: skip
    """What evaluation tells of one."""
    said = {
        "product_id": product["id"], "star": 3, "origin": Origin.ISSUED, "decided_on": DECIDED,
        "expires_on": FAR, "certified": CERTIFIED,
    } | facts  # fmt: skip
    told = kind(certificate=CertificateFacts(**said))
    heard(on_certificate, event(told, id, version, tenant))


def wanted(product: Any, **facts: Any) -> dict[str, Any]:
    return {"facts": product["facts"] | facts}


def change(by: Doors, product: Any, **facts: Any) -> Any:
    answer = by.patch(f"/products/{product['id']}", json=wanted(product, **facts))
    assert answer.status_code == 200, answer.json
    return answer.json


def rename(by: Doors, producer: Any, **facts: Any) -> Any:
    body = {"facts": producer["facts"] | facts}
    answer = by.patch(f"/producers/{producer['id']}", json=body)
    assert answer.status_code == 200, answer.json
    return answer.json


def settle(by: Doors, change: Any, how: str) -> Any:
    return by.post(f"/proposed-changes/{change['id']}/{how}", json=WHY)


def settled(by: Doors, change: Any, how: str) -> Any:
    answer = settle(by, change, how)
    assert answer.status_code == 200, answer.json
    return answer.json


def changes_told() -> list[dict[str, Any]]:
    return [one.data.model_dump(mode="json") for one in told() if one.type.endswith(".changed.v1")]


# -- what waits


@pytest.mark.parametrize("who", ["owner", "commune", "officer", "administrator"])
def test_nobody_changes_alone_what_was_certified(everybody, producer, product, who):
    certificate(product)
    by = everybody[who]
    changed = change(by, product, **OTHERWISE)
    assert changed["facts"] == product["facts"]
    assert changed["certified"] == CERTIFIED.model_dump()
    proposed = changed["proposed"]
    assert (proposed["now"], proposed["state"]) == (OTHERWISE, "open")
    assert proposed["was"] == {name: product["facts"][name] for name in OTHERWISE}
    assert [one["by"] for one in proposed["proposed"]] == [by.subject]
    assert by.get(f"/products/{product['id']}").json == changed
    renamed = rename(by, producer, name="Hộ Mới", address="ấp 9")
    assert renamed["facts"] == producer["facts"]
    assert renamed["proposed"]["now"] == {"name": "Hộ Mới", "address": "ấp 9"}
    assert changes_told() == []
    assert by.get(f"/producers/{producer['id']}").json == renamed


def test_what_is_not_certified_changes_at_once(everybody, officer, producer, product):
    """In the same act as what waits, too."""
    certificate(product)
    free = {"commune": OTHER_COMMUNE, "set": {"number": 11, "basis": "confirmed"}}
    changed = change(officer, product, name="Trà mới", **free)
    assert changed["facts"] == product["facts"] | free
    assert changed["proposed"]["now"] == {"name": "Trà mới"}
    body = {"facts": FACTS | {"kind": "cooperative"}, "contacts": [STRANGER, OWNER]}
    answer = officer.patch(f"/producers/{producer['id']}", json=body).json
    assert (answer["facts"], len(answer["contacts"])) == (body["facts"], 2)
    assert answer["proposed"] is None
    assert [one["confirmed"] for one in changes_told()] == [False, False]


ALL = (("name", "address", "set"), ("name", "address"))
LIST = {
    "origin": Origin.IMPORTED, "decided_on": None, "expires_on": None, "reported_on": DECIDED,
    "certified": CERTIFIED.model_copy(update={"producer_address": None, "set": None}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ({}, ALL),
        ({"expires_on": TODAY}, ALL),
        ({"certified": None}, ALL),
        (LIST, (("name", "address"), ("name",))),
        ({"expires_on": TODAY - timedelta(days=1)}, ((), ())),
        ({"replaced_by": OTHER}, ((), ())),
    ],
    ids=["valid", "on its last day", "words not kept", "of a list", "expired", "replaced"],
)
def test_which_words_wait_by_what_certificate_there_is(owner, producer, product, facts, held):
    certificate(product, **facts)
    of_product = change(owner, product, **OTHERWISE)["proposed"]
    of_producer = rename(owner, producer, name="Hộ Mới", address="ấp 9")["proposed"]
    waiting = [set(one["now"]) if one else set() for one in (of_product, of_producer)]
    assert waiting == [{*words} for words in held]
    assert len(changes_told()) == sum(one != all for one, all in zip(held, ALL, strict=True))


def test_the_last_word_on_a_certificate_counts_in_whatever_order(owner, product):
    certificate(product, version=3, kind=CertificateAnnulled)
    certificate(product)
    certificate(product, version=2, kind=CertificateChanged)
    assert change(owner, product, name="Trà mới")["facts"]["name"] == "Trà mới"


def test_a_certificate_is_taken_once_and_of_the_own_tenant_alone(owner, product, database):
    with pytest.raises(Foreign):
        certificate(product, OTHER, tenant="chau-phu")
    assert change(owner, product, name="Trà mới")["proposed"] is None
    one = event(CertificateIssued(certificate=CertificateFacts(
        product_id=product["id"], star=3, origin=Origin.ISSUED, decided_on=DECIDED
    )), ONE)  # fmt: skip
    heard(on_certificate, one)
    with pytest.raises(AlreadyHandled):
        heard(on_certificate, one)
    assert database.held_certificates.distinct("certificate") == [ONE]


def test_a_producer_is_held_by_each_of_its_products(officer, owner, producer, product):
    product_of(officer, producer, name="Trà khác")
    certificate(product)
    waits = rename(owner, producer, name="Hộ Mới")["proposed"]
    changed = settled(officer, waits, "confirmation")
    assert changed["state"] == "confirmed"
    products = officer.get("/products").json["items"]
    names = {officer.get(f"/products/{one['id']}").json["producer"] for one in products}
    assert (len(products), names) == (2, {"Hộ Mới"})


# -- what becomes of it


def test_what_an_officer_confirms_stands_in_the_register_and_is_told_so(officer, owner, product):
    certificate(product)
    proposed = change(owner, product, **OTHERWISE)["proposed"]
    done = settled(officer, proposed, "confirmation")
    assert (done["state"], done["reason"], done["may"]) == ("confirmed", WHY["reason"], [])
    assert (done["ended"]["by"], done["ended"]["standing"]) == (officer.subject, "officer")
    now = officer.get(f"/products/{product['id']}").json
    facts = product["facts"] | OTHERWISE | {"set": {"number": 12, "basis": "confirmed"}}
    assert (now["facts"], now["proposed"]) == (facts, None)
    assert now["certified"] == CERTIFIED.model_dump()
    assert changes_told() == [{"product": facts, "confirmed": True}]
    problem(settle(officer, proposed, "refusal"), 409, "conflict")


@pytest.mark.parametrize(("how", "state"), [("refusal", "refused"), ("withdrawal", "withdrawn")])
def test_what_is_not_confirmed_changes_nothing(officer, owner, producer, product, how, state):
    certificate(product)
    by = officer if how == "refusal" else owner
    for proposed in (
        change(owner, product, **OTHERWISE)["proposed"],
        rename(owner, producer, name="Hộ Mới")["proposed"],
    ):
        assert settled(by, proposed, how)["state"] == state
    assert officer.get(f"/products/{product['id']}").json["facts"] == product["facts"]
    assert officer.get(f"/producers/{producer['id']}").json["facts"] == producer["facts"]
    assert changes_told() == []


def test_who_sees_a_proposed_change_and_who_may_do_what(everybody, producer, product):
    certificate(product)
    waits = change(everybody["owner"], product, name="Trà mới")["proposed"]
    rename(everybody["owner"], producer, name="Hộ Mới")
    seen, beside = {}, {}
    for who, doors in everybody.items():
        answer = doors.get(f"/proposed-changes/{waits['id']}")
        seen[who] = answer.json["may"] if answer.status_code == 200 else answer.status_code
        pages = [
            doors.get(f"/{kind}/{one['id']}")
            for kind, one in (("products", product), ("producers", producer))
        ]
        beside[who] = [one.json["proposed"] for one in pages if one.status_code == 200]
    officers = {who: ["confirm", "refuse"] for who in ("officer", "administrator")}
    assert seen == dict.fromkeys(everybody, 404) | officers | {
        "owner": ["withdraw"], "commune": [],
    }  # fmt: skip
    assert {who: [bool(each) for each in one] for who, one in beside.items() if one} == (
        {who: [True, True] for who in ("owner", "commune", "officer", "administrator")}
        | {who: [False, False] for who in ("supervisor", "supervisor above")}
    )


@pytest.mark.parametrize("how", ["confirmation", "refusal", "withdrawal"])
def test_who_settles_it(everybody, product, how):
    certificate(product)
    statuses = {}
    for number, (who, doors) in enumerate(everybody.items()):
        waits = change(everybody["owner"], product, name=f"Trà {number}")["proposed"]
        statuses[who] = settle(doors, waits, how).status_code
    theirs = ("owner",) if how == "withdrawal" else ("officer", "administrator")
    seeing = ("owner", "commune", "officer", "administrator")
    assert statuses == dict.fromkeys(everybody, 404) | dict.fromkeys(seeing, 403) | dict.fromkeys(
        theirs, 200
    )


def test_nobody_settles_what_they_had_a_hand_in(person, officer, owner, product):
    """Also of a change that another has gone on with; and no contact, whatever the role."""
    certificate(product)
    change(officer, product, name="Trà mới")
    waits = change(owner, product, address="ấp 9")["proposed"]
    assert waits["now"] == {"name": "Trà mới", "address": "ấp 9"}
    partial = person("officer", phone=OWNER["phone"], subject="both")
    for by in (officer, partial):
        assert by.get(f"/proposed-changes/{waits['id']}").json["may"] == ["withdraw"]
        for how in ("confirmation", "refusal"):
            problem(settle(by, waits, how), 403, "forbidden")
    assert settled(person("administrator", subject="another"), waits, "confirmation")


def test_a_later_change_takes_the_place_of_the_one_that_waits(officer, owner, product):
    certificate(product)
    first = change(owner, product, name="Trà mới", address="ấp 9")["proposed"]
    assert change(owner, product)["proposed"] == first  # what the register says is no new change
    assert change(owner, product, name="Trà mới", address="ấp 9")["proposed"] == first
    second = change(owner, product, name="Trà mới nữa")["proposed"]
    assert second["now"] == {"name": "Trà mới nữa", "address": "ấp 9"}
    problem(settle(officer, first, "confirmation"), 409, "conflict")
    states = {one["id"]: one["state"] for one in listed(officer)}
    assert states == {first["id"]: "overtaken", second["id"]: "open"}
    assert [one["id"] for one in listed(officer, "?state=open")] == [second["id"]]


def test_a_change_outlives_its_certificate_until_somebody_settles_it(officer, owner, product):
    certificate(product)
    waits = change(owner, product, name="Trà mới", address="ấp 9")["proposed"]
    certificate(product, version=2, kind=CertificateAnnulled)
    assert owner.get(f"/products/{product['id']}").json["certified"] is None
    settled(officer, waits, "confirmation")
    assert officer.get(f"/products/{product['id']}").json["facts"]["name"] == "Trà mới"


def test_where_nothing_is_certified_any_more_a_change_ends_what_waits(officer, owner, product):
    certificate(product)
    change(owner, product, name="Trà mới", address="ấp 9")
    certificate(product, version=2, kind=CertificateAnnulled)
    now = change(owner, product, name="Trà khác")
    assert (now["facts"]["name"], now["proposed"]["now"]) == ("Trà khác", {"address": "ấp 9"})
    assert [one["confirmed"] for one in changes_told()] == [False]


def test_what_was_confirmed_is_unconfirmed_again_by_a_change_without_a_certificate(
    officer, owner, product
):
    certificate(product)
    settled(officer, change(owner, product, name="Trà mới")["proposed"], "confirmation")
    certificate(product, version=2, kind=CertificateAnnulled)
    now = owner.get(f"/products/{product['id']}").json
    change(owner, now, commune=COMMUNE)
    change(owner, now, name="Trà khác")
    assert [one["confirmed"] for one in changes_told()] == [True, False]


def test_a_replaced_certificate_leaves_what_waits_to_the_next(officer, owner, product):
    certificate(product)
    waits = change(owner, product, name="Trà mới")["proposed"]
    certificate(product, OTHER, decided_on=date(2021, 3, 2))
    certificate(product, version=2, kind=CertificateChanged, replaced_by=OTHER)
    assert owner.get(f"/products/{product['id']}").json["proposed"] == waits
    assert settled(officer, waits, "confirmation")["state"] == "confirmed"


# -- what was changed before the certificate came


@pytest.mark.parametrize("how", ["confirmation", "refusal", "withdrawal"])
def test_what_was_changed_before_the_certificate_came_waits_as_well(
    officer, owner, producer, product, how
):
    """The council judged by the package, and nobody has seen the register's later words."""
    change(owner, product, **OTHERWISE)
    rename(owner, producer, name="Hộ Mới")
    certificate(product)
    now = owner.get(f"/products/{product['id']}").json
    waits = now["proposed"]
    assert (waits["now"], waits["proposed"]) == (OTHERWISE, [])
    assert waits["was"] == OTHERWISE | {
        "name": CERTIFIED.product, "address": CERTIFIED.address,
        "set": {"number": 11, "basis": "confirmed"},
    }  # fmt: skip
    renamed = owner.get(f"/producers/{producer['id']}").json["proposed"]
    assert (renamed["was"], renamed["now"]) == ({"name": FACTS["name"]}, {"name": "Hộ Mới"})
    by = owner if how == "withdrawal" else officer
    for one in (waits, renamed):
        settled(by, one, how)
    facts = officer.get(f"/products/{product['id']}").json
    kept = how == "confirmation"
    assert (facts["facts"]["name"], facts["producer"]) == (
        ("Trà mới", "Hộ Mới") if kept else (CERTIFIED.product, CERTIFIED.producer)
    )
    assert [one["confirmed"] for one in changes_told()[2:]] == [kept] * 2


def test_what_was_confirmed_is_not_asked_for_again_by_an_older_package(officer, owner, product):
    certificate(product)
    settled(officer, change(owner, product, name="Trà mới")["proposed"], "confirmation")
    certificate(product, OTHER, decided_on=date(2021, 3, 2))
    assert owner.get(f"/products/{product['id']}").json["proposed"] is None


# -- what cannot be


def test_a_name_that_another_has_is_neither_proposed_nor_confirmed(
    officer, owner, producer, product
):
    certificate(product)
    product_of(officer, producer, name="Trà khác")
    body = wanted(product, name="Trà khác")
    problem(owner.patch(f"/products/{product['id']}", json=body), 409, "conflict")
    waits = change(owner, product, name="Trà mới")["proposed"]
    double = product_of(officer, producer, name="Trà mới")
    problem(settle(officer, waits, "confirmation"), 409, "conflict")
    assert listed(officer, "?state=open") == [waits | {"may": ["confirm", "refuse"]}]
    change(officer, double, name="Trà khác nữa")
    assert settled(officer, waits, "confirmation")["state"] == "confirmed"


def test_a_producers_name_that_another_has_is_neither(officer, owner, producer, product):
    certificate(product)
    waits = rename(owner, producer, name="Hộ Mới")["proposed"]
    registered(officer, facts=FACTS | {"name": "Hộ Mới"})
    problem(settle(officer, waits, "confirmation"), 409, "conflict")
    body = {"facts": FACTS | {"name": "HỘ MỚI"}}
    problem(owner.patch(f"/producers/{producer['id']}", json=body), 409, "conflict")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "a", "more": 1}, {"reason": 1}])
def test_a_reason_is_asked_for(officer, owner, product, body):
    certificate(product)
    waits = change(owner, product, name="Trà mới")["proposed"]
    for how in ("confirmation", "refusal", "withdrawal"):
        answer = officer.post(f"/proposed-changes/{waits['id']}/{how}", json=body)
        problem(answer, 422, "unprocessable")
    problem(settle(officer, {"id": ANYWHERE}, "confirmation"), 404, "not-found")


def test_of_two_at_once_one_waits(owner, product, database):
    certificate(product)
    with ThreadPoolExecutor(4) as pool:
        names = [f"Trà {number}" for number in range(4)]
        [*pool.map(lambda name: change(owner, product, name=name), names)]
    assert database.proposed_changes.count_documents({"state": "open"}) == 1
    assert database.proposed_changes.count_documents({"state": "overtaken"}) == 3


def test_of_two_that_settle_it_at_once_one_does(person, owner, product):
    certificate(product)
    waits = change(owner, product, name="Trà mới")["proposed"]
    others = [person("officer", subject=f"officer {number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(lambda by: settle(by, waits, "confirmation"), others)]
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]


# -- lists, imports


def listed(by: Doors, query: str = "") -> list[dict[str, Any]]:
    answer = by.get(f"/proposed-changes{query}")
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def test_who_lists_proposed_changes(everybody, officer, product):
    certificate(product)
    waits = change(everybody["owner"], product, name="Trà mới")["proposed"]["id"]
    found = {}
    for who, doors in everybody.items():
        answers = [doors.get(f"/proposed-changes{query}") for query in ("", "?mine=true")]
        found[who] = [
            [one["id"] for one in answer.json["items"]] if answer.status_code == 200
            else answer.status_code
            for answer in answers
        ]  # fmt: skip
    assert found == {who: [403, []] for who in everybody} | {
        "owner": [403, [waits]],
        "officer": [[waits], []],
        "administrator": [[waits], []],
        "commune": [[waits], []],
        "other commune": [[], []],
        "officer above": [[], []],
        "officer beside": [[], []],
    }
    page = officer.get("/proposed-changes?limit=1").json
    assert page["after"] == waits
    assert officer.get(f"/proposed-changes?after={waits}").json == {"items": [], "after": None}


def test_a_product_of_a_list_is_held_until_its_import_is_taken_back(doors, officer):
    row = ["3", "Trà nhập", "Cơ sở Nhập", "xã Ô Lâm, huyện Tri Tôn"]
    import_id = doors.send(sheet(row)).json["id"]
    (award,) = [one.data.award for one in told() if one.type.startswith("earlier-award")]
    assert award.certified == CertifiedFacts(product=row[1], producer=row[2], address=row[3])
    (product,) = officer.get("/products").json["items"]
    award_id = told()[-1].subject
    certificate(product, **LIST | {"certified": award.certified, "award_id": award_id})
    assert doors.get(f"/imports/{import_id}").json["rows"][0]["state"] == "done"
    change(officer, product, name="Trà của tôi")
    assert doors.withdraw(import_id).status_code == 200
    assert [one["state"] for one in listed(officer)] == ["overtaken"]


def test_a_list_that_writes_what_was_certified_finds_it_again(doors, everybody, officer):
    row = ["3", "Trà nhập", "Cơ sở Nhập", "xã Ô Lâm, huyện Tri Tôn"]
    doors.send(sheet(row))
    (award,) = [one.data.award for one in told() if one.type.startswith("earlier-award")]
    (product,) = officer.get("/products").json["items"]
    (producer,) = officer.get("/producers").json["items"]
    certificate(product, **LIST | {"certified": award.certified})
    for waits in (
        change(officer, product, name="Trà mới")["proposed"],
        rename(officer, producer, name="Hộ Mới")["proposed"],
    ):
        settled(everybody["administrator"], waits, "confirmation")
    for again in (row, [row[0], "Trà mới", "Hộ Mới", row[3]]):
        report = doors.send(sheet(again)).json
        assert [(one["outcome"], one["product_id"]) for one in report["rows"]] == [
            ("same", product["id"])
        ]
    (note,) = doors.send(sheet(row)).json["rows"][0]["messages"]
    assert note["vi"] == "Ghi như trên giấy chứng nhận; nay là “Trà mới” của “Hộ Mới”."
    assert len(officer.get("/producers").json["items"]) == 1
