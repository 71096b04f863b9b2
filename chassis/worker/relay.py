"""The relay: sends what the outbox holds.

Unsent rows are the truth; a change stream only wakes; its idle second is the sweep. One leader a
service, by a lease on the database's clock: it saves work, and correctness never depends on it.
"""

import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

import eventlet
import structlog
from mongoengine.connection import get_db
from nameko.extensions import DependencyProvider

from chassis import metrics
from chassis.broker.publisher import CONFIRM_S, EVENT, Outgoing, Publisher
from chassis.broker.topology import declare_exchange
from chassis.settings import ServiceSettings

log = structlog.get_logger(__name__)
BATCH, SWEEP_S = 200, 1
LEASE_S = 5  # longer than CONFIRM_S: a lease outlasts the batch begun under it
NEVER = datetime.fromtimestamp(0, UTC)
no_confirm = partial(eventlet.Timeout, CONFIRM_S, TimeoutError("no confirm"))


class Relay(DependencyProvider):
    """A dependency, so that nameko stops it after the last handler has written its last row.

    `streams`: the address of the public vhost, where a service tells the world something.
    """

    def __init__(self, service: str, settings: ServiceSettings, streams: str | None = None) -> None:
        self._service, self._me = service, settings.replica
        self._prepare = partial(declare_exchange, service=service)
        self._uris = {False: settings.rabbitmq} | ({True: streams} if streams else {})
        self._stopping, self._renew_at = False, 0.0

    def start(self) -> None:
        database = get_db()
        self._outbox, self._leases = database.outbox, database.leases
        self._leases.update_one({"_id": "relay"}, {"$setOnInsert": {"until": NEVER}}, upsert=True)
        self._publishers = {
            public: Publisher(uri, (lambda channel: None) if public else self._prepare, no_confirm)
            for public, uri in self._uris.items()
        }
        self._thread = self.container.spawn_managed_thread(self._run, "relay")

    def stop(self) -> None:
        self._stopping = True
        self._thread.wait()

    def _run(self) -> None:
        while not self._stopping:
            try:
                if self._leads():
                    self._serve()
                else:
                    eventlet.sleep(SWEEP_S)
            except Exception:
                metrics.RELAY_FAILURES.inc()
                log.exception("relay_begins_again")
                eventlet.sleep(SWEEP_S)

    def _leads(self) -> bool:
        """Hold or take the lease."""
        asked = time.monotonic()
        if asked >= self._renew_at:
            free = {"$or": [{"$eq": ["$owner", self._me]}, {"$lt": ["$until", "$$NOW"]}]}
            until = {"$dateAdd": {"startDate": "$$NOW", "unit": "second", "amount": LEASE_S}}
            taken = self._leases.update_one(
                {"_id": "relay", "$expr": free}, [{"$set": {"owner": self._me, "until": until}}]
            )
            self._renew_at = asked + LEASE_S / 3 if taken.matched_count else 0.0
        return asked < self._renew_at

    def _serve(self) -> None:
        inserts: list[dict[str, Any]] = [
            {"$match": {"operationType": "insert"}},
            {"$project": {"documentKey": 1}},
        ]
        with self._outbox.watch(inserts, max_await_time_ms=SWEEP_S * 1000) as stream:
            self._drain(set())
            sent: set[str] = set()  # rows sent before the stream told of their insert
            while self._leads() and not self._stopping:
                row = (stream.try_next() or {"documentKey": {"_id": None}})["documentKey"]["_id"]
                if row not in sent:
                    sent = self._drain(sent if row else set())
                sent.discard(row)
            self._drain(sent)  # what the last handlers wrote; then the next leader need not wait
            self._leases.update_one({"_id": "relay", "owner": self._me}, {"$set": {"until": NEVER}})

    def _drain(self, sent: set[str]) -> set[str]:
        """Send all that is unsent, mark it after the confirm, and tell which rows those were.

        What the services wait for goes first: a stream that is away holds up only the world.
        """
        for public, publisher in self._publishers.items():
            sent |= self._drain_to(publisher, public)
        return sent

    def _drain_to(self, publisher: Publisher, public: bool) -> set[str]:
        sent: set[str] = set()
        age = metrics.OUTBOX_AGE.labels("world" if public else "services")
        while self._leads() and (rows := self._unsent(public)):
            age.set((datetime.now(UTC) - rows[0]["at"]).total_seconds())
            taken = self._publish(rows, publisher)
            sent.update(taken)
            if refused := len(rows) - len(taken):
                metrics.RELAY_REFUSED.inc(refused)
                log.error("outbox_rows_refused", count=refused, public=public)
                eventlet.sleep(SWEEP_S)
                return sent
        age.set(0)
        return sent

    def _publish(self, rows: list[dict[str, Any]], publisher: Publisher) -> list[str]:
        """The ids of those that the broker has; marked, all others stay unsent."""
        refused = publisher.publish([outgoing(row) for row in rows])
        taken = [row["_id"] for row in rows if row["_id"] not in refused]
        self._mark(taken)
        metrics.RELAYED.inc(len(taken))
        return taken

    def _mark(self, rows: list[str]) -> None:
        now = datetime.now(UTC)
        self._outbox.update_many({"_id": {"$in": rows}}, {"$set": {"published_at": now}})

    def _unsent(self, public: bool) -> list[dict[str, Any]]:
        """A snapshot of what a majority holds: nothing a failover takes back, and an aggregate's
        older version always first."""
        wanted = {"published_at": None, "public": public}
        with self._outbox.database.client.start_session(snapshot=True) as session:
            rows = self._outbox.find(wanted, session=session)
            return list(rows.hint([("published_at", 1)]).limit(BATCH))


def outgoing(row: dict[str, Any]) -> Outgoing:
    return Outgoing(row["exchange"], row["key"], row["body"], EVENT | {"message_id": row["_id"]})
