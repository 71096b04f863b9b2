"""The dossier service behind its own doors, on a database of the test's own."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from mongoengine.connection import get_db
from openpyxl import Workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

import services.dossier.bootstrap  # noqa: F401  its documents, before the database is prepared
from chassis.store import documents
from contracts.event import Envelope
from services.dossier.entrypoints.http import create_app

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "data" / "an-giang-2023-products.csv"
HEADING = ["Hạng", "Sản phẩm", "Chủ thể", "Địa chỉ"]
SHEET1, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
TEA = ["3", "Trà thử", "Cơ sở Thử", "xã Thử, huyện Tri Tôn"]


@dataclass
class Doors:
    """A caller of the service: for a tenant, in a role."""

    client: FlaskClient
    header: Callable[..., dict[str, str]]
    tenant: str = "an-giang"
    role: str = "administrator"
    subject: str = "tester"
    about: dict[str, str] = field(default_factory=dict)

    def path(self, path: str) -> str:
        return f"/t/{self.tenant}/v1{path}"

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(self.path(path), headers=self._headers(), **options)

    def post(self, path: str, **options: Any) -> Any:
        headers = self._headers() | options.pop("headers", {})
        return self.client.post(self.path(path), headers=headers, **options)

    def patch(self, path: str, **options: Any) -> Any:
        headers = self._headers() | options.pop("headers", {})
        return self.client.patch(self.path(path), headers=headers, **options)

    def send(
        self, content: bytes, name: str = "danh sách.csv", *, dry: bool = False, **options: Any
    ) -> Any:
        file = FileStorage(io.BytesIO(content), name)
        boundary, body = encode_multipart({"file": file} | options.pop("fields", {}))
        kind = f'multipart/form-data; boundary="{boundary}"'
        path = f"/imports?dry_run={str(dry).lower()}"
        return self.post(path, data=body, content_type=kind, **options)

    def withdraw(self, id: str, reason: str = "Nhập nhầm") -> Any:
        return self.post(f"/imports/{id}/withdrawal", json={"reason": reason})

    def _headers(self) -> dict[str, str]:
        roles = self.role.split()
        return self.header("dossier", self.tenant, *roles, subject=self.subject, **self.about)


@pytest.fixture
def app(
    engines: Any, database: Any, issuer: Any, tenants_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    settings = {
        "INSTANCE": "dossier",
        "ISSUERS": issuer.trusted,
        "TENANTS": tenants_file,
        "MONGODB": engines.mongodb,
        "DATABASE": database.name,
        "RABBITMQ": "amqp://nowhere",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"OCOP_DOSSIER_{name}", str(value))
    documents.disconnect()
    return create_app()


@pytest.fixture
def doors(app: Any, issuer: Any) -> Doors:
    """The province's administrator."""
    return Doors(app.test_client(), issuer.header)


@pytest.fixture
def as_other(app: Any, issuer: Any) -> Callable[..., Doors]:
    """Somebody else at the same doors."""
    return lambda tenant, role="administrator": Doors(
        app.test_client(), issuer.header, tenant, role
    )


@pytest.fixture
def person(app: Any, issuer: Any) -> Callable[..., Doors]:
    """Somebody of Tri Tôn, in roles with blanks between: person("producer", phone="0900000001")."""

    def known(role: str = "", *, tenant: str = "tri-ton", **about: str) -> Doors:
        subject = about.pop("subject", f"{role} {about.get('phone', '')}".strip() or "nobody")
        return Doors(app.test_client(), issuer.header, tenant, role, subject, about)

    return known


def sheet(*rows: Sequence[str], separator: str = ",", heading: Sequence[str] = HEADING) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows([heading, *rows])
    return out.getvalue().encode()


def workbook(rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_shared_texts(content: bytes) -> bytes:
    """As Excel saves a workbook: texts in one table, cells with their numbers."""
    parts = parts_of(content)
    texts: list[bytes] = []

    def shared(cell: re.Match[bytes]) -> bytes:
        texts.append(cell[2])
        return b'<c %st="s"><v>%d</v></c>' % (cell[1], len(texts) - 1)

    inline = rb'<c ([^>]*)t="inlineStr"><is><t>([^<]*)</t></is></c>'
    parts[SHEET1] = re.sub(inline, shared, parts[SHEET1])
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
    parts[STRINGS] = b'<sst xmlns="%s">%s</sst>' % (main, items)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    listed = b'<Override PartName="/%s" ContentType="%s"/></Types>' % (STRINGS.encode(), kind)
    types = "[Content_Types].xml"
    parts[types] = parts[types].replace(b"</Types>", listed)
    return zipped(parts)


def told() -> list[Envelope]:
    """What waits in the outbox, in its order."""
    return [Envelope.decoded(row["body"]) for row in get_db().outbox.find()]
