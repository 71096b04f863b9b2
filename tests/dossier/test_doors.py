"""What is refused at the doors says so in both languages, and changes nothing."""

import io
from typing import Any

from werkzeug.datastructures import FileStorage

from tests.dossier.conftest import HEADING, TEA, sheet

ANYWHERE = "00000000-0000-4000-8000-000000000000"


def problem(answer: Any, status: int, slug: str) -> Any:
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    body = answer.json
    assert body["type"] == f"urn:ocop:problem:{slug}"
    assert body["title"] != body["en"]["title"]
    assert body["detail"] != body["en"]["detail"]
    return body


REFUSED = (
    (sheet(TEA).decode().encode("cp1258", "replace"), 422, "wrong-encoding"),
    (sheet(TEA[:3], heading=HEADING[:3]), 422, "missing-columns"),
    (sheet(*[[*TEA[:1], f"Trà {n}", *TEA[2:]] for n in range(2001)]), 413, "too-many-rows"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 422, "not-a-sheet"),
    (b"PK\x03\x04", 422, "not-a-sheet"),
    (b"", 422, "missing-columns"),
    (sheet(["=1+1", *TEA[1:]]), 422, "wrong-rows"),
    (sheet(TEA, TEA), 422, "wrong-rows"),
)


def test_a_bad_list_is_refused(doors, database):
    for content, status, slug in REFUSED:
        problem(doors.send(content), status, slug)
    assert database.imports.count_documents({}) == database.outbox.count_documents({}) == 0


def test_a_bad_form_is_refused_field_by_field(doors, database):
    def fields(**form: Any) -> list[str]:
        answer = doors.send(sheet(TEA), fields=form)
        return [one["field"] for one in problem(answer, 422, "unprocessable")["errors"]]

    assert fields(reported_on="31/12/2023") == ["reported_on"]
    assert fields(reported_on='{"$ne": null}') == ["reported_on"]
    assert fields(source="a\nb") == ["source"]
    assert fields(source="a" * 301) == ["source"]
    assert fields(tenant="tinh-mau") == ["tenant"]
    assert fields(file=FileStorage(io.BytesIO(b"a"), "a" * 400)) == ["file"]
    for nothing in ({"data": {}}, {"json": {}}, {"data": {"file": "no file"}}, {"data": b"{"}):
        answer = problem(doors.post("/imports", **nothing), 422, "unprocessable")
        assert [one["field"] for one in answer["errors"]] == ["file"]
    assert database.imports.count_documents({}) == 0


def test_a_source_is_the_text_that_it_is(doors, database):
    sources = ['{"$ne": null}', "2023", '"a"', "[" * 300, "9" * 300, "a&b=c%00"]
    for number, source in enumerate(sources):
        content = sheet([TEA[0], f"Trà {number}", *TEA[2:]])
        assert doors.send(content, fields={"source": source}).json["source"] == source
    assert set(database.imports.distinct("source")) == set(sources)


def test_a_run_is_dry_or_it_is_not(doors, database):
    for said in ("maybe", "", "2"):
        file = (io.BytesIO(sheet(TEA)), "a.csv")
        answer = doors.post(f"/imports?dry_run={said}", data={"file": file})
        problem(answer, 422, "unprocessable")
    assert database.imports.count_documents({}) == 0


def test_a_withdrawal_has_a_reason(doors):
    id = doors.send(sheet(TEA)).json["id"]
    for body in ({}, {"reason": ""}, {"reason": {"$ne": None}}, {"reason": "a", "b": 1}):
        problem(doors.post(f"/imports/{id}/withdrawal", json=body), 422, "unprocessable")
    assert doors.get(f"/imports/{id}").json["withdrawal"] is None


def test_a_path_or_query_that_is_none_is_refused(doors):
    for path in (
        "/imports/nothing", "/imports?limit=0", "/imports?after=x",
        "/imports/template?format=pdf", "/products?limit=1000", "/producers?after=$ne",
    ):  # fmt: skip
        problem(doors.get(path), 422, "unprocessable")


def test_the_form_is_described(doors):
    described = doors.client.get("/openapi.json").json["paths"]["/t/{tenant}/v1/imports"]["post"]
    form = described["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert sorted(form["properties"]) == ["file", "reported_on", "source"]
    assert form["required"] == ["file"]


def test_an_import_that_is_not_there_is_not_found(doors):
    problem(doors.get(f"/imports/{ANYWHERE}"), 404, "not-found")
    problem(doors.withdraw(ANYWHERE), 404, "not-found")
