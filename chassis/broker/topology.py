"""Exchanges and queues as they follow from contracts.topology.

Declared before anything publishes, by a step of the deployment: where only consumers declare their
own queues, a cold start sends events into unrouted before the queue is there.
"""

from collections.abc import Iterable
from typing import Any

from kombu import Connection, Exchange, Queue, binding

from contracts.catalog import Stream
from contracts.topology import ANNOUNCED, STREAM_DAYS, Subscription

RETRY_STEPS_S = (1, 10, 60, 600)
QUORUM = {"x-queue-type": "quorum"}
SAFE = QUORUM | {
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",  # at-least-once requires it; no length limit, so it never acts
    "x-dead-letter-exchange": "",
}
HOLDING = QUORUM | {"x-delivery-limit": 1_000_000}
"""Of what waits for an operator: each look counts as a delivery, and RabbitMQ 4 drops at 20."""
STREAM = {"x-queue-type": "stream", "x-max-age": f"{STREAM_DAYS}D"}
CRASH_LOOP = 100  # deliveries; only a net against a message that kills its consumer


def exchange(service: str) -> Exchange:
    return Exchange(service, "topic", arguments={"alternate-exchange": unrouted(service)})


def unrouted(service: str) -> str:
    return f"{service}.unrouted"


def dead(queue: str) -> str:
    return f"{queue}.dead"


def retry(queue: str, seconds: int) -> str:
    return f"{queue}.retry.{seconds}"


def declare_exchange(channel: Any, service: str) -> None:
    """With the queue that keeps what no other wants. By producer and consumer, whoever is first."""
    nobody = Exchange(unrouted(service), "fanout")
    Queue(unrouted(service), nobody, queue_arguments=HOLDING)(channel).declare()
    exchange(service)(channel).declare()


def queue(subscription: Subscription) -> Queue:
    return Queue(
        subscription.queue,
        bindings=[
            binding(exchange(service), routing_key=key) for service, key in subscription.bindings
        ],
        queue_arguments=SAFE
        | {"x-dead-letter-routing-key": dead(subscription.queue), "x-delivery-limit": CRASH_LOOP},
    )


def declare_subscription(channel: Any, subscription: Subscription, steps: Iterable[int]) -> None:
    for service in {service for service, _ in subscription.bindings}:
        declare_exchange(channel, service)
    Queue(dead(subscription.queue), queue_arguments=HOLDING)(channel).declare()
    for seconds in steps:
        back = {"x-dead-letter-routing-key": subscription.queue, "x-message-ttl": seconds * 1000}
        Queue(retry(subscription.queue, seconds), queue_arguments=SAFE | back)(channel).declare()
    queue(subscription)(channel).declare()


def announced(service: str) -> str:
    return f"{service}.announced"


def declare_announced(channel: Any, service: str) -> None:
    """The stream of what it tells to nobody in particular."""
    keys = [f"{event.type}.*" for event in ANNOUNCED if event.source == service]
    if keys:
        bindings = [binding(exchange(service), routing_key=key) for key in keys]
        Queue(announced(service), bindings=bindings, queue_arguments=STREAM)(channel).declare()


def declare(uri: str, services: Iterable[str], subscriptions: Iterable[Subscription]) -> None:
    """Everything that these services tell and hear. Again and again without harm."""
    with Connection(uri, connect_timeout=5) as connection:
        for service in services:
            declare_exchange(connection.default_channel, service)
            declare_announced(connection.default_channel, service)
        for subscription in subscriptions:
            declare_subscription(connection.default_channel, subscription, RETRY_STEPS_S)


def declare_streams(uri: str) -> None:
    """What partners read, in a vhost of its own, so that they see no other queue's name."""
    with Connection(uri, connect_timeout=5) as connection:
        for name in Stream:
            Queue(name.value, queue_arguments=STREAM)(connection.default_channel).declare()
