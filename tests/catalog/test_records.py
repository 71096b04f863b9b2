"""Facts to listings: any order and repetition, numbers without gap, each stream its own."""

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import services.catalog.bootstrap  # noqa: F401  the documents
from chassis.scope import SERVICE, Scope, entered
from chassis.store.tellers import Foreign
from chassis.store.unit_of_work import UnitOfWork, run
from chassis.tenants import Tenants
from contracts.dossier import CertifiedFacts, ProductSet, SetBasis
from contracts.evaluation import CertificateIssued, Origin
from contracts.event import Envelope
from services.catalog.application.records import listings_about
from services.catalog.domain.records import Record
from tests.catalog.facts import (
    an_id,
    certificate,
    event,
    hear,
    producer,
    product,
    scope_of,
    told,
)

KNOWN = {"listed": True, "revision": 1, "name": "Gạo A", "star": 3}


def seen(listing: dict[str, Any]) -> dict[str, Any]:
    return {name: listing[name] for name in KNOWN}


def record(tenants: Tenants, id: int = 2) -> Record:
    with entered(Scope(SERVICE, "test", frozenset(one.slug for one in tenants))):
        return run(UnitOfWork.get, Record, an_id(id))


def test_a_product_is_told_once_all_three_parts_are_there(database, tenants):
    for one in (product(), certificate()):
        hear(tenants, one)
    assert told(database) == []
    hear(tenants, producer())
    (only,) = told(database)
    assert only == {
        "sequence": 1,
        "listing": {
            "id": an_id(2),
            "revision": 1,
            "listed": True,
            "name": "Gạo A",
            "producer": {"id": an_id(1), "name": "Cơ sở A"},
            "place": {
                "address": "ấp 1, xã A",
                "tenant": "tri-ton",
                "unit": "Huyện Tri Tôn",
                "province": "an-giang",
            },
            "set": None,
            "star": 3,
            "potential": None,
            "certificate": {
                "id": an_id(3),
                "origin": "imported",
                "number": None,
                "decided_on": None,
                "expires_on": None,
                "reported_on": "2023-12-31",
                "source": None,
            },
            "today": None,
        },
    }
    row = database.outbox.find_one({"public": True})
    assert (row["exchange"], row["key"]) == ("", "catalog.public")


def test_a_producers_new_name_reaches_all_of_its_products_and_no_other(database, tenants):
    hear(tenants, producer(), product(), certificate(), product(12), certificate(13, of=12))
    hear(tenants, producer(21), product(22, of=21), certificate(23, of=22))
    before = len(told(database))
    hear(tenants, producer(name="Cơ sở B", version=2))
    listings = [one["listing"] for one in told(database)[before:]]
    assert sorted((one["id"], one["producer"]["name"], one["revision"]) for one in listings) == [
        (an_id(2), "Cơ sở B", 2),
        (an_id(12), "Cơ sở B", 2),
    ]


@pytest.mark.parametrize(
    "taken_back",
    [
        product(withdrawn=True, version=2),
        producer(withdrawn=True, version=2),
        certificate(annulled=True, version=2),
    ],
    ids=lambda one: one.type,
)
def test_what_is_taken_back_leaves_with_a_last_word(database, tenants, taken_back):
    hear(tenants, producer(), product(), certificate())
    hear(tenants, taken_back)
    first, last = (one["listing"] for one in told(database))
    assert last == first | {"revision": 2, "listed": False}
    assert not record(tenants).listed


def test_what_was_never_shown_is_not_told_when_it_is_withdrawn(database, tenants):
    hear(tenants, producer(), product(withdrawn=True, version=2), certificate())
    hear(tenants, product())
    assert told(database) == []


def test_what_changes_nothing_the_public_sees_is_not_told(database, tenants):
    hear(tenants, producer(), product(), certificate())
    hear(tenants, producer(version=2), product(version=5), certificate(version=9))
    assert [seen(one["listing"]) for one in told(database)] == [KNOWN]
    hear(tenants, product(name="Gạo cũ", version=4))
    assert [seen(one["listing"]) for one in told(database)] == [KNOWN]


