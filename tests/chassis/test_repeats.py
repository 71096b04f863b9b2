"""A POST that bears an Idempotency-Key is done once and answered alike."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from urllib3 import encode_multipart_formdata

from chassis.http import repeats
from tests.chassis.lab.entrypoints.http import create_app
from tests.chassis.running import Process, running, until
from tests.chassis.test_http import refused

HEARD = "/t/tri-ton/v1/heard"
SHEETS = f"{HEARD}/sheets"


@pytest.fixture
def client(served: Callable[..., FlaskClient]) -> FlaskClient:
    return served("lab", create_app)


@pytest.fixture
def send(client: FlaskClient, issuer: Any) -> Callable[..., Any]:
    def post(
        name: str = "a", path: str = HEARD, *, key: str | None = "key-1", subject: str = "chị Tư",
        method: str = "POST", **sent: Any,
    ) -> Any:  # fmt: skip
        tenant = path.split("/")[2]
        headers = issuer.header("lab", tenant, "officer", subject=subject)
        if key is not None:
            headers["Idempotency-Key"] = key
        said = sent or {"json": {"name": name}}
        return client.application.test_client().open(path, method=method, headers=headers, **said)

    return post


def times(database: Any) -> dict[str, int]:
    return {row["name"]: row["times"] for row in database.heard.find()}


def test_the_first_answer_is_repeated_and_the_work_is_not(send, database):
    first, second = send(), send()
    assert (first.status_code, first.get_json()) == (201, {"name": "a", "times": 1})
    assert (second.status_code, second.data) == (first.status_code, first.data)
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert times(database) == {"a": 1}
    assert database.acts.count_documents({}) == 1


def test_without_a_key_each_sending_is_another(send, database):
    assert [send(key=None).get_json()["times"] for _ in range(2)] == [1, 2]
    assert database.answers.count_documents({}) == 0
    assert database.inbox.count_documents({}) == 0


def test_another_method_knows_no_key(send, database):
    assert [send(method="PUT").get_json()["times"] for _ in range(2)] == [1, 2]


@pytest.mark.parametrize(
    "other",
    [{"key": "key-2"}, {"subject": "anh Ba"}, {"path": f"{HEARD}/slow"}],
    ids=["key", "sender", "address"],
)
def test_a_key_is_its_senders_own_for_one_address(send, database, other):
    assert (send().get_json()["times"], send(**other).get_json()["times"]) == (1, 2)


def test_the_same_key_in_another_tenant_is_another(send, database):
    send()
    assert send(path="/t/chau-doc/v1/heard").get_json()["times"] == 1
    assert {(row["tenant"], row["times"]) for row in database.heard.find()} == {
        ("tri-ton", 1), ("chau-doc", 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (HEARD, {"json": {"name": "b"}}),
        (HEARD, {"data": b'{"name":  "a"}', "content_type": "application/json"}),
        (f"{HEARD}?colour=green", {"json": {"name": "a"}}),
    ],
    ids=["another name", "other bytes", "another query"],
)
def test_a_key_for_something_else_is_refused(send, database, path, sent):
    send()
    assert refused(send(path=path, **sent)) == (422, "key-reused")
    assert times(database) == {"a": 1}


def sheet(content: bytes = b"x" * 700_000, name: str = "a", file: str = "a.csv") -> dict[str, Any]:
    """Each with a boundary of its own, as browsers write one."""
    body, kind = encode_multipart_formdata({"name": name, "file": (file, content)})
    return {"data": body, "content_type": kind}


def test_a_form_with_a_file_is_done_once_whatever_its_boundary(send, database):
    answers = [send(path=SHEETS, **sheet()) for _ in range(2)]
    assert [one.get_json() for one in answers] == [{"name": "a: 700000", "times": 1}] * 2
    assert times(database) == {"a: 700000": 1}
    for other in (sheet(b"y" * 700_000), sheet(name="b"), sheet(file="b.csv")):
        assert refused(send(path=SHEETS, **other)) == (422, "key-reused")
    assert times(database) == {"a: 700000": 1}


def test_what_is_too_large_is_refused_with_a_key_too(send, client, database):
    long = b'{"name": "' + b"x" * 1_000_000 + b'"}'
    sent = {"data": long, "content_type": "application/json"}
    assert refused(send(**sent)) == (413, "too-large")
    client.application.config["MAX_CONTENT_LENGTH"] = 500_000
    assert refused(send(path=SHEETS, **sheet())) == (413, "too-large")
    assert database.answers.count_documents({}) == 0


def test_a_body_that_is_none_is_refused_and_leaves_the_key_free(send, database):
    assert refused(send(data=b"{", content_type="application/json")) == (400, "broken-json")
    assert send().status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "khoá", "x" * 201, "a\tb"])
def test_a_broken_key_is_named(send, database, key):
    assert refused(send(key=key.encode().decode("latin-1"))) == (400, "broken-key")
    assert times(database) == {}


@pytest.mark.parametrize("key", ["x" * 200, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "$ne", "a/b"])
def test_what_senders_make_up_is_a_key(send, database, key):
    assert [send(key=key).get_json()["times"] for _ in range(2)] == [1, 1]


def test_who_may_not_do_it_does_not_hear_the_answer(client, send, issuer):
    send()
    headers = issuer.header("lab", "tri-ton", "supervisor", subject="chị Tư")
    answer = client.post(HEARD, headers=headers | {"Idempotency-Key": "key-1"}, json={"name": "a"})
    assert refused(answer) == (403, "forbidden")


def test_what_was_refused_and_changed_nothing_may_be_sent_again(send, database):
    for _ in range(2):
        assert refused(send("stale")) == (409, "conflict")
    assert database.answers.count_documents({}) == 0
    assert database.inbox.count_documents({}) == 0


@pytest.mark.parametrize(
    ("name", "first"), [("refused", (409, "conflict")), ("fails", (500, "failed"))]
)
def test_what_failed_after_its_effect_is_not_done_again(send, database, name, first):
    assert refused(send(name)) == first
    for _ in range(2):
        assert refused(send(name)) == (409, "already-done")
    assert times(database) == {name: 1}


def test_several_use_cases_of_one_request_are_done_once_each(send, database):
    path = f"{HEARD}/twice"
    assert [send(path=path).status_code for _ in range(2)] == [201, 201]
    assert times(database) == {"a, before": 1, "a": 1}
    assert send(path=path, key="key-2").get_json()["times"] == 2


def test_what_changes_nothing_is_answered_alike_too(send, database):
    path = f"{HEARD}/nothing"
    assert send(path=path).get_json() == {"times": 0}
    send()
    assert send(path=path).get_json() == {"times": 0}
    assert send(path=path, key="key-2").get_json() == {"times": 1}


def test_of_many_at_once_one_does_it_and_the_others_wait_or_hear_its_answer(send, database):
    path = f"{HEARD}/slow"
    with ThreadPoolExecutor(8) as pool:
        answers = [one.result() for one in [pool.submit(send, path=path) for _ in range(8)]]
    assert times(database) == {"a": 1}
    done = [one for one in answers if one.status_code == 201]
    waiting = [one for one in answers if one.status_code != 201]
    assert done
    assert waiting
    assert {one.data for one in done} == {done[0].data}
    assert {(*refused(one), one.headers["Retry-After"]) for one in waiting} == {
        (409, "in-flight", "1")
    }
    assert send(path=path).data == done[0].data


def test_the_service_says_which_requests_take_a_key(client):
    heard = client.get("/openapi.json").get_json()["paths"]["/t/{tenant}/v1/heard"]
    (key,) = [one for one in heard["post"]["parameters"] if one["in"] == "header"]
    assert (key["name"], key.get("required", False)) == ("Idempotency-Key", False)
    assert [one for one in heard["put"]["parameters"] if one["in"] == "header"] == []


def abandoned(database: Any) -> None:
    """As if its sender had waited as long as anybody does."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    assert database.answers.update_many({}, {"$set": {"until": past}}).matched_count == 1


