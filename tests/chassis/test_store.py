"""The unit of work: all of it or nothing, versions, tenants, acts, inbox and outbox."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any

import pytest
from mongoengine import StringField

from chassis.aggregate import Aggregate
from chassis.problems import NotFound
from chassis.scope import Scope, entered
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
        "kind": "Counted", "subject": one.id, "version": 1,
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
