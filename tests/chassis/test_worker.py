"""The worker on a real broker: what nameko alone would lose, double or wedge on."""

from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest
from amqp.exceptions import NotFound
from kombu import Connection

from chassis.broker import topology
from chassis.broker.publisher import EVENT, Outgoing, Publisher
from tests.chassis.running import depth, event, publish, running, taken, until

QUEUE = "lab.heard"
STEPS = (1, 2)
DEAD = f"{QUEUE}.dead"


def heard(database: Any) -> dict[str, int]:
    return {row["name"]: row["times"] for row in database.heard.find()}


def test_an_event_is_handled_in_its_tenants_scope_and_repeated_without_effect(lab, database, vhost):
    one, other = event("A"), event("B", "chau-doc")
    with running(lab()):
        publish(vhost, [one, other, one, one])
        until(lambda: len(heard(database)) == 2 and depth(vhost, QUEUE) == 0)
    assert heard(database) == {"A": 1, "B": 1}
    assert {row["tenant"] for row in database.heard.find({"name": "B"})} == {"chau-doc"}


def test_what_cannot_be_handled_is_dead_with_its_reason_and_the_worker_lives(lab, database, vhost):
    with running(lab()) as worker:
        fails, hopeless, hangs = event("fails"), event("hopeless"), event("hangs")
        publish(vhost, [fails, hopeless, hangs])
        rubbish = [
            Outgoing("dossier", "producer.registered.v1.tri-ton", body, EVENT | {"message_id": id})
            for id, body in (("text", "rubbish"), ("binary", b"\xff\x00"), ("empty", "{}"))
        ]
        foreign = event("C")
        lying = Outgoing(
            "dossier", "producer.registered.v1.chau-doc", foreign.encoded(),
            EVENT | {"message_id": foreign.id},
        )  # fmt: skip
        publisher = Publisher(vhost)
        assert publisher.publish([*rubbish, lying]) == set()
        publisher.close()
        until(lambda: depth(vhost, DEAD) == 7)
        publish(vhost, [event("good")])
        until(lambda: heard(database) == {"good": 1})
        assert worker.ready
    letters = {m.properties["message_id"]: m.headers for m in taken(vhost, DEAD)}
    attempts = {id: headers["attempts"] for id, headers in letters.items()}
    assert attempts == {
        fails.id: 3, hopeless.id: 1, hangs.id: 3, "text": 1, "binary": 1, "empty": 1, foreign.id: 1,
    }  # fmt: skip
    assert letters[fails.id]["error"] == "RuntimeError('it fails')"
    assert letters[hangs.id]["error"] == "TimeoutError('the handler took more than 2 s')"
    assert "not that of its body" in letters[foreign.id]["error"]
    assert {headers["key"] for id, headers in letters.items() if id == fails.id} == {fails.key}
    assert heard(database) == {"good": 1}


@pytest.mark.parametrize("batches", [{}, {"LAB_BATCHES": "1"}])
def test_another_tenants_word_on_a_subject_is_dead_at_once_and_holds_up_no_other(
    lab, database, vhost, batches
):
    one = event("A")
    foreign = event("B", "chau-doc").model_copy(update={"subject": one.subject, "version": 9})
    with running(lab(extra=batches)):
        publish(vhost, [one])
        until(lambda: heard(database) == {"A": 1})
        publish(vhost, [foreign, event("C", "chau-doc")])
        until(lambda: depth(vhost, DEAD) == 1 and heard(database) == {"A": 1, "C": 1})
    (letter,) = taken(vhost, DEAD)
    said = f"chau-doc tells producer.registered.v1 of {one.subject}, which is tri-ton's"
    assert (letter.headers["attempts"], letter.headers["error"]) == (1, said)


def test_what_is_away_is_never_given_up(lab, vhost):
    with running(lab()):
        publish(vhost, [event("away")])
        last = topology.retry(QUEUE, STEPS[-1])
        until(lambda: any(m.headers["attempts"] > 4 for m in _peek(vhost, last)), 20)
        assert depth(vhost, DEAD) == 0


