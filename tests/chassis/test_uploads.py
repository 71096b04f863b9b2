"""A file through a form into the store, and back as an answer."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from chassis.files import MAX_BYTES, StoredFile
from chassis.http.access import public
from chassis.http.app import TenantPath, blueprint, create
from chassis.http.bodies import UploadedFile
from chassis.http.uploads import described, read_form, sent_name, stored
from chassis.settings import Settings
from chassis.store.files import Files
from tests.files import docx, pdf, picture

PAPERS = "/t/tri-ton/v1/papers"
FILES = Files()


class PaperForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: UploadedFile
    issued_on: date | None = None


class Paper(BaseModel):
    name: str
    file: StoredFile


class PaperPath(TenantPath):
    sha256: str
    name: str


def papers() -> APIBlueprint:
    found = blueprint("papers", __name__)

    @found.post("", responses={200: Paper}, openapi_extensions=described(PaperForm))
    @public()
    def put(path: TenantPath) -> dict[str, Any]:
        given = read_form(PaperForm, request)
        name = sent_name(given.file)
        return Paper(name=name, file=FILES.put(given.file.stream, name)).model_dump(mode="json")

    @found.get("/<sha256>/<name>")
    @public()
    def show(path: PaperPath) -> Response:
        return stored(FILES.open(path.sha256), path.name, attachment="save" in request.args)

    return found


@pytest.fixture
def app(tenants_file: Any, database: Any) -> Flask:
    settings = Settings(tenants=tenants_file)
    return create("papers", settings, verifier=None, blueprints=[papers()], checks={})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def sent(client: FlaskClient, content: bytes, name: str, **parts: Any) -> Any:
    file = FileStorage(io.BytesIO(content), name)
    boundary, body = encode_multipart({"file": file} | parts)
    return client.post(
        PAPERS, data=body, content_type=f'multipart/form-data; boundary="{boundary}"'
    )


@pytest.fixture
def shown(client: FlaskClient) -> Callable[..., Any]:
    """The answer with a file that was sent before."""

    def show(content: bytes, name: str = "Giấy phép.pdf", query: str = "", **headers: str) -> Any:
        kept = sent(client, content, "").get_json()["file"]["sha256"]
        named = {one.replace("_", "-"): value for one, value in headers.items()}
        return client.get(f"{PAPERS}/{kept}/{name}{query}", headers=named)

    return show


# -- in


def test_a_file_is_taken_as_what_it_is(client, database):
    answer = sent(client, pdf(), "hồ sơ/Giấy phép.pdf", issued_on="2025-01-31")
    body = answer.get_json()
    assert (answer.status_code, body["name"]) == (200, "Giấy phép.pdf")
    assert body["file"]["media_type"] == "application/pdf"
    assert database["files.files"].find_one()["metadata"]["tenant"] == "tri-ton"


def test_what_its_sender_calls_it_is_not_believed(client):
    file = FileStorage(io.BytesIO(picture("PNG")), "a.png", content_type="text/html")
    answer = client.post(PAPERS, data={"file": file}, content_type="multipart/form-data")
    assert answer.get_json()["file"]["media_type"] == "image/png"


@pytest.mark.parametrize(
    ("content", "name", "status", "slug"),
    [
        (b"", "a.pdf", 422, "empty-file"),
        (b"text", "a.pdf", 415, "unknown-type"),
        (picture("PNG"), "a.pdf", 422, "claim-differs"),
        (pdf(), "a\x01.pdf", 422, "unprocessable"),
        (pdf() + bytes(MAX_BYTES), "a.pdf", 413, "too-large"),
        (bytes(31_000_000), "a.pdf", 413, "too-large"),
    ],
)
def test_a_file_that_is_not_taken_is_a_problem_and_leaves_nothing(
    client, database, content, name, status, slug
):
    answer = sent(client, content, name)
    body = answer.get_json()
    assert (answer.status_code, body["type"]) == (status, f"urn:ocop:problem:{slug}")
    assert answer.mimetype == "application/problem+json"
    assert body["detail"] != body["en"]["detail"]
    assert database["files.files"].count_documents({}) == 0
    assert database["files.chunks"].count_documents({}) == 0


def named(client: FlaskClient, disposition: bytes) -> Any:
    """What a program's own way to name a file is understood as."""
    head = b"--x\r\nContent-Disposition: form-data; name=file; " + disposition
    body = head + b"\r\n\r\n" + pdf() + b"\r\n--x--\r\n"
    return client.post(PAPERS, data=body, content_type="multipart/form-data; boundary=x")


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('filename="Giấy phép.pdf"', "Giấy phép.pdf"),
        ('filename="Gi%E1%BA%A5y%20ph%C3%A9p.pdf"', "Giấy phép.pdf"),
        ("filename*=UTF-8''Gi%E1%BA%A5y%20ph%C3%A9p.pdf", "Giấy phép.pdf"),
        ("filename=\"Giay.pdf\"; filename*=utf-8''Gi%E1%BA%A5y.pdf", "Giấy.pdf"),
        ('filename="=?UTF-8?B?R2nhuqV5LnBkZg==?="', "Giấy.pdf"),
        (f'filename="{normalize("NFD", "Giấy phép.pdf")}"', "Giấy phép.pdf"),
        (r'filename="C:\Hồ sơ\Giấy.pdf"', "Giấy.pdf"),
        (r'filename="\\may-chu\ho so\Giấy.pdf"', "Giấy.pdf"),
        ('filename="../../Giấy.pdf"', "Giấy.pdf"),
        (r'filename="a \"b\".pdf"', 'a "b".pdf'),
        ("filename=giay.pdf", "giay.pdf"),
        (f'filename="{"hồ sơ/" * 100}Giấy.pdf"', "Giấy.pdf"),
    ],
)
def test_a_name_is_understood_however_a_program_sends_it(client, disposition, name):
    answer = named(client, disposition.encode())
    assert (answer.status_code, answer.get_json()["name"]) == (200, name)


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16"])
def test_a_name_of_another_encoding_is_told_so(client, database, encoding):
    answer = named(client, b'filename="' + "Giấy phép.pdf".encode(encoding, "replace") + b'"')
    body = answer.get_json()
    assert (answer.status_code, body["type"]) == (400, "urn:ocop:problem:broken-form")
    assert "UTF-8" in body["detail"]
    assert database["files.files"].count_documents({}) == 0


