"""Outcomes: what comes back of a dossier, in whatever order, once, and to the right one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from chassis.store.tellers import Foreign
from chassis.store.unit_of_work import AlreadyHandled
from chassis.tenants import Tenants
from contracts.councils import PackageDelivered, PackageEnded
from contracts.evaluation import CertificateIssued
from contracts.event import Envelope, Event
from contracts.results import (
    DecisionAnnulled,
    DecisionMade,
    HigherResultAnnulled,
    HigherResultConfirmed,
    ResultAnnulled,
    ResultApproved,
)
from services.dossier.domain.dossiers import Act, Outcome
from services.dossier.entrypoints.worker import on_certificate, outcomes
from tests.dossier import filed
from tests.dossier.conftest import Doors
from tests.dossier.filing import (
    OTHER_ROUND,
    OWNER,
    QD148,
    a_dossier,
    a_round,
    complete,
    event,
    heard,
    opened,
    papers,
    path_of,
    people,
    submitted,
)
from tests.dossier.test_doors import problem
from tests.dossier.test_dossiers import CALLS

ID = "00000000-0000-4000-8000-00000000000"
RESULT, HIGHER, DECISION, CERTIFICATE = (f"{ID}{one}" for one in "abcd")


@pytest.fixture
def everybody(person: Any) -> dict[str, Doors]:
    return people(person)


@pytest.fixture
def hear(tenants_file: Any) -> Callable[..., None]:
    """Give the worker's handler an event: once, and again, which does nothing."""
    handler = outcomes(Tenants.read(tenants_file))

    def twice(envelope: Envelope) -> None:
        heard(handler, envelope)
        with pytest.raises(AlreadyHandled):
            heard(handler, envelope)

    return twice


@pytest.fixture
def dossier(everybody: Any) -> Any:
    """Accepted for the council."""
    one = a_dossier(everybody["officer"], QD148)
    submitted(everybody, one)
    assert CALLS[Act.ACCEPT](everybody["help team"], one["id"]).status_code == 200
    return everybody["owner"].get(path_of(one)).json


def delivered(dossier: Any) -> Event:
    package = {
        "package_id": dossier["packages"][-1]["id"], "dossier_id": dossier["id"], "number": 1,
        "product_id": dossier["product_id"], "product": "Trà thử", "producer": "Cơ sở Thử",
    }  # fmt: skip
    return PackageDelivered.model_validate({"package": package})


def ended(dossier: Any) -> Event:
    said = {"reason": "Chủ thể ngừng sản xuất", "owner": "tri-ton", "contacts": [OWNER]}
    return PackageEnded.model_validate(delivered(dossier).model_dump(mode="json") | said)


def result(kind: type[Event], dossier: Any, **facts: Any) -> Event:
    found = ResultApproved.example["result"] | {
        "dossier_id": dossier["id"], "product_id": dossier["product_id"],
    }  # fmt: skip
    reason = {"reason": "Sai thành phần"} if kind is ResultAnnulled else {}
    return kind.model_validate({"result": found | facts, "contacts": [OWNER]} | reason)


def decision(kind: type[Event], *dossiers: Any) -> Event:
    products = [
        DecisionMade.example["products"][0]
        | {"product_id": one["product_id"], "product": one["product"]}
        for one in dossiers
    ]
    reason = {"reason": "Sai thẩm quyền"} if kind is DecisionAnnulled else {}
    return kind.model_validate(DecisionMade.example | {"products": products} | reason)


def certificate(dossier: Any, **facts: Any) -> Event:
    said = CertificateIssued.example["certificate"] | {
        "product_id": dossier["product_id"], "origin": "issued", "number": "01/2026/OCOP",
        "award_id": None,
    }  # fmt: skip
    return CertificateIssued.model_validate({"certificate": said | facts, "contacts": [OWNER]})


def higher(kind: type[Event], dossier: Any, **facts: Any) -> Event:
    found = HigherResultConfirmed.example["higher"] | {
        "dossier_id": dossier["id"], "product_id": dossier["product_id"],
    }  # fmt: skip
    return kind.model_validate(kind.example | {"higher": found | facts, "contacts": [OWNER]})


def timeline(doors: Doors, dossier: Any) -> list[tuple[str, int]]:
    found = doors.get(path_of(dossier)).json["outcomes"]
    return [(one["type"].removesuffix(".v1"), one["version"]) for one in found]


