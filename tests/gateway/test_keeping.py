"""What may be kept, packed, asked for again and read by pages of others: what is public alone."""

import gzip
import hashlib
import socket
from typing import Any

import pytest

from tests.gateway.problem import problem

THINGS = "/t/an-giang/echo/v1/things"
LIST, SECRET, FILE = f"{THINGS}/listed", f"{THINGS}/versioned", f"{THINGS}/file"
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


def raw(ask: Any, method: str, path: str, headers: dict[str, str], token: str = "") -> Any:
    """With the body as it came."""
    return ask(method, path, token, headers, decode_content=False)


def test_what_is_public_is_packed_for_who_reads_that_and_named_apart(ask):
    plain, packed = (raw(ask, "GET", LIST, one) for one in (PLAIN, GZIP))
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 5
    for one in (plain, packed):
        assert one.headers["Cache-Control"] == "public, no-cache"
        assert one.headers["Vary"] == "Accept-Encoding"
        assert one.headers["Accept-Ranges"] == "none"
        assert int(one.headers["Content-Length"]) == len(one.data)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-gzip"'
    assert raw(ask, "GET", LIST, GZIP).data == packed.data


@pytest.mark.parametrize(
    "accepted", ["", "br", "gzip;q=0", "identity", "br, zstd", "*;q=0", "gzipped"]
)
def test_who_does_not_read_it_gets_it_plain(ask, accepted):
    answer = raw(ask, "GET", LIST, {"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b'{"')


@pytest.mark.parametrize("path", [LIST, "/", "/t/an-giang/echo/openapi.json", f"{THINGS}/echo"])
@pytest.mark.parametrize("headers", [PLAIN, GZIP])
def test_head_says_what_get_would(ask, path, headers):
    get, head = (raw(ask, method, path, headers) for method in ("GET", "HEAD"))
    own = {"date", "x-request-id", "content-length", "etag"}  # the echo tells its own method
    same = {"etag", "content-length"} if path.endswith(("listed", "/", ".json")) else set()
    for one in (get, head):
        one.told = {
            name.lower(): said
            for name, said in one.headers.items()
            if name.lower() not in own - same
        }
    assert (head.status, head.data, head.told) == (get.status, b"", get.told)


@pytest.mark.parametrize("headers", [PLAIN, GZIP])
def test_who_has_it_already_is_told_so(ask, headers):
    first = raw(ask, "GET", LIST, headers)
    for tag in (
        first.headers["ETag"],
        f"W/{first.headers['ETag']}",
        f'"x", {first.headers["ETag"]}',
        "*",
    ):
        for method in ("GET", "HEAD"):
            again = raw(ask, method, LIST, headers | {"If-None-Match": tag})
            assert (again.status, again.data) == (304, b"")
            assert again.headers["Cache-Control"] == "public, no-cache"
            assert again.headers["Vary"] == "Accept-Encoding"
            if tag != "*":
                assert again.headers["ETag"] == first.headers["ETag"]
    assert raw(ask, "GET", LIST, headers | {"If-None-Match": '"other"'}).status == 200


def test_what_is_private_is_neither_packed_nor_kept_for_others(ask, doors):
    token = doors.token("administrator")
    answer = raw(ask, "GET", SECRET, GZIP | {"Origin": "https://elsewhere.example"}, token)
    assert (answer.status, "Content-Encoding" in answer.headers) == (200, False)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert [one for one in answer.headers if one.lower().startswith("access-control")] == []
    tag = answer.headers["ETag"]
    again = raw(ask, "GET", SECRET, GZIP | {"If-None-Match": tag}, token)
    assert (again.status, again.data, again.headers["ETag"]) == (304, b"", tag)
    other = doors.token("administrator", "officer")  # the same version, and not the same answer
    assert raw(ask, "GET", SECRET, {"If-None-Match": tag}, other).status == 200
    assert raw(ask, "GET", SECRET, {"If-None-Match": tag}).status == 401


def test_a_file_is_had_by_parts(ask, doors):
    token = doors.token("administrator")
    whole = raw(ask, "GET", FILE, {}, token)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = raw(ask, "GET", FILE, {"Range": "bytes=100-199"}, token)
    assert (part.status, part.data) == (206, whole.data[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole.data)}"
    changed = {"Range": "bytes=100-199", "If-Range": '"another"'}
    assert raw(ask, "GET", FILE, changed, token).status == 200
    assert raw(ask, "GET", FILE, {"Range": f"bytes={len(whole.data)}-"}, token).status == 416
    assert raw(ask, "GET", LIST, {"Range": "bytes=0-9"}).status == 200


def test_a_page_of_another_site_reads_what_is_public(ask):
    origin = {"Origin": "https://elsewhere.example"}
    for path, status in ((LIST, 200), (f"{LIST}?no=such", 422), ("/", 200)):
        answer = ask("GET", path, headers=origin)
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")
        assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = origin | {
        "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match",
    }  # fmt: skip
    allowed = ask("OPTIONS", LIST, headers=asked)
    assert (allowed.status, allowed.data) == (204, b"")
    assert allowed.headers["Access-Control-Allow-Origin"] == "*"
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "If-None-Match" in allowed.headers["Access-Control-Allow-Headers"]
    for path in (SECRET, f"{THINGS}/upload", "/t/an-giang/echo/v1/none", "/health/live"):
        answer = ask("OPTIONS", path, headers=asked)
        assert [one for one in answer.headers if one.lower().startswith("access-control")] == []


def test_allow_names_what_is_allowed(ask):
    def allowed(method: str, path: str) -> tuple[int, set[str]]:
        answer = ask(method, path)
        return answer.status, set(answer.headers["Allow"].split(", "))

    reading = {"GET", "HEAD", "OPTIONS"}
    assert allowed("OPTIONS", LIST) == (204, reading)
    assert allowed("OPTIONS", f"{THINGS}/upload") == (204, {"POST", "OPTIONS"})
    assert allowed("OPTIONS", "/") == (204, reading)
    for method in ("DELETE", "POST", "BREW", "TRACE"):
        assert allowed(method, LIST) == (405, reading)
    problem(ask("BREW", "/t/nowhere/echo/v1/things"), 404, "not-found")
    problem(ask("OPTIONS", "/t/an-giang/echo/v1/none"), 404, "not-found")


def test_what_is_said_first_is_what_the_caller_would_rather_read(ask):
    def told(language: str | None) -> Any:
        headers = {} if language is None else {"Accept-Language": language}
        answer = ask("GET", "/t/an-giang/echo/v1/none", headers=headers)
        assert answer.headers["Vary"] == "Accept-Language"
        return answer.headers["Content-Language"], answer.json()

    for language in (None, "", "vi", "fr", "*", "vi-VN,vi;q=0.9,en-US;q=0.8", "en;q=0"):
        first, body = told(language)
        assert (first, body["title"], body["en"]["title"]) == ("vi", "Không tìm thấy", "Not found")
    for language in ("en", "en-GB", "fr, en;q=0.1", "en-US,en;q=0.9,vi;q=0.8"):
        first, body = told(language)
        assert (first, body["title"], body["vi"]["title"]) == ("en", "Not found", "Không tìm thấy")
        assert body["en"] == {"title": body["title"], "detail": body["detail"]}


def test_http_1_1_names_its_host(gateway):
    def asked(version: str, *lines: str) -> bytes:
        with socket.create_connection(("127.0.0.1", gateway.port), 10) as one:
            text = "\r\n".join([f"GET / HTTP/{version}", *lines, "Connection: close", "", ""])
            one.sendall(text.encode())
            return b"".join(iter(lambda: one.recv(65536), b""))

    for lines in ((), ("Host:",), ("Host: ",)):
        assert asked("1.1", *lines).startswith(b"HTTP/1.1 400 ")
    assert asked("1.0").startswith(b"HTTP/1.0 200 ")
    assert asked("1.1", "Host: door").startswith(b"HTTP/1.1 200 ")
    assert asked("1.1", "Host: a", "Host: b").startswith(b"HTTP/1.1 400 ")


def test_a_packed_answer_of_another_moment_is_not_given(ask, doors):
    one = raw(ask, "GET", LIST, GZIP)
    doors.tell("changed")
    other = raw(ask, "GET", LIST, GZIP)
    assert one.headers["ETag"] != other.headers["ETag"]
    digests = {hashlib.sha256(gzip.decompress(each.data)).hexdigest() for each in (one, other)}
    assert len(digests) == 2
