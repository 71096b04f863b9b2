"""What the dossier service tells of a dossier's way. Drafts are nobody's business."""

from datetime import date

from pydantic import Field

from contracts.dossier import Facts
from contracts.event import Event
from contracts.package import Code, DossierKind, Manifest
from contracts.person import Contact
from contracts.text import Id, Line, Paragraph, Slug


class DossierFacts(Facts):
    """What may be known of a dossier above its tenant. The event's subject is its id."""

    round_id: Id
    procedure: Slug
    edition: Line
    kind: DossierKind
    product_id: Id
    product: Line
    producer_id: Id
    producer: Line
    commune: Line | None = None


class ReturnedItem(Facts):
    """What has to be completed: a field of the draft, or a criterion, or the dossier as a whole."""

    field: str | None = None
    criterion: Code | None = None
    reason: Paragraph


_ID = "00000000-0000-4000-8000-00000000000"
_DOSSIER = {
    "round_id": _ID + "5",
    "procedure": "qd148-2023",
    "edition": "2026",
    "kind": "first",
    "product_id": _ID + "2",
    "product": "Đường thốt nốt mẫu",
    "producer_id": _ID + "1",
    "producer": "Cơ sở Mẫu",
    "commune": "xã Mẫu",
}
_CONTACTS = [{"name": "Chủ cơ sở mẫu", "phone": "0900000001"}]
EXAMPLE_MANIFEST = {
    "package_id": _ID + "7",
    "dossier_id": _ID + "6",
    "number": 1,
    "round_id": _ID + "5",
    "procedure": "qd148-2023",
    "edition": "2026",
    "kind": "first",
    "product_id": _ID + "2",
    "product": {
        "name": "Đường thốt nốt mẫu", "producer_id": _ID + "1", "address": "xã Mẫu, huyện Mẫu",
    },
    "producer_id": _ID + "1",
    "producer": {"name": "Cơ sở Mẫu", "kind": "household", "address": "xã Mẫu, huyện Mẫu"},
    "fields": {"registration.representative": "Chủ cơ sở mẫu"},
    "self_score": {"set": 4, "options": {"1.1": 2}},
    "files": [
        {
            "evidence_id": _ID + "8", "sha256": "0" * 64, "name": "dang-ky.pdf",
            "media_type": "application/pdf", "size": 12345, "kind": "business-registration",
        }
    ],
    "contacts": _CONTACTS,
    "submitted_at": "2026-01-05T03:00:00Z",
    "submitted_by": "Chủ cơ sở mẫu",
}  # fmt: skip


class DossierOpened(Event, source="dossier", type="dossier.opened.v1"):
    """A dossier was opened in a round; its draft begins."""

    dossier: DossierFacts
    example = {"dossier": _DOSSIER}


class DossierConfirmed(Event, source="dossier", type="dossier.confirmed.v1"):
    """The producer confirmed what an officer had filled on its behalf."""

    dossier: DossierFacts
    example = {"dossier": _DOSSIER}


class CommuneReported(Event, source="dossier", type="dossier.commune-reported.v1"):
    """A commune officer has written Form 03. `due_on`: by when the procedure wanted it."""

    dossier: DossierFacts
    due_on: date | None = None
    example = {"dossier": _DOSSIER}


class DossierSubmitted(Event, source="dossier", type="dossier.submitted.v1"):
    """A package was frozen and goes to the help team, and its files to evaluation."""

    manifest: Manifest
    example = {"manifest": EXAMPLE_MANIFEST}


class DossierReturned(Event, source="dossier", type="dossier.returned.v1"):
    """The help team asks for completion of these items until that day."""

    dossier: DossierFacts
    package_id: Id
    items: tuple[ReturnedItem, ...] = Field(min_length=1)
    until: date
    contacts: tuple[Contact, ...]
    example = {
        "dossier": _DOSSIER,
        "package_id": _ID + "7",
        "items": [{"criterion": "1.5", "reason": "Thiếu hợp đồng liên kết"}],
        "until": "2026-01-20",
        "contacts": _CONTACTS,
    }


class DossierAccepted(Event, source="dossier", type="dossier.accepted.v1"):
    """The help team accepted the package for the council."""

    dossier: DossierFacts
    package_id: Id
    example = {"dossier": _DOSSIER, "package_id": _ID + "7"}


class DossierWithdrawn(Event, source="dossier", type="dossier.withdrawn.v1"):
    """The producer took it back. `package_id`: the last one submitted, if any was."""

    dossier: DossierFacts
    package_id: Id | None = None
    reason: Paragraph
    example = {"dossier": _DOSSIER, "package_id": _ID + "7", "reason": "Nộp lại đợt sau"}
