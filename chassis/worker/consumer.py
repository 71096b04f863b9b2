"""A subscription's messages and their handler: one by one, or in batches.

A failure is tried again later, step by step, then kept as a dead letter with its reason. A message
is acknowledged only when its effect is kept, or when a copy was confirmed where it belongs next.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import eventlet
import structlog
from eventlet.event import Event as Ended
from eventlet.queue import LightQueue
from kombu.message import Message
from nameko.messaging import Consumer

from chassis import metrics
from chassis.broker import letters
from chassis.broker.publisher import Publisher
from chassis.broker.topology import RETRY_STEPS_S, dead, queue
from chassis.scope import SERVICE, Scope, entered
from chassis.store.unit_of_work import AlreadyHandled
from chassis.trace import continued
from chassis.worker.link import Link
from chassis.worker.relay import SWEEP_S, no_confirm
from contracts.event import Envelope, Unreadable
from contracts.topology import Subscription

log = structlog.get_logger(__name__)
HANDLER_S = 30


class EachMessage(Consumer):
    """One quorum queue; the handler gets one event, within its tenant's scope."""

    prefetch = 20

    def __init__(
        self,
        subscription: Subscription,
        uri: str,
        steps: Sequence[int] = RETRY_STEPS_S,
        handler_s: float = HANDLER_S,
    ) -> None:
        self.subscription, self.steps = subscription, tuple(steps)
        self._uri, self._handler_s = uri, handler_s
        self.queue_consumer = Link()
        super().__init__(queue(subscription), expected_exceptions=(AlreadyHandled,))

    @property
    def name(self) -> str:
        return self.subscription.queue

    def setup(self) -> None:
        super().setup()
        self.publisher = Publisher(self._uri, limit=no_confirm)

    def stop(self) -> None:
        super().stop()  # no more deliveries
        self.queue_consumer.stop()  # and every delivered message settled

    def receive(self, message: Message) -> None:
        self.container.spawn_managed_thread(partial(self._handle, message))

    def _handle(self, message: Message) -> None:
        for _, envelope in self.decoded([message]):
            self.conclude(message, self.call(envelope))
        self.queue_consumer.unsettled -= 1

    def decoded(self, messages: Sequence[Message]) -> list[tuple[Message, Envelope]]:
        """The readable messages with their events; the others are concluded here."""
        readable = []
        for message in messages:
            try:
                readable.append((message, letters.opened(message, self.name)))
            except Unreadable as error:
                self.conclude(message, error)
        return readable

    def call(self, argument: Any) -> BaseException | None:
        """Run the handler in a worker, wait for its end, tell its error."""
        ended = Ended()

        def result(_context: Any, value: Any, exc_info: Any) -> tuple[Any, Any]:
            if not ended.ready():
                ended.send(exc_info and exc_info[1])
            return value, exc_info

        self.container.spawn_worker(self, (argument,), {}, handle_result=result)
        error: BaseException | None = ended.wait()
        return error

    def running(self, handler: Callable[[Any], None], argument: Any) -> None:
        """The handler in its scope and trace, and bounded in time; run by nameko's worker."""
        limit = TimeoutError(f"the handler took more than {self._handler_s} s")
        with eventlet.Timeout(self._handler_s, limit), self.context(argument):
            handler(argument)

    @contextmanager
    def context(self, envelope: Envelope) -> Iterator[None]:
        with (
            entered(Scope(envelope.tenant, self.name)),
            continued(self.name, envelope.traceparent),
            structlog.contextvars.bound_contextvars(
                event_id=envelope.id, event_type=envelope.type, tenant=envelope.tenant
            ),
        ):
            yield

    def conclude(self, message: Message, error: BaseException | None) -> None:
        """Ack; after a failure only once a copy was confirmed where it belongs next."""
        settle: Callable[[], None] = message.ack
        outcome = "handled"
        if error is not None and not isinstance(error, AlreadyHandled):
            copy = letters.next_stop(message, error, self.name, self.steps)
            outcome = "dead" if copy.key == dead(self.name) else "retried"
            log.warning(
                "event_not_handled", queue=self.name, outcome=outcome, to=copy.key,
                event_id=copy.properties["message_id"], error=copy.headers["error"],
                exc_info=error if outcome == "dead" else None,
            )  # fmt: skip
            try:
                if self.publisher.publish([copy]):
                    raise ConnectionError("copy refused")
            except Exception:
                log.exception("no_copy_back_to_the_queue", queue=self.name)
                outcome = "requeued"
                eventlet.sleep(SWEEP_S)
                settle = message.requeue
        metrics.HANDLED.labels(self.name, outcome).inc()
        self.queue_consumer.settle(message, settle)


class Batches(EachMessage):
    """The handler gets a list: up to `size` events, or what came within `wait` seconds.

    One multiple ack. When a batch fails, each of its events is tried alone, so that one bad event
    holds up no other; but not when what they need is away, as that would help none.
    """

    size, wait, prefetch = 50, 0.02, 150

    def start(self) -> None:
        self._arrived = LightQueue()
        self.container.spawn_managed_thread(self._run, f"batches of {self.name}")

    def receive(self, message: Message) -> None:
        self._arrived.put(message)

    def _run(self) -> None:
        while True:
            batch = [self._arrived.get()]
            with eventlet.Timeout(self.wait, False):
                while len(batch) < self.size:
                    batch.append(self._arrived.get())
            # a new connection brings the others again
            self._handle_all([message for message in batch if message.channel.connection])
            self.queue_consumer.unsettled -= len(batch)

    def _handle_all(self, batch: Sequence[Message]) -> None:
        readable = self.decoded(batch)
        if not readable:
            return
        error = self.call([envelope for _, envelope in readable])
        if error is None:
            metrics.HANDLED.labels(self.name, "handled").inc(len(readable))
            last = readable[-1][0]
            self.queue_consumer.settle(last, partial(last.ack, multiple=True))
            return
        for message, envelope in readable:
            away = isinstance(error, letters.AWAY)  # then no smaller batch does better
            self.conclude(message, error if away else self.call([envelope]))

    @contextmanager
    def context(self, envelopes: Sequence[Envelope]) -> Iterator[None]:  # type: ignore[override]
        """A projection writes for every tenant of its batch, and its own counters."""
        tenants = frozenset(envelope.tenant for envelope in envelopes)
        with entered(Scope(SERVICE, self.name, tenants)):
            yield
