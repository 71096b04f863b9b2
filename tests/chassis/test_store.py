"""The unit of work: all of it or nothing, versions, tenants, acts, inbox and outbox."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from mongoengine import StringField
from pydantic import JsonValue

from chassis.aggregate import Aggregate
from chassis.problems import NotFound, Outdated, Stale, Unavailable
from chassis.scope import Scope, entered
from chassis.store import unit_of_work
from chassis.store.documents import AggregateDocument
from chassis.store.unit_of_work import AlreadyHandled, UnitOfWork, handle, handle_all, run
from contracts.dossier import ProducerFacts, ProducerRegistered
from contracts.event import Envelope
from tests.chassis.running import event

REGISTERED = ProducerRegistered(producer=ProducerFacts(name="Cơ sở Mẫu", address="xã Mẫu"))


class Counted(Aggregate):
    name: str
    count: int = 0
    since: datetime | None = None


class CountedDocument(AggregateDocument):
    aggregate = Counted
    meta = {"collection": "counted", "indexes": [{"fields": ["tenant", "name"], "unique": True}]}

    name = StringField()


class Written(Aggregate):
    """Its past matters."""

    kept = True
    text: str
    on: date = date(2025, 7, 1)


class WrittenDocument(AggregateDocument):
    aggregate = Written
    meta = {"collection": "written"}


def count(work: UnitOfWork, name: str) -> Counted:
    one = work.first(Counted, name=name) or Counted(tenant=work.scope.tenant, name=name)
    one.count += 1
    work.save(one)
    work.tell(REGISTERED, about=one)
    return one


def count_then_fail(work: UnitOfWork, name: str) -> None:
    count(work, name)
    raise RuntimeError("after all")


def test_a_use_case_keeps_its_aggregate_an_act_and_an_outbox_row(database, tri_ton):
    one = run(count, "a")
    assert list(database.counted.find()) == [
        {"_id": one.id, "tenant": "tri-ton", "version": 1, "name": "a", "count": 1, "since": None}
    ]
    (act,) = database.acts.find({}, {"_id": 0, "at": 0})
    assert act == {
        "act": "count", "actor": "officer", "acting_for": "tri-ton", "tenant": "tri-ton",
        "kind": "Counted", "subject": one.id, "version": 1, "detail": None,
    }  # fmt: skip
    (row,) = database.outbox.find()
    told = Envelope.decoded(row["body"])
    assert (row["exchange"], row["key"]) == ("dossier", "producer.registered.v1.tri-ton")
    assert (told.subject, told.version, told.tenant) == (one.id, 1, "tri-ton")
    assert (told.data, told.id, row["published_at"]) == (REGISTERED, row["_id"], None)


def test_a_use_case_that_fails_keeps_nothing(database, tri_ton):
    with pytest.raises(RuntimeError):
        run(count_then_fail, "a")
    kept = {name: database[name].count_documents({}) for name in ("counted", "acts", "outbox")}
    assert kept == {"counted": 0, "acts": 0, "outbox": 0}


def test_many_writers_of_one_aggregate_lose_no_change(database, tri_ton):
    run(count, "a")
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(copy_context().run, run, count, "a") for _ in range(40)]
    versions = sorted(future.result().version for future in futures)
    assert versions == list(range(2, 42))
    (row,) = database.counted.find()
    assert (row["count"], row["version"]) == (41, 41)
    told = sorted(Envelope.decoded(row["body"]).version for row in database.outbox.find())
    assert told == list(range(1, 42))


def test_two_that_make_the_same_at_once_make_it_once(database, tri_ton):
    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(copy_context().run, run, count, "new") for _ in range(6)]
    assert sorted(future.result().count for future in futures) == [1, 2, 3, 4, 5, 6]
    assert database.counted.count_documents({}) == 1


def test_a_stale_copy_is_never_kept_over_a_newer(database, tri_ton):
    run(count, "a")
    first, second = UnitOfWork("first"), UnitOfWork("second")
    for work, number in ((first, 10), (second, 20)):
        one = work.first(Counted, name="a")
        assert one is not None
        one.count = number
        work.save(one)
    first.commit()
    with pytest.raises(Exception, match="Somebody else has just changed this"):
        second.commit()
    (row,) = database.counted.find()
    assert (row["count"], row["version"]) == (10, 2)


def test_another_tenant_finds_nothing_and_writes_nothing(database, tri_ton):
    ours = run(count, "a")
    with entered(Scope("chau-doc", "officer")):
        with pytest.raises(NotFound):
            run(UnitOfWork.get, Counted, ours.id)
        assert run(UnitOfWork.all, Counted) == []
        assert run(UnitOfWork.count, Counted) == 0
        assert run(UnitOfWork.page, Counted, after=None, limit=10) == []
        with pytest.raises(LookupError):
            run(UnitOfWork.save, ours)
    assert run(UnitOfWork.all, Counted) == [ours]


def test_a_query_cannot_reach_beyond_its_scope_even_when_it_names_another_tenant(database, tri_ton):
    run(count, "a")
    with entered(Scope("chau-doc", "officer")):
        assert run(UnitOfWork.all, Counted, tenant="tri-ton") == []
        wide: Any = {"__raw__": {"$or": [{"tenant": "tri-ton"}, {}]}}
        assert run(UnitOfWork.all, Counted, **wide) == []


def test_a_province_reaches_its_districts_where_the_act_says_so(database, tri_ton):
    ours = run(count, "a")
    with entered(Scope("an-giang", "office")):
        assert run(UnitOfWork.all, Counted) == []
    with entered(Scope("an-giang", "office", frozenset({"tri-ton"}))):
        assert run(UnitOfWork.all, Counted) == [ours]
        run(UnitOfWork.save, ours)
    act = database.acts.find_one({"version": 2})
    assert (act["tenant"], act["acting_for"], act["actor"]) == ("tri-ton", "an-giang", "office")


def test_without_a_scope_reading_is_an_error(database):
    with pytest.raises(LookupError):
        run(UnitOfWork.all, Counted)
    with entered(Scope("tri-ton", "officer")), ThreadPoolExecutor(1) as pool:
        future = pool.submit(run, UnitOfWork.all, Counted)  # a new thread has an empty context
        with pytest.raises(LookupError):
            future.result()


def test_an_event_is_handled_once(database, tri_ton):
    one = event("x")
    handle("lab.test", one, count, "a")
    with pytest.raises(AlreadyHandled):
        handle("lab.test", one, count, "a")
    handle("lab.other", one, count, "b")
    assert {row["name"]: row["count"] for row in database.counted.find()} == {"a": 1, "b": 1}


def test_an_event_handled_by_two_at_once_has_one_effect(database, tri_ton):
    one = event("x")
    with ThreadPoolExecutor(6) as pool:
        futures = [
            pool.submit(copy_context().run, handle, "lab.test", one, count, "a") for _ in range(6)
        ]
    refused = [future.exception() for future in futures]
    assert sum(isinstance(error, AlreadyHandled) for error in refused) == 5
    assert [row["count"] for row in database.counted.find()] == [1]


def test_of_a_batch_only_the_new_events_are_handled(database, tri_ton):
    seen: list[list[str]] = []

    def note(work: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
        seen.append([one.data.producer.name for one in envelopes])  # type: ignore[attr-defined]

    a, b, c = event("a"), event("b"), event("c")
    handle_all("lab.test", [a, b, b], note)
    handle_all("lab.test", [a, c], note)
    assert handle_all("lab.test", [a, b, c], note) is None
    assert seen == [["a", "b"], ["c"]]


# -- what was before


def write(work: UnitOfWork, text: str, why: JsonValue = None, id: str = "") -> Written:
    one = work.get(Written, id) if id else Written(tenant=work.scope.tenant, text=text)
    one.text = text
    work.save(one, detail=why)
    return one


def test_each_version_of_a_kept_aggregate_can_be_read_again(database, tri_ton):
    one = run(write, "a")
    for text in ("b", "c"):
        run(write, text, id=one.id)
    versions = [run(UnitOfWork.version_of, Written, one.id, number) for number in (1, 2, 3)]
    assert [(was.id, was.version, was.text, was.on) for was in versions] == [
        (one.id, 1, "a", date(2025, 7, 1)),
        (one.id, 2, "b", date(2025, 7, 1)),
        (one.id, 3, "c", date(2025, 7, 1)),
    ]
    rows = database.written_versions.find({}, {"body": 0, "at": 0}).sort("_id")
    assert list(rows) == [
        {"_id": f"{one.id}/{number}", "tenant": "tri-ton", "actor": "officer"}
        for number in (1, 2, 3)
    ]
    with pytest.raises(NotFound):
        run(UnitOfWork.version_of, Written, one.id, 4)


def test_an_old_version_is_never_kept_over_the_present_one(database, tri_ton):
    one = run(write, "a")
    run(write, "b", id=one.id)
    work = UnitOfWork("restore")
    work.save(work.version_of(Written, one.id, 1))
    with pytest.raises(Outdated):
        work.commit()
    assert database.written.find_one()["text"] == "b"


def test_what_is_more_than_the_store_can_take_is_told_so_and_leaves_nothing(database, tri_ton):
    """By MongoDB's own bound, a share of its cache."""
    cache = database.client.admin.command("serverStatus")["wiredTiger"]["cache"]
    share = cache["maximum bytes configured"] // 2
    if share > 200_000_000:
        pytest.skip("its cache is too large to be filled")

    def too_much(work: UnitOfWork) -> None:
        for _ in range(share // 8_000_000):
            work.save(Written(tenant="tri-ton", text="a" * 8_000_000))

    with pytest.raises(Unavailable):
        run(too_much)
    assert database.written.count_documents({}) == 0


@pytest.mark.parametrize(("patience", "begins"), [(1000, 30), (-1, 1)])
def test_who_is_never_first_is_told_so_in_time(database, tri_ton, monkeypatch, patience, begins):
    """A use case is begun again so many times, and only while there is time."""
    monkeypatch.setattr(unit_of_work, "PATIENCE_S", patience)
    one = run(write, "a")
    begun: list[str] = []

    def too_late(work: UnitOfWork) -> None:
        mine = work.get(Written, one.id)
        begun.append(mine.text)
        run(write, f"another's {len(begun)}", id=one.id)
        work.save(mine)

    with pytest.raises(Outdated):
        run(too_late)
    assert begun == ["a", *(f"another's {number}" for number in range(1, begins))]


def test_a_version_is_kept_with_its_change_or_neither(database, tri_ton):
    one = run(write, "a")
    first, second = UnitOfWork("first"), UnitOfWork("second")
    write(first, "first", id=one.id)
    write(second, "second", id=one.id)
    first.commit()
    with pytest.raises(Outdated):
        second.commit()
    kept = database.written_versions.find().sort("_id")
    assert [row["body"]["text"] for row in kept] == ["a", "first"]


def test_what_is_not_kept_by_version_has_no_past(database, tri_ton):
    one = run(count, "a")
    names = database.list_collection_names()
    assert ("written_versions" in names, "counted_versions" in names) == (True, False)
    with pytest.raises(NotFound):
        run(UnitOfWork.version_of, Counted, one.id, 1)


def test_acts_tell_who_did_what_when_and_why_the_oldest_first(database, tri_ton):
    one = run(write, "a")
    other = run(write, "b", why="another's")
    changes: JsonValue = [{"field": "text", "was": "a", "now": "c"}]
    with entered(Scope("an-giang", "office", frozenset({"tri-ton"}))):
        run(write, "c", why=changes, id=one.id)
    first, second = run(UnitOfWork.acts, one)
    assert (first.act, first.actor, first.acting_for) == ("write", "officer", "tri-ton")
    assert (first.version, first.detail) == (1, None)
    assert (second.act, second.actor, second.acting_for) == ("write", "office", "an-giang")
    assert (second.version, second.detail) == (2, changes)
    assert first.at < second.at
    assert first.at.tzinfo is not None
    assert [act.detail for act in run(UnitOfWork.acts, other)] == ["another's"]


def test_a_detail_is_the_acts_that_was_saved_with_it_and_stays_when_it_is_saved_again(
    database, tri_ton
):
    def write_two(work: UnitOfWork) -> list[Written]:
        both = [Written(tenant="tri-ton", text=text) for text in ("a", "b")]
        work.save(both[0], detail={"reason": "first"})
        work.save(*both)
        return both

    a, b = run(write_two)
    assert [act.detail for act in run(UnitOfWork.acts, a)] == [{"reason": "first"}]
    assert [act.detail for act in run(UnitOfWork.acts, b)] == [None]


def test_another_tenant_sees_neither_acts_nor_versions(database, tri_ton):
    one = run(write, "a")
    with entered(Scope("chau-doc", "officer")):
        assert run(UnitOfWork.acts, one) == []
        with pytest.raises(NotFound):
            run(UnitOfWork.version_of, Written, one.id, 1)
    with entered(Scope("an-giang", "office", frozenset({"tri-ton"}))):
        assert len(run(UnitOfWork.acts, one)) == 1
        assert run(UnitOfWork.version_of, Written, one.id, 1) == one


# -- who has seen which version


def rewrite(work: UnitOfWork, id: str, text: str, seen: int | None) -> Written:
    one = work.get(Written, id)
    work.expect(one, seen)
    one.text = text
    work.save(one)
    return one


def test_who_has_seen_another_version_is_told_the_present_one_and_changes_nothing(
    database, tri_ton
):
    one = run(write, "a")
    assert run(rewrite, one.id, "b", 1).version == 2
    for seen in (1, 3):
        with pytest.raises(Stale) as refused:
            run(rewrite, one.id, "c", seen)
        body = refused.value.as_json()
        assert (body["status"], body["type"]) == (412, "urn:ocop:problem:stale")
        for words in (body["detail"], body["en"]["detail"]):
            assert re.findall(r"\d+", words) == [str(seen), "2"]
    assert run(rewrite, one.id, "c", None).version == 3


def test_of_two_at_once_who_have_seen_the_same_version_one_is_stale(database, tri_ton):
    one = run(write, "a")
    for seen in range(1, 6):
        begin = Barrier(2)

        def at_once(text: str, seen: int = seen, begin: Barrier = begin) -> str:
            begin.wait()
            return run(rewrite, one.id, text, seen).text

        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(copy_context().run, at_once, text) for text in "bc"]
        errors = [future.exception() for future in both]
        assert [type(error) for error in errors if error] == [Stale]
        (won,) = [future.result() for future, error in zip(both, errors, strict=True) if not error]
        (row,) = database.written.find()
        assert (row["text"], row["version"]) == (won, seen + 1)


def test_to_tell_of_what_is_not_saved_is_an_error(database, tri_ton):
    def only_tell(work: UnitOfWork) -> None:
        work.tell(REGISTERED, about=Counted(tenant="tri-ton", name="a"))

    with pytest.raises(LookupError, match="without saving it"):
        run(only_tell)


def test_a_use_case_happens_at_one_instant(database, tri_ton):
    def make(work: UnitOfWork) -> datetime:
        one = Counted(tenant="tri-ton", name="a", since=work.at)
        work.save(one)
        work.tell(REGISTERED, about=one)
        return work.at

    at = run(make).replace(microsecond=0)
    (row,) = database.counted.find()
    assert row["since"].replace(microsecond=0) == at
    assert Envelope.decoded(database.outbox.find_one()["body"]).time.replace(microsecond=0) == at
    assert at.tzinfo is UTC


def test_many_new_aggregates_are_written_well_within_a_transactions_life(database, tri_ton):
    def make(work: UnitOfWork) -> None:
        for number in range(6000):
            one = Counted(tenant="tri-ton", name=f"n{number}")
            work.save(one)
            work.tell(REGISTERED, about=one)

    run(make)
    assert database.outbox.count_documents({}) == 6000
