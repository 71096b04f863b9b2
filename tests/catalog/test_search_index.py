"""Writing the index, comparing it with the records, and building it anew while it is in use."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from elasticsearch import Elasticsearch
from structlog.testing import capture_logs

from chassis.problems import Unavailable
from chassis.scope import Scope, entered
from contracts.catalog import ListedToday, Listing
from rules.vietnamese import folded
from services.catalog.adapters import search_mapping
from services.catalog.adapters.search import IndexRefused, SearchIndex, connect
from services.catalog.adapters.search_mapping import body
from services.catalog.application.search import (
    Drift,
    RebuildStopped,
    catch_up,
    compare,
    prepare,
    rebuild,
)
from services.catalog.domain.query import Mark, ProductQuery
from tests.catalog.listings import listing
from tests.conftest import Engines
from tests.rules.test_numbers import NUMBER, TYPED

UNIT = ("tri-ton", "Huyện Tri Tôn")
NOT_ANSWERING = (
    "Công cụ tìm kiếm tạm thời không phản hồi.", "The search engine does not answer."
)  # fmt: skip


@pytest.fixture
def own(new_index: Callable[[], SearchIndex]) -> SearchIndex:
    index = new_index()
    index.prepare()
    return index


@pytest.fixture(autouse=True)
def province() -> Iterator[None]:
    with entered(Scope("an-giang", "tester", frozenset({"tri-ton"}))):
        yield


def found(index: SearchIndex, q: str = "", limit: int = 100) -> list[Listing]:
    return index.find(ProductQuery(q=q), limit, Mark()).listings


def some(count: int, start: int = 0) -> list[Listing]:
    return [listing(f"Gạo số {n}", *UNIT) for n in range(start, start + count)]


def test_what_is_indexed_is_read_back_as_it_was(own: SearchIndex) -> None:
    one = listing("Thốt nốt", *UNIT, star=4, potential=5, set=7, address="xã A, huyện Tri Tôn")
    own.index([one])
    own.count()
    assert found(own) == [one]


def test_a_product_is_found_by_what_was_certified_and_by_what_was_confirmed(
    own: SearchIndex,
) -> None:
    today = ListedToday(name="Mứt dừa", producer="Hộ Hoa Sen", address="xã Bến Mới", set=7)
    one = listing("Thốt nốt", *UNIT, producer="Cơ sở Sao Mai", address="xã Bến Cũ")
    one = one.model_copy(update={"today": today})
    own.index([one, listing("Gạo", *UNIT, producer="Hộ Khác")])
    own.count()
    for q in ("thốt nốt", "mut dua", "sao mai", "hoa sen", "bến cũ", "ben moi"):
        assert (q, found(own, q)) == (q, [one])
    assert own.suggest("mứt d") == [("Thốt nốt", one.id)]
    assert own.suggest("hoa s") == [("Cơ sở Sao Mai", None)]


@pytest.mark.parametrize("typed", TYPED)
def test_a_certificates_number_finds_its_product_alone(own: SearchIndex, typed: str) -> None:
    one, other = (listing(name, *UNIT) for name in ("Thốt nốt", "Gạo 05/2026/OCOP-HUYEN-MAU"))
    numbered = one.certificate.model_copy(update={"number": NUMBER})
    one = one.model_copy(update={"certificate": numbered})
    own.index([one, other])
    own.count()
    assert found(own, typed) == [one]


def test_an_older_revision_never_overwrites_a_newer(own: SearchIndex) -> None:
    newer, older = listing("Gạo", *UNIT, revision=3, star=4), listing("Gạo", *UNIT, revision=2)
    own.index([newer])
    own.index([older])
    own.index([newer])
    own.count()
    assert found(own) == [newer]


def test_what_is_unlisted_stays_unlisted_when_an_older_event_is_repeated(own: SearchIndex) -> None:
    own.index([listing("Gạo", *UNIT, revision=2, listed=False), listing("Gạo", *UNIT)])
    assert own.count() == 1
    assert found(own) == []


def test_more_than_a_batch_is_indexed(own: SearchIndex) -> None:
    own.index(some(1200))
    assert own.count() == 1200


def test_preparing_again_changes_nothing(own: SearchIndex) -> None:
    own.index(some(2))
    before = own.all()
    own.prepare()
    assert own.all() == before
    assert own.count() == 2


def test_an_index_that_reads_names_otherwise_is_built_anew_when_it_is_prepared(
    own: SearchIndex, engines: Engines
) -> None:
    before = own.current()
    with Elasticsearch(engines.elasticsearch) as client:
        client.indices.put_mapping(index=own.alias, meta={"shape": "older"})
    for _ in range(2):
        prepare(own, lambda: some(2))
        assert len(own.all()) == 2
        assert own.current() == own.all()[-1:] != before
        assert own.count() == len(found(own, "gạo số")) == 2


def test_another_way_of_reading_names_is_another_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    before = body(0)["mappings"]["_meta"]
    monkeypatch.setattr(search_mapping, "as_read", folded)
    assert body(0)["mappings"]["_meta"] != before


def test_two_that_prepare_at_once_leave_one_index_in_use(own: SearchIndex) -> None:
    own.point(own.create())
    own.point(own.create())
    assert own.current() == own.all()[-1:]
    own.index(some(2))
    assert own.count() == 2


def test_copies_of_an_index_are_a_setting(own: SearchIndex, engines: Engines) -> None:
    with Elasticsearch(engines.elasticsearch) as client:
        index = SearchIndex(client, own.alias, replicas=1)
        index.prepare()
        (made,) = client.indices.get_settings(index=index.alias).values()
    assert made["settings"]["index"]["number_of_replicas"] == "1"


def test_a_document_that_is_refused_is_an_error(own: SearchIndex, engines: Engines) -> None:
    with Elasticsearch(engines.elasticsearch) as client:
        client.indices.put_mapping(index=own.alias, dynamic="strict")
        client.indices.put_settings(index=own.alias, settings={"index.blocks.write": True})
        with pytest.raises(IndexRefused):
            own.index(some(1))


def test_without_an_index_nothing_is_made_by_writing(new_index: Callable[[], SearchIndex]) -> None:
    index = new_index()
    with pytest.raises(Unavailable):
        index.index(some(1))
    assert index.all() == []
    assert not index.answers()


def test_when_elasticsearch_is_away_the_work_comes_again() -> None:
    away = SearchIndex(connect("http://127.0.0.1:9"), "away")
    for act in (
        lambda: away.index(some(1)), away.prepare, lambda: found(away), away.count,
        lambda: away.suggest("gạo"),
    ):  # fmt: skip
        with capture_logs() as lines, pytest.raises(Unavailable) as refused:
            act()
        assert refused.value.words == NOT_ANSWERING
        assert "127.0.0.1" in str([one["error"] for one in lines if one["event"] == "search_away"])
    assert not away.answers()


def test_without_its_index_it_names_no_index_to_anybody(
    new_index: Callable[[], SearchIndex],
) -> None:
    index = new_index()
    for act in (
        lambda: index.index(some(1)), lambda: found(index), lambda: index.suggest("gạo"),
        lambda: index.revisions(["a"]),
    ):  # fmt: skip
        with pytest.raises(Unavailable) as refused:
            act()
        assert refused.value.words == NOT_ANSWERING


def test_searching_outside_of_a_scope_is_an_error(own: SearchIndex) -> None:
    with ThreadPoolExecutor(1) as other_thread, pytest.raises(LookupError):
        other_thread.submit(found, own).result()


def test_it_is_seen_what_the_index_lacks_and_what_it_has_besides(own: SearchIndex) -> None:
    records = some(4)
    own.index([records[0], records[1], *some(1, start=9)])
    records[1] = records[1].model_copy(update={"revision": 2, "star": 4})
    assert compare(own, lambda: records) == Drift(records=4, behind=3, beyond=0)
    assert catch_up(own, lambda: records) == Drift(records=4, behind=3, beyond=1)
    assert compare(own, lambda: records) == Drift(records=4, behind=0, beyond=1)
    assert own.revisions([records[1].id]) == {records[1].id: 2}


def test_a_rebuild_takes_the_place_and_keeps_one_to_go_back_to(own: SearchIndex) -> None:
    records = some(3)
    first = own.current()
    second, third = rebuild(own, lambda: records), rebuild(own, lambda: records)
    assert own.current() == [third]
    assert own.all() == [second, third]
    assert first != [second]
    assert compare(own, lambda: records) == Drift(3, 0, 0)


def test_a_rebuild_drops_what_is_in_the_index_alone(own: SearchIndex) -> None:
    own.index(some(3))
    rebuild(own, lambda: some(2))
    assert own.count() == 2


def test_a_rebuild_that_cannot_read_the_records_changes_nothing(own: SearchIndex) -> None:
    own.index(some(3))
    before = own.all()

    def broken() -> Iterator[Listing]:
        yield from some(2)
        raise OSError("the store is away")

    with pytest.raises(OSError, match="away"):
        rebuild(own, broken)
    assert own.all() == own.current() == before
    assert own.count() == 3


def test_a_rebuild_whose_index_is_not_as_the_records_say_is_stopped(own: SearchIndex) -> None:
    """The records change their content without a new revision, as no record may."""
    before, reads = own.all(), iter(range(100))

    def changing() -> list[Listing]:
        return [listing("Gạo", *UNIT).model_copy(update={"name": f"Gạo {next(reads)}"})]

    with pytest.raises(RebuildStopped):
        rebuild(own, changing)
    assert own.all() == own.current() == before


def test_an_index_that_another_rebuild_dropped_is_not_made_again(own: SearchIndex) -> None:
    aside = own.create()
    rebuild(own, lambda: some(2))
    assert aside not in own.all()
    with pytest.raises(Unavailable):
        own.index(some(1), aside)
    assert aside not in own.all()


def test_a_rebuild_loses_nothing_while_others_search_and_index(own: SearchIndex) -> None:
    """As the worker does: first the record, then the alias. No search ever misses a stable one."""
    stable = [one.model_copy(update={"name": f"Mắm {one.name}"}) for one in some(300)]
    records = {one.id: one for one in stable}
    own.index(stable)
    own.count()
    done, lock = threading.Event(), threading.Lock()
    searches: list[int] = []

    def snapshot() -> list[Listing]:
        with lock:
            return sorted(records.values(), key=lambda one: one.id)

    def search() -> None:
        with entered(Scope("tri-ton", "searcher")):
            while not done.is_set():
                searches.append(own.find(ProductQuery(q="mắm"), 1, Mark()).total)

    def write() -> int:
        written = 0
        while not done.is_set() or written < 20:
            new = listing(f"Khô số {written}", *UNIT)
            with lock:
                records[new.id] = new
            own.index([new])
            written += 1
        return written

    with ThreadPoolExecutor(2) as pool:
        searching, writing = pool.submit(search), pool.submit(write)
        try:
            for _ in range(2):
                rebuild(own, snapshot)
        finally:
            done.set()
        searching.result()
        written = writing.result()
    assert set(searches) == {300}
    assert len(searches) > 10
    assert written >= 20
    assert compare(own, snapshot) == Drift(300 + written, 0, 0)