def test_of_several_certificates_the_newest_that_stands_is_shown(database, tenants):
    hear(tenants, producer(), product(), certificate(star=3))
    hear(tenants, certificate(4, star=4, day=date(2024, 5, 1)))
    hear(tenants, certificate(5, star=5, day=date(2022, 5, 1)))
    hear(tenants, certificate(4, star=4, day=date(2024, 5, 1), annulled=True, version=2))
    hear(tenants, certificate(3, star=3, annulled=True, version=2))
    hear(tenants, certificate(5, star=5, day=date(2022, 5, 1), annulled=True, version=2))
    shown = [(one["listing"]["star"], one["listing"]["listed"]) for one in told(database)]
    assert shown == [(3, True), (4, True), (3, True), (5, True), (4, False)]


DECIDED = date(2026, 2, 10)
ISSUED = {"day": DECIDED, "origin": Origin.ISSUED}
FIRST = certificate(9, star=3, potential=4, **ISSUED)
LATER = certificate(4, star=4, **ISSUED)
REPLACED = certificate(9, star=3, potential=4, replaced_by=4, changed=True, version=2, **ISSUED)
STANDS_AGAIN = certificate(9, star=3, potential=4, changed=True, version=3, **ISSUED)
ANNULLED = certificate(4, star=4, annulled=True, version=2, **ISSUED)


def shown(tenants: Tenants) -> tuple[str, int, bool]:
    """Which certificate the public sees."""
    listing = record(tenants).listing
    assert listing is not None
    return listing.certificate.id, listing.star, listing.listed


def test_a_changed_producer_and_a_changed_product_are_shown_as_they_are_now(database, tenants):
    hear(tenants, producer(), product(), certificate())
    hear(tenants, producer(name="Cơ sở B", changed=True, version=2))
    hear(tenants, product(name="Gạo B", changed=True, version=2))
    hear(tenants, producer(version=1), product(version=1))
    listings = [one["listing"] for one in told(database)]
    assert [(one["name"], one["producer"]["name"], one["revision"]) for one in listings] == [
        ("Gạo A", "Cơ sở A", 1),
        ("Gạo A", "Cơ sở B", 2),
        ("Gạo B", "Cơ sở B", 3),
    ]


AS_CERTIFIED = CertifiedFacts(
    product="Gạo A", producer="Cơ sở A", producer_address="xã A", address="ấp 1, xã A", set=3
)
SEALED = {"day": DECIDED, "origin": Origin.ISSUED, "certified": AS_CERTIFIED}
RICE, FLOUR = (ProductSet(number=number, basis=SetBasis.CONFIRMED) for number in (3, 5))


def words(listing: dict[str, Any]) -> list[Any]:
    """What is said of the product: as certified, and today."""
    return [
        listing["name"], listing["producer"]["name"], listing["place"]["address"],
        listing["set"] and listing["set"]["number"], listing["today"],
    ]  # fmt: skip


OTHERWISE = {"name": "Bột A", "address": "ấp 9, xã B", "set": FLOUR, "changed": True}
ONLY = ["Gạo A", "Cơ sở A", "ấp 1, xã A", 3]


@pytest.mark.parametrize(
    "certificate",
    [
        certificate(**SEALED),
        certificate(certified=AS_CERTIFIED),
        certificate(expires_on=date(2020, 1, 1), **SEALED),
    ],
    ids=["issued", "imported", "expired"],
)
def test_what_was_certified_is_shown_whatever_the_register_says(database, tenants, certificate):
    """Also when the register was changed before the certificate came."""
    hear(tenants, producer(), product(set=RICE), certificate)
    hear(tenants, product(version=2, **OTHERWISE), producer(name="Hộ B", changed=True, version=2))
    hear(tenants, producer(21, name="Hộ C"), product(22, of=21, name="Bột C"))
    late = certificate.data.certificate.model_copy(update={"product_id": an_id(22)})
    hear(tenants, event(CertificateIssued(certificate=late), 23))
    listings = [one["listing"] for one in told(database)]
    assert [words(one) for one in listings] == [[*ONLY, None]] * 2
    assert [one["id"] for one in listings] == [an_id(2), an_id(22)]


