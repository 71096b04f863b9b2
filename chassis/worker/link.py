"""One subscription's connection to the broker."""

import time
from collections.abc import Callable
from typing import Any

import amqp
import structlog
from kombu.message import Message
from nameko.messaging import QueueConsumer

from chassis.broker.topology import declare_subscription

log = structlog.get_logger(__name__)
BEAT_S = 5


class Link(QueueConsumer):
    """nameko would share one connection among all: here each has its own prefetch, multiple acks
    and failures. It also sees what kombu does not: that it is connected without consumers."""

    sharing_key = property(id)

    def __init__(self) -> None:
        super().__init__()
        self.unsettled, self.broken, self.beat = 0, False, 0.0

    @property
    def live(self) -> bool:
        """Consuming on the current connection, and its loop moves."""
        return bool(self._consumers) and time.monotonic() - self.beat < BEAT_S

    def get_consumers(self, consumer_cls: Callable[..., Any], channel: Any) -> list[Any]:
        self.broken, self._consumers = False, {}
        for one in self._providers:
            # the broker may come late, or back empty
            declare_subscription(channel, one.subscription, one.steps)
            self._consumers[one] = consumer_cls(
                [one.queue], on_message=self._receive, prefetch_count=one.prefetch
            )
        return list(self._consumers.values())

    def on_iteration(self) -> None:
        # kombu opens a new socket without consumers when the old one died under another greenlet:
        # start over instead
        connected = (
            getattr(consumer.channel.connection, "connected", False)
            for consumer in self._consumers.values()
        )
        if self.broken or not all(connected):
            raise amqp.RecoverableConnectionError("the consumer lost its connection")
        self._cancel_consumers_if_requested()
        # nameko would close under running handlers
        self.should_stop = not self._consumers and not self.unsettled
        self.beat = time.monotonic()

    def _receive(self, message: Message, *_: Any) -> None:
        self.unsettled += 1
        next(iter(self._providers)).receive(message)

    on_decode_error = _receive  # where kombu would acknowledge; our own decoding judges it

    def settle(self, message: Message, how: Callable[[], None]) -> None:
        """An ack that fails is no error, the broker delivers again; but this connection is trusted
        no more."""
        try:
            if message.channel.connection and not message.acknowledged:
                how()
        except Exception as error:
            log.warning("not_settled_will_come_again", error=repr(error))
            self.broken = True
