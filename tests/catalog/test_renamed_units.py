"""A unit that tenants.yaml renames: its listings say so, to the stream and to search."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from chassis.scope import Scope, entered
from chassis.tenants import Tenants
from services.catalog.adapters.search import SearchIndex, connect
from services.catalog.application.records import BATCH
from services.catalog.domain.query import Mark, ProductQuery
from services.catalog.entrypoints.cli import create
from services.catalog.settings import Settings
from tests.catalog.facts import an_id, certificate, hear, producer, product, told
from tests.conftest import TENANTS


@pytest.fixture
def prepare(
    engines: Any, database: Any, settings: dict[str, str], issuer: Any, tmp_path: Path
) -> Callable[..., None]:
    """The deployment's step, with tenants that are otherwise than ours: prepare(tri_ton={...})."""
    usual = {
        "MONGODB": engines.mongodb, "DATABASE": database.name, "ISSUERS": str(issuer.trusted),
        "INSTANCE": "catalog", "TENANTS": str(tmp_path / "tenants.yaml"),
    }  # fmt: skip

    def run(**changes: dict[str, Any]) -> None:
        content = yaml.safe_load(TENANTS.read_text(encoding="utf-8"))
        for one in content["tenants"]:
            one |= changes.get(one["slug"].replace("-", "_"), {})
        (tmp_path / "tenants.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        given = {name.lower(): value for name, value in (settings | usual).items()}
        answer = CliRunner().invoke(create(Settings(**given)), ["prepare"], catch_exceptions=False)
        assert answer.exit_code == 0, answer.output

    return run


NEW = {"name": {"vi": "Xã Tri Tôn Mới", "en": "Tri Ton Moi commune"}}


def places(database: Any, stream: str = "catalog.public") -> list[tuple[str, str, int]]:
    return [
        (one["listing"]["id"], one["listing"]["place"]["unit"], one["listing"]["revision"])
        for one in told(database, stream)
    ]


def test_a_renamed_units_listings_are_told_anew_and_no_others(
    database: Any, tenants: Tenants, prepare: Callable[..., None], settings: dict[str, str]
) -> None:
    hear(tenants, producer(), product(), certificate(), product(12), certificate(13, of=12))
    hear(tenants, product(12, withdrawn=True, version=2), product(22), certificate(23, of=9))
    beside = {"tenant": "chau-doc"}
    hear(tenants, producer(31, **beside), product(32, of=31, **beside))
    hear(tenants, certificate(33, of=32, **beside))
    before = places(database)
    prepare()
    assert places(database) == before
    prepare(tri_ton=NEW)
    again = places(database)[len(before) :]
    assert sorted(again) == [
        (an_id(2), NEW["name"]["vi"], 2),
        (an_id(12), NEW["name"]["vi"], 3),
    ]
    assert [one["sequence"] for one in told(database)] == list(range(1, len(before) + 3))
    kept = {one["_id"]: one["listing"] for one in database.records.find({"listing": {"$ne": None}})}
    for one in told(database)[-2:]:
        assert kept[one["listing"]["id"]]["place"] == one["listing"]["place"]
    client = connect(settings["ELASTICSEARCH"])
    index = SearchIndex(client, settings["INDEX_PREFIX"])
    index.count()
    with entered(Scope("an-giang", "tester", frozenset({"tri-ton", "chau-doc"}))):
        found = index.find(ProductQuery(q="tri ton moi"), 10, Mark()).listings
    client.close()
    assert [(one.id, one.place.unit) for one in found] == [(an_id(2), NEW["name"]["vi"])]
    prepare(tri_ton=NEW)
    assert len(told(database)) == len(before) + 2


def test_more_than_a_batch_is_told(
    database: Any, tenants: Tenants, prepare: Callable[..., None]
) -> None:
    numbers = range(100, 100 + BATCH + 5)
    hear(tenants, producer(), *(product(one) for one in numbers))
    hear(tenants, *(certificate(one + 1000, of=one) for one in numbers))
    prepare(tri_ton=NEW)
    again = places(database)[len(numbers) :]
    assert sorted(again) == [(an_id(one), NEW["name"]["vi"], 2) for one in numbers]


def test_what_lies_in_another_province_now_says_so(
    database: Any, tenants: Tenants, prepare: Callable[..., None]
) -> None:
    hear(tenants, producer(), product(), certificate())
    prepare(tri_ton={"parent": None})
    assert [one["listing"]["place"]["province"] for one in told(database)] == [
        "an-giang", "tri-ton",
    ]  # fmt: skip
