"""From committed outbox rows over relay, broker, consumer and projection to the index."""

import multiprocessing
import time
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from kombu import Connection
from pymongo import MongoClient

from bench import by_hand
from bench.measuring import Figure
from bench.stage import generated, outbox_row
from contracts.topology import FACTS_TO_LISTINGS, SUBSCRIPTIONS
from deploy.local.addresses import with_vhost
from deploy.local.asking import ask
from deploy.local.site import Site

PRODUCTS = 3000
PATIENCE_S = 180


def measured(site: Site) -> Iterator[Figure]:
    """Ours, then by hand, on the same engines with the same events, one after the other."""
    rows = [(service, outbox_row(service, one)) for service, one in generated(PRODUCTS)]
    ours = _ours(site, rows)
    hand = _by_hand(site, [row for _, row in rows])
    yield Figure("chain outbox to index / batch chain by hand", ours / hand, "×", "≥ 0,5")
    yield Figure("chain outbox to index", ours, "events/s")
    yield Figure("batch chain by hand", hand, "events/s")


def _ours(site: Site, rows: list[tuple[str, dict[str, Any]]]) -> float:
    _without_other_listeners(site)
    by_service = sorted(rows, key=lambda one: one[0])
    with MongoClient[dict[str, Any]](site.addresses.mongodb, w="majority") as client:
        began = time.monotonic()
        for service, group in groupby(by_service, key=lambda one: one[0]):
            client[f"{site.name}_{service}"].outbox.insert_many([row for _, row in group])
        await_products(site.addresses.elasticsearch, f"{site.name}--listings", PRODUCTS)
    return len(rows) / (time.monotonic() - began)


def _without_other_listeners(site: Site) -> None:
    """Others hear of certificates too; that is no part of this chain, and none by hand."""
    with Connection(with_vhost(site.addresses.rabbitmq, site.vhost)) as connection:
        channel = connection.default_channel
        for one in SUBSCRIPTIONS:
            if one is not FACTS_TO_LISTINGS:
                for service, key in set(one.bindings) & set(FACTS_TO_LISTINGS.bindings):
                    channel.queue_unbind(one.queue, service, key)


def _by_hand(site: Site, rows: list[dict[str, Any]]) -> float:
    where = by_hand.Where(
        site.addresses.mongodb, f"{site.name}_by_hand",
        with_vhost(site.addresses.rabbitmq, site.vhost),
        site.addresses.elasticsearch, f"{site.name}--by-hand",
    )  # fmt: skip
    by_hand.prepare(where)
    spawn = multiprocessing.get_context("spawn")
    both = [spawn.Process(target=one, args=(where,)) for one in (by_hand.relay, by_hand.consume)]
    with MongoClient[dict[str, Any]](where.mongodb, w="majority") as client:
        for one in both:
            one.start()
        while client[where.database].ready.count_documents({}) < len(both):
            time.sleep(0.01)
        began = time.monotonic()
        client[where.database].outbox.insert_many(rows)
        await_products(where.elasticsearch, where.index, PRODUCTS)
        took = time.monotonic() - began
        for one in both:
            one.terminate()
            one.join()
        client.drop_database(where.database)
    return len(rows) / took


def await_products(url: str, index: str, count: int) -> None:
    """Until that many complete products can be searched."""
    query = {"query": {"term": {"listed": True}}}
    end = time.monotonic() + PATIENCE_S
    while True:
        status, found = ask(f"{url}/{index}/_count", "POST", query)
        if status == 200 and found["count"] >= count:
            return
        if time.monotonic() > end:
            raise TimeoutError(f"{index}: {found}")
        time.sleep(0.05)
