"""Decisions: the authority certifies; a mistake is corrected beside one, or it is annulled."""

import io
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.evaluation import CertificateAnnulled, CertificateChanged, CertificateIssued
from contracts.results import DecisionAnnulled, DecisionMade
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller, wrong
from tests.evaluation.hearing import told
from tests.evaluation.meeting import REASON, Meeting, keep, ok
from tests.evaluation.people import package
from tests.files import pdf
from tests.rules.test_numbers import TYPED


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


@pytest.fixture
def approved(door) -> Meeting:
    return Meeting.of(door, products=2).scored(72, 74).close().approve()


def checked(door: Caller, number: str) -> dict[str, Any]:
    return ok(door.get(f"/certificate-checks?number={number}"))


def events(database: Any, kind: type) -> list[Any]:
    return [one for _, one in told(database) if isinstance(one, kind)]


def test_a_decision_issues_a_certificate_for_each_product_of_its_list(door, approved, database):
    decision = approved.decide("12/QĐ-UBND")
    assert decision["facts"] == {
        "number": "12/QĐ-UBND", "decided_on": approved.deciding()["decided_on"],
        "agency": "Ủy ban nhân dân Huyện Mẫu",
    }  # fmt: skip
    year = decision["facts"]["decided_on"][:4]
    numbers = [one["certificate_number"] for one in decision["products"]]
    assert numbers == [f"0{serial}/{year}/OCOP-HUYEN-MAU" for serial in (1, 2)]
    (made,) = events(database, DecisionMade)
    assert [one.certificate_number for one in made.products] == numbers
    issued = events(database, CertificateIssued)
    assert [one.certificate.number for one in issued] == numbers
    assert all(one.contacts and one.product == "Đường thốt nốt mẫu" for one in issued)
    facts = checked(door, numbers[0])["certificate"]["facts"]
    decided = date.fromisoformat(facts["decided_on"])
    assert date.fromisoformat(facts["expires_on"]).year == decided.year + 3
    assert (facts["star"], facts["potential"], facts["level"]) == (3, 4, "district")
    assert {one["state"] for one in approved.results} == {"decided"}


def test_only_the_authority_decides_and_is_another_than_who_closed_or_approved(door, approved):
    body = approved.deciding()
    for who in (approved.officer, approved.secretary, approved.chair, approved.team):
        assert who.post("/decisions", body).status_code == 403
    for member in approved.council.members:
        same = approved.door.as_("authority", subject=member.contact.phone)
        assert same.post("/decisions", body).status_code == 403
    assert {one["state"] for one in approved.results} == {"approved"}


def test_one_and_two_stars_and_what_is_not_approved_are_on_no_decision(door, database):
    low = Meeting.of(door).scored(40, 40, star=1).close()
    assert low.results[0]["facts"]["star"] == 2
    assert low.authority.post("/decisions", low.deciding()).status_code == 409
    low.approve()
    answer = low.authority.post("/decisions", low.deciding())
    assert (answer.status_code, "sao" in answer.json["detail"]) == (409, True)
    assert database.certificates.count_documents({}) == 0


@pytest.mark.parametrize("days", [-1, 1])
def test_a_decision_is_neither_of_before_the_approval_nor_of_a_day_to_come(approved, days):
    body = approved.deciding()
    other = date.fromisoformat(body["decided_on"]) + timedelta(days=days)
    answer = approved.authority.post("/decisions", body | {"decided_on": other.isoformat()})
    assert (answer.status_code, wrong(answer)) == (422, ["decided_on"])


def test_a_number_is_given_once_a_year_and_again_in_another_tenant(door, approved):
    body = approved.deciding("12/QĐ-UBND")
    first, second = body["results"]
    ok(approved.authority.post("/decisions", body | {"results": [first]}), 201)
    again = approved.authority.post("/decisions", body | {"results": [second]})
    assert (again.status_code, wrong(again)) == (422, ["number"])
    of = package("tinh-mau")
    keep("tinh-mau", of)
    upper = Meeting.of(door, tenant="tinh-mau", level="province", packages=[of])
    upper.scored(76, 74).close().approve()
    assert upper.decide("12/QĐ-UBND")["facts"]["agency"] == "Ủy ban nhân dân Tỉnh Mẫu"


