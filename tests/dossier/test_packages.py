"""Packages: what a submission freezes, who reads it, and that nothing changes it."""

import io
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from contracts.package import Manifest
from services.dossier.domain.dossiers import Act
from tests.dossier.conftest import Doors, told
from tests.dossier.filing import (
    COMMUNE,
    FACTS,
    OPTIONS,
    OWNER,
    QD148,
    REPORT,
    REQUIRED,
    ROUND,
    STRANGER,
    a_dossier,
    complete,
    evidence,
    filled,
    papers,
    path_of,
    people,
    reported,
    save,
    submitted,
)
from tests.dossier.test_doors import ANYWHERE, problem
from tests.dossier.test_dossiers import CALLS
from tests.files import heic


@pytest.fixture
def everybody(person: Any) -> dict[str, Doors]:
    return people(person) | {
        "package reader": person("package-reader", subject="ocop-evaluation"),
        "reader beside": person("package-reader", tenant="chau-phu"),
    }


def test_a_package_is_all_that_a_council_judges_by(everybody, database):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"])
    attached = papers(owner, dossier)
    story = evidence(owner, dossier["producer_id"], "story", issued_on="2024-01-31")
    evidence(owner, dossier["producer_id"], "award")  # of the producer, and not of this dossier
    complete(owner, dossier, attached)
    proofs = {"descriptions.5.1": "Câu chuyện", "evidence.5.1": [story, attached[0]]}
    filled(owner, dossier, **proofs)
    reported(everybody["commune"], dossier)
    answer = owner.post(f"{path_of(dossier)}/submission")
    assert (answer.status_code, answer.json["state"]) == (200, "submitted")
    [package] = answer.json["packages"]
    assert (package["number"], package["signed"]["name"]) == (1, OWNER["name"])

    manifest = owner.get(f"/packages/{package['id']}").json
    product = owner.get(f"/products/{dossier['product_id']}").json["facts"]
    assert manifest["submitted_at"] == package["signed"]["at"]
    assert manifest | {"files": [], "submitted_at": None} == {
        "package_id": package["id"], "dossier_id": dossier["id"], "number": 1, "round_id": ROUND,
        "procedure": "qd26-2026", "edition": "2026", "kind": "first",
        "product_id": dossier["product_id"], "product": product,
        "producer_id": dossier["producer_id"], "producer": FACTS,
        "fields": REQUIRED | REPORT | {"registration.attachments": attached},
        "self_score": {
            "set": 11, "case": None, "options": OPTIONS,
            "descriptions": {"5.1": "Câu chuyện"}, "evidence": {"5.1": [story, attached[0]]},
        },
        "files": [], "contacts": [OWNER | {"email": None}], "submitted_at": None,
        "submitted_by": OWNER["name"],
    }  # fmt: skip
    assert {one["evidence_id"]: one["kind"] for one in manifest["files"]} == {
        attached[0]: "business-registration", attached[1]: "food-safety", story: "story",
    }  # fmt: skip
    [dated] = [one for one in manifest["files"] if one["evidence_id"] == story]
    assert (dated["issued_on"], dated["name"]) == ("2024-01-31", "story.pdf")
    event = told()[-1]
    assert (event.type, event.subject) == ("dossier.submitted.v1", dossier["id"])
    assert event.version == answer.json["version"]
    assert event.data.manifest == Manifest.model_validate(manifest)


def test_what_is_not_complete_is_not_submitted(everybody, database):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"])
    path = f"{path_of(dossier)}/submission"
    before = len(told())
    answer = problem(owner.post(path), 422, "unprocessable")
    named = {one["field"] for one in answer["errors"]}
    assert named >= {*REQUIRED, *(f"options.{code}" for code in OPTIONS)}
    complete(owner, dossier, [])
    answer = problem(owner.post(path), 422, "unprocessable")
    assert {one["field"] for one in answer["errors"]} == {"registration.attachments"}
    assert database.packages.count_documents({}) == 0
    assert database.dossiers.find_one()["state"] == "draft"
    assert len(told()) == before


def test_who_reads_a_package_and_its_files(everybody, database):
    dossier = a_dossier(everybody["officer"], QD148)
    package = submitted(everybody, dossier)["packages"][0]["id"]
    [first, second] = everybody["officer"].get(f"/packages/{package}").json["files"]
    expected = dict.fromkeys(everybody, 404) | dict.fromkeys(
        ("owner", "officer", "administrator", "help team", "authority", "supervisor",
         "supervisor above", "package reader"), 200,
    ) | {"nobody": 403}  # fmt: skip
    for path in (f"/packages/{package}", f"/packages/{package}/files/{first['sha256']}"):
        statuses = {who: doors.get(path).status_code for who, doors in everybody.items()}
        assert statuses == expected, path
    content = everybody["package reader"].get(f"/packages/{package}/files/{second['sha256']}")
    assert (content.mimetype, len(content.data)) == (second["media_type"], second["size"])
    assert content.headers["ETag"] == f'"{second["sha256"]}"'


