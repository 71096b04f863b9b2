"""The help team's review: queue, verdicts, return, acceptance; who, in which state, at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.filing import DossierAccepted, DossierReturned
from contracts.package import EvidenceKind
from rules.calendar import VIETNAM
from rules.days import day_of
from services.dossier.domain.dossiers import Dossier, Return, State, Submitted
from services.dossier.domain.standing import Signature, Standing
from services.dossier.entrypoints.http import create_app
from tests.dossier.conftest import told
from tests.dossier.filed import (
    AT,
    CONTACT,
    PHONE,
    TENANT,
    Person,
    a_dossier,
    a_package,
    a_producer,
    a_submitted,
    an_evidence,
    everybody,
    keep,
)
from tests.dossier.test_doors import problem
from tests.rules.strategies import SETS

TODAY = day_of(datetime.now(UTC))
UNTIL = VIETNAM.after(TODAY, 10)
SATURDAY = TODAY + timedelta((5 - TODAY.weekday()) % 7 + 7)
UNKNOWN = "00000000-0000-4000-8000-000000000000"
READERS = {"officer", "administrator", "help-team", "authority", "supervisor"}
ITEM = "criterion.1.5"
LACKS = {"verdict": "lacks", "reason": "Thiếu hợp đồng liên kết"}
MEETS = {"verdict": "meets", "reason": None}
UNCLEAR = {"verdict": "unclear", "reason": "Ảnh mờ"}


@pytest.fixture
def people(served: Any, issuer: Any) -> dict[str, Person]:
    return everybody(served("dossier", create_app), issuer)


@pytest.fixture
def team(people: Any) -> Person:
    return people["help-team"]


@pytest.fixture
def submitted(people: Any) -> Any:
    """A dossier with a package that refers to one piece of evidence."""
    producer = a_producer()
    paper = an_evidence(producer, title="Hợp đồng", kind=EvidenceKind.MATERIALS)
    draft = {"options.1.5": 3, "evidence.1.5": [paper.id], "registration.phone": PHONE}
    dossier, package = a_submitted(producer, paper, draft=draft)
    keep(producer, paper, dossier, package)
    return dossier


def say(by: Person, id: str, *verdicts: tuple[str, Any, Any], **options: Any) -> Any:
    body = {"verdicts": [{"item": item, "was": was, "now": now} for item, was, now in verdicts]}
    return by.post(f"/reviews/{id}/verdicts", json=body, **options)


def send_back(by: Person, id: str, until: date | str = UNTIL, **body: Any) -> Any:
    options = {"headers": body.pop("headers", {})}
    return by.post(f"/reviews/{id}/return", json={"until": str(until)} | body, **options)


def accept(by: Person, id: str, **options: Any) -> Any:
    return by.post(f"/reviews/{id}/acceptance", **options)


def verdicts_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.json
    said = answer.json["last"]["verdicts"]
    return {one["item"]: {key: one[key] for key in ("verdict", "reason")} for one in said}


def as_kept(database: Any) -> Any:
    """All that an act could change, without the acts themselves."""
    names = ("dossiers", "reviews", "packages", "outbox")
    return {name: [*database[name].find()] for name in names}


# -- what is seen


def test_a_package_is_shown_with_all_that_it_is_judged_by(team, submitted):
    answer = team.get(f"/reviews/{submitted.id}")
    assert (answer.status_code, answer.headers["ETag"][:3]) == (200, '"1-')
    seen = answer.json
    assert (seen["dossier_id"], seen["state"], seen["tenant"]) == (
        submitted.id,
        "submitted",
        TENANT,
    )
    assert (seen["last"]["number"], seen["before"], seen["changed"]) == (1, None, [])
    manifest = seen["last"]["manifest"]
    assert manifest["self_score"]["options"] == {"1.5": 3}
    assert [one["kind"] for one in manifest["files"]] == ["materials"]
    assert [one["phone"] for one in manifest["contacts"]] == [PHONE]
    assert seen["unseen"] == [*SETS[1].criteria]
    assert seen["may"] == ["review", "return", "accept"]
    rules = {one["rule"] for one in seen["completeness"]}
    assert {"criterion-open", "registration-missing", "paper-missing"} <= rules


def test_who_sees_a_review_and_a_queue(people, submitted):
    for who, by in people.items():
        review, queue = by.get(f"/reviews/{submitted.id}"), by.get("/reviews")
        expected = 200 if who in READERS else 403
        if who == "officer-above":
            assert (review.status_code, queue.json["items"]) == (404, [])
            continue
        assert (who, review.status_code, queue.status_code) == (who, expected, expected)
        if expected == 200:
            assert [one["dossier_id"] for one in queue.json["items"]] == [submitted.id]
            may = ["review", "return", "accept"] if who == "help-team" else []
            assert (who, review.json["may"]) == (who, may)
            hidden = who == "supervisor"
            assert (who, review.json["last"]["manifest"]["contacts"] == []) == (who, hidden)


def test_a_draft_has_no_review(people, team):
    producer = a_producer()
    dossier = a_dossier(producer, draft={"registration.phone": PHONE})
    keep(producer, dossier)
    for by in (team, people["officer"]):
        problem(by.get(f"/reviews/{dossier.id}"), 404, "not-found")
        assert by.get("/reviews").json["items"] == []
    problem(accept(team, dossier.id), 404, "not-found")


def test_the_package_before_stands_beside_with_its_verdicts_and_what_has_changed(team, people):
    producer = a_producer()
    draft = {"options.1.5": 1, "options.1.1": 2, "registration.phone": PHONE}
    dossier, first = a_submitted(producer, draft=draft)
    keep(producer, dossier, first)
    say(team, dossier.id, (ITEM, None, LACKS), ("field.registration.phone", None, MEETS))
    send_back(team, dossier.id)
    resubmit(dossier, {"options.1.5": 3, "registration.phone": PHONE})
    seen = team.get(f"/reviews/{dossier.id}").json
    assert (seen["state"], seen["last"]["number"], seen["before"]["number"]) == ("submitted", 2, 1)
    assert seen["last"]["verdicts"] == []
    assert {one["item"]: one["verdict"] for one in seen["before"]["verdicts"]} == {
        ITEM: "lacks", "field.registration.phone": "meets",
    }  # fmt: skip
    assert seen["before"]["until"] == str(UNTIL)
    assert [one["criterion"] for one in seen["before"]["items"]] == ["1.5"]
    assert seen["changed"] == ["options.1.5", "options.1.1"]
    assert verdicts_of(say(team, dossier.id, (ITEM, None, MEETS))) == {ITEM: MEETS}
    before = team.get(f"/reviews/{dossier.id}").json["before"]
    assert {one["item"]: one["verdict"] for one in before["verdicts"]}[ITEM] == "lacks"


def resubmit(dossier: Any, draft: dict[str, Any]) -> None:
    """As the producer would, after a return."""

    def again(work: UnitOfWork) -> None:
        one = work.get(Dossier, dossier.id)
        number = len(one.packages) + 1
        signed = Signature(by="earlier", standing=Standing.CONTACT, at=AT)
        id = str(uuid5(UUID(dossier.id), str(number)))
        one.packages = (*one.packages, Submitted(id=id, number=number, signed=signed))
        one.draft, one.state = draft, State.SUBMITTED
        work.save(one, a_package(one))

    with entered(Scope(TENANT, "earlier")):
        run(again)


# -- the queue


def waiting(producer: Any, at: datetime, **about: Any) -> Any:
    dossier, package = a_submitted(producer, at=at, product_id=some_id(at), **about)
    keep(dossier, package)
    return dossier


def some_id(at: datetime) -> str:
    return f"00000000-0000-4000-8000-{int(at.timestamp()):012}"


def test_the_queue_is_by_deadline_with_age_and_what_is_said(people, team):
    producer = a_producer()
    keep(producer)
    now = datetime.now(UTC)
    old, new, older = (
        waiting(producer, now - timedelta(days=days)) for days in (60, 0, 90)
    )  # fmt: skip
    accepted = waiting(producer, now - timedelta(days=1), state=State.ACCEPTED)
    keep_state(accepted, State.ACCEPTED)
    say(team, old.id, (ITEM, None, LACKS), ("criterion.1.1", None, MEETS))
    items = team.get("/reviews").json["items"]
    assert [one["dossier_id"] for one in items] == [older.id, old.id, new.id]
    one = items[1]
    day = day_of(old.packages[0].signed.at)
    assert (one["age"], one["due_on"]) == (
        VIETNAM.between(day, TODAY), str(VIETNAM.after(day, 10)),
    )  # fmt: skip
    assert (one["said"], one["open"], one["overdue"]) == (2, 1, True)
    assert (items[2]["age"], items[2]["overdue"]) == (0, False)
    assert (one["product"], one["producer"]) == ("Đường thốt nốt mẫu", "Cơ sở Mẫu")
    overdue = team.get("/reviews?overdue=true").json["items"]
    assert [one["dossier_id"] for one in overdue] == [older.id, old.id]


def keep_state(dossier: Any, state: State) -> None:
    dossier.state = state
    keep(dossier)


def test_the_queue_is_filtered_and_comes_in_pages(team):
    producer = a_producer()
    other_round = "00000000-0000-4000-8000-00000000000a"
    keep(producer)
    now = datetime.now(UTC)
    dossiers = [waiting(producer, now - timedelta(days=days)) for days in (50, 40, 30)]
    elsewhere = waiting(producer, now - timedelta(days=20), round_id=other_round)
    send_back(team, dossiers[1].id, items=[{"reason": "Bổ sung"}])

    def ids(query: str) -> list[str]:
        return [one["dossier_id"] for one in team.get(f"/reviews?{query}").json["items"]]

    assert ids("state=returned") == [dossiers[1].id]
    assert ids("state=submitted") == [dossiers[0].id, dossiers[2].id, elsewhere.id]
    assert ids(f"round_id={other_round}") == [elsewhere.id]
    assert ids("state=returned&overdue=true") == []
    found, after = [], ""
    while True:
        page = team.get(f"/reviews?limit=1{after}").json
        found += [one["dossier_id"] for one in page["items"]]
        if page["after"] is None:
            break
        after = f"&after={page['after']}"
    assert found == [dossiers[0].id, dossiers[2].id, elsewhere.id, dossiers[1].id]
    for wrong in ("state=draft", "after=x", "limit=0", "overdue=maybe", 'round_id={"$ne":1}'):
        problem(team.get(f"/reviews?{wrong}"), 422, "unprocessable")


def test_another_tenants_review_is_not_there(people, submitted, issuer, database):
    before = as_kept(database)
    for tenant in ("an-giang", "tri-ton", "tinh-mau"):
        other = Person(people["help-team"].client, issuer, ("help-team",), tenant)
        assert other.get("/reviews").json["items"] == []
        problem(other.get(f"/reviews/{submitted.id}"), 404, "not-found")
        problem(say(other, submitted.id, (ITEM, None, MEETS)), 404, "not-found")
        problem(send_back(other, submitted.id), 404, "not-found")
        problem(accept(other, submitted.id), 404, "not-found")
        problem(other.get(f"/reviews/{submitted.id}", tenant=TENANT), 404, "not-found")
    assert as_kept(database) == before


# -- verdicts


def test_verdicts_are_saved_item_by_item_with_who_said_them(team, submitted, database):
    paper = f"evidence.{submitted.draft['evidence.1.5'][0]}"  # type: ignore[index,call-overload]
    answer = say(
        team, submitted.id,
        (ITEM, None, LACKS), ("field.registration.phone", None, MEETS), (paper, None, UNCLEAR),
    )  # fmt: skip
    assert verdicts_of(answer) == {
        ITEM: LACKS, "field.registration.phone": MEETS, paper: UNCLEAR,
    }  # fmt: skip
    signed = answer.json["last"]["verdicts"][0]["signed"]
    assert (signed["by"], signed["standing"]) == ("help-team", "help-team")
    assert "1.5" not in answer.json["unseen"]
    again = say(team, submitted.id, (ITEM, LACKS, MEETS), (paper, UNCLEAR, None))
    assert verdicts_of(again) == {ITEM: MEETS, "field.registration.phone": MEETS}
    acts = [*database.acts.find({"act": "say_verdicts"})]
    assert [(one["actor"], len(one["detail"]["changes"])) for one in acts] == [
        ("help-team", 3), ("help-team", 2),
    ]  # fmt: skip
    assert acts[1]["detail"]["changes"][0] == {"field": ITEM, "was": LACKS, "now": MEETS}


def test_the_dossier_stays_as_it_is_and_its_producer_hears_nothing(people, team, submitted):
    say(team, submitted.id, (ITEM, None, LACKS))
    assert told() == []
    seen = people["contact"].get(f"/dossiers/{submitted.id}").json
    assert (seen["version"], seen["returns"]) == (1, [])
    assert "Thiếu hợp đồng" not in people["contact"].get(f"/dossiers/{submitted.id}").text
    problem(people["contact"].get(f"/reviews/{submitted.id}"), 403, "forbidden")


def test_of_two_verdicts_on_one_item_the_second_is_shown_both(team, submitted):
    say(team, submitted.id, (ITEM, None, LACKS))
    answer = say(team, submitted.id, (ITEM, None, MEETS), ("criterion.1.1", None, MEETS))
    body = problem(answer, 409, "collided")
    assert body["conflicts"] == [{"field": ITEM, "yours": MEETS, "theirs": LACKS}]
    assert verdicts_of(team.get(f"/reviews/{submitted.id}")) == {ITEM: LACKS}
    assert verdicts_of(say(team, submitted.id, (ITEM, LACKS, MEETS))) == {ITEM: MEETS}


def test_two_reviewers_at_once_lose_nothing(people, team, submitted):
    other = Person(team.client, team.issuer, ("help-team",), subject="other")
    codes = [*SETS[1].criteria][:20]
    halves = {team: codes[::2], other: codes[1::2]}

    def review(by: Person) -> list[int]:
        return [
            say(by, submitted.id, (f"criterion.{code}", None, MEETS)).status_code
            for code in halves[by]
        ]

    with ThreadPoolExecutor(2) as pool:
        assert {code for codes in pool.map(review, halves) for code in codes} == {200}
    seen = team.get(f"/reviews/{submitted.id}").json["last"]["verdicts"]
    assert {one["item"]: one["signed"]["by"] for one in seen} == {
        f"criterion.{code}": by.subject for by, codes in halves.items() for code in codes
    }


NO_VERDICTS: tuple[tuple[str, Any, str], ...] = (
    ("criterion.99", MEETS, "criterion.99"),
    ("criterion.1", MEETS, "criterion.1"),
    ("field.registration.nothing", MEETS, "field.registration.nothing"),
    (f"evidence.{UNKNOWN}", MEETS, f"evidence.{UNKNOWN}"),
    ("1.5", MEETS, "1.5"),
    (ITEM, {"verdict": "lacks"}, f"{ITEM}.reason"),
    (ITEM, {"verdict": "unclear", "reason": None}, f"{ITEM}.reason"),
    (ITEM, {"verdict": "good"}, "verdicts.1.now.verdict"),
    (ITEM, {"verdict": "meets", "by": "me"}, "verdicts.1.now.by"),
    (ITEM, {"verdict": "lacks", "reason": " "}, "verdicts.1.now.reason"),
    (ITEM, "meets", "verdicts.1.now"),
    ("$where", MEETS, "verdicts.1.item"),
)


def test_what_is_no_verdict_is_refused_by_its_item(team, submitted, database):
    before = as_kept(database)
    for item, now, field in NO_VERDICTS:
        answer = say(team, submitted.id, ("criterion.1.1", None, MEETS), (item, None, now))
        body = problem(answer, 422, "unprocessable")
        assert [one["field"] for one in body["errors"]] == [field]
    assert as_kept(database) == before


# -- return


def test_a_return_asks_for_all_that_is_lacking_or_unclear_and_tells_the_producer(
    people, team, submitted
):
    paper = f"evidence.{submitted.draft['evidence.1.5'][0]}"  # type: ignore[index,call-overload]
    say(
        team, submitted.id, (ITEM, None, LACKS), ("criterion.1.1", None, MEETS),
        ("field.registration.phone", None, {"verdict": "unclear", "reason": "Không gọi được"}),
        (paper, None, UNCLEAR),
    )  # fmt: skip
    answer = send_back(team, submitted.id)
    assert (answer.status_code, answer.json["state"], answer.json["may"]) == (200, "returned", [])
    items = [
        {"field": None, "criterion": "1.5", "reason": LACKS["reason"]},
        {"field": "registration.phone", "criterion": None, "reason": "Không gọi được"},
        {"field": None, "criterion": "1.5", "reason": "giay.pdf: Ảnh mờ"},
    ]
    [event] = told()
    assert isinstance(event.data, DossierReturned)
    assert (event.subject, event.tenant, event.version) == (submitted.id, TENANT, 2)
    assert [one.model_dump() for one in event.data.items] == items
    assert (event.data.until, event.data.contacts) == (UNTIL, (CONTACT,))
    assert event.data.package_id == submitted.packages[0].id
    seen = people["contact"].get(f"/dossiers/{submitted.id}").json
    assert (seen["state"], seen["until"]) == ("returned", str(UNTIL))
    assert seen["returns"][0]["items"] == items
    assert "fill" in seen["may"]
    [waiting] = team.get("/reviews").json["items"]
    assert (waiting["state"], waiting["due_on"]) == ("returned", str(UNTIL))


def test_a_return_may_name_its_items(team, submitted):
    say(team, submitted.id, (ITEM, None, LACKS))
    items = [{"reason": "Nộp thêm mẫu"}, {"criterion": "1.1", "reason": "Mô tả rõ hơn"}]
    asked = send_back(team, submitted.id, items=items).json["last"]["items"]
    assert [(one["field"], one["criterion"], one["reason"]) for one in asked] == [
        (None, None, "Nộp thêm mẫu"), (None, "1.1", "Mô tả rõ hơn"),
    ]  # fmt: skip


NO_RETURNS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"until": str(TODAY)}, "until"),
    ({"until": str(TODAY - timedelta(days=1))}, "until"),
    ({"until": str(SATURDAY)}, "until"),
    ({"until": "9999-12-31"}, "until"),
    ({"until": "20/01/2027"}, "until"),
    ({"until": None}, "until"),
    ({"items": [{"criterion": "99", "reason": "x"}]}, "items.0.criterion"),
    ({"items": [{"field": "no.such", "reason": "x"}]}, "items.0.field"),
    ({"items": [{"field": "plan.markets", "criterion": "1.5", "reason": "x"}]}, "items.0"),
    ({"items": [{"criterion": "1.5"}]}, "items.0.reason"),
    ({"items": [{"reason": "x", "evidence": "y"}]}, "items.0.evidence"),
    ({"items": []}, "items"),
    ({}, "items"),
)


def test_a_return_that_asks_for_nothing_or_until_no_day_is_refused(team, submitted, database):
    before = as_kept(database)
    for wrong, field in NO_RETURNS:
        answer = team.post(f"/reviews/{submitted.id}/return", json={"until": str(UNTIL)} | wrong)
        errors = problem(answer, 422, "unprocessable")["errors"]
        assert [one["field"] for one in errors] == [field]
    assert as_kept(database) == before


def test_a_day_off_is_told_with_the_next_working_day(team, submitted):
    body = problem(
        send_back(team, submitted.id, SATURDAY, items=[{"reason": "x"}]), 422, "unprocessable"
    )
    assert f"{VIETNAM.after(SATURDAY, 1):%d/%m/%Y}" in body["errors"][0]["vi"]


# -- acceptance


def test_what_is_lacking_or_unclear_keeps_it_from_the_council(team, submitted, database):
    say(team, submitted.id, (ITEM, None, LACKS), ("criterion.1.1", None, UNCLEAR))
    before = as_kept(database)
    body = problem(accept(team, submitted.id), 409, "open-items")
    assert [one["field"] for one in body["errors"]] == [ITEM, "criterion.1.1"]
    assert as_kept(database) == before
    say(team, submitted.id, (ITEM, LACKS, MEETS), ("criterion.1.1", UNCLEAR, MEETS))
    assert accept(team, submitted.id).json["state"] == "accepted"


def test_acceptance_goes_to_the_council_and_criteria_without_a_verdict_only_warn(team, submitted):
    say(team, submitted.id, (ITEM, None, MEETS))
    answer = accept(team, submitted.id)
    assert (answer.status_code, answer.json["state"], answer.json["may"]) == (200, "accepted", [])
    assert answer.json["unseen"] == [code for code in SETS[1].criteria if code != "1.5"]
    [event] = told()
    assert isinstance(event.data, DossierAccepted)
    assert (event.subject, event.data.package_id) == (submitted.id, submitted.packages[0].id)
    assert (event.data.dossier.product_id, event.version) == (submitted.product_id, 2)
    assert team.get("/reviews").json["items"] == []


# -- by whom, in which state, with which version, at once

ACTS = {
    "verdicts": lambda by, id, **options: say(by, id, (ITEM, None, MEETS), **options),
    "return": lambda by, id, **options: send_back(by, id, items=[{"reason": "x"}], **options),
    "acceptance": accept,
}
OUTCOMES = {
    State.DRAFT: "not-found",  # nothing was submitted yet
    State.CONFIRMED: "not-found",
    State.SUBMITTED: None,
    State.RETURNED: "out-of-order",
    State.ACCEPTED: "out-of-order",
    State.WITHDRAWN: "out-of-order",
}
"""Of each act in each state."""


def test_every_act_of_a_review_is_in_the_table(people):
    app = people["help-team"].client.application
    posts = [
        rule.rule.rsplit("/", 1)[1]
        for rule in app.url_map.iter_rules()
        if "/reviews/" in rule.rule and rule.methods and "POST" in rule.methods
    ]
    assert sorted(posts) == sorted(ACTS)
    assert OUTCOMES.keys() == {*State}


def one_more(number: int, **about: Any) -> Any:
    """A submitted dossier of a producer of its own."""
    producer = a_producer(f"Cơ sở {number}")
    dossier, package = a_submitted(producer, product_id=some_id(AT + timedelta(number)))
    dossier = dossier.model_copy(update=about)
    keep(producer, dossier, package)
    return dossier


def test_acts_in_each_state(team, database):
    cases = [(state, name) for state in State for name in ACTS]
    for number, (state, name) in enumerate(cases):
        never = {"packages": ()} if OUTCOMES[state] == "not-found" else {}
        signed = Signature(by="help-team", standing=Standing.HELP_TEAM, at=AT)
        back = Return(package_id=UNKNOWN, items=(), until=UNTIL, signed=signed)
        dossier = one_more(number, state=state, returns=(back,), **never)
        before, answer = as_kept(database), ACTS[name](team, dossier.id)
        if OUTCOMES[state] is None:
            assert (name, answer.status_code) == (name, 200)
        else:
            problem(answer, 404 if OUTCOMES[state] == "not-found" else 409, OUTCOMES[state])
            assert as_kept(database) == before


def test_acts_by_everybody_else(people, submitted, database):
    before = as_kept(database)
    for who, by in people.items():
        if who != "help-team":
            for act in ACTS.values():
                problem(act(by, submitted.id), 403, "forbidden")
    assert as_kept(database) == before


def test_who_is_a_contact_of_the_producer_does_not_review_its_dossiers(people, submitted, database):
    own = Person(
        people["help-team"].client, people["help-team"].issuer, ("help-team",), phone=PHONE
    )
    before = as_kept(database)
    for act in ACTS.values():
        body = problem(act(own, submitted.id), 403, "forbidden")
        assert "người liên hệ" in body["detail"]
    problem(own.get(f"/reviews/{submitted.id}"), 403, "forbidden")
    assert as_kept(database) == before


def test_an_act_on_a_version_that_has_passed_is_refused(team, database):
    for number, act in enumerate(ACTS.values()):
        dossier = one_more(number)
        keep(dossier)  # somebody saved it meanwhile
        before = as_kept(database)
        problem(act(team, dossier.id, headers={"If-Match": '"1"'}), 412, "stale")
        assert as_kept(database) == before
        assert act(team, dossier.id, headers={"If-Match": '"2"'}).status_code == 200


def test_twice_or_by_two_at_once_one_is_told_that_it_is_done(people, team, database):
    pairs = [("return", "return"), ("acceptance", "acceptance"), ("return", "acceptance")]
    for number, names in enumerate(pairs):
        dossier = one_more(number)
        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(ACTS[name], team, dossier.id) for name in names]
            assert sorted(one.result().status_code for one in sent) == [200, 409]
        for name in names:
            problem(ACTS[name](team, dossier.id), 409, "out-of-order")
        assert [one.subject for one in told()].count(dossier.id) == 1


def test_a_verdict_at_the_moment_of_acceptance_is_not_passed_over(team, submitted):
    """Whichever comes first: never accepted with something lacking."""
    with ThreadPoolExecutor(2) as pool:
        verdict = pool.submit(say, team, submitted.id, (ITEM, None, LACKS))
        accepted = pool.submit(accept, team, submitted.id)
        outcome = verdict.result().status_code, accepted.result().status_code
    assert outcome in ((200, 409), (409, 200))


def test_sent_again_with_its_key_it_is_answered_as_before(team, submitted):
    key = {"Idempotency-Key": "abc"}
    first, again = (
        send_back(team, submitted.id, items=[{"reason": "x"}], headers=key) for _ in "ab"
    )
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    assert len(told()) == 1
