"""The job process: long pieces of work, one at a time, in plain Python without eventlet.

A job is an event that asks for work; its queue, its retries and its dead letters are those of any
subscription. The handler runs in a thread of its own, so that the connection's heartbeat goes on.
"""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from wsgiref.simple_server import WSGIRequestHandler, make_server

import structlog
from kombu import Connection
from kombu.message import Message
from prometheus_client import make_wsgi_app

from chassis import metrics
from chassis.broker import letters
from chassis.broker.publisher import Publisher
from chassis.broker.topology import RETRY_STEPS_S, declare_subscription, queue
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
Handler = Callable[[Envelope], None]


class Jobs:
    """One subscription's jobs. SIGTERM: no further one; the one that runs is finished."""

    def __init__(
        self,
        subscription: Subscription,
        settings: ServiceSettings,
        handler: Handler,
        steps: Sequence[int] = RETRY_STEPS_S,
    ) -> None:
        self._subscription, self._settings, self._handler = subscription, settings, handler
        self._steps = tuple(steps)
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
            declare_subscription(channel, self._subscription, self._steps)
            waiting: list[Message] = []
            channel.basic_qos(0, 1, False)
            consumer = connection.Consumer(
                [queue(self._subscription)], channel=channel, on_message=waiting.append
            )
            consumer.on_decode_error = lambda message, _error: waiting.append(message)
            with consumer:
                self._consuming = True
                log.info("jobs_started", queue=self._subscription.queue)
                while not self._stopping.is_set():
                    _drain(connection)
                    while waiting:
                        self._take(waiting.pop(), connection)

    def _take(self, message: Message, connection: Connection) -> None:
        errors: list[BaseException] = []

        def work() -> None:
            try:
                self._do(message)
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=work, name=self._subscription.queue)
        thread.start()
        while thread.is_alive():
            thread.join(TICK_S)
            connection.heartbeat_check()
        if errors and not isinstance(errors[0], AlreadyHandled):
            self._put_off(message, errors[0])
        message.ack()
        outcome = "failed" if errors else "handled"
        metrics.HANDLED.labels(self._subscription.queue, outcome).inc()

    def _do(self, message: Message) -> None:
        envelope = letters.opened(message, self._subscription.queue)
        began = time.monotonic()
        with (
            entered(Scope(envelope.tenant, self._subscription.queue)),
            continued(self._subscription.queue, envelope.traceparent),
        ):
            self._handler(envelope)
        log.info("job_done", type=envelope.type, seconds=round(time.monotonic() - began, 1))

    def _put_off(self, message: Message, error: BaseException) -> None:
        """Raises when no copy was confirmed; then the message stays, unacknowledged."""
        copy = letters.next_stop(message, error, self._subscription.queue, self._steps)
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


def _drain(connection: Connection) -> None:
    """Let messages come in for a moment."""
    try:
        connection.drain_events(timeout=TICK_S)
    except TimeoutError:
        connection.heartbeat_check()
