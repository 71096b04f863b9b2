"""ETag and If-Match: which version an answer shows, and which one its reader has seen."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from flask.testing import FlaskClient
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from chassis.http.access import public
from chassis.http.app import blueprint, create
from chassis.http.versions import if_match, versioned
from chassis.settings import Settings

SEEN = "/t/an-giang/v1/seen"


class Seen(BaseModel):
    version: int | None


def seen() -> APIBlueprint:
    found = blueprint("seen", __name__)

    @found.get("")
    @public()
    def tell() -> Response:
        return versioned(Seen(version=if_match()), 12)

    @found.post("")
    @public()
    def write() -> Response:
        return versioned(Seen(version=if_match()), 12, 201)

    return found


@pytest.fixture(scope="module")
def client(tenants_file: Path) -> FlaskClient:
    settings = Settings(tenants=tenants_file)
    app = create("seen", settings, verifier=None, blueprints=[seen()], checks={})
    return app.test_client()


def asked(client: FlaskClient, given: str | None) -> Any:
    return client.get(SEEN, headers={} if given is None else {"If-Match": given})


def test_an_answer_bears_its_version(client):
    answer = client.post(SEEN)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"12"')
    assert (answer.mimetype, answer.get_json()) == ("application/json", {"version": None})


def test_who_reads_is_told_of_which_version_and_that_nothing_has_changed(client):
    tag = asked(client, None).headers["ETag"]
    assert re.fullmatch(r'"12-[0-9a-f]{16}"', tag)
    assert asked(client, tag).get_json() == {"version": 12}
    again = client.get(SEEN, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    other = client.get(SEEN, headers={"If-None-Match": tag, "If-Match": '"1"'})
    assert (other.status_code, other.get_json()) == (200, {"version": 1})
    for tag in ('"12"', '"12-0123456789abcdef"'):
        assert client.get(SEEN, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("given", "version"),
    [(None, None), ("*", None), ('"1"', 1), ('"999999999"', 999_999_999), ('W/"12"', 12)],
)
def test_if_match_says_what_was_seen(client, given, version):
    assert asked(client, given).get_json() == {"version": version}


@pytest.mark.parametrize(
    "given",
    [
        "1",
        '"0"',
        '"-1"',
        '"01"',
        '"1',
        '"1", "2"',
        '"a"',
        '"1.0"',
        '"9999999999"',
        '"٣"',
        '"1-a"',
        '"1-"',
    ],
)
def test_what_is_no_version_is_a_problem(client, given):
    answer = asked(client, given.encode().decode("latin-1"))
    body = answer.get_json()
    assert (answer.status_code, body["type"]) == (400, "urn:ocop:problem:not-a-version")
    assert "If-Match" in body["detail"]
