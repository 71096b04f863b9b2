"""The relay: what a transaction told reaches the broker, whatever dies in between."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest
from kombu import Connection, Queue
from kombu.simple import SimpleQueue

from chassis.broker import topology
from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.dossier import ProducerFacts, ProducerRegistered
from contracts.event import Envelope, events
from contracts.topology import ANNOUNCED, SERVICES, SUBSCRIPTIONS
from tests.chassis.lab.entrypoints.worker import HEARD, Heard
from tests.chassis.running import Process, event, publish, running, taken, until


@pytest.fixture
def lab(lab: Callable[..., Process], vhost: str) -> Callable[..., Process]:
    """With the topology of the deployment's first step."""
    topology.declare(vhost, ["dossier", "lab"], [HEARD])
    return lab


@pytest.fixture
def listening(vhost: str, lab: Any) -> str:
    """A queue that gets whatever the lab's outbox tells."""
    with Connection(vhost) as connection:
        channel = connection.default_channel
        key = f"{ProducerRegistered.type}.*"
        Queue("copies", topology.exchange("dossier"), key, durable=True)(channel).declare()
    return "copies"


def tell(work: UnitOfWork, name: str) -> None:
    one = Heard(tenant=work.scope.tenant, name=f"told {name}")
    work.save(one)
    work.tell(ProducerRegistered(producer=ProducerFacts(name=name, address="xã Mẫu")), about=one)


def tell_all(names: list[str]) -> None:
    with entered(Scope("tri-ton", "tester")):
        for name in names:
            run(tell, name)


def names(messages: list[Any]) -> list[str]:
    return [Envelope.decoded(m.body).data.producer.name for m in messages]  # type: ignore[attr-defined]


def unsent(database: Any) -> int:
    return int(database.outbox.count_documents({"published_at": None}))


def test_what_was_told_is_published_in_order_once_and_marked(lab, database, vhost, listening):
    told = [f"n{number}" for number in range(250)]
    with running(lab()):
        tell_all(told)
        until(lambda: unsent(database) == 0)
    assert names(taken(vhost, listening)) == told


@pytest.mark.parametrize(
    ("crash", "copies"),
    [("before publishing", 1), ("before marking", 2), ("mark first", 0)],
)
def test_a_crash_of_the_relay_repeats_and_never_loses(
    lab, database, vhost, listening, crash, copies
):
    """The last one marks first, as no relay may: the harness must see the loss."""
    worker = lab(extra={"LAB_CRASH": crash})
    tell_all(["one", "two"])
    worker.start()
    assert worker.popen.wait(20) == 9
    worker.kill()
    with running(lab()):
        until(lambda: unsent(database) == 0)
    assert Counter(names(taken(vhost, listening))) == Counter({"one": copies, "two": copies})


def test_killed_again_and_again_under_load_it_loses_nothing(lab, database, vhost, listening):
    told = [f"n{number}" for number in range(400)]
    writer = threading.Thread(target=copy_context().run, args=(tell_all, told))
    writer.start()
    worker = lab()
    for _ in range(4):
        worker.start()
        until(lambda: worker.ready)
        sent = len(told) - unsent(database)
        until(lambda sent=sent: not writer.is_alive() or len(told) - unsent(database) > sent)
        time.sleep(random.random() / 20)  # somewhere in the middle
        worker.kill()
    writer.join()
    with running(lab()):
        until(lambda: unsent(database) == 0)
        until(lambda: database.heard.count_documents({"times": {"$gt": 0}}) == 400)
    heard = Counter(row["times"] for row in database.heard.find({"times": {"$gt": 0}}))
    assert heard == {1: 400}
    copies = Counter(names(taken(vhost, listening)))
    assert set(copies) == set(told)


def test_a_second_replica_waits_and_takes_over(lab, database, vhost, listening):
    first, second = lab(replica="one"), lab(replica="two")
    with running(first), running(second):
        tell_all(["a"])
        until(lambda: unsent(database) == 0)
        holder = database.leases.find_one({"_id": "relay"})["owner"]
        leader = first if holder == "one" else second
        leader.kill()
        tell_all(["b"])
        until(lambda: unsent(database) == 0, 10)
        assert database.leases.find_one({"_id": "relay"})["owner"] != holder
    assert names(taken(vhost, listening)) == ["a", "b"]


def test_what_no_queue_wants_is_kept(vhost):
    topology.declare(vhost, ["dossier"], [])
    one = event("nobody's")
    publish(vhost, [one])
    letters = taken(vhost, "dossier.unrouted")
    assert [Envelope.decoded(m.body) for m in letters] == [one]


def test_a_cold_start_of_all_services_sends_nothing_astray(vhost):
    """Each event is published on empty engines, with the topology of the deployment's first step:
    in unrouted is what nobody subscribed to and no stream keeps, and nothing else."""
    topology.declare(vhost, SERVICES, SUBSCRIPTIONS)
    wanted = {kind.type for one in SUBSCRIPTIONS for kind in one.events}
    wanted |= {kind.type for kind in ANNOUNCED}
    for kind in events.values():
        one = Envelope.of(
            kind.model_validate(kind.example), subject=event("x").subject, tenant="tri-ton",
            version=1, at=event("x").time,
        )  # fmt: skip
        publish(vhost, [one], kind.source)
        astray = [m.delivery_info["routing_key"] for m in taken(vhost, f"{kind.source}.unrouted")]
        assert astray == ([] if kind.type in wanted else [one.key])


def test_a_queue_that_exists_as_another_thing_is_told_and_not_ready(lab, vhost):
    with Connection(vhost) as connection:
        connection.default_channel.queue_delete(HEARD.queue)
        SimpleQueue(connection.default_channel, HEARD.queue).close()
    worker = lab()
    worker.start()
    until(lambda: worker.answer("/health/live")[0] == 200)
    until(lambda: "PRECONDITION_FAILED" in worker.log.read_text())
    assert not worker.ready
    worker.kill()