@pytest.mark.parametrize(
    "same", ["Số: 5/QĐ-UBND", "05 / QĐ – UBND", "5/qd-ubnd", "quyết định số 005/QÐ\u2011UBND"]
)
def test_a_number_typed_otherwise_is_the_same_number(approved, same):
    body = approved.deciding("Số: 05/QĐ – UBND")
    first, second = body["results"]
    decided = ok(approved.authority.post("/decisions", body | {"results": [first]}), 201)
    assert decided["facts"]["number"] == "05/QĐ-UBND"
    again = body | {"number": same, "results": [second]}
    answer = approved.authority.post("/decisions", again)
    assert (answer.status_code, wrong(answer)) == (422, ["number"])


def test_a_certificate_is_checked_by_its_number_as_it_is_typed(door, approved):
    decision = approved.decide("12/QĐ-UBND")
    number = decision["products"][0]["certificate_number"]
    year = number.split("/")[1]
    for typed in TYPED:
        ours = typed.replace("2026", year).replace("２０２６", year)
        ours = ours.replace("5", "1", 1).replace("５", "１", 1)
        found = ok(door.get("/certificate-checks", query_string={"number": ours}))
        facts = found["certificate"]["facts"]
        assert (ours, facts["number"], found["genuine"]) == (ours, number, True)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("results", [], "results"), ("results", ["x"], "results.0"), ("number", " ", "number"),
        ("results", ["00000000-0000-4000-8000-000000000000"], "results.0"),
        ("number", {"$ne": None}, "number"), ("decided_on", "10/02/2026", "decided_on"),
        ("agency", "UBND khác", "agency"),
    ],
)  # fmt: skip
def test_what_is_no_decision_is_refused_where_it_stands(approved, database, field, value, named):
    answer = approved.authority.post("/decisions", approved.deciding() | {field: value})
    assert (answer.status_code, wrong(answer)) == (422, [named])
    assert database.decisions.count_documents({}) == 0


def test_a_result_stands_once_on_decisions_and_another_tenants_on_none(door, approved):
    body = approved.deciding()
    first = body["results"][0]
    twice = approved.authority.post("/decisions", body | {"results": [first, first]})
    assert (twice.status_code, wrong(twice)) == (422, ["results.1"])
    above = door.as_("authority", tenant="tinh-mau", subject="above")
    assert above.post("/decisions", body).status_code == 422  # though it lies below
    approved.decide()
    again = approved.authority.post("/decisions", body | {"number": "13/QĐ-UBND"})
    assert again.status_code == 409


def test_an_annulled_decision_takes_its_certificates_with_it_and_what_was_before_stands_again(
    door, database
):
    before = Meeting.of(door).scored(72, 74).close().approve()
    (old,) = before.decide("1/QĐ-UBND")["products"]
    product = before.packages[0].manifest.product_id
    of = package(product_id=product)
    keep("huyen-mau", of)
    later = Meeting.of(door, packages=[of]).scored(60, 60, star=3).close().approve()
    decision = later.decide("2/QĐ-UBND")
    (new,) = decision["products"]
    numbers = [one["certificate_number"] for one in (old, new)]
    assert [checked(door, one)["validity"] for one in numbers] == ["replaced", "valid"]
    path = f"/decisions/{decision['id']}/annulment"
    assert later.officer.post(path, REASON).status_code == 403
    assert later.authority.post(path, {}).status_code == 422
    ok(later.authority.post(path, REASON))
    assert [checked(door, one)["validity"] for one in numbers] == ["valid", "annulled"]
    (event,) = events(database, DecisionAnnulled)
    assert (event.reason, event.products[0].certificate_number) == (REASON["reason"], numbers[1])
    assert [one.certificate.number for one in events(database, CertificateAnnulled)] == numbers[1:]
    changed = [one.certificate for one in events(database, CertificateChanged)]
    assert [one.replaced_by is None for one in changed] == [False, True]
    assert later.authority.post(path, REASON).status_code == 409
    assert later.results[0]["state"] == "approved"
    third = later.decide("3/QĐ-UBND")["products"][0]["certificate_number"]
    assert [checked(door, one)["validity"] for one in (*numbers, third)] == [
        "replaced", "annulled", "valid",
    ]  # fmt: skip