def test_what_came_back_stands_on_the_timeline(everybody, dossier, hear, database):
    owner = everybody["owner"]
    for data, subject in (
        (delivered(dossier), dossier["packages"][-1]["id"]),
        (result(ResultApproved, dossier), RESULT),
        (decision(DecisionMade, dossier), DECISION),
        (certificate(dossier), CERTIFICATE),
    ):
        hear(event(data, subject))
    found = owner.get(path_of(dossier)).json
    assert (found["state"], found["ended"]) == ("accepted", True)
    said = {one["type"].removesuffix(".v1"): one["facts"] for one in found["outcomes"]}
    assert list(said) == [
        "package.delivered", "result.approved", "decision.made", "certificate.issued",
    ]  # fmt: skip
    assert (said["result.approved"]["star"], said["result.approved"]["total"]) == (4, "72.4")
    assert said["decision.made"] | {"number": "12/QĐ-UBND", "star": 3} == said["decision.made"]
    assert said["certificate.issued"]["number"] == "01/2026/OCOP"
    assert OWNER["phone"] not in str(said)  # contacts are for messages
    acts = [one["act"] for one in owner.get(f"{path_of(dossier)}/history").json["items"]]
    assert acts[-4:] == 4 * ["follow_outcome"]


@pytest.mark.parametrize("apart", [timedelta(seconds=1), timedelta(microseconds=1)])
def test_the_order_in_which_they_come_is_no_matter(apart):
    """Nor is it at which moment: the highest version of each has the last word."""
    at = datetime(2026, 2, 10, tzinfo=UTC)
    said = [
        Outcome(type=kind.type, subject=subject, version=version, at=at + place * apart, facts={})
        for place, (kind, subject, version) in enumerate(
            (
                (ResultApproved, RESULT, 1), (ResultAnnulled, RESULT, 2),
                (DecisionMade, DECISION, 1), (DecisionAnnulled, DECISION, 2),
            )
        )
    ]  # fmt: skip
    ended = set()
    for order in permutations(said):
        one = filed.a_dossier(filed.a_producer())
        assert [one.follow(outcome) for outcome in (*order, *order)] == 4 * [True] + 4 * [False]
        assert sorted(one.outcomes, key=said.index) == said
        assert [one.subject for one in one.outcomes].count(RESULT) == 2
        ended.add((one.ended, str(one.outcomes)))
    assert ended == {(False, str(one.outcomes))}


def test_a_dossier_is_withdrawn_until_a_council_has_it(everybody, dossier, hear):
    owner = everybody["owner"]
    assert owner.get(path_of(dossier)).json["may"] == ["withdraw"]
    hear(event(delivered(dossier), dossier["packages"][-1]["id"]))
    assert owner.get(path_of(dossier)).json["may"] == []
    refused = owner.post(f"{path_of(dossier)}/withdrawal", json={"reason": "Muộn"})
    answer = problem(refused, 409, "out-of-order")
    assert answer["detail"] == "Hồ sơ đã được giao cho hội đồng nên không rút được nữa."


@pytest.mark.parametrize(
    ("facts", "ended"),
    [
        ({"star": 4, "certifies": 3, "escalated_to": "province"}, False),
        ({"star": 5, "certifies": None, "escalated_to": "province"}, False),
        ({"star": 2, "certifies": None, "potential": None, "escalated_to": None}, True),
        (
            {"star": None, "total": None, "certifies": None, "potential": None,
             "escalated_to": None, "eliminated": ["forged-dossier"]},
            True,
        ),
    ],
)  # fmt: skip
def test_a_result_that_leads_nowhere_ends_it(everybody, dossier, hear, facts, ended):
    hear(event(result(ResultApproved, dossier, **facts), RESULT))
    assert everybody["owner"].get(path_of(dossier)).json["ended"] is ended
    a_round(OTHER_ROUND, QD148)
    body = {"product_id": dossier["product_id"], "round_id": OTHER_ROUND, "kind": "first"}
    next_one = everybody["owner"].post("/dossiers", json=body)
    assert next_one.status_code == (201 if ended else 409)
    same_round = body | {"round_id": dossier["round_id"]}
    problem(everybody["owner"].post("/dossiers", json=same_round), 409, "conflict")


@pytest.mark.parametrize(("tenant", "package"), [("tri-ton", RESULT), ("an-giang", HIGHER)])
def test_what_is_never_judged_has_ended_and_may_be_filed_in_another_round(
    everybody, dossier, hear, tenant, package
):
    """Ended by its own office, or by the one above, which has a package of its own of it."""
    owner = everybody["owner"]
    hear(event(delivered(dossier), RESULT))
    hear(event(ended(dossier), package, 2, tenant=tenant))
    found = owner.get(path_of(dossier)).json
    assert (found["state"], found["ended"], found["may"]) == ("accepted", True, [])
    assert found["outcomes"][-1]["facts"]["reason"] == "Chủ thể ngừng sản xuất"
    a_round(OTHER_ROUND, QD148)
    opened(owner, {"id": dossier["product_id"]}, OTHER_ROUND)


