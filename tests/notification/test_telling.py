"""Events to messages: each rule once for each receiver, however often and in whatever order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest

from chassis.store.unit_of_work import AlreadyHandled
from contracts.event import Envelope, Event
from contracts.person import Contact
from contracts.topology import NEWS_TO_MESSAGES
from tests.notification.news import (
    HOA,
    LAN,
    TU,
    annulled,
    approved,
    cancelled,
    confirmed,
    convened,
    decided,
    ended,
    issued,
    news,
    returned,
    take,
    unconfirmed,
    undecided,
)

EVERYBODY = (HOA, TU, LAN)
ALL: dict[str, Callable[..., Event]] = {
    "dossier-returned": returned,
    "package-ended": ended,
    "session-convened": convened,
    "session-cancelled": cancelled,
    "result-approved": approved,
    "result-annulled": annulled,
    "decision-made": lambda *contacts: decided(a=contacts[:1], b=contacts[1:]),
    "decision-annulled": lambda *contacts: undecided(a=contacts[:1], b=contacts[1:]),
    "higher-result-confirmed": confirmed,
    "higher-result-annulled": unconfirmed,
    "certificate-issued": issued,
}


def told(database: Any) -> list[tuple[str, str]]:
    """(rule, name of the receiver)"""
    rows = database.messages.find()
    return sorted((row["rule"], row["receiver"]["name"]) for row in rows)


def requests(database: Any) -> list[str]:
    """Whose mail was asked for, by the message's id."""
    rows = database.outbox.find({"key": {"$regex": r"^mail\.requested"}})
    return sorted(Envelope.decoded(row["body"]).subject for row in rows)


def test_every_subscribed_event_has_a_case_here():
    assert {make(*EVERYBODY).type for make in ALL.values()} == {
        event.type for event in NEWS_TO_MESSAGES.events
    }


@pytest.mark.parametrize("rule", ALL)
def test_each_receiver_is_told_once_and_mailed_where_there_is_an_address(database, tenants, rule):
    envelope = news(ALL[rule](*EVERYBODY))
    take(envelope, tenants)
    for _ in range(2):
        with pytest.raises(AlreadyHandled):
            take(envelope, tenants)
    assert told(database) == sorted((rule, one.name) for one in EVERYBODY)
    mailed = {row["receiver"]["email"]: row["_id"] for row in database.messages.find()}
    assert requests(database) == sorted([mailed[HOA.email], mailed[LAN.email]])
    states = {row["receiver"]["name"]: row["mail"]["state"] for row in database.messages.find()}
    assert states == {HOA.name: "waiting", TU.name: "none", LAN.name: "waiting"}
    assert {row["tenant"] for row in database.messages.find()} == {"huyen-mau"}


@pytest.mark.parametrize("rule", ALL)
def test_one_that_comes_again_when_its_inbox_row_is_long_gone_is_the_same_message(
    database, tenants, rule
):
    envelope = news(ALL[rule](*EVERYBODY))
    take(envelope, tenants)
    before, asked = list(database.messages.find()), requests(database)
    database.inbox.delete_many({})
    take(envelope, tenants)
    assert (list(database.messages.find()), requests(database)) == (before, asked)


@pytest.mark.parametrize("rule", ALL)
def test_workers_that_get_it_at_once_tell_it_once(database, tenants, rule):
    envelope, begin = news(ALL[rule](*EVERYBODY)), Barrier(4)

    def work(_: int) -> str:
        begin.wait()
        try:
            take(envelope, tenants)
        except AlreadyHandled:
            return "had"
        return "told"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == ["had", "had", "had", "told"]
    assert told(database) == sorted((rule, one.name) for one in EVERYBODY)
    assert len(requests(database)) == 2


def test_in_any_order_the_same_is_told(database, tenants):
    session = "00000000-0000-4000-8000-00000000000a"
    history = [
        news(convened(HOA), session, 1),
        news(convened(HOA, TU, place="Phòng họp số 2"), session, 2),
        news(cancelled(HOA, TU), session, 3),
    ]
    seen = set()
    for order in permutations(history):
        for name in ("messages", "inbox", "outbox", "acts"):
            database[name].delete_many({})
        for one in order:
            take(one, tenants)
        ids = sorted(row["_id"] for row in database.messages.find())
        seen.add((*ids, *requests(database)))
    assert len(seen) == 1
    assert len(told(database)) == 5


@pytest.mark.parametrize("make", [decided, undecided])
def test_of_a_decision_each_producer_is_told_of_its_own_products_alone(database, tenants, make):
    take(news(make(**{"Mắm mẫu": (HOA,), "Gạo mẫu": (TU,), "Khô mẫu": (TU, HOA)})), tenants)
    bodies = {row["receiver"]["name"]: row["body"]["vi"] for row in database.messages.find()}
    found = {
        name: [one for one in ("Mắm mẫu", "Gạo mẫu", "Khô mẫu") if one in body]
        for name, body in bodies.items()
    }
    assert found == {HOA.name: ["Mắm mẫu", "Khô mẫu"], TU.name: ["Gạo mẫu", "Khô mẫu"]}