def test_a_decision_annulled_in_the_middle_lets_nothing_stand_beside_the_last(door):
    product, meetings = "", []
    for number in range(3):
        of = package(**({"product_id": product} if product else {}))
        product = of.manifest.product_id
        keep("huyen-mau", of)
        meeting = Meeting.of(door, packages=[of]).scored(60, 60, star=3).close().approve()
        meetings.append((meeting, meeting.decide(f"{number}/QĐ-UBND")))
    meeting, middle = meetings[1]
    ok(meeting.authority.post(f"/decisions/{middle['id']}/annulment", REASON))
    numbers = [one["products"][0]["certificate_number"] for _, one in meetings]
    assert [checked(door, one)["validity"] for one in numbers] == ["replaced", "annulled", "valid"]


def test_a_correction_stands_beside_the_decision_and_changes_nothing_of_it(approved, database):
    decision = approved.decide()
    path = f"/decisions/{decision['id']}/corrections"
    body = {"field": "products.1.producer", "now": "Cơ sở Mẫu Mới", **REASON}
    assert approved.officer.post(path, body).status_code == 403
    corrected = ok(approved.authority.post(path, body))
    (one,) = corrected["corrections"]
    assert (one["was"], one["now"], one["by"]) == ("Cơ sở Mẫu", "Cơ sở Mẫu Mới", "authority")
    assert (corrected["facts"], corrected["products"]) == (decision["facts"], decision["products"])
    for field in ("products.9.producer", "products.1.star", "tenant", "products.0.product", "x"):
        answer = approved.authority.post(path, body | {"field": field})
        assert (answer.status_code, wrong(answer)) == (422, ["field"])
    ok(approved.authority.post(f"/decisions/{decision['id']}/annulment", REASON))
    assert approved.authority.post(path, body).status_code == 409


def test_the_signed_paper_is_attached_as_a_pdf_and_read_by_who_reads_the_decision(door, approved):
    decision = approved.decide()
    path = f"/decisions/{decision['id']}/paper"

    def put(who: Caller, content: bytes, name: str = "12-QD.pdf", version: int = 1) -> Any:
        return who._send(
            "PUT", path, data={"file": (io.BytesIO(content), name)},
            content_type="multipart/form-data", headers={"If-Match": f'"{version}"'},
        )  # fmt: skip

    assert approved.officer.get(path).status_code == 404
    assert put(approved.chair, pdf()).status_code == 403
    assert put(approved.officer, b"PDF", "a.pdf").status_code == 415
    answer = put(approved.officer, pdf())
    assert (answer.status_code, answer.json["paper"]) == (200, "12-QD.pdf")
    assert put(approved.officer, pdf()).status_code == 412
    for who, status in (
        (approved.officer, 200), (approved.chair, 200), (approved.producer(), 200),
        (door.as_("producer", phone="0911111111"), 404),
        (door.as_("supervisor", tenant="tinh-mau"), 200), (door.as_(tenant="tinh-mau"), 404),
    ):  # fmt: skip
        assert who.get(path).status_code == status
    assert approved.chair.get(path).data == pdf()


def test_who_reads_a_decision(door, approved):
    decision = approved.decide()
    path = f"/decisions/{decision['id']}"
    readers = [
        approved.officer, approved.authority, approved.chair, approved.team, approved.producer(),
        door.as_("help-team"), door.as_("commune-officer", unit="xã Khác"),
        door.as_("supervisor", tenant="tinh-mau"),
    ]  # fmt: skip
    others = [
        door.as_(subject="nobody"), door.as_("producer", phone="0911111111"),
        door.as_("officer", tenant="tinh-mau"), door.as_("supervisor", tenant="an-giang"),
        door.as_("supervisor"),
    ]  # fmt: skip
    assert [who.get(path).status_code for who in readers] == [200] * len(readers)
    assert [len(ok(who.get("/decisions"))["items"]) for who in readers] == [1] * len(readers)
    assert [who.get(path).status_code for who in others] == [404] * len(others)
    assert [ok(who.get("/decisions"))["items"] for who in others] == [[]] * len(others)
    assert "contacts" not in approved.officer.get(path).get_data(as_text=True)
