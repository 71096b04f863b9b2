"""The job process: long pieces of work, one at a time, in plain Python without eventlet.

A job is an event that asks for work; its queue, its retries and its dead letters are those of any
subscription. The handler runs in a thread of its own, so that the connection's heartbeat goes on.
A job is fetched when there is time for it and not before: what waits is there for another process.
"""

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import structlog
from kombu import Connection
from kombu.message import Message
from prometheus_client import make_wsgi_app

from chassis import metrics
from chassis.broker import letters
from chassis.broker.publisher import Publisher
from chassis.broker.topology import RETRY_STEPS_S, declare_subscription
from chassis.health import health_app
from chassis.scope import Scope, entered
from chassis.settings import ServiceSettings
from chassis.store import documents
from chassis.store.unit_of_work import AlreadyHandled
from chassis.trace import continued
from contracts.event import Envelope, Unreadable
from contracts.topology import Subscription

log = structlog.get_logger(__name__)
HEARTBEAT_S, TICK_S, AGAIN_S = 30, 1, 1
IDLE_S = 0.25
"""Between two looks into queues that were empty."""
Handler = Callable[[Envelope], None]


class Jobs:
    """The jobs of these subscriptions, which take turns. SIGTERM: no further one; the one that runs
    is finished."""

    def __init__(
        self,
        settings: ServiceSettings,
        handlers: Mapping[Subscription, Handler],
        steps: Sequence[int] = RETRY_STEPS_S,
    ) -> None:
        self._settings, self._handlers, self._steps = settings, handlers, tuple(steps)
        self._turns = deque(handlers)
        self._publisher = Publisher(settings.rabbitmq)
        self._stopping = threading.Event()
        self._consuming = False

    def serve(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        documents.connect(self._settings.mongodb, self._settings.database)
        self._open_door()
        while not self._stopping.is_set():
            try:
                self._consume()
            except (*Connection(self._settings.rabbitmq).recoverable_connection_errors,) as error:
                log.warning("broker_away", error=repr(error))
                self._stopping.wait(AGAIN_S)
            finally:
                self._consuming = False
        documents.disconnect()
        log.info("jobs_stopped")

    def _consume(self) -> None:
        uri = self._settings.rabbitmq
        with Connection(uri, heartbeat=HEARTBEAT_S, connect_timeout=5) as connection:
            channel = connection.channel()
            for subscription in self._handlers:
                declare_subscription(channel, subscription, self._steps)
            self._consuming = True
            log.info("jobs_started", queues=[one.queue for one in self._handlers])
            while not self._stopping.is_set():
                if found := self._next(channel):
                    self._take(*found, connection)
                else:
                    self._stopping.wait(IDLE_S)
                    connection.heartbeat_check()

    def _next(self, channel: Any) -> tuple[Subscription, Message] | None:
        for _ in self._handlers:
            subscription = self._turns[0]
            self._turns.rotate(-1)
            if (found := channel.basic_get(subscription.queue)) is not None:
                return subscription, channel.message_to_python(found)
        return None

    def _take(self, subscription: Subscription, message: Message, connection: Connection) -> None:
        """Also when the connection is lost the job runs to its end before there is another."""
        errors: list[BaseException] = []

        def work() -> None:
            try:
                self._do(subscription, message)
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=work, name=subscription.queue)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(TICK_S)
                _beat(connection)
        finally:
            thread.join()
        if errors and not isinstance(errors[0], AlreadyHandled):
            self._put_off(subscription, message, errors[0])
        message.ack()
        outcome = "failed" if errors else "handled"
        metrics.HANDLED.labels(subscription.queue, outcome).inc()

    def _do(self, subscription: Subscription, message: Message) -> None:
        envelope = letters.opened(message, subscription.queue)
        began = time.monotonic()
        with (
            entered(Scope(envelope.tenant, subscription.queue)),
            continued(subscription.queue, envelope.traceparent),
        ):
            self._handlers[subscription](envelope)
        log.info("job_done", type=envelope.type, seconds=round(time.monotonic() - began, 1))

    def _put_off(self, subscription: Subscription, message: Message, error: BaseException) -> None:
        """Raises when no copy was confirmed; then the message stays, unacknowledged."""
        copy = letters.next_stop(message, error, subscription.queue, self._steps)
        log.warning(
            "job_not_done", to=copy.key, error=repr(error),
            exc_info=None if isinstance(error, Unreadable) else error,
        )  # fmt: skip
        if self._publisher.publish([copy]):
            raise ConnectionError("copy refused")

    def _open_door(self) -> None:
        host, port = self._settings.bind.rsplit(":", 1)
        app = health_app(lambda: {"consuming": self._consuming}, make_wsgi_app())
        server = make_server(host, int(port), app, handler_class=_Quiet)
        threading.Thread(target=server.serve_forever, daemon=True, name="health").start()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Probes are no news."""


def _beat(connection: Connection) -> None:
    """Say that we live, and hear it: a heartbeat that nobody reads counts as missed."""
    with suppress(TimeoutError):
        connection.drain_events(timeout=0.01)
    connection.heartbeat_check()
