"""The job process: one at a time from all its queues, never lost, drained on SIGTERM."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from chassis.broker import topology
from contracts.dossier import ProducerWithdrawn
from tests.chassis.lab.entrypoints.job import JOBS, OTHERS
from tests.chassis.running import Process, depth, event, publish, running, taken, until


@pytest.fixture
def jobs(lab: Callable[..., Process], vhost: str) -> Callable[[], Process]:
    topology.declare(vhost, ["dossier"], [JOBS, OTHERS])
    return partial(lab, kind="job")


def done(database: Any) -> list[Any]:
    return list(database.done.find().sort("began"))


def test_jobs_are_done_one_after_another_and_a_failing_one_is_dead(jobs, database, vhost):
    with running(jobs()):
        fails = event("fails")
        publish(vhost, [event("slow"), fails, *(event(f"job {number}") for number in range(5))])
        until(lambda: len(done(database)) == 6)
        until(lambda: depth(vhost, topology.dead(JOBS.queue)) == 1)
    ran = done(database)
    assert all(one["ended"] <= other["began"] for one, other in pairwise(ran))
    (letter,) = taken(vhost, topology.dead(JOBS.queue))
    assert letter.properties["message_id"] == fails.id
    assert (letter.headers["attempts"], letter.headers["error"]) == (2, "RuntimeError('it fails')")


def test_a_killed_job_is_done_again_by_the_next(jobs, database, vhost):
    publish(vhost, [event("slow")])
    killed = jobs()
    killed.start()
    until(lambda: depth(vhost, JOBS.queue) == 0)
    killed.kill()
    assert done(database) == []
    with running(jobs()):
        until(lambda: [one["name"] for one in done(database)] == ["slow"])


def test_sigterm_finishes_the_job_that_runs_and_leaves_the_others(jobs, database, vhost):
    with running(jobs()) as process:
        publish(vhost, [event("slow"), event("later")])
        until(lambda: depth(vhost, JOBS.queue) == 1)
        assert process.terminate() == 0
    assert [one["name"] for one in done(database)] == ["slow"]
    until(lambda: depth(vhost, JOBS.queue) == 1)


def test_jobs_of_two_queues_take_turns_one_at_a_time(jobs, database, vhost):
    others = [event(f"other {number}", kind=ProducerWithdrawn) for number in range(3)]
    publish(vhost, [*(event(f"job {number}") for number in range(6)), *others])
    with running(jobs()):
        until(lambda: len(done(database)) == 9)
    ran = done(database)
    assert all(one["ended"] <= other["began"] for one, other in pairwise(ran))
    assert [one["by"] for one in ran] == ["work", "other"] * 3 + ["work"] * 3
    by = {one["name"].split()[0]: one["by"] for one in ran}
    assert by == {"job": "work", "other": "other"}


def test_what_fails_goes_back_to_its_own_queue_and_holds_up_no_other(jobs, database, vhost):
    with running(jobs()):
        publish(vhost, [event("fails", kind=ProducerWithdrawn), event("slow"), event("last")])
        until(lambda: depth(vhost, topology.dead(OTHERS.queue)) == 1)
        until(lambda: len(done(database)) == 2)
    assert depth(vhost, topology.dead(JOBS.queue)) == 0


def test_a_job_that_takes_several_heartbeats_is_done_once(jobs, database, vhost):
    with running(jobs()):
        publish(vhost, [event("long"), event("next")])
        until(lambda: len(done(database)) == 2 and depth(vhost, JOBS.queue) == 0)
    assert [one["name"] for one in done(database)] == ["long", "next"]


def test_what_waits_is_there_for_another_process(jobs, database, vhost):
    with running(jobs()), running(jobs(replica="two")):
        publish(vhost, [event("long"), event("long")])
        until(lambda: len(done(database)) == 2)
    one, other = done(database)
    assert other["began"] < one["ended"], "both at the same time"
