"""Publishing with confirms. A message counts as taken when its own delivery tag was confirmed."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, NamedTuple

import amqp
from kombu import Connection

CONFIRM_S = 3
EVENT = {"content_type": "application/cloudevents+json"}


class Outgoing(NamedTuple):
    """`properties` have a message_id: a message that comes back is known by it."""

    exchange: str
    key: str
    body: str | bytes
    properties: dict[str, Any]
    headers: dict[str, Any] = {}


class Publisher:
    """Pipelined. Any doubt drops the connection, so that a late confirm is never another's.

    `prepare` is run on each new channel. `limit` bounds what a socket's own timeouts do not: under
    eventlet, a write to a broker that is blocked by an alarm.
    """

    def __init__(
        self,
        uri: str,
        prepare: Callable[[Any], None] = lambda channel: None,
        limit: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self._uri, self._prepare, self._limit = uri, prepare, limit
        self._turn = threading.Lock()
        self._connection: Connection | None = None

    def publish(self, messages: Sequence[Outgoing]) -> set[str]:
        """The ids of messages the broker refused or could not route; all others it has.

        Raises when in doubt about any: then none counts as taken.
        """
        with self._turn:
            try:
                with self._limit():
                    return self._publish(messages)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.collect()

    def _publish(self, messages: Sequence[Outgoing]) -> set[str]:
        if self._connection is None:
            self._connect()
        self._refused: set[str] = set()
        ids = (message.properties["message_id"] for message in messages)
        self._waiting = dict(enumerate(ids, self._tag + 1))
        for one in messages:
            self._tag += 1
            message = amqp.Message(
                one.body, application_headers=one.headers, delivery_mode=2, **one.properties
            )
            self._channel.basic_publish(message, one.exchange, one.key, mandatory=True)
        until = time.monotonic() + CONFIRM_S
        while self._waiting:
            if (left := until - time.monotonic()) <= 0:
                raise TimeoutError("no confirm")
            self._channel.connection.drain_events(timeout=left)
        return self._refused

    def _connect(self) -> None:
        timeouts = {"read_timeout": CONFIRM_S, "write_timeout": CONFIRM_S}
        self._connection = Connection(
            self._uri, heartbeat=0, connect_timeout=5, transport_options=timeouts
        )
        self._tag = 0
        self._channel = self._connection.channel()
        self._prepare(self._channel)
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(partial(self._answered, True))
        self._channel.events["basic_nack"].add(partial(self._answered, False))
        self._channel.events["basic_return"].add(self._returned)

    def _returned(self, _exc: Any, _exchange: str, _key: str, message: amqp.Message) -> None:
        self._refused.add(message.properties["message_id"])

    def _answered(self, taken: bool, tag: int, multiple: bool) -> None:
        for one in [t for t in self._waiting if t <= tag] if multiple else [tag]:
            message_id = self._waiting.pop(one)
            if not taken:
                self._refused.add(message_id)
