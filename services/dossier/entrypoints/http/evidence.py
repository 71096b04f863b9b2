from datetime import date, datetime
from typing import Any

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from chassis.http.access import signed_in
from chassis.http.app import AskedId, Page, TenantPath, blueprint
from chassis.http.bodies import UploadedFile
from chassis.http.uploads import (
    Looked,
    described,
    looked_at,
    read_form,
    read_upload,
    size_of,
)
from chassis.http.versions import if_match, versioned
from chassis.store.unit_of_work import run
from contracts.package import EvidenceKind
from contracts.text import Said
from services.dossier.application.evidence import (
    SeenEvidence,
    add_evidence,
    check_adding,
    describe_evidence,
    list_evidence,
    see_evidence,
    withdraw_evidence,
)
from services.dossier.domain.evidence import KINDS, Described, EvidenceFile, Room


class EvidenceForm(Described):
    file: UploadedFile
    producer_id: AskedId


class EvidencePath(TenantPath):
    id: AskedId


class OfProducer(Page):
    producer_id: AskedId


class EvidenceAnswer(BaseModel):
    """`said`: what its kind is called. `may`: what the caller may do now."""

    id: str
    tenant: str
    version: int
    producer_id: str
    file: EvidenceFile
    kind: EvidenceKind
    said: Said
    title: str
    number: str | None
    issued_on: date | None
    expires_on: date | None
    by: str
    at: datetime
    withdrawn: bool
    may: list[str]

    @classmethod
    def of(cls, seen: SeenEvidence) -> "EvidenceAnswer":
        one = seen.evidence
        return cls(
            id=one.id, tenant=one.tenant, version=one.version, producer_id=one.producer_id,
            file=one.file, said=Said.of(KINDS[one.described.kind]), by=one.by, at=one.at,
            withdrawn=one.withdrawn, may=["describe", "withdraw"] if seen.may_change else [],
            **one.described.model_dump(),
        )  # fmt: skip


class Sent(BaseModel):
    """What the producer has sent, withdrawn or not, and may send: files, and bytes of all."""

    files: int
    most_files: int
    bytes: int
    most_bytes: int


class EvidencePage(BaseModel):
    items: list[EvidenceAnswer]
    after: str | None
    sent: Sent


def evidence(room: Room) -> APIBlueprint:
    routes = blueprint("evidence", __name__)

    @routes.post("", responses={201: EvidenceAnswer}, openapi_extensions=described(EvidenceForm))
    @signed_in()
    def add(path: TenantPath) -> Response:
        """One file with what it is, as multipart/form-data; several by several requests. Up to
        25 MB of PDF, JPEG, PNG, WEBP, HEIC, MP4, DOCX, XLSX or AVIF that opens without a password.
        """
        form = read_form(EvidenceForm, request)
        said = Described(**form.model_dump(exclude={"file", "producer_id"}))
        run(check_adding, form.producer_id, size_of(form.file), said, room)
        upload = read_upload(form.file)
        file = EvidenceFile(**upload.keep().model_dump(), name=upload.name)
        return _answer(run(add_evidence, form.producer_id, file, said, room), 201)

    @routes.get("", responses={200: EvidencePage})
    @signed_in(below=True)
    def list_all(path: TenantPath, query: OfProducer) -> dict[str, Any]:
        """What a producer has, without what was withdrawn, by id."""
        found, shelf = run(list_evidence, query.producer_id, after=query.after, limit=query.limit)
        return EvidencePage(
            items=[EvidenceAnswer.of(one) for one in found],
            after=query.next_after([one.evidence for one in found]),
            sent=Sent(
                files=shelf.files, most_files=room.files, bytes=shelf.size, most_bytes=room.size
            ),
        ).model_dump(mode="json")

    @routes.get("/<id>", responses={200: EvidenceAnswer})
    @signed_in(below=True)
    def read(path: EvidencePath) -> Response:
        return _answer(run(see_evidence, path.id))

    @routes.get("/<id>/file")
    @signed_in(below=True)
    def content(path: EvidencePath, query: Looked) -> Response:
        """To be looked at in the browser, a HEIC as a JPEG; by parts (Range) where so asked."""
        one = run(see_evidence, path.id).evidence
        return looked_at(one.file.sha256, one.file.name, original=query.original)

    @routes.patch("/<id>", responses={200: EvidenceAnswer})
    @signed_in()
    def describe(path: EvidencePath, body: Described) -> Response:
        """Its kind, title, number and dates, given whole."""
        return _answer(run(describe_evidence, path.id, body, if_match()))

    @routes.post("/<id>/withdrawal", responses={200: EvidenceAnswer})
    @signed_in()
    def withdraw(path: EvidencePath) -> Response:
        """Refused while a dossier that has not ended refers to it; packages keep the file."""
        return _answer(run(withdraw_evidence, path.id, if_match()))

    return routes


def _answer(seen: SeenEvidence, status: int = 200) -> Response:
    return versioned(EvidenceAnswer.of(seen), seen.evidence.version, status)
