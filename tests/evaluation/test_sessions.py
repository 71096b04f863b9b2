"""A session from its convening to the certificate, and who may do what in it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.councils import Seat, SessionCancelled, SessionConvened
from services.evaluation.domain.packages import PackageState
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller, wrong
from tests.evaluation.hearing import told
from tests.evaluation.meeting import PAIR, REASON, Meeting, keep, ok
from tests.evaluation.people import council, package

FOUR = (Seat.CHAIR, Seat.VICE_CHAIR, Seat.SECRETARY, Seat.MEMBER)


@pytest.fixture
def door(served, issuer) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer)


def test_a_package_goes_from_the_agenda_to_a_certificate_that_anybody_checks(door, database):
    meeting = Meeting.of(door).scored(72, 74).close().approve()
    (result,) = meeting.results
    assert (result["facts"]["total"], result["facts"]["star"]) == ("73", 4)
    decision = meeting.decide()
    (line,) = decision["products"]
    checked = ok(door.get(f"/certificate-checks?number={line['certificate_number']}"))
    assert (checked["genuine"], checked["validity"]) == (True, "valid")
    assert checked["certificate"]["facts"]["star"] == 3
    assert [type(event).__name__ for _, event in told(database)] == [
        "SessionConvened", "SessionOpened", "ScoringRevealed", "SessionClosed",
        *["PaperRequested"] * 4, "ResultApproved", "ResultEscalated", "SessionApproved",
        "PaperRequested", "CertificateIssued", "PaperRequested", "DecisionMade", "PaperRequested",
    ]  # fmt: skip


def test_a_session_is_convened_by_an_officer_or_the_secretary_and_its_members_are_invited(
    door, database
):
    meeting = Meeting.of(door, *FOUR)
    for who, status in (
        (meeting.chair, 403), (meeting.authority, 403), (meeting.team, 403),
        (meeting.producer(), 404), (door.as_(subject="nobody"), 404), (meeting.secretary, 201),
    ):  # fmt: skip
        assert who.post("/sessions", meeting.convening).status_code == status
    (event,) = [one for _, one in told(database) if isinstance(one, SessionConvened)]
    assert [one.phone for one in event.members] == [
        one.contact.phone for one in meeting.council.members
    ]
    (line,) = event.agenda
    assert line.package_id == meeting.packages[0].manifest.package_id
    assert (event.session.place, event.session.starts_at) == ("Phòng họp mẫu", meeting.starts_at)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("agenda", [], "agenda"), ("agenda", ["x"], "agenda.0"),
        ("agenda", [str(uuid4())], "agenda.0"), ("place", "", "place"),
        ("place", {"$ne": None}, "place"), ("starts_at", "2020-01-01T00:00:00Z", "starts_at"),
        ("starts_at", "hôm qua", "starts_at"), ("starts_at", "2027-01-01T00:00:00", "starts_at"),
        ("council_id", {"$gt": ""}, "council_id"), ("tenant", "an-giang", "tenant"),
    ],
)  # fmt: skip
def test_what_cannot_be_convened_is_refused_where_it_stands(door, database, field, value, named):
    meeting = Meeting.of(door)
    answer = meeting.officer.post("/sessions", meeting.convening | {field: value})
    assert (answer.status_code, wrong(answer)) == (422, [named])
    assert database.sessions.count_documents({}) == 0


def test_a_package_stands_once_on_an_agenda_and_is_the_tenants_own(door, database):
    meeting, foreign = Meeting.of(door), package("tinh-mau")
    keep("tinh-mau", foreign)
    twice = [meeting.product(), meeting.product(), foreign.id]
    answer = meeting.officer.post("/sessions", meeting.convening | {"agenda": twice})
    assert (answer.status_code, wrong(answer)) == (422, ["agenda.1", "agenda.2"])
    elsewhere = council(tenant="tinh-mau")
    keep("tinh-mau", elsewhere)
    strange = meeting.convening | {"council_id": elsewhere.id}
    assert meeting.officer.post("/sessions", strange).status_code == 404


def test_a_package_of_a_procedure_without_a_council_at_this_level_is_not_judged_here(door):
    of = package(procedure="qd26-2026")
    keep("huyen-mau", of)
    meeting = Meeting.of(door, packages=[of])
    answer = meeting.officer.post("/sessions", meeting.convening)
    assert (answer.status_code, wrong(answer)) == (422, ["agenda.0"])


@pytest.mark.parametrize(
    ("state", "delivered"),
    [
        (PackageState.SUBMITTED, None), (PackageState.RETURNED, datetime.now(UTC)),
        (PackageState.WITHDRAWN, datetime.now(UTC)), (PackageState.ACCEPTED, None),
        (PackageState.SUPERSEDED, datetime.now(UTC)),
    ],
)  # fmt: skip
def test_only_what_is_accepted_and_delivered_is_put_on_an_agenda_and_opened(door, state, delivered):
    of = package()
    keep("huyen-mau", of)
    meeting = Meeting.of(door, packages=[of]).convene().arrive()
    known = of.model_copy(update={"session": meeting.id, "councils": frozenset()})
    known.version, known.state, known.delivered_at = 2, state, delivered
    keep("huyen-mau", known)
    answer = meeting.chair.post(meeting.at("/opening"))
    assert (answer.status_code, answer.json["type"]) == (409, "urn:ocop:problem:not-ready")
    other = package()
    other.state, other.delivered_at = state, delivered
    keep("huyen-mau", other)
    refused = meeting.officer.post("/sessions", meeting.convening | {"agenda": [other.id]})
    assert (refused.status_code, refused.json["type"]) == (409, "urn:ocop:problem:not-ready")


def test_the_dossier_is_here_so_many_working_days_before_the_session(door):
    """Delivered today, with a lead of a day: neither convened for today nor opened today."""
    of = package()
    of.delivered_at = datetime.now(UTC)
    keep("huyen-mau", of)
    meeting = Meeting.of(door, packages=[of], lead_working_days=1)
    early = meeting.officer.post("/sessions", meeting.convening)
    assert (early.status_code, early.json["type"]) == (409, "urn:ocop:problem:too-soon")
    later = (datetime.now(UTC) + timedelta(days=10)).isoformat()
    body = meeting.convening | {"starts_at": later}
    meeting.id = ok(meeting.officer.post("/sessions", body), 201)["id"]
    meeting.arrive()
    opened = meeting.chair.post(meeting.at("/opening"))
    assert (opened.status_code, "đổi ngày họp" in opened.json["detail"]) == (409, True)


def test_until_it_is_opened_place_time_and_agenda_change_and_a_stale_change_is_refused(
    door, database
):
    meeting = Meeting.of(door, products=2).convene()
    first, second = (one.id for one in meeting.packages)
    path = meeting.at()
    changed = ok(meeting.secretary.patch(path, {"agenda": [second], "place": "Phòng 2"}, 1))
    assert (changed["version"], changed["facts"]["place"]) == (2, "Phòng 2")
    assert [one["id"] for one in changed["agenda"]] == [second]
    assert meeting.officer.patch(path, {"place": "Phòng 3"}, 1).status_code == 412
    other = council(*PAIR, lead_working_days=0)
    keep("huyen-mau", other)
    elsewhere = meeting.convening | {"council_id": other.id, "agenda": [first]}
    taken = ok(meeting.officer.post("/sessions", elsewhere), 201)
    back = meeting.officer.patch(path, {"agenda": [first, second]})
    assert back.status_code == 409  # another session has it now
    ok(meeting.officer.post(f"/sessions/{taken['id']}/cancellation", REASON))
    ok(meeting.officer.patch(path, {"agenda": [first, second]}))
    assert len([one for _, one in told(database) if isinstance(one, SessionConvened)]) == 4
    meeting.arrive()
    ok(meeting.chair.post(meeting.at("/opening")))
    assert meeting.officer.patch(path, {"place": "Phòng 4"}).status_code == 409
    meeting.fill(meeting.scorers[0], number=0)  # what was taken off and put back is scored


def test_a_cancelled_session_says_why_to_its_members_and_lets_its_packages_go(door, database):
    meeting = Meeting.of(door).convene()
    assert meeting.officer.post(meeting.at("/cancellation"), {}).status_code == 422
    assert meeting.chair.post(meeting.at("/cancellation"), REASON).status_code == 403
    ok(meeting.officer.post(meeting.at("/cancellation"), REASON))
    (event,) = [one for _, one in told(database) if isinstance(one, SessionCancelled)]
    assert (event.reason, len(event.members)) == (REASON["reason"], 2)
    assert meeting.chair.post(meeting.at("/opening")).status_code == 409
    meeting.convene().arrive()
    ok(meeting.chair.post(meeting.at("/opening")))


@pytest.mark.parametrize(
    ("present", "said"),
    [
        ([], ("0/4", "chủ tịch")), ([1, 2, 3], ("chủ tịch",)), ([0, 1], ("2/4",)),
        ([0, 2, 3], ()),
    ],
)  # fmt: skip
def test_a_session_opens_with_its_quorum_and_the_chair_and_says_what_is_missing(
    door, present, said
):
    meeting = Meeting.of(door, *FOUR).convene()
    for place in present:
        meeting.arrive(meeting.council.members[place])
    answer = meeting.secretary.post(meeting.at("/opening"))
    if not said:
        assert ok(answer)["state"] == "open"
        return
    assert (answer.status_code, answer.json["type"]) == (409, "urn:ocop:problem:not-quorate")
    assert all(one in answer.json["detail"] for one in said)


def test_an_expert_has_no_seat_that_the_quorum_counts_and_scores_where_it_is_said(door):
    meeting = Meeting.of(door, *PAIR, Seat.EXPERT).convene()
    expert = meeting.council.members[2]
    meeting.arrive(expert, meeting.council.members[0])
    assert "1/2" in meeting.chair.post(meeting.at("/opening")).json["detail"]


def test_a_council_meets_by_the_same_settings_while_it_sits(door):
    meeting = Meeting.of(door).open()
    path, body = f"/councils/{meeting.council.id}", {"settings": {"most_spread": 50}}
    assert meeting.officer.patch(path, body).status_code == 409
    meeting.score().close()
    assert meeting.officer.patch(path, body).status_code == 409
    meeting.approve()
    ok(meeting.officer.patch(path, body))


def test_who_has_nothing_to_do_with_a_session_finds_none(door):
    meeting = Meeting.of(door).convene()
    strangers = [
        meeting.producer(), door.as_(subject="nobody"), door.as_("supervisor"),
        door.as_("commune-officer", unit="xã Mẫu"), door.as_("officer", tenant="tri-ton"),
        door.as_("supervisor", "officer", tenant="tinh-mau"),
    ]  # fmt: skip
    for who in strangers:
        assert who.get(meeting.at()).status_code == 404
        assert who.get("/sessions").json["items"] == []
        for act in ("opening", "closing", "approval"):
            assert who.post(meeting.at(f"/{act}")).status_code == 404
    for who in (meeting.chair, meeting.team, meeting.officer, meeting.authority):
        assert ok(who.get(meeting.at()))["id"] == meeting.id
        assert [one["id"] for one in ok(who.get("/sessions"))["items"]] == [meeting.id]


def test_a_session_says_what_the_caller_may_do_now(door):
    meeting = Meeting.of(door).convene()

    def may(who: Caller) -> set[str]:
        return set(ok(who.get(meeting.at()))["may"])

    assert may(meeting.officer) == {"change", "cancellation"}
    assert may(meeting.secretary) == {
        "change", "cancellation", "attendance", "opening", "conflicts",
    }  # fmt: skip
    assert may(meeting.chair) == {"opening", "conflicts"}
    assert (may(meeting.authority), may(meeting.team)) == (set(), {"conflicts"})
    meeting.arrive()
    ok(meeting.chair.post(meeting.at("/opening")))
    assert may(meeting.officer) == set()
    assert may(meeting.chair) == {
        "conflicts", "reopening", "new-rounds", "eliminations", "postponements",
    }  # fmt: skip
    meeting.score().close()
    assert may(meeting.chair) == {"sending-back", "approval"}
    assert may(meeting.secretary) == set()
    meeting.approve()
    assert may(meeting.chair) == set()


def test_a_council_has_sessions_one_after_the_other_and_beside_one_another(door):
    meeting = Meeting.of(door, products=2)
    first, second = meeting.packages
    one = Meeting(meeting.door, meeting.council, [first]).open()
    other = Meeting(meeting.door, meeting.council, [second]).open()
    one.score().close().approve()
    body = {"settings": {"most_spread": 50}}
    assert meeting.officer.patch(f"/councils/{meeting.council.id}", body).status_code == 409
    other.score().close().approve()
    assert [one.results[0]["state"], other.results[0]["state"]] == ["approved"] * 2


def test_who_comes_after_the_reveal_does_not_score_that_product(door):
    meeting = Meeting.of(door, *FOUR, products=2, quorum_percent=50).convene()
    chair, vice, secretary, late = meeting.council.members
    meeting.arrive(chair, vice, secretary)
    ok(meeting.chair.post(meeting.at("/opening")))
    for one in (chair, vice, secretary):
        meeting.fill(one)
        ok(meeting.lock(one))
    ok(meeting.attend(late))
    board = ok(meeting.chair.get(meeting.at("/board")))["products"]
    assert [late.id in one["scoring"]["expected"] for one in board] == [False, True]
    again = {"package_id": meeting.product(), "discussion": "Đã trao đổi"}
    ok(meeting.chair.post(meeting.at("/new-rounds"), again))
    board = ok(meeting.chair.get(meeting.at("/board")))["products"]
    assert late.id not in board[0]["scoring"]["expected"]


def test_attendance_is_of_the_councils_members_alone(door):
    meeting = Meeting.of(door).convene()
    for body, status in (
        ({"member_id": str(uuid4()), "attendance": "present"}, 404),
        ({"member_id": "x", "attendance": "present"}, 422),
        ({"member_id": meeting.scorers[0].id, "attendance": "late"}, 422),
        ({"member_id": meeting.scorers[0].id}, 422),
    ):
        assert meeting.secretary.post(meeting.at("/attendance"), body).status_code == status


def papers_of(who: Caller, subject: str) -> list[tuple[str, str | None]]:
    found = ok(who.get(f"/papers?subject={subject}"))["items"]
    return [(one["kind"], one["member"]) for one in found]


def test_closing_approving_and_deciding_ask_for_their_papers_which_have_their_readers(door):
    meeting = Meeting.of(door, *FOUR).scored()
    assert papers_of(meeting.officer, meeting.id) == []
    meeting.close()
    names = sorted(one.contact.name for one in meeting.council.members)
    closed = [*(("sheet", name) for name in names), ("summary", None), ("minutes", None)]
    assert papers_of(meeting.officer, meeting.id) == closed
    meeting.approve()
    everything = [*closed, ("report", None)]
    for who in (meeting.chair, meeting.secretary, meeting.team, meeting.authority):
        assert papers_of(who, meeting.id) == everything
    member = meeting.council.members[3]
    assert papers_of(meeting.member(member), meeting.id) == [("sheet", member.contact.name)]
    assert papers_of(meeting.producer(), meeting.id) == []
    decision = meeting.decide()
    certificate = decision["products"][0]["certificate_id"]
    assert papers_of(meeting.officer, decision["id"]) == [("decision", None)]
    assert papers_of(meeting.producer(), certificate) == [("certificate", None)]
    assert papers_of(door.as_("producer", phone="0911111111"), certificate) == []


def test_what_the_papers_say_is_what_was_found(door, database):
    meeting = Meeting.of(door, *FOUR, products=2).convene()
    chair, vice, secretary, late = meeting.council.members
    meeting.arrive(chair, vice, secretary)
    ok(meeting.chair.post(meeting.at("/opening")))
    body = {"package_id": meeting.product(1), "reason": "Thiếu mẫu"}
    ok(meeting.chair.post(meeting.at("/postponements"), body))
    for one, total in ((chair, 60), (vice, 62), (secretary, 64)):
        meeting.fill(one, total, star=1)
        note = {"changes": [{"field": "note", "was": None, "now": f"Ý kiến {total}"}]}
        ok(meeting.member(one).patch(meeting.sheets(), note))
        ok(meeting.lock(one))
    meeting.close()
    said = {
        (row["kind"], (row["member"] or {}).get("name")): json.loads(row["content"])
        for row in database.papers.find()
    }
    minutes = said["minutes", None]["record"]
    first, second = minutes["results"]
    (round,) = first["rounds"]
    assert (round["totals"], round["mean"], round["spread"]) == ([60, 62, 64], "62", 4)
    assert (first["total"], second["postponed"], second["rounds"]) == ("62", "Thiếu mẫu", [])
    assert [one["name"] for one in minutes["absent"]] == [late.contact.name]
    own = said["sheet", vice.contact.name]
    assert [one["total"] for table in own["tables"] for one in table["columns"]] == [62]
    assert (own["remarks"], own["not_scored"][0]["number"]) == (["Sản phẩm số 1: Ý kiến 62"], 2)
    assert ("sheet", late.contact.name) not in said


def test_who_did_what_is_kept_with_the_reason(door, database):
    meeting = Meeting.of(door).scored().close()
    ok(meeting.chair.post(meeting.at("/sending-back"), REASON))
    acts: list[Any] = [*database.acts.find({"subject": meeting.id}).sort("version", 1)]
    assert [one["act"] for one in acts] == [
        "convene_session", "attend_session", "attend_session", "open_session", "close_session",
        "send_back",
    ]  # fmt: skip
    assert (acts[-1]["actor"], acts[-1]["detail"]) == (
        meeting.council.members[0].contact.phone, REASON,
    )  # fmt: skip
