"""How much, how often, and from where."""

import json
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
import urllib3

from chassis.files import MAX_BYTES
from chassis.http.addresses import client
from gateway.settings import Settings
from tests.gateway.doors import Doors, Process, running
from tests.gateway.problem import problem

UPLOAD = "/t/an-giang/echo/v1/things/upload"
ECHO = "/t/an-giang/echo/v1/things/echo"


def test_a_body_up_to_the_limit_passes_and_one_byte_more_does_not(ask, doors):
    assert ask("POST", UPLOAD, body=b"x" * 1_000_000).json() == {"length": 1_000_000}
    doors.forget()
    problem(ask("POST", UPLOAD, body=b"x" * 1_000_001), 413, "too-large")
    assert doors.note("seen") == "", "the service was not even asked"


def test_a_body_of_unknown_length_is_cut_at_the_limit(ask, doors):
    answer = ask("POST", UPLOAD, body=(b"x" * 100_000 for _ in range(20)))
    problem(answer, 413, "too-large")
    assert doors.note("whole") == ""


def test_the_largest_file_passes_in_a_form_where_nobody_set_another_limit(doors):
    usual = Settings.model_fields["max_body"].default
    form = MAX_BYTES + 100_000
    process = doors.gateway(MAX_BODY=str(usual))
    with running(process), urllib3.PoolManager(retries=False, timeout=20) as pool:
        answer = pool.request("POST", process.url + UPLOAD, body=b"x" * form)
        assert answer.json() == {"length": form}
        answer = pool.request("POST", process.url + UPLOAD, body=b"x" * (usual + 1))
        problem(answer, 413, "too-large")


def test_a_refusal_of_the_service_arrives_though_the_body_was_not_read(ask):
    answer = ask("POST", "/t/an-giang/echo/v1/things", body=b"x" * 900_000)
    problem(answer, 405, "wrong-method")


def test_an_address_too_long_is_a_problem(ask):
    problem(ask("GET", f"{ECHO}?q={'x' * 10_000}"), 414, "long-address")
    problem(ask("GET", f"{ECHO}?q={'x' * 100_000}"), 414, "long-address")
    assert ask("GET", f"{ECHO}?q={'x' * 4_000}").json()["args"] == {"q": ["x" * 4_000]}


def test_headers_too_long_are_a_problem(ask):
    problem(ask("GET", ECHO, headers={"X-Long": "x" * 20_000}), 431, "long-headers")


@pytest.fixture(scope="module")
def limited(_doors: Doors) -> Iterator[Process]:
    process = _doors.gateway(RATE="5/minute", FORWARDERS=json.dumps(["127.0.0.1/32"]))
    with running(process):
        yield process


def calls(process: Process, times: int, **headers: str) -> list[int]:
    return [process.ask(ECHO, **headers).status for _ in range(times)]


def test_each_caller_and_each_address_has_a_rate_of_its_own(limited, doors):
    assert calls(limited, 7, X_Forwarded_For="10.1.1.1") == [200] * 5 + [429] * 2
    assert calls(limited, 2, X_Forwarded_For="10.1.1.2") == [200] * 2
    one, two = (f"Bearer {doors.token('officer', subject=name)}" for name in ("one", "two"))
    assert calls(limited, 6, X_Forwarded_For="10.1.1.1", Authorization=one) == [200] * 5 + [429]
    assert calls(limited, 1, X_Forwarded_For="10.1.1.1", Authorization=two) == [200]
    refused = limited.ask(ECHO, X_Forwarded_For="10.1.1.1")
    said = problem(refused, 429, "too-many-requests")
    wait = refused.headers["Retry-After"]
    assert 1 <= int(wait) <= 60
    assert said["detail"] == f"Đã gọi quá nhiều lần. Mời thử lại sau {wait} giây."
    assert [limited.ask("/health/ready").status for _ in range(8)] == [200] * 8


def test_the_services_hear_the_address_that_a_forwarder_names(limited):
    heard = limited.ask(
        ECHO, X_Forwarded_For="9.9.9.9, 10.3.3.3, 127.0.0.1", X_Forwarded_Proto="https",
        X_Forwarded_Host="ocop.example",
    ).json()["headers"]  # fmt: skip
    assert heard["x-forwarded-for"] == "10.3.3.3"
    assert (heard["x-forwarded-proto"], heard["x-forwarded-host"]) == ("https", "ocop.example")


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("8.8.8.8", "", "8.8.8.8"),
        ("8.8.8.8", "1.1.1.1", "8.8.8.8"),
        ("10.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.1", "1.1.1.1, 2.2.2.2, 10.0.0.2", "2.2.2.2"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", " , ,", "10.0.0.1"),
        ("", "1.1.1.1", ""),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_named_address_is_worth_what_its_writer_is_worth(peer, forwarded, found):
    assert client(peer, forwarded, [ip_network("10.0.0.0/8")]) == found
