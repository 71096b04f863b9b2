"""Nobody who is slow or many keeps others out: heads, bodies, readers, idle crowds, the refused."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.chassis.running import until
from tests.gateway.doors import Doors, Process, running
from tests.gateway.test_failures import again

THINGS = "/t/an-giang/echo/v1/things"
ECHO = f"{THINGS}/echo"
THREADS = 16
"""Of each service."""


def connected(process: Process, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", process.port), 10, (address, 0))


def head(path: str, method: str = "GET", **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: door"]
    lines += [f"{name.replace('_', '-')}: {said}" for name, said in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def said(one: socket.socket) -> bytes:
    """All that comes until the other side closes; b"" where it does so without a word."""
    with contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: one.recv(65536), b""))
    return b""


@pytest.fixture(scope="module")
def crowded(_doors: Doors) -> Iterator[Process]:
    """A gateway with little room, that is patient."""
    process = _doors.gateway(
        CONNECTIONS="60", CONNECTIONS_OF_ONE="20", GRACE_S="30", HEAD_S="30", ANSWER_S="30"
    )
    with running(process):
        yield process


def is_served(process: Process) -> bool:
    """Somebody else, at another address."""
    with connected(process, "127.0.0.99") as one:
        one.sendall(head(ECHO, Connection="close"))
        return said(one).startswith(b"HTTP/1.1 200 ")


def test_a_head_that_comes_slowly_is_not_waited_for(gateway: Process):
    with ExitStack() as slow:
        ones = [slow.enter_context(connected(gateway)) for _ in range(50)]
        began = time.monotonic()
        for one in ones:
            one.sendall(b"GET / HTTP/1.1\r\nHost: door\r\nX-Slow: ")
        assert is_served(gateway)
        answers = [said(one) for one in ones]
        assert time.monotonic() - began < 10
    assert {one.split(b"\r\n")[0] for one in answers} == {b"HTTP/1.1 408 Refused"}
    assert all(b"urn:ocop:problem:slow" in one for one in answers)


def test_a_head_does_not_become_faster_by_a_letter_now_and_then(gateway: Process):
    with connected(gateway) as one:
        began = time.monotonic()
        with contextlib.suppress(OSError):
            one.sendall(b"GET / HTTP/1.1\r\nHost: door\r\n")
            while not readable(one):
                one.sendall(b"X-A: b\r\n")
        assert said(one).startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - began < 10


def readable(one: socket.socket) -> bool:
    one.settimeout(0.2)
    try:
        return bool(one.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False
    finally:
        one.settimeout(10)


def test_slow_bodies_hold_no_thread_of_a_service(crowded: Process, doors: Doors):
    """More of them than it has threads; it is asked when they are whole, and each is done."""
    with ExitStack() as slow:
        ones = [
            slow.enter_context(connected(crowded, f"127.0.0.{2 + number // 8}"))
            for number in range(THREADS + 8)
        ]
        for one in ones:
            one.sendall(head(f"{THINGS}/upload", "POST", Content_Length="3", Connection="close"))
            one.sendall(b"x")
        assert is_served(crowded)
        assert "upload" not in doors.note("seen")
        for one in ones:
            one.sendall(b"yz")
        assert [said(one)[:12] for one in ones] == [b"HTTP/1.1 200"] * len(ones)


def test_a_body_that_stands_still_is_let_go(gateway: Process, doors: Doors):
    with connected(gateway) as one:
        one.sendall(head(f"{THINGS}/upload", "POST", Content_Length="100"))
        one.sendall(b"x" * 50)
        answer = said(one)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"Connection: close" in answer
    assert "upload" not in doors.note("seen")


def test_slow_readers_hold_no_thread_of_a_service(crowded: Process, doors: Doors):
    size = 20_000_000
    with ExitStack() as slow:
        ones = [
            slow.enter_context(connected(crowded, f"127.0.0.{2 + number // 8}"))
            for number in range(3)
        ]
        for one in ones:
            one.sendall(head(f"{THINGS}/large?size={size}", Connection="close"))
        until(lambda: doors.note("sent").count("\n") == len(ones))
        assert is_served(crowded)
        for one in ones:
            answer = said(one)
            assert len(answer.partition(b"\r\n\r\n")[2]) == size


def test_who_does_not_read_is_let_go(gateway: Process, doors: Doors):
    with connected(gateway) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.sendall(head(f"{THINGS}/large?size=20000000"))
        until(lambda: doors.note("sent") == "20000000\n")
        until(lambda: gone(gateway, one))


def gone(process: Process, one: socket.socket) -> bool:
    """Whether the process has let go of that connection."""
    return one.getsockname() not in {
        found.raddr for worker in process.workers for found in worker.net_connections("tcp")
    }


def test_many_requests_at_once_over_one_connection_are_answered_in_turn(gateway: Process):
    with connected(gateway) as one:
        many = b"".join(head(f"{ECHO}/{number}") for number in range(50))
        one.sendall(many + head("/health/live", Connection="close"))
        answer = said(one)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 51
    told = [answer.index(f"/things/echo/{number}".encode() + b'"') for number in range(50)]
    assert told == sorted(told)


def test_an_idle_crowd_makes_room(crowded: Process):
    """Over a thousand connections, from one address and then from many."""
    with ExitStack() as crowd:
        for number in range(1_100):
            crowd.enter_context(connected(crowded, f"127.0.{number % 3}.{2 + number % 200}"))
            if number % 100 == 99:
                assert is_served(crowded), number
        for _ in range(100):
            crowd.enter_context(connected(crowded))
        assert is_served(crowded)


def test_who_has_waited_longest_makes_room(crowded: Process):
    with ExitStack() as crowd:
        first, *others = [crowd.enter_context(connected(crowded, "127.0.0.7")) for _ in range(20)]
        for one in (first, *others):
            assert again(one).startswith(b"HTTP/1.1 200 ")
        crowd.enter_context(connected(crowded, "127.0.0.7"))
        assert said(first) == b""
        assert all(again(one).startswith(b"HTTP/1.1 200 ") for one in others)


def test_one_address_does_not_get_all_of_the_room(crowded: Process):
    """Each of its requests is under way, so that none makes room."""
    with ExitStack() as crowd:
        upload = head(f"{THINGS}/upload", "POST", Content_Length="3") + b"x"
        refused = 0
        for number in range(120):
            one = crowd.enter_context(connected(crowded, f"127.0.0.{2 + number // 40}"))
            with contextlib.suppress(OSError):
                one.sendall(upload)
            if readable(one):
                refused += 1
                assert b"HTTP/1.1 503 " in said(one)
        assert refused >= 60
        assert is_served(crowded)


def test_what_waits_here_has_a_bound(doors: Doors):
    process = doors.gateway(ROOM="1000000", GRACE_S="30", MAX_BODY="800000")
    with running(process), ExitStack() as slow:
        ones = [slow.enter_context(connected(process)) for _ in range(2)]
        length = {"Content_Length": "700001", "Connection": "close"}
        for one in ones:
            one.sendall(head(f"{THINGS}/upload", "POST", **length) + b"x" * 700_000)
        answers: dict[int, bytes] = {}
        reading = [
            threading.Thread(target=lambda at=at: answers.update({at: said(ones[at])}))
            for at in range(2)
        ]
        for one in reading:
            one.start()
        until(lambda: answers)
        (refused,) = answers.values()
        assert refused.startswith(b"HTTP/1.1 503 ")
        ones[1 - next(iter(answers))].sendall(b"x")
        for one in reading:
            one.join()
        assert {one[:12] for one in answers.values()} == {b"HTTP/1.1 503", b"HTTP/1.1 200"}
        # an answer needs no room to arrive, and what was given back may be used again
        for _ in range(3):
            answer = process.ask(f"{THINGS}/large?size=5000000")
            assert len(answer.data) == 5_000_000
            one = slow.enter_context(connected(process))
            one.sendall(head(f"{THINGS}/large?size=5000000"))
            assert one.recv(1000)
            one.close()
        for _ in range(10):
            assert len(process.ask("/t/an-giang/echo/openapi.json").data) > 100_000
        until(lambda: process.send("POST", f"{THINGS}/upload", b"x" * 700_000).status == 200)


def test_a_large_upload_and_large_answers_take_little_memory(doors: Doors):
    process = doors.gateway(MAX_BODY="30000000", GRACE_S="30", ANSWER_S="30")
    with running(process):
        process.ask(ECHO)
        (worker,) = process.workers
        before = worker.memory_info().rss
        with ExitStack() as slow:
            for _ in range(4):
                one = slow.enter_context(connected(process))
                upload = head(f"{THINGS}/upload", "POST", Content_Length="25000000")
                one.sendall(upload + b"x" * 24_999_999)
                other = slow.enter_context(connected(process))
                other.sendall(head(f"{THINGS}/large?size=25000000"))
            until(lambda: doors.note("sent").count("\n") == 4)
            assert worker.memory_info().rss - before < 40_000_000


# -- how often


@pytest.mark.parametrize(
    "asked",
    [
        lambda one: one.ask(ECHO, Authorization="Bearer nonsense"),
        lambda one: one.ask(ECHO, Authorization="Basic eDp5"),
        lambda one: one.ask("/nothing"),
        lambda one: one.ask("/nothing", Authorization="Bearer nonsense"),
        lambda one: one.send("BREW", ECHO),
        lambda one: one.ask("/metrics", Authorization="Bearer a wrong key"),
        lambda one: one.ask("/t/no-such/echo/v1/things"),
        lambda one: one.ask("/"),
        lambda one: one.ask("/openapi.json"),
    ],
)
def test_what_is_refused_counts_as_well(limited: Process, asked: Callable[[Process], object]):
    one = At(limited, f"10.9.0.{next(NUMBERS)}")
    statuses = [asked(one).status for _ in range(7)]
    assert statuses[5:] == [429] * 2
    assert 429 not in statuses[:5]


NUMBERS = iter(range(1, 250))


class At:
    """The process as it is called from an address."""

    def __init__(self, process: Process, address: str) -> None:
        self._process, self._address = process, address

    def ask(self, path: str, **headers: str) -> object:
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, **headers: str) -> object:
        return self._process.send(method, path, X_Forwarded_For=self._address, **headers)


@pytest.fixture(scope="module")
def limited(_doors: Doors) -> Iterator[Process]:
    process = _doors.gateway(
        RATE="5/minute", FORWARDERS=json.dumps(["127.0.0.1/32"]), METRICS_KEY="k" * 20
    )
    with running(process):
        yield process


def test_whose_name_is_right_has_a_rate_that_others_of_the_address_do_not_use_up(
    limited: Process, doors: Doors
):
    one = At(limited, "10.9.1.1")
    assert [one.ask(ECHO, Authorization="Bearer x").status for _ in range(6)] == [401] * 5 + [429]
    token = f"Bearer {doors.token('officer', subject='beside')}"
    assert [one.ask(ECHO, Authorization=token).status for _ in range(6)] == [200] * 5 + [429]
