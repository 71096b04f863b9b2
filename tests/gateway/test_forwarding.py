"""What passes the door, in both directions, and what does not."""

import hashlib
import json
import re
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.gateway.problem import problem

ECHO = "/t/an-giang/echo/v1/things/echo"
THINGS = "/t/an-giang/echo/v1/things"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def raw(url: str, sent: bytes) -> tuple[int, bytes]:
    """Status and whole answer of bytes that no client library would send."""
    at = urlsplit(url)
    with socket.create_connection((at.hostname, at.port), timeout=10) as one:
        one.sendall(sent)
        answer = b"".join(iter(lambda: one.recv(65536), b""))
    return int(answer.split(b" ", 2)[1]), answer


def line(path: bytes, method: bytes = b"GET") -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("method", METHODS)
def test_method_path_query_and_body_arrive(ask, method):
    body = b"" if method == "GET" else "Bưởi da xanh".encode()
    heard = ask(method, f"{ECHO}/a%20b?q=x&q=y", body=body or None).json()
    assert (heard["method"], heard["uri"]) == (method, "/t/an-giang/v1/things/echo/a%20b?q=x&q=y")
    assert heard["sha256"] == hashlib.sha256(body).hexdigest()


def test_the_tenants_record_says_which_instance_is_called(ask, doors):
    roles = doors.token("administrator")
    assert ask("GET", "/t/an-giang/twin/v1/things", token=roles).json()["uri"] == (
        "/t/an-giang/v1/things"
    )
    theirs = doors.token("administrator", tenant="tri-ton")
    heard = ask("GET", "/t/tri-ton/echo/v1/things", token=theirs).json()
    assert heard["headers"]["host"] == urlsplit(doors.second.url).netloc


def test_an_unknown_tenant_or_service_is_not_there(ask):
    problem(ask("GET", "/t/nowhere/echo/v1/things/echo"), 404, "not-found")
    problem(ask("GET", "/t/an-giang/nothing/v1/things/echo"), 404, "not-found")
    problem(ask("GET", "/t/tri-ton/twin/v1/things/echo"), 404, "not-found")
    problem(ask("GET", "/t/an-giang/echo/v2/things/echo"), 404, "not-found")
    problem(ask("GET", "/nothing"), 404, "not-found")


