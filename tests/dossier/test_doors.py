"""What is refused at the doors says so in both languages, and changes nothing."""

import io
from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from contracts.text import Words
from services.dossier.domain.imports import wrong_day
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
    (b"", 422, "not-a-sheet"),
    (b"%PDF-1.7", 422, "not-a-sheet"),
    (b"a" * 1_500_000, 413, "sheet-too-large"),
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
    assert fields(reported_on="2999-01-01") == ["reported_on"]
    assert fields(reported_on="0001-01-01") == ["reported_on"]
    assert database.imports.count_documents({}) == 0


def test_a_form_without_a_file_is_told(doors):
    for parts in ({}, {"file": "no file"}, {"source": "a"}):
        boundary, body = encode_multipart(parts)
        kind = f'multipart/form-data; boundary="{boundary}"'
        answer = doors.post("/imports", data=body, content_type=kind)
        assert [one["field"] for one in problem(answer, 422, "unprocessable")["errors"]] == ["file"]


def test_what_is_no_form_is_told_how_to_be_sent(doors, database):
    for sent in (
        {"data": {}}, {"json": {}}, {"data": {"file": "no file"}}, {"data": b"{"},
        {"data": sheet(TEA), "content_type": "text/csv"},
        {"data": b"--a\r\n", "content_type": "multipart/form-data"},
        {"data": b"{", "content_type": "application/json"},
    ):  # fmt: skip
        answer = problem(doors.post("/imports", **sent), 415, "not-a-form")
        assert answer["detail"] == "Gửi dạng multipart/form-data với tệp trong phần “file”."
        assert [one["field"] for one in answer["errors"]] == ["file"]
    assert database.imports.count_documents({}) == 0


def test_each_part_comes_once(doors, database):
    def twice(**parts: Any) -> list[str]:
        answer = doors.send(sheet(TEA), fields=parts)
        return [one["field"] for one in problem(answer, 422, "unprocessable")["errors"]]

    file = FileStorage(io.BytesIO(sheet(TEA)), "b.csv")
    assert twice(source=["a", "b"]) == ["source"]
    assert twice(source=["a", "a"], reported_on=["2023-12-31"] * 2) == ["source", "reported_on"]
    assert twice(file=[FileStorage(io.BytesIO(sheet(TEA)), "a.csv"), file]) == ["file"]
    assert twice(file=["text", FileStorage(io.BytesIO(sheet(TEA)), "a.csv")]) == ["file"]
    assert database.imports.count_documents({}) == 0


def test_a_list_is_of_a_day_between_the_programmes_first_and_today():
    today = date(2024, 3, 5)
    assert [wrong_day(day, today) for day in (today, date(2018, 1, 1))] == [None, None]
    assert wrong_day(date(2024, 3, 6), today) == Words(
        "06/03/2024 chưa tới: hôm nay là 05/03/2024",
        "2024-03-06 is to come: today is 2024-03-05",
    )
    assert wrong_day(date(2017, 12, 31), today) == Words(
        "chương trình OCOP bắt đầu năm 2018: ghi ngày từ 01/01/2018",
        "the OCOP programme began in 2018: a day from 2018-01-01 on",
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\\Users\\ai\\danh sách.csv", "danh sách.csv"),
        ("..", "danh-sach"),
        ("a/", "danh-sach"),
    ],
)
def test_of_a_files_name_the_last_part_is_kept(doors, given: str, kept: str):
    report = doors.send(sheet(TEA), given).json
    assert (report["file"], report["source"]) == (kept, kept)


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
