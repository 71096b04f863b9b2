"""The command against a real stream: what it tells, and what its store holds."""

import sys
import threading
from collections.abc import Callable

from tests.marketplace.client import Client
from tests.marketplace.platform import Platform, listing

Clients = Callable[..., Client]


def test_snapshot_and_stream_join_without_gap_or_overlap_while_a_writer_writes(
    platform: Platform, client: Clients
) -> None:
    platform.tell(*(listing(number) for number in range(20)))
    stop = threading.Event()

    def write() -> None:
        number = 20
        while not stop.is_set():
            platform.commit(*(listing(number + one) for one in range(3)))
            stop.wait(0.005)  # committed, in no stream yet: a snapshot may have it all the same
            platform.relay()
            number += 3

    writer = threading.Thread(target=write)
    writer.start()
    try:
        one = client("--json").start()
        one.at(1)
        (joined,) = one.rows("SELECT sequence FROM position")
        one.at(joined[0] + 60)
    finally:
        stop.set()
        writer.join()
    one.at(platform.sequence)
    snapshot = [sequence for sequence, _, _ in one.told if sequence == one.told[0][0]]
    after = [sequence for sequence, _, _ in one.told[len(snapshot) :]]
    assert len(snapshot) == snapshot[0]  # a product an event, so that it had them all
    assert after == list(range(snapshot[0] + 1, platform.sequence + 1))
    assert one.listed == platform.listed("an-giang")
    assert platform.snapshots == 2  # one was read for its first line


def test_what_arrives_is_printed_a_line_a_product(platform: Platform, client: Clients) -> None:
    platform.tell(listing(1))
    one = client().start()
    one.at(1)
    platform.tell(listing(1, revision=4, star=5, potential=None))
    platform.tell(listing(1, revision=5, star=5, potential=None, listed=False))
    platform.tell(listing(1, revision=6, star=5, potential=None))
    one.at(4)
    assert one.printed.splitlines() == [
        "1  mới · new:  Đường thốt nốt 1 | 4 sao (tiềm năng 5 sao) | Cơ sở Mẫu | Huyện Mẫu",
        "2  đổi · changed:  Đường thốt nốt 1 | 5 sao | Cơ sở Mẫu | Huyện Mẫu",
        "3  thôi công bố · no longer listed:  Đường thốt nốt 1 | 5 sao | Cơ sở Mẫu | Huyện Mẫu",
        "4  mới · new:  Đường thốt nốt 1 | 5 sao | Cơ sở Mẫu | Huyện Mẫu",
    ]


def test_events_that_the_relay_sent_again_have_no_second_effect(
    platform: Platform, client: Clients
) -> None:
    one = client("--json").start()
    one.at(0)
    platform.tell(*(listing(number) for number in range(5)))
    platform.commit(*(listing(number) for number in range(5, 8)))
    platform.relay(again=4)
    platform.relay(again=8)
    platform.tell(listing(0, revision=4, listed=False))
    platform.relay(again=9)
    platform.tell(listing(9))
    one.at(10)
    assert [sequence for sequence, _, _ in one.told] == list(range(1, 11))
    assert one.listed == platform.listed("an-giang")
    assert platform.snapshots == 2  # nothing of this was taken for a gap


def test_a_client_killed_in_mid_stream_has_each_effect_once(
    platform: Platform, client: Clients
) -> None:
    one = client()
    one.command = (sys.executable, "-m", "tests.marketplace.counting")
    one.start().at(0)
    cut_off = []
    for kill in range(5):
        begin = kill * 1000
        platform.commit(*(listing(number) for number in range(begin, begin + 900)))
        platform.relay(again=7)
        one.at(begin + 20 * (kill + 1))
        one.kill()
        cut_off.append(one.rows("SELECT sequence FROM position")[0][0] - begin)
        # the stream goes on behind it, also where it was quick enough to have had all
        platform.commit(*(listing(number) for number in range(begin + 900, begin + 1000)))
        platform.relay()
        one.start()
    one.at(5000)
    assert [0 < taken < 1000 for taken in cut_off] == [True] * 5  # each kill was in mid-stream
    counted = one.rows("SELECT sequence, product FROM effects ORDER BY rowid")
    assert counted == [(number + 1, listing(number).id) for number in range(5000)]
    assert one.listed == platform.listed("an-giang")
    assert platform.snapshots == 2