def test_what_an_officer_confirmed_stands_beside_what_was_certified(database, tenants):
    hear(tenants, producer(), product(set=RICE), certificate(**SEALED))
    hear(tenants, producer(name="Hộ B", changed=True, confirmed=True, version=2))
    hear(tenants, product(version=2, confirmed=True, **OTHERWISE))
    today = {"name": "Bột A", "producer": "Hộ B", "address": "ấp 9, xã B", "set": 5}
    assert [words(one["listing"]) for one in told(database)] == [
        [*ONLY, None],
        [*ONLY, dict.fromkeys(today) | {"producer": "Hộ B"}],
        [*ONLY, today],
    ]
    again = certificate(4, **SEALED | {"day": date(2026, 8, 1), "certified": CertifiedFacts(
        product="Bột A", producer="Hộ B", address="ấp 9, xã B", set=5
    )})  # fmt: skip
    hear(tenants, again, certificate(replaced_by=4, changed=True, version=2, **SEALED))
    assert words(told(database)[-1]["listing"]) == ["Bột A", "Hộ B", "ấp 9, xã B", 5, None]


def test_what_a_certificate_does_not_say_is_as_the_register_has_it(database, tenants):
    """A list knows of no set, and an older certificate of two names alone."""
    listed = CertifiedFacts(product="Gạo A", producer="Cơ sở A", address="ấp 1, xã A")
    hear(tenants, producer(), product(set=RICE), certificate(certified=listed))
    hear(tenants, product(version=2, confirmed=True, **OTHERWISE))
    today = {"name": "Bột A", "producer": None, "address": "ấp 9, xã B", "set": None}
    assert words(told(database)[-1]["listing"]) == ["Gạo A", "Cơ sở A", "ấp 1, xã A", 5, today]


def test_what_was_first_heard_of_as_changed_is_shown_too(database, tenants):
    """Its registration came late, or was lost in a rebuild: the change holds all that is known."""
    hear(tenants, producer(name="Cơ sở B", changed=True, version=2))
    hear(tenants, product(name="Gạo B", changed=True, version=2))
    hear(tenants, certificate(star=4, changed=True, version=2))
    assert [seen(one["listing"]) for one in told(database)] == [
        KNOWN | {"name": "Gạo B", "star": 4}
    ]


def test_a_potential_that_was_decided_is_shown_no_more(database, tenants):
    hear(tenants, producer(), product(), certificate(potential=4))
    hear(tenants, certificate(changed=True, version=2))
    assert [one["listing"]["potential"] for one in told(database)] == [4, None]


@pytest.mark.parametrize("order", list(permutations([FIRST, LATER, REPLACED])))
def test_of_one_day_the_certificate_in_the_others_place_is_shown_in_any_order(
    database, tenants, order
):
    hear(tenants, producer(), product())
    for one in order:
        hear(tenants, one)
    assert shown(tenants) == (an_id(4), 4, True)
    assert told(database)[-1]["listing"]["certificate"]["id"] == an_id(4)


@pytest.mark.parametrize("order", list(permutations([REPLACED, STANDS_AGAIN, ANNULLED])))
def test_a_replaced_certificate_stands_again_when_the_other_is_annulled(database, tenants, order):
    """Also when that both were issued is heard last of all."""
    hear(tenants, producer(), product())
    hear(tenants, *order)
    assert shown(tenants) == (an_id(9), 3, True)
    hear(tenants, LATER, FIRST)
    assert shown(tenants) == (an_id(9), 3, True)


def test_the_one_in_its_place_annulled_before_it_stands_again_leaves_nothing_to_show(
    database, tenants
):
    hear(tenants, producer(), product(), FIRST, LATER, REPLACED)
    hear(tenants, ANNULLED)
    assert not record(tenants).listed
    hear(tenants, STANDS_AGAIN)
    assert shown(tenants) == (an_id(9), 3, True)
    listed = [(one["listing"]["star"], one["listing"]["listed"]) for one in told(database)]
    assert listed == [(4, True), (4, False), (3, True)]


