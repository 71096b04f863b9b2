"""A service of the tests' own, run by the real launcher: chassis.run tests.chassis.lab worker.

An event whose producer is named `fails`, `hopeless`, `slow`, `hangs` or `away` is handled so.
"""

import os
import time
from collections.abc import Sequence
from typing import Any

from mongoengine import StringField

from chassis.aggregate import Aggregate
from chassis.broker.publisher import Publisher
from chassis.problems import Unavailable
from chassis.store.documents import AggregateDocument
from chassis.store.unit_of_work import UnitOfWork, handle, handle_all
from chassis.worker.process import Worker
from chassis.worker.relay import Relay, outgoing
from contracts.dossier import ProducerRegistered
from contracts.event import Envelope, Unreadable
from contracts.topology import Subscription
from tests.chassis.lab.settings import Settings

HEARD = Subscription("lab", "heard", (ProducerRegistered,))
STEPS = (1, 2)
ZOMBIE_S = 2


class Heard(Aggregate):
    """What was heard, as often as it had an effect."""

    name: str
    times: int = 0


class HeardDocument(AggregateDocument):
    aggregate = Heard
    meta = {"collection": "heard", "indexes": [{"fields": ["tenant", "name"], "unique": True}]}

    name = StringField()


def note(work: UnitOfWork, name: str) -> None:
    heard = work.first(Heard, name=name) or Heard(tenant=work.scope.tenant, name=name)
    heard.times += 1
    work.save(heard)


def note_all(work: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    known: dict[Any, Heard] = {}
    for envelope in envelopes:
        name, tenant = envelope.data.producer.name, envelope.tenant  # type: ignore[attr-defined]
        if name == "fails":
            raise RuntimeError("it fails")
        found = known.get((tenant, name)) or work.first(Heard, name=name, tenant=tenant)
        heard = known[(tenant, name)] = found or Heard(tenant=tenant, name=name)
        heard.times += 1
    work.save(*known.values())


def on_each(envelope: Envelope) -> None:
    name = envelope.data.producer.name  # type: ignore[attr-defined]
    match name:
        case "fails":
            raise RuntimeError("it fails")
        case "hopeless":
            raise Unreadable("nothing helps")
        case "away":
            raise Unavailable("không có", "not there")
        case "slow":
            time.sleep(1)
        case "hangs":
            time.sleep(3600)
    handle(HEARD.queue, envelope, note, name)


def on_batch(envelopes: Sequence[Envelope]) -> None:
    handle_all(HEARD.queue, envelopes, note_all)


class CrashingRelay(Relay):
    """Ends its process like kill -9 at the worst moment, as LAB_CRASH says."""

    def _publish(self, rows: list[dict[str, Any]], publisher: Publisher) -> list[str]:
        match os.environ.get("LAB_CRASH") if rows else None:
            case "before publishing":
                os._exit(9)
            case "before marking":
                publisher.publish([outgoing(row) for row in rows])
                os._exit(9)
            case "mark first":  # the negative control: what no relay may do
                self._mark([row["_id"] for row in rows])
                os._exit(9)
        return super()._publish(rows, publisher)


def create(settings: Settings) -> Worker:
    worker = Worker("lab", settings, relay=CrashingRelay, zombie_s=ZOMBIE_S)
    if os.environ.get("LAB_BATCHES"):
        worker.batches(HEARD, on_batch, steps=STEPS)
    else:
        worker.each(HEARD, on_each, steps=STEPS, handler_s=2)
    return worker
