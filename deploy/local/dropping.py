"""Removing what a site kept in engines that it shared, when it was made for a while."""

from pymongo import MongoClient

from deploy.local import broker, tree
from deploy.local.asking import ask
from deploy.local.site import Site


def drop(site: Site) -> None:
    for vhost in (site.vhost, site.public_vhost):
        broker.drop_vhost(site.addresses.management, vhost)
    with MongoClient[dict[str, object]](site.addresses.mongodb) as client:
        for part in tree.parts(site.root):
            client.drop_database(f"{site.name}_{part}")
    drop_indices(site.addresses.elasticsearch, f"{site.name}-")


def drop_indices(url: str, prefix: str) -> None:
    """One by one: Elasticsearch refuses a deletion by pattern."""
    _, found = ask(f"{url}/_cat/indices/{prefix}*?format=json&expand_wildcards=all")
    for index in found or []:
        ask(f"{url}/{index['index']}", "DELETE", read=30)
