"""The whole platform, as processes, for the tests that walk through it or kill parts of it."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from chassis.broker import topology
from contracts.topology import SERVICES, SUBSCRIPTIONS
from deploy.local.addresses import Addresses
from deploy.local.dropping import drop
from deploy.local.site import Site
from tests.chassis.running import depth


def addresses(engines: Any, **others: str) -> Addresses:
    given = {
        "mongodb": engines.mongodb,
        "rabbitmq": engines.rabbitmq,
        "management": engines.management,
        "elasticsearch": engines.elasticsearch,
        "public": engines.rabbitmq,
    }
    return Addresses(**(given | others))


@contextmanager
def started(folder: Path, where: Addresses, **options: Any) -> Iterator[Site]:
    """A site of its own name; it ends with the test, and what it kept goes too."""
    name = re.sub("[^a-z0-9]", "", f"t{uuid4().hex[:8]}")
    one = Site(folder, where, name=name, **options)
    try:
        one.start(tied=True)
        one.wait_ready()
        yield one
    finally:
        one.stop()
        drop(one)


@pytest.fixture(scope="session")
def site(engines: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One platform for all journeys of a run."""
    with started(tmp_path_factory.mktemp("site"), addresses(engines)) as one:
        yield one


def told(site: Site, part: str, *arguments: str) -> str:
    """What an operator's command of that part prints."""
    child = site.command_of(
        part, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with child:
        out, error = child.communicate(timeout=60)
    assert child.returncode == 0, error
    return str(out)


def waiting(site: Site) -> dict[str, int]:
    """Messages that wait anywhere, dead letters and unrouted ones among them."""
    uri = f"{site.addresses.rabbitmq}/{site.vhost}"
    queues = [topology.unrouted(service) for service in SERVICES]
    for one in SUBSCRIPTIONS:
        queues += [one.queue, topology.dead(one.queue)]
    depths = {queue: depth(uri, queue) for queue in queues}
    return {queue: count for queue, count in depths.items() if count}
