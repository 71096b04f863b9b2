"""Where a message goes whose handler failed: to the next retry step, or to the dead letters."""

from collections.abc import Sequence
from typing import Any

from kombu.message import Message
from pymongo.errors import ConnectionFailure

from chassis.broker.publisher import Outgoing
from chassis.broker.topology import dead, retry
from chassis.problems import Unavailable
from contracts.event import Envelope, Unreadable

AWAY = (Unavailable, ConnectionFailure)
"""Not the message's fault: it is tried at the last step's pace until it goes through."""
HOPELESS = (Unreadable,)
"""No retry can help."""
KEPT = ("correlation_id", "type", "timestamp", "app_id")
REASON = 500  # letters of an error that are kept


def opened(message: Message, queue: str) -> Envelope:
    """The event in it, or Unreadable; also when its key says another tenant than its body."""
    envelope = Envelope.decoded(body(message))
    key = message.delivery_info["routing_key"]
    if key not in (queue, envelope.key):  # its queue's name: back from a retry or a replay
        raise Unreadable(f"its key {key} is not that of its body, {envelope.key}")
    return envelope


def next_stop(message: Message, error: BaseException, queue: str, steps: Sequence[int]) -> Outgoing:
    """A copy for there, with the attempt counted, and its first exchange and key kept."""
    attempts = int(message.headers.get("attempts", 0)) + 1
    given_up = attempts > len(steps) and not isinstance(error, AWAY)
    if given_up or isinstance(error, HOPELESS):
        target = dead(queue)
    else:
        target = retry(queue, steps[min(attempts, len(steps)) - 1])
    info = message.delivery_info
    first = {"exchange": info["exchange"], "key": info["routing_key"]}
    why = str(error) if isinstance(error, HOPELESS) else repr(error)
    reason = {"attempts": attempts, "error": why[:REASON]}
    return Outgoing(
        "", target, body(message), properties(message), first | headers(message) | reason
    )


def headers(message: Message) -> dict[str, Any]:
    """Our own; the broker's begin with x-."""
    return {name: value for name, value in message.headers.items() if not name.startswith("x-")}


def properties(message: Message) -> dict[str, Any]:
    kept = {name: value for name, value in message.properties.items() if name in KEPT}
    return kept | {
        "message_id": message.properties.get("message_id", ""),
        "content_type": message.content_type,
    }


def body(message: Message) -> bytes:
    raw = message.body
    return raw.encode() if isinstance(raw, str) else bytes(raw)