def test_who_is_named_by_phone_here_and_by_address_there_is_one_receiver(database, tenants):
    by_phone = Contact(name="Hoa", phone=HOA.phone)
    by_email = Contact(name="Chị Hoa", email=HOA.email)
    take(news(decided(a=(by_phone,), b=(by_email,), c=(HOA,), d=(TU,))), tenants)
    rows = sorted(database.messages.find(), key=lambda row: row["receiver"]["phone"])
    assert [(row["receiver"]["name"], row["reached_by"]) for row in rows] == [
        ("Hoa", [HOA.phone, HOA.email]),
        (TU.name, [TU.phone]),
    ]
    assert [one for one in "abc" if f"- {one} (" in rows[0]["body"]["vi"]] == ["a", "b", "c"]


def told_where(database: Any) -> list[tuple[str, str]]:
    """(tenant, name of the receiver)"""
    return sorted((row["tenant"], row["receiver"]["name"]) for row in database.messages.find())


@pytest.mark.parametrize(
    "make",
    [
        lambda owner: approved(HOA, owner=owner),
        lambda owner: annulled(HOA, owner=owner),
        lambda owner: decided({"a": owner} if owner else {}, a=(HOA,)),
        lambda owner: undecided({"a": owner} if owner else {}, a=(HOA,)),
    ],
    ids=["result", "result annulled", "decision", "decision annulled"],
)
@pytest.mark.parametrize(
    ("teller", "owner", "where"),
    [
        ("an-giang", "tri-ton", "tri-ton"),
        ("an-giang", "an-giang", "an-giang"),
        ("an-giang", None, "an-giang"),
        ("an-giang", "huyen-mau", "an-giang"),  # another province's
        ("an-giang", "tinh-mau", "an-giang"),
        ("an-giang", "nowhere", "an-giang"),
        ("an-giang", "platform", "an-giang"),
        ("tri-ton", "chau-phu", "tri-ton"),  # beside it
        ("tri-ton", "an-giang", "tri-ton"),  # above it
        ("tri-ton", "huyen-mau", "tri-ton"),
    ],
)
def test_it_is_told_in_the_products_tenant_where_that_lies_below_and_nowhere_else(
    database, tenants, make, teller, owner, where
):
    take(news(make(owner), tenant=teller), tenants)
    assert told_where(database) == [(where, HOA.name)]
    (row,) = database.messages.find()
    assert row["teller"] == teller
    assert [Envelope.decoded(one["body"]).tenant for one in database.outbox.find()] == [where]


def test_of_products_in_two_tenants_each_is_told_in_its_own(database, tenants):
    whose = {"Mắm mẫu": "tri-ton", "Gạo mẫu": "chau-phu", "Khô mẫu": "tri-ton", "Trà mẫu": "x"}
    event = decided(
        whose,
        **{"Mắm mẫu": (HOA, TU), "Gạo mẫu": (HOA,), "Khô mẫu": (HOA,), "Trà mẫu": (HOA,)},
        **{"Muối mẫu": (HOA,)},
    )
    envelope = news(event, tenant="an-giang")
    take(envelope, tenants)
    database.inbox.delete_many({})
    take(envelope, tenants)
    products = [*whose, "Muối mẫu"]
    assert {
        (row["tenant"], row["receiver"]["name"]): [
            one for one in products if f"- {one} (" in row["body"]["vi"]
        ]
        for row in database.messages.find()
    } == {
        ("tri-ton", HOA.name): ["Mắm mẫu", "Khô mẫu"],
        ("tri-ton", TU.name): ["Mắm mẫu"],
        ("chau-phu", HOA.name): ["Gạo mẫu"],
        ("an-giang", HOA.name): ["Trà mẫu", "Muối mẫu"],
    }
    assert database.messages.count_documents({}) == 4


def test_wherever_it_is_read_it_names_who_decided(database, tenants):
    take(news(decided({"a": "huyen-mau"}, a=(HOA,)), tenant="tinh-mau"), tenants)
    (row,) = database.messages.find()
    ends = {language: row["body"][language].splitlines()[-1] for language in ("vi", "en")}
    assert (row["tenant"], ends) == ("huyen-mau", {"vi": "Tỉnh Mẫu", "en": "Sample province"})


def test_an_imported_certificate_has_nobody_to_be_told(database, tenants):
    take(news(issued()), tenants)
    assert (told(database), requests(database)) == ([], [])
    assert database.inbox.count_documents({}) == 0  # a long list costs nothing here
