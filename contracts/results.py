"""What evaluation tells of results and decisions, not before the chair has approved them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from contracts.dossier import Facts, Potential, Star
from contracts.event import Event
from contracts.filing import EXAMPLE_MANIFEST
from contracts.package import Code, Manifest
from contracts.person import Contact
from contracts.text import Id, Line, Paragraph, Slug


class MissedGate(Facts):
    criterion: Code
    star: Star


class ResultFacts(Facts):
    """What a council found (kết quả). `total`: the mean at full precision, None when eliminated.
    `star` 1 to 5, None when eliminated; 1 and 2 are never certified. `certifies`: the star that
    this level may certify. `potential`: the star that `escalated_to` has still to decide."""

    session_id: Id
    package_id: Id
    dossier_id: Id
    product_id: Id
    product: Line
    producer: Line
    level: Slug
    total: Decimal | None = None
    band: Annotated[int, Field(ge=1, le=5)] | None = None
    star: Annotated[int, Field(ge=1, le=5)] | None = None
    failed: tuple[MissedGate, ...] = ()
    eliminated: tuple[str, ...] = ()
    certifies: Star | None = None
    potential: Potential | None = None
    escalated_to: Slug | None = None


class HigherFacts(Facts):
    """What a level that keeps no records here found (kết quả cấp trên) of a product that went up to
    it. `total`, `star`, `number`, `decided_on`: as its paper says. `certificate_number`: of the one
    issued on it; `recognised`: the star of that, where this level recognised one instead."""

    result_id: Id
    dossier_id: Id
    product_id: Id
    product: Line
    producer: Line
    level: Slug
    agency: Line
    total: Decimal
    star: Annotated[int, Field(ge=1, le=5)]
    number: Line
    decided_on: date
    recognised: Star | None = None
    certificate_number: Line | None = None


class DecidedProduct(Facts):
    """A line of a decision's list. `tenant`: that the product belongs to. `contacts`: of its
    producer."""

    product_id: Id
    product: Line
    producer: Line
    star: Star
    potential: Potential | None = None
    certificate_number: Line
    tenant: Slug | None = None
    contacts: tuple[Contact, ...] = ()


class DecisionFacts(Facts):
    number: Line
    decided_on: date
    agency: Line


_ID = "00000000-0000-4000-8000-00000000000"
_CONTACTS = [{"name": "Chủ cơ sở mẫu", "phone": "0900000001"}]
_RESULT = {
    "session_id": _ID + "a",
    "package_id": _ID + "7",
    "dossier_id": _ID + "6",
    "product_id": _ID + "2",
    "product": "Đường thốt nốt mẫu",
    "producer": "Cơ sở Mẫu",
    "level": "district",
    "total": "72.4",
    "band": 4,
    "star": 4,
    "certifies": 3,
    "potential": 4,
    "escalated_to": "province",
}
_DECISION = {"number": "12/QĐ-UBND", "decided_on": "2026-02-10", "agency": "UBND Huyện Mẫu"}
_DECIDED = {
    "product_id": _ID + "2",
    "product": "Đường thốt nốt mẫu",
    "producer": "Cơ sở Mẫu",
    "star": 3,
    "potential": 4,
    "certificate_number": "01/2026/OCOP-HM",
    "tenant": "huyen-mau",
    "contacts": _CONTACTS,
}


_HIGHER = {
    "result_id": _ID + "b",
    "dossier_id": _ID + "6",
    "product_id": _ID + "2",
    "product": "Đường thốt nốt mẫu",
    "producer": "Cơ sở Mẫu",
    "level": "centre",
    "agency": "Bộ Mẫu",
    "total": "93.25",
    "star": 5,
    "number": "100/QĐ-BM",
    "decided_on": "2026-06-10",
    "certificate_number": "02/2026/OCOP-TINH-MAU",
}


class ResultApproved(Event, source="evaluation", type="result.approved.v1"):
    """The chair approved what the council found of one product. `owner`: the tenant that the
    product belongs to."""

    result: ResultFacts
    contacts: tuple[Contact, ...]
    owner: Slug | None = None
    example = {"result": _RESULT, "contacts": _CONTACTS, "owner": "huyen-mau"}


class ResultEscalated(Event, source="evaluation", type="result.escalated.v1"):
    """The product goes to the council of the tenant above, with its package and this result.
    `owner`: the tenant whose dossier service keeps the package's files."""

    result: ResultFacts
    manifest: Manifest
    owner: Slug
    to: Slug
    example = {
        "result": _RESULT, "manifest": EXAMPLE_MANIFEST, "owner": "huyen-mau", "to": "tinh-mau",
    }  # fmt: skip


class ResultAnnulled(Event, source="evaluation", type="result.annulled.v1"):
    """An approved result counts no more; the product may be judged again. `owner`: the tenant that
    the product belongs to."""

    result: ResultFacts
    reason: Paragraph
    contacts: tuple[Contact, ...]
    owner: Slug | None = None
    example = {
        "result": _RESULT, "reason": "Sai thành phần hội đồng", "contacts": _CONTACTS,
        "owner": "huyen-mau",
    }  # fmt: skip


class DecisionMade(Event, source="evaluation", type="decision.made.v1"):
    """The authority decided; the certificates of these products are issued with it."""

    decision: DecisionFacts
    products: tuple[DecidedProduct, ...] = Field(min_length=1)
    example = {"decision": _DECISION, "products": [_DECIDED]}


class DecisionAnnulled(Event, source="evaluation", type="decision.annulled.v1"):
    """It counts no more, and its certificates with it."""

    decision: DecisionFacts
    reason: Paragraph
    products: tuple[DecidedProduct, ...] = Field(min_length=1)
    example = {"decision": _DECISION, "reason": "Sai thẩm quyền", "products": [_DECIDED]}


class HigherResultConfirmed(Event, source="evaluation", type="higher-result.confirmed.v1"):
    """The authority confirmed what a level above found; its certificate, if there is one, is issued
    with it. `owner`: the tenant that the product belongs to."""

    higher: HigherFacts
    contacts: tuple[Contact, ...]
    owner: Slug
    example = {"higher": _HIGHER, "contacts": _CONTACTS, "owner": "huyen-mau"}


class HigherResultAnnulled(Event, source="evaluation", type="higher-result.annulled.v1"):
    """It was confirmed by mistake: it counts no more, nor does its certificate."""

    higher: HigherFacts
    reason: Paragraph
    contacts: tuple[Contact, ...]
    owner: Slug
    example = {
        "higher": _HIGHER, "reason": "Nhập nhầm sản phẩm", "contacts": _CONTACTS,
        "owner": "huyen-mau",
    }  # fmt: skip
