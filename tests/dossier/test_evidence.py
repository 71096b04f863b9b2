"""Evidence: a producer's files, who may see and change them, and what is refused."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from chassis.drafts import Change
from chassis.problems import Unprocessable
from chassis.scope import Scope, entered
from chassis.store.unit_of_work import UnitOfWork, run
from contracts.package import EvidenceKind
from services.dossier.application.evidence import check_references
from services.dossier.domain.dossiers import State, Withdrawal
from services.dossier.domain.evidence import KINDS, Evidence
from services.dossier.domain.standing import Signature, Standing
from services.dossier.entrypoints.http import create_app
from tests.dossier.filed import (
    AT,
    CONTACT,
    TENANT,
    Person,
    a_dossier,
    a_package,
    a_producer,
    everybody,
    keep,
)
from tests.dossier.test_doors import problem
from tests.files import PDF, docx, heic, locked_pdf, pdf, picture

WORKS_ON_IT = {"contact", "commune", "officer", "administrator"}
READS = WORKS_ON_IT | {"supervisor"}
SAID = {"kind": "business-registration", "title": "Giấy đăng ký kinh doanh"}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def people(served: Any, issuer: Any) -> dict[str, Person]:
    return everybody(served("dossier", create_app), issuer)


@pytest.fixture
def producer(people: Any) -> Any:
    one = a_producer()
    keep(one)
    return one


def send(by: Person, of: str, content: bytes = PDF, name: str = "a.pdf", **said: Any) -> Any:
    parts = {"producer_id": of, "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(parts | SAID | said)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return by.post("/evidence", data=body, content_type=kind)


def in_store(database: Any) -> tuple[int, int, int]:
    """Files, their pieces, evidence."""
    names = ("files.files", "files.chunks", "evidence")
    return tuple(database[name].count_documents({}) for name in names)  # type: ignore[return-value]


def test_a_file_is_kept_with_what_it_is(people, producer):
    answer = send(
        people["contact"], producer.id, pdf("a"), "Giấy phép.pdf",
        number="12/ĐKKD", issued_on="2024-01-31", expires_on="2027-01-31",
    )  # fmt: skip
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    kept = answer.json
    assert (kept["file"]["name"], kept["file"]["media_type"]) == (
        "Giấy phép.pdf",
        "application/pdf",
    )
    assert (kept["kind"], kept["title"], kept["number"]) == (*SAID.values(), "12/ĐKKD")
    assert (kept["issued_on"], kept["expires_on"]) == ("2024-01-31", "2027-01-31")
    assert (kept["by"], kept["withdrawn"], kept["producer_id"]) == ("producer", False, producer.id)
    assert kept["said"] == {
        "vi": "Giấy đăng ký kinh doanh, hợp đồng hợp tác",
        "en": "Business registration",
    }
    assert kept["may"] == ["describe", "withdraw"]
    again = people["contact"].get(f"/evidence/{kept['id']}").json
    assert again | {"at": kept["at"]} == kept


def test_a_file_is_looked_at_in_the_browser_and_runs_nothing(people, producer):
    image = picture("PNG")
    id = send(people["contact"], producer.id, image, "ảnh.png", kind="picture").json["id"]
    shown = people["contact"].get(f"/evidence/{id}/file")
    assert (shown.status_code, shown.data, shown.content_type) == (200, image, "image/png")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"] == "sandbox"
    assert shown.headers["Content-Disposition"].startswith("inline")
    part = people["contact"].get(f"/evidence/{id}/file", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, image[:4])


def test_a_heic_is_shown_as_a_jpeg_and_kept_as_it_came(people, producer):
    by = people["contact"]
    kept = send(by, producer.id, heic(), "IMG_0001.HEIC", kind="picture").json
    assert kept["file"]["media_type"] == "image/heic"
    address = f"/evidence/{kept['id']}/file"
    shown = by.get(address)
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert shown.headers["Content-Disposition"] == "inline; filename=IMG_0001.jpg"
    assert Image.open(io.BytesIO(shown.data)).size == (64, 48)
    assert by.get(address).headers["ETag"] == shown.headers["ETag"] != f'"{kept["file"]["sha256"]}"'
    original = by.get(f"{address}?original=true")
    assert (original.content_type, original.data) == ("image/heic", heic())
    assert people["commune"].get(address).data == shown.data
    problem(people["nobody"].get(f"{address}?original=true"), 404, "not-found")


def test_every_kind_has_words():
    assert KINDS.keys() == {*EvidenceKind}


def test_the_same_bytes_twice_are_one_file_and_two_pieces_of_evidence(people, producer, database):
    one, two = (send(people["contact"], producer.id, pdf("same"), f"{n}.pdf") for n in "ab")
    assert one.json["id"] != two.json["id"]
    assert one.json["file"]["sha256"] == two.json["file"]["sha256"]
    assert in_store(database) == (1, 1, 2)


def test_a_list_has_what_the_producer_has_and_nobody_elses(people, producer):
    other = a_producer("Cơ sở Khác", contacts=(CONTACT,))
    keep(other)
    ids = {send(people["contact"], producer.id, pdf(str(n))).json["id"] for n in range(3)}
    send(people["contact"], other.id, pdf("other"))
    gone = ids.pop()
    people["contact"].post(f"/evidence/{gone}/withdrawal")
    page = people["contact"].get(f"/evidence?producer_id={producer.id}&limit=1").json
    rest = (
        people["contact"]
        .get(f"/evidence?producer_id={producer.id}&limit=5&after={page['after']}")
        .json
    )
    assert {one["id"] for one in page["items"] + rest["items"]} == ids
    assert rest["after"] is None


# -- who


def test_who_reads_and_who_works_on_it(people, producer, database):
    for who, by in people.items():
        id = send(people["officer"], producer.id).json["id"]
        before = in_store(database)
        for path in (
            f"/evidence/{id}", f"/evidence/{id}/file", f"/evidence?producer_id={producer.id}",
        ):  # fmt: skip
            answer = by.get(path)
            assert (who, path, answer.status_code) == (who, path, 200 if who in READS else 404)
        works = who in WORKS_ON_IT
        sent = send(by, producer.id, pdf(who)).status_code
        assert (who, sent) == (who, 201 if works else 404)
        assert (who, in_store(database) == before) == (who, not works)
        changed = by.patch(f"/evidence/{id}", json=SAID | {"title": "Tên khác"}).status_code
        withdrawn = by.post(f"/evidence/{id}/withdrawal").status_code
        assert (who, changed, withdrawn) == (who, *(200 if works else 404,) * 2)
        kept = people["officer"].get(f"/evidence/{id}").json
        assert (who, kept["title"] == "Tên khác", kept["withdrawn"]) == (who, works, works)


def test_a_supervisor_reads_and_is_offered_no_act(people, producer):
    id = send(people["officer"], producer.id).json["id"]
    assert people["supervisor"].get(f"/evidence/{id}").json["may"] == []


def test_the_help_team_sees_what_was_submitted_and_no_more(people, producer):
    ids = [send(people["contact"], producer.id, pdf(n)).json["id"] for n in "ab"]
    [submitted, other] = ids
    by = people["help-team"]
    assert [by.get(f"/evidence/{id}").status_code for id in ids] == [404, 404]
    with entered(Scope(TENANT, "test")):
        evidence = run(UnitOfWork.get, Evidence, submitted)
    keep(a_package(a_dossier(producer), evidence))
    assert [by.get(f"/evidence/{id}").status_code for id in ids] == [200, 404]
    assert by.get(f"/evidence/{submitted}/file").data == pdf("a")
    assert by.get(f"/evidence/{submitted}").json["may"] == []
    assert by.patch(f"/evidence/{submitted}", json=SAID).status_code == 404
    assert by.get(f"/evidence/{other}/file").status_code == 404


def test_a_communes_officer_works_on_it_by_a_dossier_of_theirs_too(people, database):
    elsewhere = a_producer("Cơ sở ở xã khác", commune="xã Khác")
    keep(elsewhere)
    assert send(people["commune"], elsewhere.id).status_code == 404
    keep(a_dossier(elsewhere))
    assert send(people["commune"], elsewhere.id).status_code == 201


def test_another_tenants_evidence_is_not_there(people, producer, served, issuer):
    id = send(people["officer"], producer.id).json["id"]
    for tenant in ("an-giang", "tri-ton"):
        other = Person(people["officer"].client, issuer, ("officer", "administrator"), tenant)
        for path in (f"/evidence/{id}", f"/evidence/{id}/file"):
            problem(other.get(path), 404, "not-found")
        problem(other.post(f"/evidence/{id}/withdrawal"), 404, "not-found")
        problem(send(other, producer.id), 404, "not-found")


# -- what is refused


@pytest.mark.parametrize(
    ("content", "name", "status", "slug"),
    [
        (picture("PNG"), "giay.pdf", 422, "claim-differs"),
        (b"MZ\x90" * 100, "giay.pdf", 415, "unknown-type"),
        (b"<script>alert(1)</script>", "trang.html", 415, "unknown-type"),
        (b"", "giay.pdf", 422, "empty-file"),
        (locked_pdf(), "giay.pdf", 422, "locked-file"),
        (PDF[:100], "giay.pdf", 422, "broken-file"),
        (b"%PDF-1.7", "giay.pdf", 422, "broken-file"),
        (docx()[:-30], "giay.docx", 415, "unknown-type"),
        (b"#!AMR\n" + bytes(99), "ghi am.amr", 415, "unknown-type"),
        (PDF + bytes(26 * 2**20 - len(PDF)), "lon.pdf", 413, "too-large"),
        (PDF, "a" * 301 + ".pdf", 422, "unprocessable"),
        (docx(), "giay.xlsx", 422, "claim-differs"),
    ],
    ids=[
        "png-as-pdf",
        "program",
        "page",
        "empty",
        "password",
        "cut",
        "no-page",
        "cut-docx",
        "sound",
        "26-MB",
        "name",
        "docx-as-xlsx",
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_kept(
    people, producer, database, content: bytes, name: str, status: int, slug: str
):
    answer = problem(send(people["contact"], producer.id, content, name), status, slug)
    assert [one["field"] for one in answer.get("errors", [])] in (["file"], [])
    assert in_store(database) == (0, 0, 0)


def test_of_a_name_with_folders_the_last_part_is_kept(people, producer):
    for given, kept in (("../../etc/giay.pdf", "giay.pdf"), (r"C:\\a\\giay.pdf", "giay.pdf")):
        assert send(people["contact"], producer.id, PDF, given).json["file"]["name"] == kept


def test_a_bad_form_is_refused_field_by_field_and_nothing_is_kept(people, producer, database):
    by = people["contact"]
    tomorrow = str(date.today() + timedelta(days=2))

    def fields(**said: Any) -> list[str]:
        answer = problem(send(by, producer.id, **said), 422, "unprocessable")
        return [one["field"] for one in answer["errors"]]

    assert fields(kind="photo") == ["kind"]
    assert fields(title="") == ["title"]
    assert fields(title="a\nb") == ["title"]
    assert fields(issued_on="31/01/2024") == ["issued_on"]
    assert fields(issued_on=tomorrow) == ["issued_on"]
    assert fields(issued_on="2024-02-01", expires_on="2024-01-31") == ["expires_on"]
    assert fields(producer_id='{"$ne": null}') == ["producer_id"]
    assert fields(tenant="tri-ton") == ["tenant"]
    assert fields(file="text") == ["file"]
    problem(send(by, UNKNOWN), 404, "not-found")
    problem(by.post("/evidence", json={}), 415, "not-a-form")
    assert in_store(database) == (0, 0, 0)


def test_a_description_is_changed_from_the_version_that_was_seen(people, producer, database):
    by = people["contact"]
    id = send(by, producer.id).json["id"]
    new = SAID | {"title": "Giấy mới", "expires_on": "2030-12-31"}
    changed = by.patch(f"/evidence/{id}", json=new, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json["title"], changed.json["expires_on"]) == ("Giấy mới", "2030-12-31")
    problem(by.patch(f"/evidence/{id}", json=SAID, headers={"If-Match": '"1"'}), 412, "stale")
    problem(by.post(f"/evidence/{id}/withdrawal", headers={"If-Match": '"1"'}), 412, "stale")
    assert by.get(f"/evidence/{id}").json == changed.json
    act = database.acts.find_one({"subject": id, "version": 2})
    assert (act["act"], act["actor"]) == ("describe_evidence", "producer")
    assert act["detail"] == {
        "title": ["Giấy đăng ký kinh doanh", "Giấy mới"], "expires_on": [None, "2030-12-31"],
    }  # fmt: skip
    assert database.evidence_versions.count_documents({"body.described.title": SAID["title"]}) == 1


def test_a_changed_description_is_checked_too(people, producer):
    by = people["contact"]
    id = send(by, producer.id).json["id"]
    for wrong in ({"kind": "photo"}, {"issued_on": "2999-01-01"}, {"file": "x"}, {"title": None}):
        problem(by.patch(f"/evidence/{id}", json=SAID | wrong), 422, "unprocessable")
    assert by.get(f"/evidence/{id}").json["version"] == 1


def test_what_a_dossier_refers_to_is_not_withdrawn(people, producer):
    by = people["contact"]
    id = send(by, producer.id).json["id"]
    dossier = a_dossier(producer, draft={"evidence.1.5": [id], "options.1.5": 2})
    keep(dossier)
    answer = problem(by.post(f"/evidence/{id}/withdrawal"), 409, "conflict")
    assert "Đường thốt nốt mẫu (Đợt 1 năm 2026)" in answer["detail"]
    assert by.get(f"/evidence/{id}").json["withdrawn"] is False


def test_what_only_an_ended_dossier_refers_to_is_withdrawn_and_its_package_keeps_the_file(
    people, producer, database
):
    by = people["contact"]
    id = send(by, producer.id, pdf("kept")).json["id"]
    signed = Signature(by="contact", standing=Standing.CONTACT, at=AT)
    keep(
        a_dossier(
            producer, draft={"registration.attachments": [id]}, state=State.WITHDRAWN,
            withdrawal=Withdrawal(reason="Nộp lại", signed=signed),
        )
    )  # fmt: skip
    answer = by.post(f"/evidence/{id}/withdrawal")
    assert (answer.status_code, answer.json["withdrawn"], answer.json["may"]) == (200, True, [])
    problem(by.post(f"/evidence/{id}/withdrawal"), 409, "conflict")
    problem(by.patch(f"/evidence/{id}", json=SAID), 409, "conflict")
    assert in_store(database) == (1, 1, 1)
    assert by.get(f"/evidence/{id}/file").data == pdf("kept")


def test_of_two_withdrawals_at_once_one_is_told_so(people, producer):
    by = people["contact"]
    id = send(by, producer.id).json["id"]
    keep(a_dossier(producer))
    with ThreadPoolExecutor(2) as pool:
        posts = [pool.submit(by.post, f"/evidence/{id}/withdrawal") for _ in range(2)]
        assert sorted(one.result().status_code for one in posts) == [200, 409]


def test_referred_to_and_withdrawn_at_once_it_is_one_of_the_two(people, producer):
    """Never a dossier that refers to what is gone."""
    by = people["contact"]
    for number in range(5):
        id = send(by, producer.id, pdf(str(number))).json["id"]
        dossier = a_dossier(producer, product_id=f"00000000-0000-4000-8000-{number:012}")
        keep(dossier)
        change = {"field": "evidence.1.5", "was": None, "now": [id]}
        with ThreadPoolExecutor(2) as pool:
            saved = pool.submit(
                by.patch, f"/dossiers/{dossier.id}/fields", json={"changes": [change]}
            )
            gone = pool.submit(by.post, f"/evidence/{id}/withdrawal")
            outcome = saved.result().status_code, gone.result().status_code
        assert outcome in ((200, 409), (422, 200))
        refers = "evidence.1.5" in by.get(f"/dossiers/{dossier.id}").json["draft"]
        withdrawn = by.get(f"/evidence/{id}").json["withdrawn"]
        assert (refers, withdrawn) == ((True, False) if outcome[0] == 200 else (False, True))


def test_sent_again_with_its_key_it_is_one(people, producer, database):
    answers = []
    for boundary in ("first", "second"):
        parts = {"producer_id": producer.id, "file": FileStorage(io.BytesIO(PDF), "a.pdf")} | SAID
        _, body = encode_multipart(parts, boundary=boundary)
        answers.append(
            people["contact"].post(
                "/evidence", data=body, headers={"Idempotency-Key": "k"},
                content_type=f'multipart/form-data; boundary="{boundary}"',
            )
        )  # fmt: skip
    first, again = answers
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert in_store(database) == (1, 1, 1)


# -- how much


@pytest.fixture
def little(served: Any, issuer: Any) -> dict[str, Person]:
    """A platform where a producer may send three files of 2,000 bytes together."""
    settings = {"PRODUCER_FILES": "3", "PRODUCER_BYTES": "2000"}
    return everybody(served("dossier", create_app, **settings), issuer)


def sent(by: Person, producer_id: str) -> dict[str, int]:
    return dict(by.get(f"/evidence?producer_id={producer_id}").json["sent"])


def test_a_producer_sends_so_many_files_and_is_told_how_many(little, database):
    producer, other = a_producer(), a_producer("Cơ sở Khác")
    keep(producer)
    keep(other)
    by, size = little["contact"], len(pdf("0"))
    most = {"most_files": 3, "most_bytes": 2000}
    assert sent(by, producer.id) == {"files": 0, "bytes": 0} | most
    ids = [send(by, producer.id, pdf(str(n))).json["id"] for n in range(3)]
    assert sent(by, producer.id) == {"files": 3, "bytes": 3 * size} | most
    by.post(f"/evidence/{ids[0]}/withdrawal")
    before = in_store(database)
    refused = problem(send(by, producer.id, pdf("4")), 409, "no-room")
    assert "đã gửi 3 tệp, 1 MB; được gửi nhiều nhất 3 tệp, 1 MB" in refused["detail"]
    assert refused["errors"][0]["field"] == "file"
    assert in_store(database) == before
    assert send(by, other.id, pdf("5")).status_code == 201


def test_a_producer_sends_so_many_bytes(little):
    producer = a_producer()
    keep(producer)
    by = little["contact"]
    assert send(by, producer.id, pdf("a" * 1500)).status_code == 201
    problem(send(by, producer.id, pdf("b" * 500)), 409, "no-room")
    assert send(by, producer.id, pdf("c")).status_code == 201


def test_of_several_that_send_at_once_no_more_are_kept_than_there_is_room_for(little):
    producer = a_producer()
    keep(producer)
    with ThreadPoolExecutor(6) as pool:
        posts = [pool.submit(send, little["contact"], producer.id, pdf(str(n))) for n in range(6)]
        assert sorted(one.result().status_code for one in posts) == [201] * 3 + [409] * 3
    assert sent(little["contact"], producer.id)["files"] == 3


def test_what_was_sent_before_it_was_counted_counts(little, database):
    producer = a_producer()
    keep(producer)
    for n in range(2):
        send(little["contact"], producer.id, pdf(str(n)))
    database.shelves.delete_many({})
    assert sent(little["contact"], producer.id)["files"] == 2
    assert send(little["contact"], producer.id, pdf("3")).status_code == 201
    problem(send(little["contact"], producer.id, pdf("4")), 409, "no-room")


# -- for the dossier's fields


def referring(producer_id: str, *changes: tuple[str, Any]) -> list[str]:
    given = [Change(field=field, was=None, now=now) for field, now in changes]
    with entered(Scope(TENANT, "test")):
        try:
            run(check_references, producer_id, given)
        except Unprocessable as wrong:
            return [one.field for one in wrong.fields]
    return []


def test_a_dossier_refers_to_its_own_producers_evidence_alone(people, producer):
    other = a_producer("Cơ sở Khác")
    keep(other)
    own = send(people["contact"], producer.id).json["id"]
    foreign = send(people["contact"], other.id).json["id"]
    gone = send(people["contact"], producer.id, pdf("gone")).json["id"]
    people["contact"].post(f"/evidence/{gone}/withdrawal")
    assert referring(producer.id, ("evidence.1.5", [own]), ("options.1.5", 2)) == []
    assert referring(producer.id, ("evidence.1.5", [foreign, own])) == ["evidence.1.5"]
    assert referring(producer.id, ("registration.attachments", [gone])) == [
        "registration.attachments"
    ]
    assert referring(producer.id, ("evidence.1.4", [UNKNOWN]), ("evidence.1.5", [foreign])) == [
        "evidence.1.4", "evidence.1.5",
    ]  # fmt: skip
    assert referring(other.id, ("evidence.1.5", [foreign])) == []
    assert referring(producer.id, ("evidence.1.5", None), ("evidence.1.4", [])) == []
