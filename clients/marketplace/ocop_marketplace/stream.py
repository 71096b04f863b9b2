"""The broker's side: the events of a stream, from a place in it."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from pika import BlockingConnection, URLParameters
from pika.exceptions import (
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    IncompatibleProtocolError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
)

from ocop_marketplace.listing import Listing, readable
from ocop_marketplace.problems import Interrupted, Misdirected, Refused, unreachable

LISTING_CHANGED = "listing.changed.v1"
FIRST, LAST = "first", "last"
AHEAD = 200  # messages the broker sends before the first is taken
FORBIDDEN, NOT_ALLOWED = 403, 530


class Event(NamedTuple):
    """`listing` is None in an event of a type that this client does not know."""

    offset: int
    id: str
    sequence: int
    listing: Listing | None


@contextmanager
def attached(address: str, queue: str, begin: int | str) -> Iterator["Stream"]:
    """Within, all that is published from now on will come."""
    told = URLParameters(address)
    where = f"{told.host}:{told.port}"
    with _translated(where):
        connection = BlockingConnection(told)
    try:
        yield Stream(connection, where, queue, begin)
    finally:
        # pika rejects what it has not handed over; no stream takes that, and the broker closes
        with suppress(Exception):  # the connection is given up, whatever pika says of it
            connection.close()


class Stream:
    """`where`: host and port, for people."""

    def __init__(
        self, connection: BlockingConnection, where: str, queue: str, begin: int | str
    ) -> None:
        self._connection, self.where = connection, where
        self._arrived: deque[tuple[int, int, bytes]] = deque()
        with _translated(where):
            self._channel = connection.channel()
            self._channel.basic_qos(prefetch_count=AHEAD)
            self._channel.basic_consume(
                queue,
                lambda _channel, method, properties, body: self._arrived.append(
                    (method.delivery_tag, int(properties.headers["x-stream-offset"]), body)
                ),
                arguments={"x-stream-offset": begin},
            )

    def next(self, seconds: float) -> Event | None:
        """None when nothing came for so long. ValueError: it cannot be read."""
        with _translated(self.where):
            if not self._arrived:
                self._connection.process_data_events(seconds)
        if not self._arrived:
            if not self._channel.consumer_tags:
                raise Interrupted("luồng đã bị xóa · the broker ended the stream")
            return None
        with _translated(self.where):
            tag, offset, body = self._arrived.popleft()
            self._channel.basic_ack(tag)  # only asks for more: what was taken is in our own store
        return _event(offset, body)


def _event(offset: int, body: bytes) -> Event:
    try:
        told = json.loads(body)
        listing = readable(told["data"]["listing"]) if told["type"] == LISTING_CHANGED else None
        return Event(offset, told["id"], int(told["data"]["sequence"]), listing)
    except (KeyError, TypeError) as error:
        raise ValueError(repr(error)) from error


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Around calls of pika's alone. Not all that it raises is an AMQPError (its connector's
    time-outs are not), so whatever else comes is told in words, and tried again."""
    try:
        yield
    except ProbableAuthenticationError as error:
        raise Refused("luồng: sai tài khoản hay mật khẩu · wrong account or password") from error
    except ProbableAccessDeniedError as error:
        raise Refused(f"luồng: không được vào · no access: {error}") from error
    except ChannelClosedByBroker as error:
        refused = error.reply_code == FORBIDDEN
        raise (Refused if refused else Interrupted)(f"stream: {error.reply_text}") from error
    except ConnectionClosedByBroker as error:
        full = error.reply_code == NOT_ALLOWED
        raise (Refused if full else Interrupted)(f"stream {where}: {error.reply_text}") from error
    except IncompatibleProtocolError as error:
        words = f"luồng {where}: cổng này không nói AMQP · what listens there speaks no AMQP 0-9-1"
        raise Misdirected(words) from error
    except Exception as error:
        raise unreachable("luồng · the stream", where, error) from error