def test_a_higher_level_finds_and_decides_about_the_dossier_below(everybody, dossier, hear):
    hear(event(result(ResultApproved, dossier), HIGHER, tenant="an-giang"))
    hear(event(decision(DecisionMade, dossier), DECISION, tenant="an-giang"))
    expected = [("result.approved", 1), ("decision.made", 1)]
    assert timeline(everybody["owner"], dossier) == expected
    for tenant in ("chau-phu", "tinh-mau"):  # it lies below neither
        with pytest.raises(Foreign, match=f"{tenant} tells"):
            hear(event(result(ResultAnnulled, dossier), HIGHER, 2, tenant))
    assert timeline(everybody["owner"], dossier) == expected


@pytest.mark.parametrize(("number", "ends"), [("02/2026/OCOP-AN-GIANG", True), (None, False)])
def test_what_the_centre_found_stands_on_it_and_a_certificate_of_it_ends_it(
    everybody, dossier, hear, number, ends
):
    owner, subject = everybody["owner"], f"{ID}f"
    facts = {"certificate_number": number}
    hear(event(higher(HigherResultConfirmed, dossier, **facts), subject, tenant="an-giang"))
    found = owner.get(path_of(dossier)).json
    assert found["ended"] is ends
    (said,) = [one["facts"] for one in found["outcomes"]]
    assert (said["agency"], said["star"], said["certificate_number"]) == ("Bộ Mẫu", 5, number)
    hear(event(higher(HigherResultAnnulled, dossier, **facts), subject, 2, tenant="an-giang"))
    assert owner.get(path_of(dossier)).json["ended"] is False
    assert timeline(owner, dossier) == [
        ("higher-result.confirmed", 1), ("higher-result.annulled", 2),
    ]  # fmt: skip


def test_of_several_dossiers_the_one_that_it_is_about(everybody, dossier, hear):
    """A next one is opened when the former is decided; what comes of the former later is its."""
    owner = everybody["owner"]
    hear(event(decision(DecisionMade, dossier), DECISION))
    a_round(OTHER_ROUND, QD148)
    upgrade = opened(owner, {"id": dossier["product_id"]}, OTHER_ROUND, kind="upgrade")
    hear(event(certificate(dossier), CERTIFICATE))  # the next one is a draft
    submitted(everybody, upgrade)
    hear(event(decision(DecisionAnnulled, dossier), DECISION, 2))
    assert timeline(owner, dossier) == [
        ("decision.made", 1), ("certificate.issued", 1), ("decision.annulled", 2),
    ]  # fmt: skip
    other = f"{ID}e"
    hear(event(decision(DecisionMade, upgrade), other))
    assert timeline(owner, upgrade) == [("decision.made", 1)]


def test_what_is_of_no_dossier_changes_nothing(everybody, dossier, hear, database):
    elsewhere = dossier | {"id": f"{ID}9", "product_id": f"{ID}8"}
    for data in (
        delivered(elsewhere), result(ResultApproved, elsewhere),
        decision(DecisionMade, elsewhere), certificate(elsewhere),
        certificate(dossier, origin="imported"),
    ):  # fmt: skip
        hear(event(data, CERTIFICATE))
    assert timeline(everybody["owner"], dossier) == []
    assert database.dossiers.find_one()["version"] == dossier["version"]


def test_a_first_evaluation_of_what_is_certified_is_seen_in_the_draft_and_not_submitted(
    everybody, dossier, hear
):
    """The kind is the dossier's for life: another is opened."""
    owner = everybody["owner"]
    hear(event(decision(DecisionMade, dossier), DECISION))
    issued = certificate(dossier, star=3, expires_on="2126-01-01")
    heard(on_certificate, event(issued, CERTIFICATE))
    a_round(OTHER_ROUND, QD148)
    again = opened(owner, {"id": dossier["product_id"]}, OTHER_ROUND)
    found = owner.get(f"{path_of(again)}/completeness").json["items"]
    assert [one["rule"] for one in found if one["field"] == "kind"] == ["kind-first-certified"]
    complete(owner, again, papers(owner, again))
    refused = owner.post(f"{path_of(again)}/submission")
    assert [one["field"] for one in problem(refused, 422, "unprocessable")["errors"]] == ["kind"]
    assert (
        owner.post(f"{path_of(again)}/withdrawal", json={"reason": "Sai loại"}).status_code == 200
    )
    upgrade = opened(owner, {"id": dossier["product_id"]}, OTHER_ROUND, kind="upgrade")
    submitted(everybody, upgrade)
