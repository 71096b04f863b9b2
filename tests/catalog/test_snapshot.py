"""The snapshot and the stream are two views of one history: joined at the sequence, no gap, no
overlap, also while others write."""

import json
from threading import Event, Thread
from typing import Any

import pytest

from tests.catalog.facts import an_id, certificate, hear, producer, product


def listings(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What somebody knows who followed the stream."""
    return {one["listing"]["id"]: one["listing"] for one in events}


def snapshot(http: Any, tenant: str = "an-giang") -> tuple[dict[str, Any], dict[str, Any]]:
    answer = http.get(f"/t/{tenant}/v1/snapshot")
    assert (answer.status_code, answer.content_type) == (200, "application/x-ndjson")
    first, *rest = map(json.loads, answer.text.splitlines())
    assert len({one["id"] for one in rest}) == len(rest) == first["count"]
    return first, {one["id"]: one for one in rest}


def told_as_sent(database: Any, stream: str = "catalog.public") -> list[dict[str, Any]]:
    rows = database.outbox.find({"public": True, "key": stream})
    return [json.loads(row["body"])["data"] for row in rows]


@pytest.fixture
def history(database, tenants):
    hear(tenants, producer(), product(), certificate(), product(12), certificate(13, of=12))
    hear(tenants, *a_product(40, "chau-doc"), *a_product(50, "huyen-mau"))
    hear(tenants, product(12, withdrawn=True, version=2), producer(name="Cơ sở B", version=2))


def a_product(number: int, tenant: str) -> list[Any]:
    return [
        producer(number, tenant=tenant),
        product(number + 1, of=number, tenant=tenant),
        certificate(number + 2, of=number + 1, tenant=tenant),
    ]


def test_it_is_what_the_stream_told_from_its_first_event(history, database, http):
    events = told_as_sent(database)
    first, shown = snapshot(http)
    assert first == {"stream": "catalog.public", "sequence": events[-1]["sequence"], "count": 3}
    assert shown == listings(events)
    assert {id: one["listed"] for id, one in shown.items()} == {
        an_id(2): True, an_id(12): False, an_id(41): True,
    }  # fmt: skip


def test_its_head_is_to_be_had_alone(history, http):
    first, _ = snapshot(http)
    assert http.get("/t/an-giang/v1/snapshot/head").json == first
    assert http.get("/t/chau-doc/v1/snapshot/head").json == first | {"count": 1}


def test_of_a_district_it_has_its_own_products_alone(history, http):
    assert set(snapshot(http, "chau-doc")[1]) == {an_id(41)}


def test_of_a_demonstration_it_names_the_sandbox(history, http):
    first, shown = snapshot(http, "tinh-mau")
    assert first == {"stream": "catalog.sandbox", "sequence": 1, "count": 1}
    assert set(shown) == {an_id(51)}


def test_before_anything_was_told_it_is_empty_at_nothing(database, http):
    assert snapshot(http) == ({"stream": "catalog.public", "sequence": 0, "count": 0}, {})


def test_joined_with_the_stream_it_is_exact_while_others_write(database, tenants, http):
    done = Event()

    def write() -> None:
        try:
            for version in range(1, 25):
                for number in (100, 200, 300):
                    hear(tenants, *a_product(number + version * 3, "tri-ton"))
                    hear(
                        tenants,
                        producer(103, f"Cơ sở {number} {version}", version=version + number),
                    )
        finally:
            done.set()

    writer = Thread(target=write)
    writer.start()
    taken = []
    while not done.is_set():
        taken.append(snapshot(http))
    writer.join()
    events = told_as_sent(database)
    last = snapshot(http)[1]
    assert last == listings(events)
    assert len({first["sequence"] for first, _ in taken}) > 3
    for first, shown in taken:
        until, after = events[: first["sequence"]], events[first["sequence"] :]
        assert shown == listings(until)
        assert shown | listings(after) == last
