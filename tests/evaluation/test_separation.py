"""Separation of duties: every act that issues, ends or changes what was issued, by everybody who
had a hand in it or gains by it, at each moment; and what has to end before what it stands on."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.councils import Seat
from contracts.results import ResultFacts
from services.evaluation.domain.packages import Package, PackageState
from services.evaluation.entrypoints.http import create_app
from tests.evaluation.doors import Caller
from tests.evaluation.hearing import LOWER, UPPER
from tests.evaluation.meeting import REASON, Meeting, keep, ok
from tests.evaluation.people import package
from tests.evaluation.test_higher_results import RECOGNISED, attach, confirm, entry
from tests.files import pdf

CONTACT = {"name": "Chủ cơ sở mẫu", "phone": "0900000001", "email": "chu-the@mau.example"}
SEATS = (Seat.CHAIR, Seat.SECRETARY, Seat.MEMBER, Seat.MEMBER, Seat.EXPERT)


@pytest.fixture
def door(served: Any, issuer: Any) -> Caller:
    return Caller(served("evaluation", create_app, LOG_LEVEL="error"), issuer, tenant=UPPER)


def approved(door: Caller) -> Meeting:
    """A district's product of which the province's council found 5 stars, though one of its people
    works for the producer and one has declared a conflict."""
    one = package(UPPER, contacts=[CONTACT])
    one.owner = LOWER
    meeting = Meeting.of(door, *SEATS, tenant=UPPER, level="province", packages=[one])
    *others, expert = meeting.council.members
    works = expert.model_copy(update={"workplace": one.manifest.producer.name})
    meeting.council.members = (*others, works)
    keep(UPPER, meeting.council, one)
    meeting.open()
    declared = {"package_id": meeting.product(), "reason": "Người thân"}
    ok(meeting.member(meeting.council.members[3]).post(meeting.at("/conflicts"), declared))
    ok(meeting.answer(works, conflict=True))
    for who in meeting.council.members[:3]:
        meeting.fill(who, 95, star=5)
        ok(meeting.lock(who))
    return meeting.close().approve()


# -- what is done, and by whom it is asked


@dataclass
class Case:
    """A meeting at the moment of an act. `made`: the decision or the higher result that it is
    about."""

    meeting: Meeting
    made: dict[str, Any]


def _approved(door: Caller) -> Case:
    return Case(approved(door), {})


def _decided(door: Caller) -> Case:
    meeting = approved(door)
    return Case(meeting, meeting.decide(f"{uuid4().hex[:6]}/QĐ-UBND"))


def _entered(door: Caller, **said: Any) -> Case:
    meeting = approved(door)
    by = meeting.door.as_("officer", subject="who entered")
    one = ok(by.post("/higher-results", entry(meeting, **said)), 201)
    by = meeting.door.as_("officer", subject="who attached")
    return Case(meeting, ok(attach(by, one["id"], pdf("quyết định"))))


def _decided_and_entered(door: Caller) -> Case:
    case = _entered(door, total="85", star=4, recognise=RECOGNISED)
    case.meeting.decide()
    return case


def _confirmed(door: Caller) -> Case:
    case = _entered(door)
    return Case(case.meeting, ok(confirm(case.meeting, case.made)))


def _only_entered(door: Caller) -> Case:
    meeting = approved(door)
    return Case(meeting, ok(meeting.officer.post("/higher-results", entry(meeting)), 201))


CORRECTION = {"field": "agency", "now": "Ủy ban nhân dân Tỉnh Mẫu Mới", **REASON}


def _put_paper(who: Caller, case: Case) -> Any:
    data = {"file": (io.BytesIO(pdf()), "qd.pdf")}
    return who._send("PUT", f"/decisions/{case.made['id']}/paper", data=data)


def annul(case: Case, who: Caller | None = None) -> Any:
    """Its result, by its chair unless somebody else is named."""
    (result,) = case.meeting.results
    return (who or case.meeting.chair).post(f"/results/{result['id']}/annulment", REASON)


def _of(part: str, rest: str, body: Any = None) -> Callable[[Caller, Case], Any]:
    return lambda who, case: who.post(f"/{part}/{case.made['id']}/{rest}", body)


LEADS = ("the chair", "the secretary")
PARTIAL = ("a contact", "who declared a conflict", "who works for the producer")
BEFORE = ("who closed", "who approved")
DUTIES = (*LEADS, *PARTIAL, *BEFORE)
HANDS = (*DUTIES, "who entered", "who attached")
Row = tuple[Callable[[Caller], Case], Callable[[Caller, Case], Any], tuple[str, ...]]
ISSUING: dict[tuple[str, str], list[Row]] = {
    ("POST", "/decisions"): [
        (_approved, lambda who, case: who.post("/decisions", case.meeting.deciding()), DUTIES),
    ],
    ("POST", "/decisions/<id>/annulment"): [
        (_decided, _of("decisions", "annulment", REASON), DUTIES),
    ],
    ("POST", "/decisions/<id>/corrections"): [
        (_decided, _of("decisions", "corrections", CORRECTION), DUTIES),
    ],
    ("PUT", "/decisions/<id>/paper"): [(_decided, _put_paper, DUTIES)],
    ("POST", "/higher-results"): [
        (_approved, lambda who, case: who.post("/higher-results", entry(case.meeting)), PARTIAL),
    ],
    ("PUT", "/higher-results/<id>/paper"): [
        (_only_entered, lambda who, case: attach(who, case.made["id"], pdf()), PARTIAL),
    ],
    ("POST", "/higher-results/<id>/confirmation"): [
        (_entered, _of("higher-results", "confirmation"), HANDS),
        (_decided_and_entered, _of("higher-results", "confirmation"), HANDS),
    ],
    ("POST", "/higher-results/<id>/rejection"): [
        (_entered, _of("higher-results", "rejection", REASON), HANDS),
    ],
    ("POST", "/higher-results/<id>/annulment"): [
        (_confirmed, _of("higher-results", "annulment", REASON), HANDS),
    ],
    ("POST", "/results/<id>/annulment"): [
        (
            _approved,
            lambda who, case: annul(case, who),
            (
                "the secretary", *PARTIAL, *BEFORE, "nobody's chair", "a chair who closed",
                "a chair who is a contact",
            ),
        ),
    ],
}  # fmt: skip
"""Every act that issues, ends or changes what was issued: its moments, and who may not then."""
OTHERS = {"rounds", "councils", "sessions", "packages"}
"""What these do is done before anything is issued."""
BY_CHAIR = {("POST", "/results/<id>/annulment")}


def actor(meeting: Meeting, name: str) -> Caller:
    """With every role that an act here asks for: it is not that which refuses."""
    chair, secretary, _, declared, works = (one.contact.phone for one in meeting.council.members)
    about: dict[str, dict[str, Any]] = {
        "the chair": {"subject": "x", "phone": chair},
        "the secretary": {"subject": "x", "phone": secretary},
        "a contact": {"subject": "x", "phone": CONTACT["phone"]},
        "who declared a conflict": {"subject": "x", "phone": declared},
        "who works for the producer": {"subject": "x", "phone": works},
        "who closed": {"subject": secretary},
        "who approved": {"subject": chair},
        "who entered": {"subject": "who entered"},
        "who attached": {"subject": "who attached"},
        "nobody's chair": {"subject": "x"},
        "a chair who closed": {"subject": secretary, "phone": chair},
        "a chair who is a contact": {"subject": "x", "phone": chair, "email": CONTACT["email"]},
        "authority": {"subject": "authority"},
        "chair": {"subject": chair, "phone": chair},
    }
    return meeting.door.as_("authority", "officer", **about[name])


def kept(database: Any) -> dict[str, Any]:
    names = database.list_collection_names(filter={"type": "collection"})
    apart = {name for name in names if name.startswith("files.")} | {"answers"}
    return {name: [*database[name].find().sort("_id")] for name in set(names) - apart}


def test_every_act_of_the_doors_is_in_the_table_or_comes_before_anything_is_issued(door):
    own = {
        (method, rule.rule.removeprefix("/t/<tenant>/v1"))
        for rule in door.client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert {one for one in own if one[1].split("/")[1] not in OTHERS} == ISSUING.keys()


@pytest.mark.parametrize(
    ("act", "row"),
    [(act, row) for act, rows in ISSUING.items() for row in range(len(rows))],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else str(one),
)
def test_who_had_a_hand_in_it_or_gains_by_it_does_no_act_on_what_is_issued(
    door, database, act, row
):
    moment, do, refused = ISSUING[act][row]
    case = moment(door)
    before = kept(database)
    for name in refused:
        answer = do(actor(case.meeting, name), case)
        assert (name, answer.status_code) == (name, 403), answer.get_data(as_text=True)
    assert kept(database) == before
    rightful = actor(case.meeting, "chair" if act in BY_CHAIR else "authority")
    assert do(rightful, case).status_code in (200, 201)


def test_what_the_answers_offer_is_what_the_caller_may_do(door):
    decided, waiting = _decided(door), _entered(door)
    decision, higher = f"/decisions/{decided.made['id']}", f"/higher-results/{waiting.made['id']}"
    acts = {decision: ["corrections", "annulment"], higher: ["confirmation", "rejection"]}
    for case, path in ((decided, decision), (waiting, higher)):
        for name in (*DUTIES, "authority"):
            who = actor(case.meeting, name)
            offered = acts[path] if name == "authority" else []
            one = ok(who.get(path))
            listed = ok(who.get(f"{path.rsplit('/', 1)[0]}?limit=200"))["items"]
            assert [each["may"] for each in listed if each["id"] == one["id"]] == [one["may"]]
            assert (name, set(one["may"]) - {"paper"}) == (name, set(offered))
    mine = f"/results/{waiting.meeting.results[0]['id']}"
    for name, offered in (("chair", ["annulment"]), ("a chair who closed", []), ("authority", [])):
        assert ok(actor(waiting.meeting, name).get(mine))["may"] == offered


def test_who_was_of_the_help_team_decides_nothing_on_what_its_sheet_judged(door):
    meeting = approved(door)
    (was,) = meeting.council.help_team
    now = [{"name": "Người khác", "phone": "0900000077"}]
    ok(meeting.officer.patch(f"/councils/{meeting.council.id}", {"help_team": now}))
    same = meeting.door.as_("authority", subject="x", phone=was.phone)
    assert same.post("/decisions", meeting.deciding()).status_code == 403
    meeting.decide()


# -- what ends before what it stands on


def test_a_higher_result_that_waits_is_rejected_with_the_result_that_went_up(door):
    case = _entered(door)
    ok(annul(case))
    one = ok(case.meeting.officer.get(f"/higher-results/{case.made['id']}"))
    assert (one["state"], one["reason"]) == ("rejected", REASON["reason"])
    assert (one["settled"]["by"], one["may"]) == (case.meeting.seat(Seat.CHAIR).contact.phone, [])
    assert confirm(case.meeting, one).status_code == 409


@pytest.mark.parametrize("said", [{}, {"total": "85", "star": 4}])
def test_a_result_is_not_annulled_while_what_was_confirmed_on_it_stands(door, database, said):
    case = _entered(door, **said)
    ok(confirm(case.meeting, case.made))
    before = kept(database)
    refused = annul(case)
    assert (refused.status_code, "phải huỷ trước" in refused.json["detail"]) == (409, True)
    assert kept(database) == before
    path = f"/higher-results/{case.made['id']}/annulment"
    ok(case.meeting.authority.post(path, REASON))
    ok(annul(case))


def test_a_decision_is_not_annulled_while_a_star_is_recognised_beside_it(door):
    case = _decided_and_entered(door)
    ok(confirm(case.meeting, case.made))
    (decision,) = ok(case.meeting.authority.get("/decisions"))["items"]
    path = f"/decisions/{decision['id']}/annulment"
    assert case.meeting.authority.post(path, REASON).status_code == 409
    assert annul(case).status_code == 409
    ok(case.meeting.authority.post(f"/higher-results/{case.made['id']}/annulment", REASON))
    ok(case.meeting.authority.post(path, REASON))
    ok(annul(case))


def test_a_district_does_not_annul_under_the_certificate_of_its_province(door):
    """Until the province has annulled that; its own decision was annulled before."""
    of = package(LOWER)
    keep(LOWER, of)
    lower = Meeting.of(door, tenant=LOWER, packages=[of]).scored(72, 74).close().approve()
    up = package(UPPER)
    up.manifest, up.owner, up.follows = of.manifest, LOWER, lower.results[0]["id"]
    keep(UPPER, up)
    upper = Meeting.of(door, tenant=UPPER, level="province", packages=[up])
    keep(UPPER, upper.council)
    upper.scored(76, 74).close().approve()
    decision = upper.decide("1/QĐ-UBND")
    refused = annul(Case(lower, {}))
    assert refused.status_code == 409
    assert decision["products"][0]["certificate_number"] in refused.json["detail"]
    ok(upper.authority.post(f"/decisions/{decision['id']}/annulment", REASON))
    ok(annul(Case(lower, {})))


def test_of_annulling_below_and_deciding_above_at_once_one_is_refused(door, database):
    """Before the event of either has come."""
    of = package(LOWER)
    keep(LOWER, of)
    lower = Meeting.of(door, tenant=LOWER, packages=[of]).scored(72, 74).close().approve()
    (result,) = lower.results
    up = package(UPPER)
    up.manifest, up.owner, up.follows = of.manifest, LOWER, result["id"]
    up.lower = ResultFacts.model_validate(result["facts"])
    keep(UPPER, up)
    upper = Meeting.of(door, tenant=UPPER, level="province", packages=[up])
    keep(UPPER, upper.council)
    upper.scored(76, 74).close().approve()
    body, begin = upper.deciding(), Barrier(2)

    def at_once(act: Callable[[], Any]) -> int:
        begin.wait()
        return int(act().status_code)

    with ThreadPoolExecutor(2) as pool:
        acts = [lambda: annul(Case(lower, {})), lambda: upper.authority.post("/decisions", body)]
        annulled, decided = pool.map(at_once, acts)
    assert (annulled, decided) in {(200, 409), (409, 201)}
    standing = database.certificates.count_documents({"annulled": False})
    assert standing == (1 if decided == 201 else 0)


def test_the_provinces_result_is_annulled_though_the_district_has_certified_below(door):
    of = package(LOWER)
    keep(LOWER, of)
    lower = Meeting.of(door, tenant=LOWER, packages=[of]).scored(72, 74).close().approve()
    lower.decide("1/QĐ-UBND")
    up = package(UPPER)
    up.manifest, up.owner = of.manifest, LOWER
    keep(UPPER, up)
    upper = Meeting.of(door, tenant=UPPER, level="province", packages=[up])
    keep(UPPER, upper.council)
    upper.scored(76, 74).close().approve()
    ok(annul(Case(upper, {})))


def test_what_was_withdrawn_below_is_not_confirmed(door):
    case = _entered(door)

    def take_back(work: UnitOfWork) -> None:
        one = work.get(Package, case.meeting.product())
        one.state = PackageState.WITHDRAWN
        work.save(one)

    with entered(Scope(UPPER, "test")):
        run(take_back)
    refused = confirm(case.meeting, case.made)
    assert (refused.status_code, "đã bị rút" in refused.json["detail"]) == (409, True)