def test_a_form_says_each_part_once_and_none_that_is_not_asked(client, database):
    def wrong(**parts: Any) -> list[str]:
        answer = sent(client, pdf(), "a.pdf", **parts)
        assert answer.status_code == 422
        return [one["field"] for one in answer.get_json()["errors"]]

    assert wrong(issued_on=["2025-01-31", "2025-01-31"]) == ["issued_on"]
    assert wrong(other="x") == ["other"]
    assert wrong(issued_on="31/01/2025") == ["issued_on"]
    assert wrong(file="text") == ["file"]
    answer = client.post(PAPERS, data=pdf(), content_type="application/pdf")
    assert (answer.status_code, answer.get_json()["type"]) == (415, "urn:ocop:problem:not-a-form")
    assert database["files.files"].count_documents({}) == 0


def test_the_description_tells_of_the_form(client):
    paths = client.get("/openapi.json").get_json()["paths"]
    body = paths["/t/{tenant}/v1/papers"]["post"]["requestBody"]
    parts = body["content"]["multipart/form-data"]["schema"]["properties"]
    assert (parts.keys(), parts["file"]["format"]) == ({"file", "issued_on"}, "binary")


# -- out


def test_a_file_is_shown_as_what_it_is_under_its_name(shown):
    answer = shown(pdf())
    assert (answer.status_code, answer.data) == (200, pdf())
    head = answer.headers
    assert (head["Content-Type"], head["Content-Length"]) == ("application/pdf", str(len(pdf())))
    disposition, plain, full = head["Content-Disposition"].split("; ")
    assert (disposition, plain) == ("inline", 'filename="Giay phep.pdf"')
    assert unquote(full.removeprefix("filename*=UTF-8''")) == "Giấy phép.pdf"
    assert head["X-Content-Type-Options"] == "nosniff"
    assert "private" in head["Cache-Control"]


def test_it_is_sandboxed_but_for_the_one_that_a_viewer_with_a_sandbox_shows(shown):
    policy = "Content-Security-Policy"
    assert shown(picture("PNG"), "a.png").headers[policy] == "sandbox"
    assert shown(docx(), "a.docx", "?save").headers[policy] == "sandbox"
    assert shown(pdf(), "a.pdf", "?save").headers[policy] == "sandbox"
    assert policy not in shown(pdf(), "a.pdf").headers


def test_it_is_saved_under_a_name_with_its_ending(shown):
    answer = shown(docx(), "so 12.2024", "?save")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="so 12.2024.docx"'


def test_a_quote_in_a_name_ends_nothing(shown):
    head = shown(pdf(), 'a"; filename="b.exe.pdf').headers["Content-Disposition"]
    assert head == r'inline; filename="a\"; filename=\"b.exe.pdf"'


def test_who_has_it_gets_it_no_more(shown):
    tag = shown(pdf()).headers["ETag"]
    answer = shown(pdf(), If_None_Match=tag)
    assert (answer.status_code, answer.data) == (304, b"")
    assert shown(pdf("other"), If_None_Match=tag).status_code == 200


def test_a_part_is_given_where_a_part_is_asked_for(shown):
    content = pdf() + bytes(range(256)) * 4000
    for asked, part in (
        ("bytes=600000-600099", content[600_000:600_100]),
        ("bytes=-100", content[-100:]),
        (f"bytes={len(content) - 1}-", content[-1:]),
    ):
        answer = shown(content, Range=asked)
        assert (answer.status_code, answer.data) == (206, part)
        assert answer.headers["Content-Length"] == str(len(part))
        assert answer.headers["Content-Range"].endswith(f"/{len(content)}")
    whole = shown(content)
    assert (whole.headers["Accept-Ranges"], whole.data) == ("bytes", content)
    beyond = shown(content, Range=f"bytes={len(content)}-")
    assert (beyond.status_code, beyond.mimetype) == (416, "application/problem+json")


def test_another_tenants_is_not_there(client):
    kept = sent(client, pdf(), "a.pdf").get_json()["file"]["sha256"]
    theirs = f"/t/chau-doc/v1/papers/{kept}/a.pdf"
    assert client.get(theirs).status_code == 404
    assert client.get(theirs.replace("chau-doc", "tri-ton")).status_code == 200
