"""The doors of every service: who passes, what is read, how it is refused."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from chassis import scope
from chassis.http.access import allowed, public, signed_in, tenant
from chassis.http.app import AskedId, Query, TenantPath, blueprint, create
from chassis.http.bodies import MAX_INTEGER, MAX_JSON, UploadedFile
from chassis.problems import Conflict
from chassis.settings import DoorSettings, Settings
from chassis.tokens import Role, Verifier
from chassis.trace import traceparent
from contracts.text import Line, Slug

NOTES = "/t/an-giang/v1/notes"
MAX_BODY = 2_000_000
NUMBERS_KEY = "a key of the tests alone"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    unit: Slug
    tags: list[Line] = Field([], max_length=3)


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    colour: Literal["blue", "green"] | None = None
    inner: Inner | None = None


class Sheet(BaseModel):
    source: str
    file: UploadedFile | None = None


class NotePath(TenantPath):
    id: AskedId


class Search(Query):
    limit: int = Field(10, ge=1, le=50)
    tag: list[Slug] = Field(default_factory=list)


def notes() -> APIBlueprint:
    found = blueprint("notes", __name__)

    @found.get("")
    @allowed(Role.OFFICER, Role.ADMINISTRATOR)
    def list_all(path: TenantPath, query: Search) -> dict[str, Any]:
        """Every note."""
        return reached()

    @found.get("/below")
    @allowed(Role.SUPERVISOR, below=True)
    def below() -> dict[str, Any]:
        return reached()

    @found.get("/open")
    @public()
    def read() -> dict[str, Any]:
        return reached() | {"trace": traceparent()}

    @found.get("/mine")
    @signed_in()
    def mine() -> dict[str, Any]:
        return scope.current().person.model_dump(mode="json")

    @found.post("")
    @allowed(Role.OFFICER)
    def write(path: TenantPath, body: Note) -> dict[str, Any]:
        return body.model_dump()

    @found.post("/sheets")
    @allowed(Role.OFFICER)
    def sheet(path: TenantPath, form: Sheet) -> dict[str, Any]:
        return {"source": form.source, "length": len(form.file.read()) if form.file else 0}

    @found.get("/found")
    @public()
    def find(path: TenantPath, query: Search) -> dict[str, Any]:
        return query.model_dump()

    @found.get("/of/<id>")
    @public()
    def one(path: NotePath) -> dict[str, Any]:
        return {"id": path.id}

    @found.get("/failing")
    @public()
    def fail() -> dict[str, Any]:
        raise ZeroDivisionError("a secret of the platform")

    @found.get("/refusing")
    @public()
    def refuse() -> dict[str, Any]:
        raise Conflict("Đang bận.", "Busy.", retry_after=7)

    return found


def reached() -> dict[str, Any]:
    now = scope.current()
    return {"tenant": str(tenant), "actor": now.actor, "below": sorted(now.below)}


@pytest.fixture(scope="module")
def made(tenants_file: Path, issuer: Any) -> Callable[..., Flask]:
    def make(**checks: Any) -> Flask:
        settings = Settings(tenants=tenants_file, max_body=MAX_BODY)
        verifier = Verifier.read(issuer.trusted, "notes")
        return create("notes", settings, verifier=verifier, blueprints=[notes()], checks=checks)

    return make


@pytest.fixture(scope="module")
def client(made: Callable[..., Flask]) -> FlaskClient:
    return made().test_client()


@pytest.fixture
def officer(issuer: Any) -> dict[str, str]:
    found: dict[str, str] = issuer.header("notes", "an-giang", "officer")
    return found


def refused(answer: Any) -> tuple[int, str]:
    """Status and slug of a problem that says itself in both languages."""
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == answer.status_code
    said = [body["title"], body["detail"], body["en"]["title"], body["en"]["detail"]]
    assert all(said)
    assert len(set(said)) == 4, "each language has its own words"
    return answer.status_code, body["type"].removeprefix("urn:ocop:problem:")


# -- who passes


def test_a_route_that_does_not_say_who_may_pass_stops_the_process(tenants_file):
    found = blueprint("forgotten", __name__)
    found.get("")(lambda: {})
    settings = Settings(tenants=tenants_file)
    with pytest.raises(LookupError, match="does not say who may pass"):
        create("notes", settings, verifier=None, blueprints=[found], checks={})


def test_a_route_added_later_without_saying_it_answers_nobody(made):
    app = made()
    app.add_url_rule("/later", view_func=lambda: {"secret": 1}, endpoint="later")
    assert refused(app.test_client().get("/later")) == (500, "failed")


def test_the_order_at_the_door_is_token_tenant_role_body(client, issuer):
    broken = {"data": b"{", "content_type": "application/json"}
    assert refused(client.post(NOTES, **broken)) == (401, "unauthenticated")
    theirs = issuer.header("notes", "tri-ton", "supervisor")
    assert refused(client.post(NOTES, headers=theirs, **broken)) == (404, "not-found")
    other = issuer.header("notes", "an-giang", "supervisor")
    assert refused(client.post(NOTES, headers=other, **broken)) == (403, "forbidden")
    ours = issuer.header("notes", "an-giang", "officer")
    assert refused(client.post(NOTES, headers=ours, **broken)) == (400, "broken-json")


def test_whoever_has_signed_in_passes_whatever_the_roles_and_no_service_does(client, issuer):
    mine = f"{NOTES}/mine"
    assert refused(client.get(mine)) == (401, "unauthenticated")
    for roles in ((), ("supervisor",), ("emperor",), ("producer", "officer")):
        answer = client.get(mine, headers=issuer.header("notes", "an-giang", *roles))
        assert (answer.status_code, sorted(answer.get_json()["roles"])) == (200, sorted(roles))
        elsewhere = issuer.header("notes", "tri-ton", *roles)
        assert refused(client.get(mine, headers=elsewhere)) == (404, "not-found")
    for roles in (("package-reader",), ("package-reader", "officer")):
        service = issuer.header("notes", "an-giang", *roles)
        assert refused(client.get(mine, headers=service)) == (403, "forbidden")


def test_the_scope_knows_the_person_as_the_token_says(client, issuer):
    about = {"phone": "0901234567", "email": "a@b.vn", "name": "Chị Tư", "unit": "xã Mẫu"}
    header = issuer.header("notes", "an-giang", "commune-officer", **about)
    answer = client.get(f"{NOTES}/mine", headers=header)
    assert answer.get_json() == {"id": "tester", "roles": ["commune-officer"]} | about


def test_a_tenant_above_or_below_is_foreign_too(client, issuer):
    above = issuer.header("notes", "an-giang", "officer")
    assert refused(client.get("/t/tri-ton/v1/notes", headers=above)) == (404, "not-found")
    below = issuer.header("notes", "tri-ton", "officer")
    assert refused(client.get(NOTES, headers=below)) == (404, "not-found")


def test_an_unknown_role_gives_nothing(client, issuer):
    header = issuer.header("notes", "an-giang", "emperor")
    assert refused(client.get(NOTES, headers=header)) == (403, "forbidden")


def test_what_is_public_answers_everybody_alike(client, issuer):
    for headers in ({}, issuer.header("notes", "tri-ton"), issuer.header("notes", "an-giang")):
        answer = client.get(f"{NOTES}/open", headers=headers)
        assert (answer.status_code, answer.get_json()["tenant"]) == (200, "an-giang")
    assert refused(client.get("/t/nowhere/v1/notes/open")) == (404, "not-found")


def test_a_wrong_token_is_refused_on_a_public_route_too(client, issuer):
    elsewhere = issuer.header("elsewhere", "an-giang", "officer")
    assert refused(client.get(f"{NOTES}/open", headers=elsewhere)) == (401, "unauthenticated")


def test_a_method_that_asks_what_there_is_passes_the_same_door(client):
    assert client.head(NOTES).status_code == 401


def test_the_scope_is_the_paths_tenant_and_the_caller_and_ends_with_the_request(
    client, issuer, officer
):
    assert client.get(NOTES, headers=officer).get_json() == {
        "tenant": "an-giang", "actor": "tester", "below": [],
    }  # fmt: skip
    supervisor = issuer.header("notes", "an-giang", "supervisor")
    reach = client.get(f"{NOTES}/below", headers=supervisor).get_json()["below"]
    assert len(reach) == 11
    assert "tri-ton" in reach
    assert "huyen-mau" not in reach
    assert client.get(f"{NOTES}/open").get_json()["actor"] == "anybody"
    assert client.get(f"{NOTES}/failing").status_code == 500
    with pytest.raises(LookupError):
        scope.current()


# -- what is read


def post(client: FlaskClient, officer: dict[str, str], body: bytes) -> Any:
    return client.post(NOTES, headers=officer, data=body, content_type="application/json")


def test_a_right_body_is_read_and_in_nfc(client, officer):
    answer = post(client, officer, json.dumps({"name": " ma\u0323\u0302n ", "count": 3}).encode())
    assert answer.get_json() == {
        "name": "mận", "count": 3, "colour": None, "inner": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"{'name': 'x'}", b'{"name": "x",}', b'{"name": "x"} more', b"\xff\xfe",
        b"\xef\xbb\xbf{}", '{"name": "mận"}'.encode("utf-16"), b'{"name": "\xff"}',
        b'{"name": "\\ud800"}', b'{"name": "\\u12"}', b'{"name": "a\x00b"}',
        b'{"count": NaN}', b'{"count": Infinity}', b'{"count": -Infinity}', b'{"count": 01}',
        b'{"count": 1e999,',
        b'{"name": "x", "name": "y"}', b'{"name": "x", "inner": {"unit": "a", "unit": "b"}}',
        b'{"name": "x", "n\\u0061me": "y"}',
        b"[" * 1000 + b"]" * 1000, b'{"a":' * 1000 + b"1" + b"}" * 1000, b"[" * 500_000,
        b'{"name": ' + b"[" * 60 + b"]" * 60 + b"}",
        b"[]", b"null", b"1", b'"{\\"name\\": \\"x\\"}"',
    ],
)  # fmt: skip
def test_what_is_no_json_object_is_a_problem_that_says_so(client, officer, body):
    assert refused(post(client, officer, body)) == (400, "broken-json")


@pytest.mark.parametrize(
    ("body", "vi", "en"),
    [
        (b"", ", ở dòng 1, cột 0: kết thúc quá sớm", ", at line 1, column 0: it ends too early"),
        (b'{"name":\n tru}', ", ở dòng 2, cột 5: chỗ này không viết theo JSON",
         ", at line 2, column 5: what stands there is no JSON"),
        (b'{"count": NaN}', ", ở dòng 1, cột 11: chỗ này không viết theo JSON",
         ", at line 1, column 11: what stands there is no JSON"),
        (b"[" * 1000, ", ở dòng 1, cột 202: lồng nhau quá sâu",
         ", at line 1, column 202: it is nested too deep"),
        (b'{"name": ' + b"[" * 60 + b"]" * 60 + b"}", ": lồng nhau quá sâu",
         ": it is nested too deep"),
        (b'{"name": "x", "name": "y"}', ": tên “name” được ghi hai lần",
         ": the name “name” stands twice"),
    ],
)  # fmt: skip
def test_what_is_no_json_says_where_and_why_in_both_languages(client, officer, body, vi, en):
    said = post(client, officer, body).get_json()
    assert said["detail"] == f"Nội dung không phải JSON đúng{vi}."
    assert said["en"]["detail"] == f"The body is not right JSON{en}."


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "9" * 5000, f"-{'9' * 4000}", str(MAX_INTEGER + 1), "9" * 20]
)
@pytest.mark.parametrize(
    ("around", "field"),
    [
        ('{"name": "x", "count": %s}', "count"),
        ('{"name": "x", "inner": {"tags": ["a", %s]}}', "inner.tags.1"),
    ],
)
def test_a_number_too_large_is_right_json_and_named_in_its_field(
    client, officer, around, field, number
):
    answer = post(client, officer, (around % number).encode())
    assert refused(answer) == (422, "unprocessable")
    said = f"số quá lớn, nhiều nhất là {MAX_INTEGER}"
    assert [(one["field"], one["vi"]) for one in answer.get_json()["errors"]] == [(field, said)]


def test_a_huge_body_is_too_large(client, officer):
    long = b'{"name": "' + b"x" * MAX_JSON + b'"}'
    assert refused(post(client, officer, long)) == (413, "too-large")
    assert refused(post(client, officer, b"x" * (MAX_BODY + 1))) == (413, "too-large")


def test_json_under_another_name_is_not_read(client, officer):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = client.post(NOTES, headers=officer, data=b'{"name": "x"}', content_type=kind)
        assert refused(answer) == (415, "not-json")
    assert refused(client.post(NOTES, headers=officer)) == (422, "unprocessable")
    for kind in ("application/json; charset=utf-8", "application/merge-patch+json"):
        answer = client.post(NOTES, headers=officer, data=b'{"name": "x"}', content_type=kind)
        assert answer.status_code == 200


def test_a_form_field_nested_without_end_is_a_problem(client, officer):
    deep = {"source": "[" * 100_000}
    answer = client.post(f"{NOTES}/sheets", headers=officer, data=deep)
    assert refused(answer) == (400, "broken-json")


def test_a_text_in_the_place_of_a_file_is_named(client, officer):
    sent = {"source": "x", "file": (io.BytesIO(b"12"), "a.csv")}
    answer = client.post(f"{NOTES}/sheets", headers=officer, data=sent)
    assert answer.get_json() == {"source": "x", "length": 2}
    answer = client.post(f"{NOTES}/sheets", headers=officer, data={"source": "x", "file": "12"})
    assert refused(answer) == (422, "unprocessable")
    assert [(one["field"], one["vi"]) for one in answer.get_json()["errors"]] == [
        ("file", "phải là một tệp")
    ]


def test_a_body_that_breaks_off_is_none(client, officer):
    """As gunicorn gives it: the stream ends before the length that was announced."""
    answer = client.post(
        NOTES, headers=officer, content_type="application/json",
        input_stream=io.BytesIO(b'{"name": "x"}'),
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "200"},
    )  # fmt: skip
    assert refused(answer) == (400, "broken-body")


@pytest.mark.parametrize(
    ("body", "field", "vi"),
    [
        ({}, "name", "còn thiếu"),
        ({"name": {"$ne": None}}, "name", "phải là chữ"),
        ({"name": ["x"]}, "name", "phải là chữ"),
        ({"name": ""}, "name", "phải có ít nhất 1 ký tự"),
        ({"name": "x" * 301}, "name", "chỉ được dài 300 ký tự"),
        ({"name": "x", "count": 1001}, "count", "chỉ được đến 1000"),
        ({"name": "x", "count": 0}, "count", "phải từ 1 trở lên"),
        ({"name": "x", "count": "many"}, "count", "phải là số nguyên"),
        ({"name": "x", "$where": "1"}, "$where", "không có mục này"),
        ({"name": "x", "inner": {"unit": "A B"}}, "inner.unit",
         "chỉ gồm chữ thường không dấu, số và dấu gạch nối"),
        ({"name": "x\ny"}, "name", "chỉ một dòng, không có ký tự điều khiển"),
        ({"name": "x\ty"}, "name", "chỉ một dòng, không có ký tự điều khiển"),
        ({"name": "x\u0007y"}, "name",
         "có ký tự không đọc được (U+0007) ở vị trí 2: xoá hoặc gõ lại"),
        ({"name": "\u200b\u3164\u2800\u00ad"}, "name", "phải có ít nhất 1 ký tự"),
        ({"name": "x", "colour": "red"}, "colour", "phải là một trong: 'blue' hoặc 'green'"),
        ({"name": "x", "inner": {"unit": "a", "tags": ["x"] * 4}}, "inner.tags",
         "chỉ được có 3 mục"),
        ({"name": "x", "inner": {"unit": "a", "tags": ["x", {"$gt": ""}]}}, "inner.tags.1",
         "phải là chữ"),
        ({"name": "x", "inner": 1}, "inner", "phải là một đối tượng {...}"),
    ],
)  # fmt: skip
def test_each_wrong_field_is_named_with_what_to_mend(client, officer, body, field, vi):
    answer = post(client, officer, json.dumps(body).encode())
    assert refused(answer) == (422, "unprocessable")
    (wrong,) = answer.get_json()["errors"]
    assert (wrong["field"], wrong["vi"]) == (field, vi)
    assert wrong["en"]
    assert not re.search("should|required|pattern|match", wrong["en"]), "pydantic's own words"


def test_an_id_is_the_same_in_capitals(client):
    id = "0af76519-16cd-43dd-8448-eb211c80319c"
    for given in (id, id.upper()):
        assert client.get(f"{NOTES}/of/{given}").get_json() == {"id": id}
    for given in (id[:-1], id[:-1] + "G"):
        assert refused(client.get(f"{NOTES}/of/{given}")) == (422, "unprocessable")


def test_a_wrong_query_is_named_too(client, officer):
    answer = client.get(f"{NOTES}?limit=1000", headers=officer)
    assert refused(answer) == (422, "unprocessable")
    assert answer.get_json()["errors"][0]["field"] == "limit"


@pytest.mark.parametrize(
    ("asked", "field", "vi"),
    [
        ("foo=1", "foo", "không có mục này"),
        ("limit[$ne]=3", "limit[$ne]", "không có mục này"),
        ("tag[]=a", "tag[]", "không có mục này"),
        ("limit=1&limit=2", "limit", "chỉ được ghi một lần"),
        ("limit=1&limit=1", "limit", "chỉ được ghi một lần"),
    ],
)
def test_what_a_query_does_not_take_is_not_passed_over(client, officer, asked, field, vi):
    answer = client.get(f"{NOTES}?{asked}", headers=officer)
    assert refused(answer) == (422, "unprocessable")
    (wrong,) = answer.get_json()["errors"]
    assert (wrong["field"], wrong["vi"]) == (field, vi)
    assert client.get(f"{NOTES}?limit=1&tag=a&tag=b", headers=officer).status_code == 200


@pytest.mark.parametrize(
    "added",
    ["fbclid=x", "utm_source=zalo&utm_medium=a&utm_id=1", "gclid=1", "zarsrc=30", "_gl=1*abc",
     "msclkid=1", "igshid=1&igsh=2", "srsltid=x", "mc_cid=1&mc_eid=2", "_hsenc=1", "ref=share",
     "fbclid=1&fbclid=2", "gad_source=1&gbraid=0"],
)  # fmt: skip
def test_what_sharing_adds_to_a_public_address_is_passed_over(client, officer, added):
    for asked in (f"limit=7&{added}", f"{added}&limit=7"):
        answer = client.get(f"{NOTES}/found?{asked}")
        assert answer.get_json() == {"limit": 7, "tag": []}
        private = client.get(f"{NOTES}?{asked}", headers=officer)
        assert refused(private) == (422, "unprocessable")


@pytest.mark.parametrize("asked", ["limt=7", "utm=1", "fbclid[$ne]=1", "UTM_source=x", "q=x"])
def test_a_public_address_knows_its_own_names(client, asked):
    assert refused(client.get(f"{NOTES}/found?{asked}")) == (422, "unprocessable")


# -- how it answers


def test_no_such_address_and_no_such_method(client):
    assert refused(client.get("/nothing")) == (404, "not-found")
    assert refused(client.get("/t/an-giang//v1/notes")) == (404, "not-found")
    assert refused(client.get(f"{NOTES}/")) == (404, "not-found")
    wrong, asked = client.delete(NOTES), client.options(NOTES)
    assert (refused(wrong), asked.status_code) == ((405, "wrong-method"), 204)
    for one in (wrong, asked):
        assert one.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_failure_tells_nothing_of_the_inside(client):
    answer = client.get(f"{NOTES}/failing")
    assert refused(answer) == (500, "failed")
    assert "secret" not in answer.get_data(as_text=True)


def test_a_problem_may_say_when_to_come_again(client):
    answer = client.get(f"{NOTES}/refusing")
    assert refused(answer) == (409, "conflict")
    assert answer.headers["Retry-After"] == "7"


def test_the_request_id_is_the_callers_or_a_new_one(client):
    assert client.get("/health/live", headers={"X-Request-Id": "a.b-1"}).headers[
        "X-Request-Id"
    ] == "a.b-1"  # fmt: skip
    made = {client.get("/health/live", headers={"X-Request-Id": given}).headers["X-Request-Id"]
            for given in ("", "a b", "x" * 101, '"><script>')}  # fmt: skip
    assert len(made) == 4
    assert {len(one) for one in made} == {36}


def test_the_callers_trace_goes_on(client):
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    found = client.get(f"{NOTES}/open", headers={"traceparent": given}).get_json()["trace"]
    assert found.split("-")[1] == given.split("-")[1]
    assert found.split("-")[2] != given.split("-")[2]
    new = client.get(f"{NOTES}/open", headers={"traceparent": "nonsense"}).get_json()["trace"]
    assert len(new) == len(given)


def test_ready_tells_each_check_and_live_none(made):
    client = made(one=lambda: True, other=lambda: False).test_client()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()) == (
        503, {"ready": False, "checks": {"one": True, "other": False}},
    )  # fmt: skip
    assert client.get("/health/live").get_json() == {"live": True}
    assert made(one=lambda: True).test_client().get("/health/ready").status_code == 200


def test_requests_are_counted_by_route_and_not_by_address(client):
    client.get(f"{NOTES}/open")
    counted = client.get("/metrics").get_data(as_text=True)
    assert 'route="/t/<tenant>/v1/notes/open"' in counted
    assert "an-giang" not in counted


def test_the_numbers_of_a_door_are_for_those_who_bear_its_key(tenants_file, issuer):
    verifier = Verifier.read(issuer.trusted, "notes")

    def door(key: str | None) -> FlaskClient:
        settings = DoorSettings(tenants=tenants_file, metrics_key=key)
        return create("notes", settings, verifier=verifier, blueprints=[], checks={}).test_client()

    right = {"Authorization": f"Bearer {NUMBERS_KEY}"}
    for headers in ({}, right):
        assert refused(door(None).get("/metrics", headers=headers)) == (404, "not-found")
    keyed = door(NUMBERS_KEY)
    token = issuer.header("notes", "an-giang", "administrator")
    for headers in ({}, {"Authorization": f"Bearer {NUMBERS_KEY}x"}, token):
        answer = keyed.get("/metrics", headers=headers)
        assert refused(answer) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert keyed.get("/metrics", headers=right).get_data(as_text=True).startswith("# HELP")
    for path in ("/health/live", "/health/ready"):
        assert keyed.get(path).status_code == 200


def test_no_browser_guesses_a_type(client):
    for path in ("/health/live", "/nothing", f"{NOTES}/open", "/openapi.json"):
        assert client.get(path).headers["X-Content-Type-Options"] == "nosniff"


def test_the_service_describes_itself(client):
    document = client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    private = document["paths"]["/t/{tenant}/v1/notes"]["get"]
    assert (private["security"], private["x-roles"]) == (
        [{"token": []}], ["administrator", "officer"],
    )  # fmt: skip
    mine = document["paths"]["/t/{tenant}/v1/notes/mine"]["get"]
    assert (mine["security"], mine["x-roles"]) == ([{"token": []}], ["any person"])
    assert private["responses"]["4XX"]["content"]["application/problem+json"]["schema"] == {
        "$ref": "#/components/schemas/ProblemBody"
    }
    assert "security" not in document["paths"]["/t/{tenant}/v1/notes/open"]["get"]
    refers = {ref.rpartition("/")[2] for ref in references(document)}
    assert refers - set(document["components"]["schemas"]) == set()


def references(value: Any) -> list[str]:
    match value:
        case {"$ref": str(ref)}:
            return [ref]
        case dict():
            return [ref for one in value.values() for ref in references(one)]
        case list():
            return [ref for one in value for ref in references(one)]
    return []
