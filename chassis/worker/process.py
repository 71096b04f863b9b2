"""The worker's process: starts when its engines answer, drains on SIGTERM, tells its health."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any

import eventlet
import structlog
from eventlet import wsgi
from greenlet import GreenletExit
from kombu import Connection
from mongoengine.connection import get_db
from nameko.containers import ServiceContainer
from nameko.extensions import register_entrypoint
from nameko.runners import ServiceRunner
from prometheus_client import make_wsgi_app

from chassis.health import health_app
from chassis.settings import DRAIN_S, ServiceSettings
from chassis.store import documents
from chassis.worker.consumer import Batches, EachMessage
from chassis.worker.relay import Relay
from contracts.event import Envelope
from contracts.topology import Subscription

log = structlog.get_logger(__name__)
MAX_WORKERS, ZOMBIE_S = 20, 60
SELECTION_S = 5  # well within a handler's time: a store that is away is told from a slow handler


class Container(ServiceContainer):
    """nameko lets a BaseException and a failing worker_setup pass without settling the message."""

    def _run_worker(self, worker_ctx: Any, handle_result: Callable[..., Any]) -> None:
        try:
            super()._run_worker(worker_ctx, handle_result)
        except (GreenletExit, SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            log.exception("worker_failed_outside_the_handler")
            handle_result(worker_ctx, None, (type(error), error, error.__traceback__))


class Worker:
    """A service's worker: what it consumes, and the relay of its outbox."""

    def __init__(
        self,
        service: str,
        settings: ServiceSettings,
        streams: str | None = None,
        relay: type[Relay] = Relay,
        zombie_s: float = ZOMBIE_S,
    ) -> None:
        self._service, self._settings, self._zombie_s = service, settings, zombie_s
        self._members: dict[str, Any] = {
            "name": service,
            "relay": relay(service, settings, streams),
        }

    def each(
        self, subscription: Subscription, handler: Callable[[Envelope], None], **options: Any
    ) -> None:
        """Give the handler one event at a time, up to 20 at once."""
        self._consume(EachMessage(subscription, self._settings.rabbitmq, **options), handler)

    def batches(
        self,
        subscription: Subscription,
        handler: Callable[[Sequence[Envelope]], None],
        **options: Any,
    ) -> None:
        """Give the handler lists of events, one list at a time."""
        self._consume(Batches(subscription, self._settings.rabbitmq, **options), handler)

    def _consume(self, consumer: EachMessage, handler: Callable[[Any], None]) -> None:
        def method(_service: Any, argument: Any) -> None:
            consumer.running(handler, argument)

        method.__name__ = consumer.name.replace(".", "_").replace("-", "_")
        register_entrypoint(method, consumer)
        self._members[method.__name__] = method

    def serve(self) -> None:
        """Run until SIGTERM; then finish what runs, acknowledge it and end with 0."""
        settings = self._settings
        documents.connect(
            settings.mongodb, settings.database,
            serverSelectionTimeoutMS=SELECTION_S * 1000, maxPoolSize=MAX_WORKERS + 5,
        )  # fmt: skip
        runner = ServiceRunner(
            {
                "AMQP_URI": settings.rabbitmq,
                "max_workers": MAX_WORKERS,
                "SERVICE_CONTAINER_CLS": f"{__name__}.Container",
            }
        )
        health = Health(self._zombie_s)
        self._door(health)

        def terminate(*_: Any) -> None:
            health.stopping = True
            if not health.started:
                os._exit(0)
            eventlet.spawn_n(runner.stop)
            eventlet.spawn_after(DRAIN_S, os._exit, 1)  # what is unsettled is delivered again

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, terminate)
        _wait_for_engines(settings.rabbitmq)
        runner.add_service(type(self._service, (), self._members))
        runner.start()
        health.consumers = [one for container in runner.containers for one in container.entrypoints]
        health.started = True
        log.info("worker_started", consumes=[one.name for one in health.consumers])
        eventlet.spawn(runner.wait).wait()
        documents.disconnect()
        log.info("worker_stopped")

    def _door(self, health: "Health") -> None:
        host, port = self._settings.bind.rsplit(":", 1)
        app = health_app(health.ready, make_wsgi_app())
        eventlet.spawn(wsgi.server, eventlet.listen((host, int(port))), app, log_output=False)
        eventlet.spawn(health.watch)


class Health:
    """Live: the loop moves, or nothing would answer. Ready: consuming, and the store answers."""

    def __init__(self, zombie_s: float) -> None:
        self._zombie_s = zombie_s
        self.consumers: list[EachMessage] = []
        self.started = self.stopping = False

    def ready(self) -> dict[str, bool]:
        checks = {one.name: one.queue_consumer.live for one in self.consumers}
        return checks | {"started": self.started and not self.stopping, "mongodb": _store_answers()}

    def watch(self) -> None:
        """End a zombie: a broker that answers, and no consumer on it for long."""
        well = time.monotonic()
        while not self.stopping:
            eventlet.sleep(1)
            consuming = all(one.queue_consumer.live for one in self.consumers)
            if not self.started or consuming or not _broker_answers(self.consumers):
                well = time.monotonic()
            elif time.monotonic() - well > self._zombie_s:
                log.critical("connected_without_consumers_ending")
                os._exit(1)


def _store_answers() -> bool:
    try:
        with eventlet.Timeout(2, TimeoutError("mongodb")):
            get_db().command("ping")
    except Exception as error:
        log.warning("mongodb_away", error=repr(error))
        return False
    return True


def _broker_answers(consumers: Sequence[EachMessage]) -> bool:
    return all(_reaches(one.queue_consumer.amqp_uri) for one in consumers)


def _reaches(uri: str) -> bool:
    try:
        with eventlet.Timeout(5, TimeoutError("broker")), Connection(uri, connect_timeout=3) as one:
            one.connect()
    except Exception as error:
        log.warning("broker_away", error=repr(error))
        return False
    return True


def _wait_for_engines(broker: str) -> None:
    """nameko would live on without starting, and the relay would end the process."""
    while not (_reaches(broker) and _store_answers()):
        eventlet.sleep(1)
