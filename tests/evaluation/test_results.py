"""Results: what is computed from locked sheets, what goes up, and how one is annulled."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracts.councils import Seat
from contracts.results import ResultAnnulled, ResultApproved, ResultEscalated, ResultFacts
from rules.ranking import GateRule
from services.evaluation.domain.packages import Package
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.hearing import told
from tests.evaluation.meeting import REASON, Meeting, keep, ok, sheet
from tests.evaluation.people import package

FOUR = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER, Seat.MEMBER)


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


def result_of(meeting: Meeting) -> dict[str, Any]:
    (one,) = meeting.results
    return ok(meeting.officer.get(f"/results/{one['id']}"))


def facts_of(meeting: Meeting) -> ResultFacts:
    return ResultFacts.model_validate(result_of(meeting)["facts"])


def test_a_mean_of_92_that_misses_one_gate_of_4_stars_is_3_stars_and_says_why(door):
    with_every_gate = Meeting.of(door).scored(92, 92, star=5).close()
    assert facts_of(with_every_gate).star == 5
    missed = Meeting.of(door).open()
    for one in missed.scorers:
        missed.fill(one, 92, star=4, missing="1.5")
        ok(missed.lock(one))
    answer = result_of(missed.close())
    facts = answer["facts"]
    assert (facts["total"], facts["band"], facts["star"]) == ("92", 5, 3)
    assert (facts["certifies"], facts["potential"], facts["escalated_to"]) == (3, None, None)
    assert {"criterion": "1.5", "star": 4} in facts["failed"]
    why = next(one for one in answer["missed"] if (one["criterion"], one["star"]) == ("1.5", 4))
    assert all((why["label"]["vi"], why["label"]["en"], why["needed"]["vi"], why["option"]))
    assert answer["sources"] == ["QĐ 148/QĐ-TTg", "QĐ 26/2026/QĐ-TTg, 22/05/2026, Phụ lục II"]


def test_the_mean_is_kept_at_full_precision_and_ranked_by_it(door):
    """69,5 is 3 stars, however it would be rounded."""
    meeting = Meeting.of(door, *FOUR).scored(70, 70, 70, 68, star=3).close()
    facts = facts_of(meeting)
    assert (facts.total, facts.band) == (Decimal("69.5"), 3)
    third = Meeting.of(door, *FOUR[:3]).scored(70, 70, 71, star=4).close()
    assert str(facts_of(third).total).startswith("70.33333333")


@pytest.mark.parametrize(
    ("rule", "found_by_team", "star"),
    [
        (GateRule.MAJORITY, None, 4), (GateRule.MAJORITY, "1.5", 4), (GateRule.EVERY, None, 3),
        (GateRule.HELP_TEAM, None, 4), (GateRule.HELP_TEAM, "1.5", 3),
    ],
)  # fmt: skip
def test_where_members_differ_on_a_gate_the_councils_rule_decides(door, rule, found_by_team, star):
    """One of three finds that 1.5 misses what 4 stars need."""
    meeting = Meeting.of(door, *FOUR[:3], gate_rule=rule).open()
    path = meeting.at(f"/help-team-sheets/{meeting.product()}")
    ok(meeting.team.patch(path, {"changes": sheet(76, 4, found_by_team)}))
    ok(meeting.team.post(f"{path}/locking"))
    for one, missing in zip(meeting.scorers, (None, None, "1.5"), strict=True):
        meeting.fill(one, 76, star=4, missing=missing)
        ok(meeting.lock(one))
    assert facts_of(meeting.close()).star == star


def test_who_left_counts_with_a_locked_sheet_and_not_with_an_open_one(door):
    meeting = Meeting.of(door, *FOUR, quorum_percent=50).open()
    chair, secretary, third, fourth = meeting.scorers
    for one, total in ((chair, 60), (secretary, 62), (third, 64), (fourth, 66)):
        meeting.fill(one, total, star=1)
    ok(meeting.lock(third))
    ok(meeting.attend(third, "left"))
    ok(meeting.attend(fourth, "left"))
    ok(meeting.lock(chair))
    ok(meeting.lock(secretary))
    assert facts_of(meeting.close()).total == Decimal(62)


def test_closing_names_every_product_that_is_not_finished_and_computes_nothing(door, database):
    meeting = Meeting.of(door, products=3).open()
    meeting.score(60, 75, number=0, star=1).score(70, 72, number=1, star=1)
    answer = meeting.secretary.post(meeting.at("/closing"))
    assert (answer.status_code, answer.json["type"]) == (409, "urn:ocop:problem:not-finished")
    assert [one["field"] for one in answer.json["errors"]] == ["agenda.0", "agenda.2"]
    assert database.results.count_documents({}) == 0
    ok(
        meeting.chair.post(
            meeting.at("/postponements"), {"package_id": meeting.product(2), **REASON}
        )
    )
    ok(
        meeting.chair.post(
            meeting.at("/eliminations"),
            {"package_id": meeting.product(), "finding": "forged-dossier", **REASON},
        )
    )
    meeting.close()
    assert [one["facts"]["star"] for one in meeting.results].count(None) == 1
    assert len(meeting.results) == 2


def test_closing_needs_the_quorum_and_the_chair_now(door):
    meeting = Meeting.of(door, *FOUR).scored(70, 70, 70, 70, star=1)
    ok(meeting.attend(meeting.scorers[0], "left"))
    answer = meeting.secretary.post(meeting.at("/closing"))
    assert (answer.status_code, answer.json["type"]) == (409, "urn:ocop:problem:not-quorate")
    assert "chủ tịch" in answer.json["detail"]


def test_an_eliminated_product_has_no_star_and_a_finding_of_its_set(door):
    meeting = Meeting.of(door).open()
    body = {"package_id": meeting.product(), **REASON}
    unknown = meeting.chair.post(meeting.at("/eliminations"), body | {"finding": "unfit-water"})
    assert unknown.status_code == 422
    assert "“Hồ sơ giả mạo” (forged-dossier), " in unknown.json["errors"][0]["vi"]
    ok(meeting.chair.post(meeting.at("/eliminations"), body | {"finding": "forged-dossier"}))
    meeting.close()
    answer = result_of(meeting)
    assert (answer["facts"]["star"], answer["facts"]["certifies"]) == (None, None)
    assert (answer["reason"], len(answer["eliminated"])) == (REASON["reason"], 1)


def test_what_a_chair_sent_back_counts_no_more_and_is_computed_anew(door):
    meeting = Meeting.of(door).scored(60, 60, star=1).close()
    first = result_of(meeting)
    ok(meeting.chair.post(meeting.at("/sending-back"), REASON))
    again = {"package_id": meeting.product(), "discussion": "Chấm lại"}
    ok(meeting.chair.post(meeting.at("/new-rounds"), again))
    meeting.score(66, 66, star=1).close().approve()
    states = {one["state"]: one["facts"]["total"] for one in meeting.results}
    assert states == {"sent-back": "60", "approved": "66"}
    assert ok(meeting.officer.get(f"/results/{first['id']}"))["state"] == "sent-back"


def test_the_chair_may_not_approve_what_the_same_person_closed(door):
    """Two phone numbers, one account."""
    meeting = Meeting.of(door).scored()
    one = meeting.door.as_(phone=meeting.council.members[1].contact.phone, subject="same")
    ok(one.post(meeting.at("/closing")))
    other = meeting.door.as_(phone=meeting.council.members[0].contact.phone, subject="same")
    assert other.post(meeting.at("/approval")).status_code == 403
    assert result_of(meeting)["state"] == "computed"
    meeting.approve()


def test_approval_tells_each_result_and_what_goes_up_with_its_package(door, database):
    meeting = Meeting.of(door, products=2).open()
    meeting.score(72, 74, number=0).score(60, 60, number=1, star=3)
    meeting.close()
    assert not [one for _, one in told(database) if isinstance(one, ResultApproved)]
    meeting.approve()
    approved = [one for _, one in told(database) if isinstance(one, ResultApproved)]
    assert {one.result.star for one in approved} == {4, 3}
    assert all(one.contacts == meeting.packages[0].manifest.contacts for one in approved)
    (up,) = [one for _, one in told(database) if isinstance(one, ResultEscalated)]
    assert (up.to, up.owner, up.manifest) == (
        "tinh-mau", "huyen-mau", meeting.packages[0].manifest,
    )  # fmt: skip
    assert (up.result.certifies, up.result.potential, up.result.escalated_to) == (3, 4, "province")


def raised(database: Any, meeting: Meeting) -> Package:
    """The package as it comes to the tenant above."""
    ((id, event),) = [one for one in told(database) if isinstance(one[1], ResultEscalated)]
    up = package("tinh-mau").model_copy(
        update={
            "manifest": meeting.packages[0].manifest, "owner": "huyen-mau", "follows": id,
            "lower": event.result, "delivered_at": datetime(2026, 2, 2, tzinfo=UTC),
        }
    )  # fmt: skip
    keep("tinh-mau", up)
    return up


@pytest.mark.parametrize("decided_first", [True, False])
def test_a_star_that_the_level_above_does_not_give_is_potential_no_more(
    door, database, decided_first
):
    """On the certificate that stands, and on the one that is issued later. When the upper result is
    annulled, it is potential again."""
    lower = Meeting.of(door).scored(72, 74).close().approve()
    if decided_first:
        (line,) = lower.decide()["products"]
        assert (line["star"], line["potential"]) == (3, 4)
    up = raised(database, lower)
    upper = Meeting.of(door, tenant="tinh-mau", level="province", packages=[up])
    upper.scored(64, 66, star=3).close()
    facts = facts_of(upper)
    assert (facts.star, facts.certifies, facts.potential) == (3, None, None)
    upper.approve()
    assert result_of(lower)["potential"] is None
    if not decided_first:
        (line,) = lower.decide()["products"]
        assert line["potential"] is None
    checked = f"/certificate-checks?number={line['certificate_number']}"
    assert ok(door.get(checked))["certificate"]["facts"]["potential"] is None
    (of_upper,) = upper.results
    ok(upper.chair.post(f"/results/{of_upper['id']}/annulment", REASON))
    assert ok(door.get(checked))["certificate"]["facts"]["potential"] == 4
    assert result_of(lower)["potential"] == 4


def test_a_star_that_the_level_above_gives_takes_the_lower_ones_place(door, database):
    lower = Meeting.of(door).scored(72, 74).close().approve()
    (three,) = lower.decide()["products"]
    up = raised(database, lower)
    upper = Meeting.of(door, tenant="tinh-mau", level="province", packages=[up])
    upper.scored(76, 74).close().approve()
    (four,) = upper.decide("7/QĐ-UBND")["products"]
    assert (four["star"], four["potential"]) == (4, None)
    before = ok(door.get(f"/certificate-checks?number={three['certificate_number']}"))
    after = ok(door.get(f"/certificate-checks?number={four['certificate_number']}"))
    assert (before["validity"], after["validity"]) == ("replaced", "valid")
    assert before["certificate"]["facts"]["replaced_by"] == after["certificate"]["id"]
    assert four["certificate_number"].endswith("OCOP-TINH-MAU")
    assert after["certificate"]["tenant"] == "huyen-mau"  # the product's own
    seen_above = door.as_(tenant="tinh-mau").get(
        f"/certificate-checks?number={four['certificate_number']}"
    )
    assert ok(seen_above)["genuine"] is True


def test_a_lower_decision_that_comes_after_the_upper_one_takes_nothings_place(door, database):
    lower = Meeting.of(door).scored(72, 74).close().approve()
    up = raised(database, lower)
    upper = Meeting.of(door, tenant="tinh-mau", level="province", packages=[up])
    upper.scored(76, 74).close().approve()
    (four,) = upper.decide("7/QĐ-UBND")["products"]
    (three,) = lower.decide()["products"]
    validity = {
        one["star"]: ok(door.get(f"/certificate-checks?number={one['certificate_number']}"))[
            "validity"
        ]
        for one in (four, three)
    }
    assert validity == {4: "valid", 3: "replaced"}


def test_a_result_is_annulled_by_the_chair_before_the_decision_and_the_product_judged_again(
    door, database
):
    meeting = Meeting.of(door).scored().close()
    path = f"/results/{meeting.results[0]['id']}/annulment"
    assert meeting.chair.post(path, REASON).status_code == 409  # not yet approved
    meeting.approve()
    again = meeting.officer.post("/sessions", meeting.convening)
    assert again.status_code == 409
    for who, status in (
        (meeting.secretary, 403), (meeting.officer, 403), (meeting.authority, 403),
        (door.as_(phone="0988888888", subject="x"), 404), (meeting.producer(), 403),
    ):  # fmt: skip
        assert who.post(path, REASON).status_code == status
    ok(meeting.chair.post(path, REASON))
    assert meeting.chair.post(path, REASON).status_code == 409
    (event,) = [one for _, one in told(database) if isinstance(one, ResultAnnulled)]
    package = meeting.packages[0]
    assert (event.reason, event.contacts, event.owner) == (
        REASON["reason"], package.manifest.contacts, package.owner,
    )  # fmt: skip
    ok(meeting.officer.post("/sessions", meeting.convening), 201)


def test_a_decided_result_is_not_annulled(door):
    meeting = Meeting.of(door).scored().close().approve()
    meeting.decide()
    path = f"/results/{meeting.results[0]['id']}/annulment"
    assert meeting.chair.post(path, REASON).status_code == 409


def test_lists_are_by_page_and_of_one_session_where_it_is_asked(door):
    meetings = [Meeting.of(door, products=3).scored().close() for _ in range(2)]
    everything = ok(meetings[0].officer.get("/results?limit=4"))
    rest = ok(meetings[0].officer.get(f"/results?after={everything['after']}"))
    ids = [one["id"] for one in everything["items"] + rest["items"]]
    assert (len(ids), ids) == (6, sorted(set(ids)))
    assert len(meetings[1].results) == 3