@pytest.mark.parametrize(
    "rest",
    [
        "../openapi.json", "..%2Fopenapi.json", "%2e%2e/openapi.json", "%2e%2e%2fopenapi.json",
        "things/../../health/live", "things/..%2f..%2f..%2fmetrics", "..", ".", "./things/echo",
        "/things/echo", "things//echo", "things/echo//", "things/echo/", "%2Fthings/echo",
        "things%2Fecho", "things%2fecho", "things%5Cecho", "things\\echo", "..%5c..%5cmetrics",
        "things/echo%00", "things/echo%00/../x", "things/echo%0D%0AX-Evil:%201", "things/echo%0a",
        "things/echo%7F", "things/echo/%ff", "things/echo/%c0%af", "things/echo/%E2%80%AE",
        "http://127.0.0.1/things", "things;/..;/echo/..%3B/..",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_prefix(gateway, doors, rest):
    status, answer = raw(gateway.url, line(b"/t/an-giang/echo/v1/" + rest.encode()))
    assert status == 404
    assert b"application/problem+json" in answer
    seen = doors.note("seen")
    assert all(one.startswith("GET /t/an-giang/v1/things;/") for one in seen.splitlines()), seen


@pytest.mark.parametrize(
    "path",
    [
        "/t/an-giang/../tri-ton/echo/v1/things/echo", "/t/an-giang%2Fecho/v1/things/echo",
        "/t%2Fan-giang/echo/v1/things/echo", "//t/an-giang/echo/v1/things/echo",
        "/./t/an-giang/echo/v1/things/echo", "http://door//t/an-giang/echo/v1/things/echo",
        "http:///t/an-giang/echo/v1/things/echo", "ftp://door/t/an-giang/echo/v1/things/echo",
        "http://door/t/an-giang/echo/v1/../../x/echo",
        "/t/an-giang/..%2fopenapi.json", "/t/an-giang//v1/things/echo", "/t//echo/v1/things/echo",
        "*",
    ],
)  # fmt: skip
def test_no_other_spelling_of_the_prefix_is_forwarded(gateway, doors, path):
    assert raw(gateway.url, line(path.encode()))[0] in (400, 404)
    assert doors.note("seen") == ""


@pytest.mark.parametrize("before", ["", "http://door", "HTTP://door:80", "https://door"])
def test_a_request_line_may_name_scheme_and_host(gateway, doors, before):
    for path in ("/", ECHO):
        assert raw(gateway.url, line((before + path).encode()))[0] == 200
    assert doors.note("seen") == "GET /t/an-giang/v1/things/echo\n"


def test_what_may_be_asked_is_told_by_a_refusal(ask, doors):
    answer = ask("BREW", ECHO)
    problem(answer, 405, "wrong-method")
    assert set(answer.headers["Allow"].split(", ")) == {"HEAD", "OPTIONS", *METHODS}
    assert "BREW" not in doors.note("seen")


def test_letters_that_need_no_escape_are_the_same_escaped_or_not(ask):
    uri = ask("GET", "/t/an-giang/echo/v1/things/ech%6F/m%E1%BA%ADn").json()["uri"]
    assert uri == "/t/an-giang/v1/things/echo/m%E1%BA%ADn"


@pytest.mark.parametrize(
    "query",
    [
        "q=m%E1%BA%ADn&q=%2F..%2F&x=%00", "a+b=c%20d", "q=%7B%22%24ne%22%3Anull%7D", "a=b=c&&d&=",
        "q=/../?a:@!$'()*,;", "next=http%3A%2F%2Felsewhere%2F", "x=%0D%0AX-Evil%3A1",
    ],
)  # fmt: skip
def test_a_query_arrives_as_it_was_written(gateway, query):
    assert (
        told(raw(gateway.url, line(f"{ECHO}?{query}".encode())))["uri"].partition("?")[2] == query
    )


@pytest.mark.parametrize(
    ("query", "args"),
    [
        ("q=100%&p=%20x", {"q": ["100%"], "p": [" x"]}),
        ("q=%zz%41", {"q": ["%zzA"]}),
        ("x=%0d%0a%c3%b4", {"x": ["\r\nô"]}),
        ('q={"$ne":null}', {"q": ['{"$ne":null}']}),
        ("q[$ne]=1", {"q[$ne]": ["1"]}),
        ("q=a|b^c`<d>", {"q": ["a|b^c`<d>"]}),
    ],
)
def test_a_query_of_doubtful_spelling_arrives_in_its_meaning(gateway, query, args):
    assert told(raw(gateway.url, line(f"{ECHO}?{query}".encode())))["args"] == args


def test_letters_that_no_address_may_have_are_refused_with_what_to_do(gateway):
    status, answer = raw(gateway.url, line(f"{ECHO}?q=mận".encode()))
    assert status == 400
    assert "phải được mã hoá dạng %XX" in answer.decode()


def told(answer: tuple[int, bytes]) -> dict[str, Any]:
    status, whole = answer
    assert status == 200, whole
    found: dict[str, Any] = json.loads(whole.partition(b"\r\n\r\n")[2])
    return found


def test_what_a_caller_sends_cannot_look_like_the_platforms_own(ask):
    headers = {
        "Cookie": "session=1", "X-Forwarded-For": "8.8.8.8", "X-Forwarded-Host": "evil",
        "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/x", "Forwarded": "for=8.8.8.8",
        "X-Real-IP": "8.8.8.8", "SCRIPT_NAME": "/t", "X-Tenant": "tri-ton", "TE": "trailers",
        "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP", "Connection": "X-Internal",
        "X-Internal": "1", "Proxy-Authorization": "Basic eDp5", "X-Http-Method-Override": "DELETE",
    }  # fmt: skip
    heard = ask("GET", ECHO, headers=headers).json()["headers"]
    assert set(heard) == {
        "host", "accept-encoding", "user-agent", "x-request-id", "traceparent",
        "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    }  # fmt: skip
    assert heard["x-forwarded-for"] == "127.0.0.1"
    assert heard["x-forwarded-proto"] == "http"
    assert heard["x-forwarded-host"].startswith("127.0.0.1:")
    assert heard["accept-encoding"] == "identity"


def test_what_a_service_needs_to_know_passes(ask):
    headers = {
        "Accept": "text/csv", "Accept-Language": "vi", "Idempotency-Key": "k", "If-Match": '"3"',
        "If-None-Match": '"4"', "Content-Type": "application/json", "User-Agent": "a marketplace",
    }  # fmt: skip
    heard = ask("POST", ECHO, headers=headers, body=b"{}").json()["headers"]
    assert {name: heard[name.lower()] for name in headers} == headers


def test_a_services_own_headers_pass_and_the_connections_do_not(ask):
    answer = ask("GET", f"{THINGS}/cookie")
    assert (answer.headers["ETag"], answer.headers["X-Total"]) == ('"7"', "12")
    assert answer.headers.getlist("Server") == ["gunicorn"]
    assert len(answer.headers.getlist("Date")) == 1
    assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]


def test_request_id_and_trace_travel_and_come_back(ask):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = ask("GET", ECHO, headers={"X-Request-Id": "import-7", "traceparent": trace})
    heard = answer.json()["headers"]
    assert answer.headers.getlist("X-Request-Id") == ["import-7"]
    assert heard["x-request-id"] == "import-7"
    found = re.fullmatch(r"00-0af7651916cd43dd8448eb211c80319c-([0-9a-f]{16})-01",
                         heard["traceparent"])  # fmt: skip
    assert found
    assert found[1] != "b7ad6b7169203331", "the gateway's own span is between"


def test_a_request_without_an_id_gets_one_and_a_strange_one_another(ask):
    one = ask("GET", ECHO).headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f-]{36}", one)
    strange = ask("GET", ECHO, headers={"X-Request-Id": "<script>"})
    assert re.fullmatch(r"[0-9a-f-]{36}", strange.headers["X-Request-Id"])
    assert strange.json()["headers"]["x-request-id"] == strange.headers["X-Request-Id"]


def test_lines_come_while_the_service_still_writes(ask, doors):
    answer = ask("GET", f"{THINGS}/lines", preload_content=False)
    lines = answer.stream(65536)
    assert next(lines) == b'{"line": 1}\n'
    doors.tell("go on")
    assert list(lines) == [b'{"line": 2}\n']
    answer.release_conn()


def test_a_long_answer_is_whole_and_head_tells_its_length(ask):
    assert ask("GET", f"{THINGS}/long").data == b"a" * 300_000
    head = ask("HEAD", f"{THINGS}/long")
    assert (head.status, head.data, head.headers["Content-Length"]) == (200, b"", "300000")
    length = ask("GET", f"{THINGS}/cookie").headers["Content-Length"]
    assert ask("HEAD", f"{THINGS}/cookie").headers["Content-Length"] == length


def test_an_answer_that_breaks_off_does_not_look_whole(gateway):
    status, answer = raw(gateway.url, line(f"{THINGS}/half".encode()))
    assert status == 200
    assert b"half" in answer
    assert not answer.endswith(b"0\r\n\r\n")


def test_a_service_is_asked_when_a_body_is_here_whole(ask, doors):
    asked_before: list[str] = []

    def pieces():
        yield b"x" * 100_000
        asked_before.append(doors.note("seen"))
        yield b"y" * 100_000

    answer = ask("POST", f"{THINGS}/upload", body=pieces())
    assert (answer.json(), asked_before) == ({"length": 200_000}, [""])


def test_a_body_that_breaks_off_is_not_taken_for_whole(gateway, doors):
    at = urlsplit(gateway.url)
    with socket.create_connection((at.hostname, at.port), timeout=10) as one:
        one.sendall(line(f"{THINGS}/upload".encode(), b"POST")[:-2])
        one.sendall(b"Content-Length: 100\r\n\r\n" + b"x" * 50)
        one.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: one.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"urn:ocop:problem:broken-body" in answer
    assert doors.note("whole") == ""


def test_a_broken_chunk_is_refused(gateway, doors):
    head = line(f"{THINGS}/upload".encode(), b"POST")[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
    status, answer = raw(gateway.url, head + b"5\r\nhello\r\nZZ\r\n")
    assert status == 400
    assert b"urn:ocop:problem:broken-body" in answer
    assert doors.note("whole") == ""


def test_a_caller_who_stops_sending_is_not_waited_for(gateway, doors):
    began = time.monotonic()
    head = line(f"{THINGS}/upload".encode(), b"POST")[:-2] + b"Content-Length: 100\r\n\r\n"
    status, answer = raw(gateway.url, head + b"x" * 50)
    assert status == 408
    assert b"urn:ocop:problem:slow" in answer
    assert time.monotonic() - began < 5
    assert doors.note("whole") == ""


def test_two_lengths_or_two_framings_are_refused(gateway, doors):
    head = line(ECHO.encode(), b"POST")[:-2]
    smuggled = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n"
    for framing in (b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", smuggled):
        status, answer = raw(gateway.url, head + framing)
        assert status == 400
        assert b"urn:ocop:problem:unreadable" in answer
    assert doors.note("seen") == ""


def test_an_address_of_a_service_is_told_as_seen_from_outside(ask):
    answer = ask("GET", f"{THINGS}/moved", redirect=False)
    assert (answer.status, answer.headers["Location"]) == (303, ECHO)


def test_the_service_describes_itself_as_seen_from_outside(ask):
    document = ask("GET", "/t/an-giang/echo/openapi.json").json()
    assert "/t/{tenant}/echo/v1/things" in document["paths"]
    assert all(path.startswith("/t/{tenant}/echo/v1/") for path in document["paths"])
    problem(ask("GET", "/t/an-giang/gone/openapi.json"), 503, "unavailable")


def test_the_door_says_what_there_is(ask):
    found = ask("GET", "/").json()
    assert found["resources"] == "/t/{tenant}/{service}/v1/..."
    assert {one["slug"]: one["services"] for one in found["tenants"]} == {
        "an-giang": ["echo", "gone", "lost", "twin"], "tri-ton": ["echo"],
    }  # fmt: skip
    told = {one.pop("slug"): one for one in found["tenants"]}
    assert told["tri-ton"] == {
        "name": {"vi": "tri-ton", "en": "tri-ton"}, "kind": "district", "parent": None,
        "purpose": "production", "services": ["echo"],
    }  # fmt: skip
