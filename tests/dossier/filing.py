"""A producer, its product and a round of Tri Tôn, who is what to them, and a dossier's way."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from chassis.scope import Scope, entered
from contracts.councils import RoundClosed, RoundFacts, RoundOpened
from contracts.event import Envelope, Event
from services.dossier.entrypoints.worker import on_round
from tests.dossier.conftest import Doors
from tests.files import pdf

COMMUNE, OTHER_COMMUNE = "xã Ô Lâm", "xã Cô Tô"
OWNER = {"name": "Bà Chủ Mẫu", "phone": "0901234567"}
STRANGER = {"name": "Ông Khác", "phone": "0907654321", "email": "khac@vi.du"}
FACTS = {"name": "Cơ sở Thử", "kind": "household", "address": "ấp 1, xã Ô Lâm"}
TEA = {"name": "Trà thử", "address": "ấp 1, xã Ô Lâm", "set": {"number": 11, "basis": "assigned"}}


def people(person: Callable[..., Doors]) -> dict[str, Doors]:
    """Everybody who could have to do with the producer: by what they are to it."""
    return {
        "owner": person("producer", phone=OWNER["phone"], name=OWNER["name"]),
        "officer": person("officer", name="Cán bộ huyện"),
        "administrator": person("administrator"),
        "commune": person("commune-officer", unit=COMMUNE, name="Cán bộ xã"),
        "other commune": person("commune-officer", unit=OTHER_COMMUNE),
        "other producer": person("producer", phone=STRANGER["phone"]),
        "nobody": person(),
        "help team": person("help-team"),
        "authority": person("authority"),
        "supervisor": person("supervisor"),
        "supervisor above": person("supervisor", tenant="an-giang"),
        "officer above": person("officer", tenant="an-giang"),
        "officer beside": person("officer", tenant="chau-phu"),
        "owner's number beside": person("producer", tenant="chau-phu", phone=OWNER["phone"]),
    }


def registered(by: Doors, **given: Any) -> Any:
    """A producer of the register."""
    body = {"facts": FACTS, "contacts": [OWNER], "commune": COMMUNE} | given
    answer = by.post("/producers", json=body)
    assert answer.status_code == 201, answer.json
    return answer.json


def product_of(by: Doors, producer: Any, **facts: Any) -> Any:
    body = {"facts": TEA | {"producer_id": producer["id"]} | facts}
    answer = by.post("/products", json=body)
    assert answer.status_code == 201, answer.json
    return answer.json


# -- rounds

ROUND = "00000000-0000-4000-8000-000000000005"
OTHER_ROUND = "00000000-0000-4000-8000-000000000055"
QD26, QD148 = "qd26-2026", "qd148-2023"


def event(data: Event, subject: str, version: int = 1, tenant: str = "tri-ton") -> Envelope:
    return Envelope.of(data, subject=subject, tenant=tenant, version=version, at=datetime.now(UTC))


def heard(handler: Callable[[Envelope], None], envelope: Envelope) -> None:
    """As the worker's consumer gives it to its handler."""
    with entered(Scope(envelope.tenant, "dossier.worker")):
        handler(envelope)


def a_round(
    id: str = ROUND,
    procedure: str = QD26,
    *,
    open: bool = True,
    tenant: str = "tri-ton",
    **facts: Any,
) -> None:
    said = {
        "name": "Đợt 1 năm 2026", "procedure": procedure, "edition": "2026",
        "opens_on": "2026-01-01", "closes_on": "2026-04-30",
    } | facts  # fmt: skip
    round = RoundFacts.model_validate(said)
    heard(on_round, event(RoundOpened(round=round), id, 1, tenant))
    if not open:
        heard(on_round, event(RoundClosed(round=round), id, 2, tenant))


# -- dossiers

