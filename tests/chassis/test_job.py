"""The job process: one at a time, never lost, drained on SIGTERM."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from chassis.broker import topology
from tests.chassis.lab.entrypoints.job import JOBS
from tests.chassis.running import Process, depth, event, publish, running, taken, until


@pytest.fixture
def jobs(lab: Callable[..., Process], vhost: str) -> Callable[[], Process]:
    topology.declare(vhost, ["dossier"], [JOBS])
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