def test_products_of_other_tenants_are_passed_over(platform: Platform, client: Clients) -> None:
    platform.tell(listing(1), listing(2, tenant="ngoc-hien"))
    one = client("--json").start()
    one.at(2)
    platform.tell(listing(3, tenant="ngoc-hien"), listing(4, tenant="tinh-bien"), listing(5))
    one.at(5)
    district = client("--json", "--once", tenant="tri-ton", store=f"{one.store}-tri-ton")
    assert district.ended() == 0
    assert one.told == [
        (2, "new", "Đường thốt nốt 1"),
        (4, "new", "Đường thốt nốt 4"),
        (5, "new", "Đường thốt nốt 5"),
    ]
    assert [name for _, _, name in district.told] == ["Đường thốt nốt 1", "Đường thốt nốt 5"]
    assert one.listed == platform.listed("an-giang")


def test_a_product_that_goes_to_another_tenant_is_no_longer_listed(
    platform: Platform, client: Clients
) -> None:
    platform.tell(listing(1))
    one = client("--json").start()
    one.at(1)
    platform.tell(listing(1, tenant="ngoc-hien", revision=4))
    one.at(2)
    assert [(sequence, kind) for sequence, kind, _ in one.told] == [(1, "new"), (2, "gone")]
    assert one.listed == {}


def test_what_cannot_be_read_is_passed_over_and_healed_by_a_snapshot(
    platform: Platform, client: Clients
) -> None:
    one = client("--json").start()
    one.at(0)
    platform.tell(listing(1))
    platform.commit(listing(2))
    platform.unsent()
    platform.publish(
        "not json", '{"type": "listing.changed.v1", "id": "x", "data": {"sequence": 2}}'
    )
    platform.tell(listing(3))
    one.at(3)
    assert one.told == [
        (1, "new", "Đường thốt nốt 1"),
        (3, "new", "Đường thốt nốt 2"),
        (3, "new", "Đường thốt nốt 3"),
    ]
    assert one.said.count("passed over, unreadable") == 2


def test_an_event_of_a_type_that_is_not_known_is_counted_and_has_no_effect(
    platform: Platform, client: Clients
) -> None:
    one = client("--json").start()
    one.at(0)
    platform.tell(listing(1))
    platform.commit(listing(2))
    (newer,) = platform.unsent()
    platform.publish(newer.encoded().replace("listing.changed.v1", "listing.praised.v1"))
    platform.tell(listing(3))
    one.at(3)
    assert [(sequence, name) for sequence, _, name in one.told] == [
        (1, "Đường thốt nốt 1"),
        (3, "Đường thốt nốt 3"),
    ]
    assert platform.snapshots == 2


def test_once_ends_when_all_that_was_committed_is_here(platform: Platform, client: Clients) -> None:
    platform.tell(*(listing(number) for number in range(3)))
    assert client("--once").ended() == 0
    platform.commit(listing(3), listing(4))
    late = threading.Timer(1.5, platform.relay)  # committed, and not yet sent
    late.start()
    one = client("--json", "--once")
    assert one.ended() == 0
    late.join()
    assert [sequence for sequence, _, _ in one.told] == [4, 5]
    again = client("--json", "--once")
    assert (again.ended(), again.told) == (0, [])


def test_show_lists_what_is_listed_now(platform: Platform, client: Clients) -> None:
    platform.tell(listing(1), listing(2), listing(2, revision=4, listed=False))
    one = client("--once")
    assert one.ended() == 0
    connected, snapshot = one.said.splitlines(True)
    assert " · connected at 127.0.0.1:" in connected
    assert snapshot == (
        "ocop-marketplace: 1 sản phẩm đang công bố và 1 thôi công bố, tính đến sự kiện 3"
        " · a snapshot as of event 3: 1 listed, 1 no longer listed\n"
    )
    show = client()
    show.command = (*one.command[:-1], "show")
    assert show.ended() == 0
    assert show.printed == ("Đường thốt nốt 1 | 4 sao (tiềm năng 5 sao) | Cơ sở Mẫu | Huyện Mẫu\n")
