"""A service that is away, slow or broken; a gateway that is killed."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.chassis.running import until
from tests.gateway.doors import Process, running
from tests.gateway.problem import problem

THINGS = "/t/an-giang/echo/v1/things"
ECHO = f"{THINGS}/echo"


def test_a_service_that_is_down_is_a_problem_and_the_gateway_stays_ready(ask, gateway):
    answer = ask("GET", "/t/an-giang/gone/v1/things")
    said = problem(answer, 503, "unavailable")
    assert said["detail"] == "Dịch vụ này đang tạm ngừng. Mời thử lại sau ít phút."
    assert answer.headers["Retry-After"] == "5"
    assert ask("GET", "/health/ready").json() == {"checks": {}, "ready": True}


def test_an_instance_without_an_address_is_a_problem(ask):
    problem(ask("GET", "/t/an-giang/lost/v1/things"), 503, "unavailable")


def test_a_service_that_is_slow_is_a_problem_in_time(ask):
    began = time.monotonic()
    problem(ask("POST", f"{THINGS}/slow", body=b"x"), 504, "timed-out")
    assert time.monotonic() - began < 5


def test_a_reading_is_asked_once_more_on_a_connection_that_broke(ask, doors):
    doors.tell("break")
    assert ask("GET", f"{THINGS}/broken").status == 200
    assert doors.note("seen").count("GET /t/an-giang/v1/things/broken\n") == 2


def test_an_act_is_never_repeated(ask, doors):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        doors.forget()
        doors.tell("break")
        said = problem(ask(method, f"{THINGS}/broken", body=b"x"), 502, "answer-lost")
        assert "xem lại trước khi gửi lần nữa" in said["detail"]
        assert doors.note("seen") == f"{method} /t/an-giang/v1/things/broken\n"


def test_a_service_that_came_back_is_found_again(doors):
    service = doors.instance("first")
    with running(service):
        gateway = doors.gateway(INSTANCES=f'{{"first": "{service.url}"}}')
        with running(gateway):
            assert gateway.ask(ECHO).status == 200
            for worker in service.workers:
                worker.kill()
            until(lambda: gateway.ask(ECHO).status == 200)


def test_the_next_request_after_kill_9_is_answered_by_a_new_worker(doors):
    gateway = doors.gateway()
    with running(gateway):
        for _ in range(3):
            (worker,) = gateway.workers
            worker.kill()
            until(lambda worker=worker: gone(worker))
            assert gateway.ask(ECHO).status == 200
            (another,) = gateway.workers
            assert another.pid != worker.pid


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_what_is_being_answered_is_answered_when_the_gateway_is_told_to_end(doors):
    gateway = doors.gateway(ANSWER_S="10")
    answers: list[int] = []

    def call() -> None:
        answers.append(gateway.ask(f"{THINGS}/slow").status)

    with running(gateway):
        asking = threading.Thread(target=call)
        asking.start()
        until(lambda: "slow" in doors.note("seen"))
        gateway.popen.send_signal(signal.SIGTERM)
        until(lambda: not gateway.ready)
        doors.tell("go on")
        asking.join()
        assert gateway.popen.wait(20) == 0
    assert answers == [200]


@contextmanager
def kept(process: Process) -> Iterator[socket.socket]:
    """A connection over which one request was answered."""
    with socket.create_connection(("127.0.0.1", process.port), timeout=10) as one:
        assert again(one).startswith(b"HTTP/1.1 200")
        yield one


def again(one: socket.socket) -> bytes:
    one.settimeout(10)
    one.sendall(b"GET /health/live HTTP/1.1\r\nHost: door\r\n\r\n")
    answer = b""
    while not answer.rstrip().endswith(b"}"):
        answer += one.recv(65536)
    return answer


def test_a_connection_is_kept_between_requests(gateway, doors):
    for process in (gateway, doors.first):
        with kept(process) as one:
            one.settimeout(3)  # gunicorn's own is 2
            with pytest.raises(TimeoutError):
                one.recv(1)
            assert b"Connection: keep-alive" in again(one)


def test_idle_connections_do_not_keep_a_process_that_is_told_to_end(doors):
    gateway, service = doors.gateway(), doors.instance("first")
    with running(gateway, service), kept(gateway), kept(service):
        logged = len(gateway.log.read_text())
        began = time.monotonic()
        for process in (gateway, service):
            process.popen.send_signal(signal.SIGTERM)
        assert [process.popen.wait(20) for process in (gateway, service)] == [0, 0]
        assert time.monotonic() - began < 8
    assert "ERROR" not in gateway.log.read_text()[logged:]


def test_a_request_on_a_kept_connection_of_a_gateway_that_ends_is_answered(doors):
    gateway = doors.gateway()
    with running(gateway), kept(gateway) as one:
        gateway.popen.send_signal(signal.SIGTERM)
        until(lambda: not gateway.ready)
        assert b"Connection: close" in again(one)
        assert one.recv(1) == b""