def test_a_service_that_fetches_a_picture_gets_it_as_it_came_and_people_see_it(everybody):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"], QD148)
    paper = FileStorage(io.BytesIO(heic()), "IMG_0001.HEIC")
    photographed = evidence(owner, dossier["producer_id"], "business-registration", file=paper)
    complete(owner, dossier, [photographed, *papers(owner, dossier)])
    [package] = owner.post(f"{path_of(dossier)}/submission").json["packages"]
    files = everybody["officer"].get(f"/packages/{package['id']}").json["files"]
    [sha256] = [one["sha256"] for one in files if one["media_type"] == "image/heic"]
    address = f"/packages/{package['id']}/files/{sha256}"
    fetched = everybody["package reader"].get(address)
    assert (fetched.data, fetched.headers["ETag"]) == (heic(), f'"{sha256}"')
    for who in ("owner", "officer", "help team", "supervisor"):
        assert (who, everybody[who].get(address).mimetype) == (who, "image/jpeg")
        assert everybody[who].get(f"{address}?original=true").data == heic()


def test_a_package_has_its_own_files_alone(everybody):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"], QD148)
    package = submitted(everybody, dossier)["packages"][0]["id"]
    other = owner.get(f"/evidence/{evidence(owner, dossier['producer_id'], 'award')}").json
    reader = everybody["package reader"]
    for path in (
        f"/packages/{package}/files/{other['file']['sha256']}",
        f"/packages/{package}/files/{'0' * 64}",
        f"/packages/{ANYWHERE}", f"/packages/{ANYWHERE}/files/{'0' * 64}",
    ):  # fmt: skip
        problem(reader.get(path), 404, "not-found")
    problem(reader.get(f"/packages/{package}/files/passwd"), 422, "unprocessable")


def test_a_reader_of_packages_reads_nothing_else(everybody):
    dossier = a_dossier(everybody["officer"], QD148)
    submitted(everybody, dossier)
    reader = everybody["package reader"]
    for path in (path_of(dossier), "/dossiers", "/rounds", "/producers", "/forms/qd148-2023?set=1"):
        problem(reader.get(path), 403, "forbidden")
    problem(reader.post(f"{path_of(dossier)}/withdrawal", json={"reason": "a"}), 403, "forbidden")


def test_a_resubmission_is_the_next_package_and_the_former_stays(everybody, database):
    owner, officer = everybody["owner"], everybody["officer"]
    dossier = a_dossier(officer, QD148)
    first = submitted(everybody, dossier)["packages"][0]["id"]
    stands = owner.get(f"/packages/{first}").json
    assert CALLS[Act.RETURN](everybody["help team"], dossier["id"]).status_code == 200
    returned = owner.get(path_of(dossier)).json
    assert (returned["state"], returned["until"]) == ("returned", returned["returns"][0]["until"])
    assert returned["returns"][0]["items"] == [
        {"field": None, "criterion": "1.1", "reason": "Thiếu ảnh"}
    ]
    producer = officer.get(f"/producers/{dossier['producer_id']}").json
    officer.patch(
        f"/producers/{producer['id']}",
        json={"facts": FACTS | {"name": "Cơ sở Mới"}, "contacts": [OWNER, STRANGER]},
    )
    picture = evidence(owner, dossier["producer_id"], "picture")
    filled(owner, dossier, **{"evidence.1.1": [picture]})
    again = owner.post(f"{path_of(dossier)}/submission").json
    assert [one["number"] for one in again["packages"]] == [1, 2]
    assert (again["producer"], len(again["contacts"])) == ("Cơ sở Mới", 2)
    second = owner.get(f"/packages/{again['packages'][1]['id']}").json
    assert (second["number"], second["producer"]["name"]) == (2, "Cơ sở Mới")
    assert len(second["files"]) == len(stands["files"]) + 1
    assert owner.get(f"/packages/{first}").json == stands
    assert [one.data.manifest.number for one in told() if "submitted" in one.type] == [1, 2]
    assert database.packages_versions.count_documents({}) == 2  # one version of each


def test_what_was_submitted_stays_whatever_becomes_of_it(everybody):
    """The draft, the register, the evidence and the contacts go on; the package does not."""
    owner, officer = everybody["owner"], everybody["officer"]
    dossier = a_dossier(officer, QD148)
    package = submitted(everybody, dossier)["packages"][0]["id"]
    stands = officer.get(f"/packages/{package}").json
    owner.post(f"{path_of(dossier)}/withdrawal", json={"reason": "Nộp đợt sau"})
    for file in stands["files"]:
        gone = owner.post(f"/evidence/{file['evidence_id']}/withdrawal")
        assert gone.status_code == 200, gone.json
    facts = officer.get(f"/products/{dossier['product_id']}").json["facts"]
    officer.patch(f"/products/{dossier['product_id']}", json={"facts": facts | {"name": "Trà mới"}})
    officer.patch(f"/producers/{dossier['producer_id']}", json={"contacts": [STRANGER]})
    assert officer.get(f"/packages/{package}").json == stands
    reader = everybody["package reader"]
    for file in stands["files"]:
        answer = reader.get(f"/packages/{package}/files/{file['sha256']}")
        assert (answer.status_code, len(answer.data)) == (200, file["size"])
    assert owner.get(f"/packages/{package}").status_code == 404  # no contact any more
    assert everybody["other producer"].get(f"/packages/{package}").status_code == 200


def test_a_submitted_draft_is_saved_no_more(everybody, database):
    owner = everybody["owner"]
    dossier = a_dossier(everybody["officer"], QD148)
    version = submitted(everybody, dossier)["version"]
    refused = save(owner, dossier, {"general.workers": 13}, {"general.workers": 12})
    problem(refused, 409, "out-of-order")
    assert database.dossiers.find_one()["version"] == version
    assert database.dossiers.find_one()["commune"] == COMMUNE
