"""Rounds: opened under a known procedure, warned of and not refused for dates, closed once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from contracts.councils import RoundClosed, RoundFacts, RoundOpened
from contracts.event import Envelope
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller, wrong

ROUND = {
    "name": "Đợt 1 năm 2024", "procedure": "qd148-2023", "opens_on": "2024-01-01",
    "closes_on": "2024-04-30",
}  # fmt: skip


@pytest.fixture
def officer(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app), issuer, roles=("officer",))


def told(database: Any) -> list[Any]:
    return [Envelope.decoded(row["body"]).data for row in database.outbox.find()]


def test_an_officer_opens_a_round_with_its_procedures_edition_and_it_is_told(officer, database):
    answer = officer.post("/rounds", ROUND)
    facts = RoundFacts.model_validate(ROUND | {"edition": "2026"})
    one = answer.json
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert RoundFacts.model_validate(one["facts"]) == facts
    assert (one["state"], one["warnings"], one["may"]) == ("open", [], ["closing"])
    assert told(database) == [RoundOpened(round=facts)]


DAYS = [
    ("qd148-2023", "2023-02-24", "2025-07-05", []),
    ("qd148-2023", "2025-07-05", "2025-07-06", ["không có hiệu lực vào ngày 06/07/2025"]),
    (
        "qd148-2023", "2026-01-01", "2026-04-30",
        ["không có hiệu lực vào ngày 01/01/2026 và 30/04/2026"],
    ),
    ("qd26-2026", "2027-01-01", "2027-04-30", []),
    ("qd26-2026", "2027-05-01", "2027-10-30", []),
    ("qd26-2026", "2026-11-01", "2027-04-30", []),
    ("qd26-2026", "2027-04-30", "2027-05-01", ["nhận hồ sơ đợt này đến 30/04/2027"]),
    ("qd26-2026", "2026-11-01", "2027-05-01", ["nhận hồ sơ đợt này đến 30/04/2027"]),
    (
        "qd26-2026", "2026-05-01", "2026-10-31",
        ["không có hiệu lực vào ngày 01/05/2026", "nhận hồ sơ đợt này đến 30/10/2026"],
    ),
]  # fmt: skip


def test_days_outside_of_the_law_are_warned_of(officer):
    for procedure, opens_on, closes_on, said in DAYS:
        body = ROUND | {"procedure": procedure, "opens_on": opens_on, "closes_on": closes_on}
        answer = officer.post("/rounds", body)
        warnings = [one["vi"] for one in answer.json["warnings"]]
        assert (answer.status_code, len(warnings)) == (201, len(said))
        assert all(map(str.__contains__, warnings, said)), warnings
        assert all(one["en"] for one in answer.json["warnings"])


def test_a_wrong_round_is_refused_by_its_field(officer, database):
    for change, fields in (
        ({"procedure": "qd-999"}, ["procedure"]),
        ({"edition": "2019"}, ["edition"]),
        ({"edition": "../2026"}, ["edition"]),
        ({"closes_on": "2023-12-31"}, ["closes_on"]),
        ({"closes_on": "31/12/2024"}, ["closes_on"]),
        ({"name": " "}, ["name"]),
        ({"name": {"$ne": None}}, ["name"]),
        ({"stars": 3}, ["stars"]),
        ({"opens_on": None}, ["opens_on"]),
    ):
        answer = officer.post("/rounds", ROUND | change)
        assert (change, answer.status_code, wrong(answer)) == (change, 422, fields)
    assert database.rounds.count_documents({}) == database.outbox.count_documents({}) == 0


def test_who_may_open_a_round(officer):
    for role, status in (
        ("officer", 201),
        ("administrator", 201),
        ("producer", 403),
        ("help-team", 403),
        ("authority", 403),
        ("supervisor", 403),
        ("somebody", 403),
    ):
        answer = officer.as_(role).post("/rounds", ROUND)
        assert (role, answer.status_code) == (role, status)


def test_whoever_has_signed_in_reads_the_tenants_rounds_and_no_other_tenants(officer):
    ids = sorted(officer.post("/rounds", ROUND).json["id"] for _ in range(3))
    anybody = officer.as_()
    first = anybody.get("/rounds?limit=2").json
    rest = anybody.get(f"/rounds?limit=2&after={first['after']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == ids
    assert {tuple(one["may"]) for one in first["items"]} == {()}
    assert anybody.get(f"/rounds/{ids[0]}").json["facts"]["name"] == ROUND["name"]
    for tenant in ("tinh-mau", "tri-ton"):
        other = officer.as_("officer", tenant=tenant)
        assert other.get("/rounds").json["items"] == []
        assert other.get(f"/rounds/{ids[0]}").status_code == 404
        assert other.post(f"/rounds/{ids[0]}/closing").status_code == 404


def test_a_round_is_closed_once_also_by_two_at_once(officer, database):
    id = officer.post("/rounds", ROUND).json["id"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: officer.post(f"/rounds/{id}/closing"), range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    closed = officer.get(f"/rounds/{id}").json
    assert (closed["state"], closed["may"], closed["version"]) == ("closed", [], 2)
    assert [type(one) for one in told(database)] == [RoundOpened, RoundClosed]
    assert officer.as_().post(f"/rounds/{id}/closing").status_code == 403
    assert officer.post(f"/rounds/{uuid4()}/closing").status_code == 404
