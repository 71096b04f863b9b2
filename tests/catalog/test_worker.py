"""The catalogue's worker on real engines: from the owners' events to the stream and the index."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import amqp
import pytest
from kombu import Connection
from typer.testing import CliRunner

from chassis.broker.publisher import EVENT, Outgoing, Publisher
from chassis.broker.topology import dead
from contracts.event import Envelope
from contracts.topology import FACTS_TO_LISTINGS
from services.catalog.adapters.search import SearchIndex, connect
from services.catalog.entrypoints.cli import create
from services.catalog.settings import Settings
from tests.catalog.facts import an_id, certificate, producer, product
from tests.chassis.running import depth, free_port, until
from tests.conftest import ROOT, TENANTS

QUEUE = FACTS_TO_LISTINGS.queue


class Worker:
    """The process, as it is started everywhere."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        self._environment = os.environ | {f"OCOP_CATALOG_{k}": v for k, v in settings.items()}
        self._log = log

    def start(self) -> None:
        self.port = free_port()
        with self._log.open("a") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "chassis.run", "services.catalog", "worker"],
                cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                env=self._environment | {"OCOP_CATALOG_BIND": f"127.0.0.1:{self.port}"},
            )  # fmt: skip

    def kill(self) -> None:
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()


@pytest.fixture
def told(engines: Any, database: Any, settings: dict[str, str], issuer: Any) -> dict[str, str]:
    """All settings of a process of the catalogue."""
    return settings | {
        "MONGODB": engines.mongodb,
        "DATABASE": database.name,
        "TENANTS": str(TENANTS),
        "ISSUERS": str(issuer.trusted),
        "INSTANCE": "catalog",
    }


@pytest.fixture
def command(told: dict[str, str]) -> Callable[..., Any]:
    app = create(Settings(**{name.lower(): value for name, value in told.items()}))
    return lambda *arguments: CliRunner().invoke(app, arguments, catch_exceptions=False)


@pytest.fixture
def worker(told: dict[str, str], tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(told, tmp_path / "log")
    yield worker
    if worker.popen.poll() is None:
        worker.kill()


@pytest.fixture
def index(told: dict[str, str]) -> Iterator[SearchIndex]:
    client = connect(told["ELASTICSEARCH"])
    yield SearchIndex(client, told["INDEX_PREFIX"])
    client.close()


def publish(uri: str, envelopes: Sequence[Envelope]) -> None:
    publisher = Publisher(uri)
    refused = publisher.publish([
        Outgoing(one.data.source, one.key, one.encoded(), EVENT | {"message_id": one.id})
        for one in envelopes
    ])  # fmt: skip
    publisher.close()
    assert refused == set()


def stream(uri: str, until_sequence: int, name: str = "catalog.public") -> list[dict[str, Any]]:
    """What a partner reads from the stream's beginning, up to a sequence; repetitions left out."""
    taken: list[dict[str, Any]] = []

    def take(message: amqp.Message) -> None:
        event = json.loads(message.body)["data"]
        assert event["sequence"] <= len(taken) + 1, "a gap"
        if event["sequence"] == len(taken) + 1:
            taken.append(event)
        message.channel.basic_ack(message.delivery_tag)

    with Connection(uri) as connection:
        channel = connection.default_channel
        channel.basic_qos(0, 100, False)
        channel.basic_consume(name, callback=take, arguments={"x-stream-offset": "first"})
        while len(taken) < until_sequence:
            connection.drain_events(timeout=20)
    return taken[:until_sequence]


def products(numbers: Sequence[int]) -> list[Envelope]:
    return [
        one
        for number in numbers
        for one in (
            certificate(number + 2, of=number + 1), product(number + 1, of=number), producer(number)
        )
    ]  # fmt: skip


def test_events_reach_the_stream_and_the_index(command, worker, index, vhost):
    assert command("prepare").exit_code == 0
    practice = [
        producer(7, tenant="huyen-mau"),
        product(8, of=7, tenant="huyen-mau"),
        certificate(9, of=8, tenant="huyen-mau"),
    ]
    worker.start()
    publish(vhost, [*products(range(100, 160, 3)), *practice])
    (sandbox,) = stream(vhost, 1, "catalog.sandbox")
    public = stream(vhost, 20)
    assert sandbox["listing"]["id"] == an_id(8)
    told = {one["listing"]["id"]: one["listing"]["revision"] for one in public}
    assert set(told) == {an_id(number + 1) for number in range(100, 160, 3)}
    until(lambda: index.revisions([*told, an_id(8)]) == told | {an_id(8): 1})
    publish(vhost, [product(101, name="Gạo B", of=100, version=2)])
    last = stream(vhost, 21)[-1]["listing"]
    assert (last["name"], last["revision"]) == ("Gạo B", told[an_id(101)] + 1)
    until(lambda: index.revisions([an_id(101)]) == {an_id(101): last["revision"]})
    check = command("check")
    assert (check.exit_code, check.stdout.splitlines()[0]) == (0, "hồ sơ · records: 21")


def test_without_its_index_it_tells_on_and_indexes_when_it_is_there(command, worker, index, vhost):
    """What the inbox knows already is indexed by its repetition."""
    assert command("prepare").exit_code == 0
    for name in index.all():
        index.drop(name)
    worker.start()
    publish(vhost, products([100]))
    assert [one["listing"]["id"] for one in stream(vhost, 1)] == [an_id(101)]
    until(lambda: sum(depth(vhost, f"{QUEUE}.retry.{step}") for step in (1, 10)) == 3)
    assert command("check").exit_code == 1
    index.prepare()
    until(lambda: index.revisions([an_id(101)]) == {an_id(101): 1})
    assert depth(vhost, dead(QUEUE)) == 0
    assert command("check").exit_code == 0


def test_killed_in_the_middle_it_loses_nothing_and_leaves_no_gap(command, worker, index, vhost):
    assert command("prepare").exit_code == 0
    numbers = range(1000, 1900, 3)
    worker.start()
    publish(vhost, products(numbers))
    for part in (1, 60):
        stream(vhost, part)
        worker.kill()
        worker.start()
    told = {one["listing"]["id"] for one in stream(vhost, len(numbers))}
    assert told == {an_id(number + 1) for number in numbers}
    until(lambda: depth(vhost, QUEUE) == 0 and command("check").exit_code == 0)
    assert depth(vhost, dead(QUEUE)) == 0