OPTIONS = {
    "1.1": 1, "1.2": 1, "1.3": 1, "1.4": 1, "1.5": 1, "1.6": 1, "1.7": 1, "2.1": 1, "2.2": 1,
    "2.3": 1, "2.4": 1, "3.1": 1, "3.2": 1, "3.3": 1, "3.4": 1, "3.5": 1, "4.1": 1, "4.2": 1,
    "4.3": 1, "5.1": 1, "5.2": 1, "5.3": 1, "6.1.1": 1, "6.1.2": 1, "6.2.1": 1, "6.2.2": 1,
    "6.2.3": 1, "7": 1, "8": 1, "9": 1, "10": 1, "11": 2,
}  # fmt: skip
"""A sheet of set 11, tea."""
REQUIRED: dict[str, Any] = {
    "registration.representative": "Bà Chủ Mẫu",
    "registration.address": "ấp 1, xã Ô Lâm",
    "registration.phone": OWNER["phone"],
    "registration.product_description": "Trà lá vối sấy khô",
    "registration.undertaking": True,
    "general.workers": 12,
    "general.main_market": "An Giang",
    "plan.markets": "Thành phố Hồ Chí Minh",
}
REPORT: dict[str, Any] = {
    "report.local_material_share": 80,
    "report.local_material": "Lá vối trồng trong xã",
    "report.local_labour": "10 trong 12 người",
    "report.idea": "Nghề của gia đình",
    "report.identity": "Vùng Bảy Núi",
}


def opened(by: Doors, product: Any, round: str = ROUND, **given: Any) -> Any:
    body = {"product_id": product["id"], "round_id": round, "kind": "first"} | given
    answer = by.post("/dossiers", json=body)
    assert answer.status_code == 201, answer.json
    return answer.json


def a_dossier(officer: Doors, procedure: str = QD26, **facts: Any) -> Any:
    """Of a new producer's product in a new round, opened by an officer."""
    a_round(procedure=procedure)
    return opened(officer, product_of(officer, registered(officer), **facts))


def path_of(dossier: Any) -> str:
    return f"/dossiers/{dossier['id']}"


def save(by: Doors, dossier: Any, fields: dict[str, Any], was: dict[str, Any] | None = None) -> Any:
    """The answer to a save of these fields; `was`: nothing, unless it says so."""
    changes = [
        {"field": name, "was": (was or {}).get(name), "now": now} for name, now in fields.items()
    ]
    return by.patch(f"{path_of(dossier)}/fields", json={"changes": changes})


def filled(by: Doors, dossier: Any, **fields: Any) -> None:
    answer = save(by, dossier, fields)
    assert answer.status_code == 200, answer.json


def evidence(by: Doors, producer_id: str, kind: str, **said: Any) -> str:
    parts = {
        "producer_id": producer_id, "kind": kind, "title": kind,
        "file": FileStorage(io.BytesIO(pdf(str(uuid4()))), f"{kind}.pdf"),
    } | said  # fmt: skip
    boundary, body = encode_multipart(parts)
    answer = by.post(
        "/evidence", data=body, content_type=f'multipart/form-data; boundary="{boundary}"'
    )
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def papers(by: Doors, dossier: Any) -> list[str]:
    """Without which nothing is submitted."""
    kinds = ("business-registration", "food-safety")
    return [evidence(by, dossier["producer_id"], kind) for kind in kinds]


def complete(by: Doors, dossier: Any, papers: list[str]) -> None:
    """All that a submission needs of Forms 01 and 02."""
    options = {f"options.{code}": number for code, number in OPTIONS.items()}
    filled(by, dossier, **REQUIRED, **options, **{"registration.attachments": papers})


def reported(commune: Doors, dossier: Any) -> None:
    filled(commune, dossier, **REPORT)
    answer = commune.post(f"{path_of(dossier)}/commune-report")
    assert answer.status_code == 200, answer.json


def submitted(people: dict[str, Doors], dossier: Any) -> Any:
    """Filled in and submitted by the owner, with the commune's report where it is asked for."""
    complete(people["owner"], dossier, papers(people["owner"], dossier))
    if dossier["procedure"] != QD148:
        reported(people["commune"], dossier)
    answer = people["owner"].post(f"{path_of(dossier)}/submission")
    assert answer.status_code == 200, answer.json
    return answer.json
