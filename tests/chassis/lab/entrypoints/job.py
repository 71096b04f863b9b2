"""Jobs of the lab. `fails` and `slow` are done like that; each notes when it began and ended."""

import time

from mongoengine.connection import get_db

from chassis.job import Jobs
from contracts.dossier import ProducerRegistered
from contracts.event import Envelope
from contracts.topology import Subscription
from tests.chassis.lab.settings import Settings

JOBS = Subscription("lab", "jobs", (ProducerRegistered,))
STEPS = (1,)


def create(settings: Settings) -> Jobs:
    return Jobs(JOBS, settings, work, STEPS)


def work(envelope: Envelope) -> None:
    name = envelope.data.producer.name  # type: ignore[attr-defined]
    began = time.monotonic()
    if name == "fails":
        raise RuntimeError("it fails")
    time.sleep(1 if name == "slow" else 0.1)
    get_db().done.insert_one({"name": name, "began": began, "ended": time.monotonic()})