def test_one_that_takes_over_from_a_slow_one_does_it_once_with_it(send, database):
    path = f"{HEARD}/slow"
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(send, path=path)
        until(lambda: database.answers.count_documents({}))
        abandoned(database)
        taking_over = pool.submit(send, path=path)
        answers = [slow.result(), taking_over.result()]
    assert times(database) == {"a": 1}
    (done,) = [one for one in answers if one.status_code == 201]
    (late,) = [one for one in answers if one.status_code != 201]
    assert refused(late) == (409, "already-done")
    assert send(path=path).data == done.data


def test_an_answer_is_kept_for_a_day_and_the_effect_is_known_for_longer(send, database):
    send()
    (row,) = database.answers.find()
    assert (row["tenant"], row["caller"], row["path"]) == ("tri-ton", "chị Tư", HEARD)
    index = database.answers.index_information()["at_1"]
    assert index["expireAfterSeconds"] == 86400
    database.answers.delete_many({})  # as the index does it
    assert refused(send()) == (409, "already-done")
    assert times(database) == {"a": 1}


def test_an_answer_too_long_to_keep_is_told_as_done(send, database, monkeypatch):
    monkeypatch.setattr(repeats, "LONGEST", 10)
    assert send().status_code == 201
    assert refused(send()) == (409, "already-done")
    assert times(database) == {"a": 1}


def test_a_process_that_dies_between_effect_and_answer_leaves_it_done_once(
    lab: Callable[..., Process], issuer: Any, database: Any
) -> None:
    process = lab(kind="http", extra={"OCOP_LAB_ISSUERS": str(issuer.trusted)})
    with running(process):
        assert sent(process, issuer, "dies") == (0, "")
        assert times(database) == {"dies": 1}
        until(lambda: process.ready)  # another worker of gunicorn's
        assert sent(process, issuer, "dies") == (409, "urn:ocop:problem:in-flight")
        abandoned(database)
        for _ in range(2):
            assert sent(process, issuer, "dies") == (409, "urn:ocop:problem:already-done")
        assert times(database) == {"dies": 1}


def sent(process: Process, issuer: Any, name: str) -> tuple[int, str]:
    """Status and the problem's type; 0 when the connection ends without an answer."""
    headers = issuer.header("lab", "tri-ton", "officer") | {
        "Idempotency-Key": "key-1", "Content-Type": "application/json",
    }  # fmt: skip
    request = urllib.request.Request(
        f"http://127.0.0.1:{process.port}{HEARD}", json.dumps({"name": name}).encode(), headers
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())["type"]
    except OSError:
        return 0, ""
