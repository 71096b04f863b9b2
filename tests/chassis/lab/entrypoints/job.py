"""Jobs of the lab from two queues. `fails`, `slow` and `long` are done like that; each notes when
it began and ended. A `long` one takes several heartbeats.
"""

import time

from mongoengine.connection import get_db

from chassis import job
from contracts.dossier import ProducerRegistered, ProducerWithdrawn
from contracts.event import Envelope
from contracts.topology import Subscription
from tests.chassis.lab.settings import Settings

JOBS = Subscription("lab", "jobs", (ProducerRegistered,))
OTHERS = Subscription("lab", "other-jobs", (ProducerWithdrawn,))
STEPS = (1,)
TAKES_S = {"slow": 1, "long": 4}


def create(settings: Settings) -> job.Jobs:
    job.HEARTBEAT_S = 1
    return job.Jobs(settings, {JOBS: work, OTHERS: other}, STEPS)


def other(envelope: Envelope) -> None:
    work(envelope, "other")


def work(envelope: Envelope, by: str = "work") -> None:
    name = envelope.data.producer.name  # type: ignore[attr-defined]
    began = time.monotonic()
    if name == "fails":
        raise RuntimeError("it fails")
    time.sleep(TAKES_S.get(name, 0.1))
    done = {"name": name, "by": by, "began": began, "ended": time.monotonic()}
    get_db().done.insert_one(done)
