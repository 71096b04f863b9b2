"""Search with facets over 10,000 products: through the gateway, at the service, at the engine."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import urllib3
from pymongo import MongoClient

from bench.chain import await_products
from bench.measuring import Figure, alternated, p
from bench.stage import DISTRICTS, generated, outbox_row
from deploy.local.site import Site
from services.catalog.adapters.search_queries import products
from services.catalog.domain.query import Mark, ProductQuery

PRODUCTS, ROUNDS = 10_000, 200
REACH = {"an-giang", *DISTRICTS}
WORDS = ("thot not", "mật thốt nốt", "gạo thơm", "kho ca loc", "trà xoài")


def measured(site: Site, already: int) -> Iterator[Figure]:
    _fill(site, already)
    pool = urllib3.PoolManager(retries=False)
    turn = {"n": 0}

    def word() -> str:
        turn["n"] += 1
        return WORDS[turn["n"] // 3 % len(WORDS)]

    def asked(url: str) -> None:
        answer = pool.request("GET", f"{url}?q={quote(word())}&star=4&limit=20")
        found = json.loads(answer.data)
        if answer.status != 200 or not found["items"]:
            raise RuntimeError(answer.data)

    questions = {one: _question(one) for one in WORDS}
    index = f"{site.addresses.elasticsearch}/{site.name}--listings"

    def bare() -> None:
        body = questions[word()]
        headers = {"Content-Type": "application/json"}
        answer = pool.request("POST", f"{index}/_search", body=body, headers=headers)
        if answer.status != 200 or not json.loads(answer.data)["hits"]["hits"]:
            raise RuntimeError(answer.data)

    took = alternated(
        ROUNDS,
        gateway=lambda: asked(f"{site.url('gateway')}/t/an-giang/catalog/v1/products"),
        direct=lambda: asked(f"{site.url('catalog-http')}/t/an-giang/v1/products"),
        bare=bare,
    )
    for name, aim in (("gateway", "≤ 1,5"), ("direct", "")):
        ratio = p(took[name], 50) / p(took["bare"], 50)
        yield Figure(f"search {name} / bare Elasticsearch (p50)", ratio, "×", aim)
    for name, values in took.items():
        yield Figure(f"search {name} p50", p(values, 50), "ms")
        yield Figure(f"search {name} p99", p(values, 99), "ms")


def _question(word: str) -> bytes:
    """The very query that the service asks."""
    return json.dumps(products(ProductQuery(q=word, star=[4]), REACH, 20, Mark())).encode()


def _fill(site: Site, already: int) -> None:
    """As the platform itself does it: by events."""
    events = generated(PRODUCTS - already, already)
    by_service: dict[str, list[dict[str, Any]]] = {}
    for service, one in events:
        by_service.setdefault(service, []).append(outbox_row(service, one))
    with MongoClient[dict[str, Any]](site.addresses.mongodb, w="majority") as client:
        for service, rows in by_service.items():
            client[f"{site.name}_{service}"].outbox.insert_many(rows)
    await_products(site.addresses.elasticsearch, f"{site.name}--listings", PRODUCTS)