def test_a_demonstration_is_told_on_the_sandbox_alone(database, tenants):
    hear(tenants, producer(), product(), certificate())
    practice = [
        producer(31, tenant="huyen-mau"),
        product(32, of=31, tenant="huyen-mau"),
        certificate(33, of=32, tenant="huyen-mau"),
    ]
    hear(tenants, *practice)
    assert [one["listing"]["id"] for one in told(database)] == [an_id(2)]
    (only,) = told(database, "catalog.sandbox")
    assert (only["sequence"], only["listing"]["place"]["tenant"]) == (1, "huyen-mau")


def test_no_tenants_events_touch_anothers_product(database, tenants):
    hear(tenants, producer(), product(), certificate())
    foreign = product(name="Của người khác", version=9, tenant="chau-doc")
    own = product(12)
    with pytest.raises(Foreign, match=r"chau-doc tells .* tri-ton's"):
        hear(tenants, foreign, own)
    assert record(tenants).product.facts.name == "Gạo A"


def test_what_is_had_already_is_still_indexed(database, tenants):
    batch = [producer(), product(), certificate()]
    hear(tenants, *batch)
    hear(tenants, *batch)
    for one in batch:
        with scope_of([one]):
            assert [shown.id for shown in run(listings_about, [one])] == [an_id(2)]
    assert len(told(database)) == 1


HISTORY = [
    producer(name="Cơ sở A"),
    producer(name="Cơ sở B", version=2),
    product(name="Gạo A"),
    product(name="Gạo B", of=6, version=2),
    producer(6, name="Cơ sở C"),
    certificate(star=3),
    certificate(4, star=4, annulled=True, version=2),
    certificate(4, star=4),
    certificate(7, star=5, day=date(2024, 5, 1)),
    certificate(7, star=5, day=date(2024, 5, 1), replaced_by=3, changed=True, version=2),
    product(name="Gạo C", of=6, changed=True, version=3),
    producer(6, name="Cơ sở D", changed=True, confirmed=True, version=2),
]


def final(records: Any) -> Any:
    known = records.find_one()
    known["listing"].pop("revision")
    return {name: known[name] for name in ("product", "certificates", "listing", "producer_id")}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.permutations(HISTORY),
    repeats=st.lists(st.sampled_from(HISTORY), max_size=6),
    size=st.integers(1, 5),
)
def test_any_order_and_repetition_gives_the_same_record(
    database, tenants, order: Sequence[Envelope], repeats: Sequence[Envelope], size: int
):
    for name in ("records", "producers", "counters", "outbox", "inbox"):
        database[name].delete_many({})
    events = [*order, *repeats]
    for first in range(0, len(events), size):
        hear(tenants, *events[first : first + size])
    listings = [one["listing"] for one in told(database)]
    assert [one["revision"] for one in listings] == list(range(1, len(listings) + 1))
    assert [one["sequence"] for one in told(database)] == list(range(1, len(listings) + 1))
    found = final(database.records)
    told_last = listings[-1]
    del told_last["revision"]
    assert found["listing"] == told_last
    assert (told_last["name"], told_last["producer"]["name"]) == ("Gạo C", "Cơ sở D")
    assert (told_last["star"], told_last["listed"]) == (3, True)
    assert found["producer_id"] == an_id(6)
    assert {id: one["version"] for id, one in found["certificates"].items()} == {
        an_id(3): 1, an_id(4): 2, an_id(7): 2,
    }  # fmt: skip


def test_two_projectors_at_once_leave_no_gap_and_lose_nothing(database, tenants):
    """One hears of the producers while the other hears of their products."""
    numbers = range(100, 130)
    lists = (
        [producer(one) for one in numbers],
        [product(one + 100, of=one) for one in numbers],
        [certificate(one + 200, of=one + 100) for one in numbers],
    )
    begin, failed = Barrier(len(lists)), []

    def work(envelopes: Sequence[Envelope]) -> None:
        try:
            begin.wait()
            for first in range(0, len(envelopes), 3):
                hear(tenants, *envelopes[first : first + 3])
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=work, args=(one,)) for one in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    all_told = told(database)
    assert [one["sequence"] for one in all_told] == list(range(1, len(numbers) + 1))
    assert sorted(one["listing"]["id"] for one in all_told) == [an_id(100 + n) for n in numbers]
