"""All pages of a search are of one list, whatever is written while somebody reads it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from flask.testing import FlaskClient

from chassis.scope import Scope, entered
from contracts.catalog import Listing
from services.catalog.adapters import views
from services.catalog.adapters.search import SearchIndex
from services.catalog.application.search import rebuild
from services.catalog.domain.query import Found, Mark, ProductQuery
from services.catalog.problems import CursorEnded
from tests.catalog.listings import listing
from tests.conftest import Engines

UNIT = ("tri-ton", "Huyện Tri Tôn")
PRODUCTS = "/t/an-giang/v1/products"
KINDS = ("Gạo thơm", "Gạo dẻo thơm", "Gạo nếp", "Rượu gạo")


def some(count: int, *, start: int = 0, **facts: Any) -> list[Listing]:
    return [
        listing(f"{KINDS[n % len(KINDS)]} số {n % 26}", *UNIT, number=n, **facts)
        for n in range(start, start + count)
    ]


def changed(listings: Sequence[Listing], **facts: Any) -> list[Listing]:
    return [one.model_copy(update={"revision": one.revision + 1} | facts) for one in listings]


@pytest.fixture
def own(new_index: Callable[[], SearchIndex]) -> SearchIndex:
    index = new_index()
    index.prepare()
    return index


@pytest.fixture
def stable(own: SearchIndex) -> list[Listing]:
    stable = some(40)
    own.index(stable)
    own.count()
    return stable


@pytest.fixture
def public(own: SearchIndex, door_to: Callable[[SearchIndex], FlaskClient]) -> FlaskClient:
    return door_to(own)


def page(public: FlaskClient, **wanted: Any) -> Any:
    answer = public.get(PRODUCTS, query_string=wanted)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def ids(found: Any) -> list[str]:
    return [one["id"] for one in found["items"]]


def better(own: SearchIndex, stable: list[Listing]) -> None:
    own.index(some(20, start=100, star=5))


def with_the_word_everywhere(own: SearchIndex, stable: list[Listing]) -> None:
    own.index([listing(f"Gạo gạo gạo {n}", *UNIT, number=n) for n in range(200)])


def upgraded(own: SearchIndex, stable: list[Listing]) -> None:
    own.index(changed(stable[20:], star=5))


def renamed(own: SearchIndex, stable: list[Listing]) -> None:
    own.index(changed(stable, name="Chuối sấy"))


def withdrawn(own: SearchIndex, stable: list[Listing]) -> None:
    own.index(changed(stable, listed=False))


def built_anew(own: SearchIndex, stable: list[Listing]) -> None:
    rebuild(own, lambda: some(5, start=500))


@pytest.mark.parametrize("q", ["", "gạo", "gạo thơmm"])
@pytest.mark.parametrize(
    "write", [better, with_the_word_everywhere, upgraded, renamed, withdrawn, built_anew]
)
def test_further_pages_are_of_the_list_as_it_was(
    own: SearchIndex, public: FlaskClient, stable: list[Listing], q: str, write: Any
) -> None:
    whole = page(public, q=q, limit=100)
    first = page(public, q=q, limit=7)
    seen = ids(first)
    found = first
    write(own, stable)
    own.count()
    while found["next"]:
        found = page(public, q=q, limit=7, cursor=found["next"])
        assert (found["total"], found["facets"]) == (first["total"], first["facets"])
        seen += ids(found)
    assert seen == ids(whole)
    assert len(seen) > 7


def test_a_new_search_sees_what_was_written_at_once(
    own: SearchIndex, public: FlaskClient, stable: list[Listing]
) -> None:
    assert page(public, q="gạo", limit=5)["total"] == 40
    own.index(some(3, start=200))
    own.count()
    assert page(public, q="gạo", limit=5)["total"] == 43
    built_anew(own, stable)
    assert page(public, q="gạo", limit=5)["total"] == 5


def test_while_others_write_without_pause_no_walk_misses_or_repeats_any(
    own: SearchIndex, public: FlaskClient, stable: list[Listing]
) -> None:
    """They import, upgrade, withdraw, and build the index anew."""
    records = {one.id: one for one in stable}
    done, lock = threading.Event(), threading.Lock()

    def put(listings: Sequence[Listing]) -> None:
        with lock:
            records.update({one.id: one for one in listings})
        own.index(listings)

    def snapshot() -> list[Listing]:
        with lock:
            return list(records.values())

    def write() -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            put(some(20, start=1000 * turn, star=3 + turn % 3))
            put(changed(some(10, start=1000 * turn), star=5))
            put(changed(changed(some(5, start=1000 * turn)), listed=False))

    def build() -> None:
        while not done.is_set():
            rebuild(own, snapshot)
            done.wait(2)

    def walk() -> None:
        found = page(public, q="gạo", limit=100)
        total, seen = found["total"], ids(found)
        while found["next"]:
            found = page(public, q="gạo", limit=100, cursor=found["next"])
            assert found["total"] == total
            seen += ids(found)
        assert len(seen) == len(set(seen)) == total
        assert {one.id for one in stable} <= set(seen)

    with ThreadPoolExecutor(2) as pool:
        others = [pool.submit(write), pool.submit(build)]
        try:
            for _ in range(6):
                walk()
        finally:
            done.set()
        for one in others:
            one.result()


# -- what views cost


@pytest.fixture
def searching() -> Iterator[None]:
    with entered(Scope("an-giang", "tester", frozenset({"tri-ton"}))):
        yield


def first(own: SearchIndex) -> Found:
    return own.find(ProductQuery(q="gạo"), 5, Mark())


def further(own: SearchIndex, found: Found) -> Found:
    return own.find(ProductQuery(q="gạo"), 5, Mark(view=found.view, last=found.last))


def test_all_who_ask_while_nothing_is_written_share_a_view(
    own: SearchIndex, stable: list[Listing], searching: None
) -> None:
    found = [first(own) for _ in range(20)]
    assert {one.view for one in found} == {found[0].view}
    own.index(some(1, start=300))
    own.count()
    assert first(own).view != found[0].view


def test_a_process_has_no_more_views_than_it_may_and_the_oldest_ends(
    own: SearchIndex, stable: list[Listing], searching: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST", 3)
    found = []
    for turn in range(5):
        own.index(some(1, start=300 + turn))
        own.count()
        found.append(first(own))
    for ended in found[:2]:
        with pytest.raises(CursorEnded):
            further(own, ended)
    assert [further(own, one).total for one in found[2:]] == [43, 44, 45]


def test_a_view_is_kept_for_as_long_as_it_says(
    own: SearchIndex, stable: list[Listing], searching: None, engines: Engines
) -> None:
    found = first(own)
    with Elasticsearch(engines.elasticsearch) as client:
        client.close_point_in_time(id=found.view)
    with pytest.raises(CursorEnded):
        further(own, found)
    assert first(own).total == 40


def test_a_cursor_of_a_list_that_is_no_more_says_what_to_do(
    own: SearchIndex, public: FlaskClient, stable: list[Listing]
) -> None:
    cursor = page(public, q="gạo", limit=5)["next"]
    for _ in range(2):
        built_anew(own, stable)
    answer = public.get(PRODUCTS, query_string={"q": "gạo", "limit": 5, "cursor": cursor})
    assert answer.status_code == 410
    problem = answer.get_json()
    assert problem["type"] == "urn:ocop:problem:cursor-ended"
    assert problem["detail"].endswith("Mời xem lại từ trang đầu.")
    assert problem["en"]["detail"].endswith("Begin again at the first page.")
    assert page(public, q="gạo", limit=5)["total"] == 5


def test_a_cursor_fits_into_an_address_however_long_the_names(
    own: SearchIndex, public: FlaskClient
) -> None:
    long = ["gạo " + "ượng" * 74, "gạo " + "ễ" * 296]
    own.index([listing(name, *UNIT) for name in (*long, "gạo")])
    own.count()
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while len(seen) < 3:
        found = page(public, q="gạo", limit=1, **cursor)
        seen += ids(found)
        cursor = {"cursor": found["next"]} if found["next"] else {}
    assert len(set(seen)) == 3
