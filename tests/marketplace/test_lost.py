"""Away for longer than the stream keeps, or the stream is another: a snapshot is taken again."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from kombu import Connection, Queue
from ocop_marketplace import Change, follow
from ocop_marketplace.stream import attached

from tests.chassis.running import until
from tests.marketplace.client import Client
from tests.marketplace.platform import Platform, listing

Clients = Callable[..., Client]


def test_events_that_the_stream_no_longer_has_are_seen_to_be_missing(
    vhost: str, platform: Platform, client: Clients
) -> None:
    short = {
        "x-queue-type": "stream",
        "x-max-length-bytes": 20_000,
        "x-stream-max-segment-size-bytes": 10_000,
    }
    with Connection(vhost) as connection:
        Queue("short", queue_arguments=short)(connection.default_channel).declare()
    platform.stream = "short"
    platform.tell(listing(1), listing(2), listing(3))
    one = client("--json").start()
    one.at(3)
    platform.tell(listing(4))
    one.at(4)
    one.kill()
    platform.tell(listing(1, revision=4, listed=False), listing(2, revision=4, star=5))
    for number in range(5, 405, 20):  # a chunk each, so that segments fill and the oldest go
        platform.tell(*(listing(one) for one in range(number, number + 20)))
    until(lambda: first_offset(vhost, "short") > 340)  # the broker is done with dropping
    platform.snapshots = 0
    one.start().at(platform.sequence)
    # RabbitMQ 3.10 was seen (1 of 8, under load) to send nothing to whom it had attached where
    # nothing is any more; then it is the silence that tells
    assert ("events missing: 4 → " in one.said) ^ ("the stream is silent" in one.said)
    assert platform.snapshots == 2
    assert one.told[4:7] == [
        (406, "gone", "Đường thốt nốt 1"),
        (406, "changed", "Đường thốt nốt 2"),
        (406, "new", "Đường thốt nốt 5"),
    ]
    assert len(one.told) == 4 + 1 + 400 + 1  # product 3 and 4 are as they were, and not told again
    assert one.listed == platform.listed("an-giang")
    platform.tell(listing(3, revision=4, star=5))
    one.at(407)
    assert one.told[-1] == (407, "changed", "Đường thốt nốt 3")


def test_a_stream_that_was_made_anew_is_not_taken_for_the_one_we_knew(
    vhost: str, platform: Platform, client: Clients
) -> None:
    platform.tell(listing(1), listing(2))
    one = client("--json", "--once")
    assert one.ended() == 0
    platform.remake()
    other = Platform(vhost)
    other.tell(listing(3), listing(4))  # as many as before: only their ids tell
    platform.listings, platform.sequence = other.listings, other.sequence
    again = client("--json", "--once")
    assert again.ended() == 0
    assert "the stream is not the one we knew" in again.said
    assert sorted(again.told) == [
        (2, "gone", "Đường thốt nốt 1"),
        (2, "gone", "Đường thốt nốt 2"),
        (2, "new", "Đường thốt nốt 3"),
        (2, "new", "Đường thốt nốt 4"),
    ]
    other.close()


def first_offset(vhost: str, queue: str) -> int:
    with attached(vhost, queue, "first") as stream:
        event = stream.next(5)
    assert event
    return event.offset


IMPATIENT = (
    "from ocop_marketplace import __main__, following; following.PATIENCE_S = 1; __main__.main()"
)


def test_a_stream_that_is_silent_where_an_event_is_owed_is_not_waited_for(
    platform: Platform, client: Clients
) -> None:
    platform.tell(listing(1), listing(2))
    assert client("--once").ended() == 0
    platform.remake()  # empty; the broker lets us attach at an offset that it does not have
    platform.commit(listing(3))
    again = client("--json")
    again.command = (sys.executable, "-c", IMPATIENT, "follow")
    again.start().at(3)
    assert again.told == [(3, "new", "Đường thốt nốt 3")]
    assert again.said.count("the stream is silent where an event is owed") == 1


class Spoilt(Exception):
    pass


def test_what_a_program_could_not_take_is_told_again(
    vhost: str, platform: Platform, api: str, tmp_path: Path
) -> None:
    settings = {"stream": vhost, "api": api, "tenant": "an-giang", "store": tmp_path / "store"}
    platform.tell(listing(1))
    follow(**settings, once=True, told=lambda change, db: None)
    platform.tell(listing(2), listing(3))
    taken: list[tuple[int, str]] = []

    def spoilt_at_third(change: Change, _db: object) -> None:
        if change.sequence == 3:
            raise Spoilt
        taken.append((change.sequence, change.kind))

    with pytest.raises(Spoilt):
        follow(**settings, once=True, told=spoilt_at_third)
    follow(**settings, once=True, told=lambda one, _db: taken.append((one.sequence, one.kind)))
    assert taken == [(2, "new"), (3, "new")]