def test_a_killed_worker_loses_and_doubles_nothing(lab, database, vhost):
    topology_of_lab(vhost)
    events = [event(f"name {number}") for number in range(300)]
    worker = lab()
    for part in range(3):
        worker.start()
        until(lambda: worker.ready)
        publish(vhost, events[part * 100 : part * 100 + 100])
        until(lambda part=part: len(heard(database)) > part * 100)
        worker.kill()
    with running(lab()):
        until(lambda: len(heard(database)) == 300)
        until(lambda: depth(vhost, QUEUE) == 0)
    assert Counter(heard(database).values()) == {1: 300}
    assert depth(vhost, DEAD) == 0


def test_sigterm_finishes_what_runs_and_takes_nothing_more(lab, database, vhost):
    with running(lab()) as worker:
        publish(vhost, [event("slow", tenant) for tenant in ("tri-ton", "chau-doc", "an-phu")])
        until(lambda: unacknowledged(vhost) == 3)
        assert worker.terminate() == 0
    assert [row["times"] for row in database.heard.find()] == [1, 1, 1]
    assert depth(vhost, QUEUE) == 0


def test_batches_are_written_together_and_one_bad_event_holds_up_no_other(lab, database, vhost):
    with running(lab(extra={"LAB_BATCHES": "1"})):
        good = [event(f"name {number}") for number in range(200)]
        bad = event("fails")
        publish(vhost, [*good[:100], bad, *good[100:], *good[:50]])
        until(lambda: depth(vhost, DEAD) == 1)
        until(lambda: len(heard(database)) == 200 and depth(vhost, QUEUE) == 0)
    assert Counter(heard(database).values()) == {1: 200}
    assert [m.properties["message_id"] for m in taken(vhost, DEAD)] == [bad.id]


def test_without_a_broker_it_lives_unready_and_starts_when_it_comes(lab, engines, vhost):
    name = vhost.rsplit("/", 1)[1]
    engines.manage("DELETE", f"vhosts/{name}")
    worker = lab()
    worker.start()
    until(lambda: worker.answer("/health/live")[0] == 200)
    assert worker.answer("/health/ready") == (
        503, {"ready": False, "checks": {"started": False, "mongodb": True}},
    )  # fmt: skip
    engines.manage("PUT", f"vhosts/{name}")
    until(lambda: worker.ready)
    assert worker.terminate() == 0


def test_its_connections_cut_it_consumes_again(lab, engines, database, vhost):
    with running(lab()) as worker:
        publish(vhost, [event("before")])
        until(lambda: heard(database) == {"before": 1})
        pid = worker.popen.pid
        name = vhost.rsplit("/", 1)[1]
        cut = until(lambda: engines.manage("GET", f"vhosts/{name}/connections"))
        for connection in cut:
            engines.manage("DELETE", f"connections/{quote(connection['name'], safe='')}")
        publish(vhost, [event("after")])
        until(lambda: heard(database) == {"before": 1, "after": 1})
        until(lambda: worker.ready)
        assert worker.popen.pid == pid
        assert worker.popen.poll() is None


def test_its_queue_gone_it_declares_it_again_and_consumes(lab, engines, database, vhost):
    with running(lab()) as worker:
        name = vhost.rsplit("/", 1)[1]
        engines.manage("DELETE", f"queues/{name}/{QUEUE}")
        until(lambda: worker.ready and depth_or_none(vhost, QUEUE) is not None)
        publish(vhost, [event("after")])
        until(lambda: heard(database) == {"after": 1})


def test_a_zombie_that_is_connected_without_consumers_ends_itself(lab, database, vhost):
    """The queue exists as another thing: the broker answers, and gives no consumer."""
    worker = lab()
    with running(worker):
        with Connection(vhost) as connection:
            connection.default_channel.queue_delete(QUEUE)
            connection.default_channel.queue_declare(QUEUE, durable=True, auto_delete=False)
        assert worker.popen.wait(30) == 1
        assert "connected_without_consumers_ending" in worker.log.read_text()


def depth_or_none(uri: str, queue: str) -> int | None:
    try:
        return depth(uri, queue)
    except NotFound:
        return None


def unacknowledged(uri: str) -> int:
    """Delivered and not settled: declared and empty on the outside."""
    return 3 if depth(uri, QUEUE) == 0 else 0


def topology_of_lab(uri: str) -> None:
    topology.declare(uri, ["dossier"], [])


def _peek(uri: str, queue: str) -> list[Any]:
    with Connection(uri) as connection:
        channel = connection.channel()
        raw = channel.basic_get(queue)
        return [channel.message_to_python(raw)] if raw else []
