"""The package (hồ sơ đã nộp): what a submission freezes, and all that a council judges by."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, JsonValue, StringConstraints

from contracts.dossier import Facts, ProducerFacts, ProductFacts
from contracts.person import Contact
from contracts.text import Id, Line, Paragraph, Slug

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^\d{1,2}(\.\d{1,2}){0,3}$")]
"""Of a criterion, as the edition writes it: 1.5."""


class DossierKind(StrEnum):
    FIRST = "first"  # đánh giá lần đầu
    UPGRADE = "upgrade"  # nâng hạng
    REEVALUATION = "re-evaluation"  # đánh giá lại


class EvidenceKind(StrEnum):
    BUSINESS_REGISTRATION = "business-registration"  # đăng ký kinh doanh
    FOOD_SAFETY = "food-safety"  # đủ điều kiện sản xuất, an toàn thực phẩm
    MATERIALS = "materials"  # nguồn gốc nguyên liệu, vùng trồng, hợp đồng liên kết
    ENVIRONMENT = "environment"  # bảo vệ môi trường
    LABOUR = "labour"  # lao động địa phương
    GROWTH = "growth"  # tăng trưởng
    INTELLECTUAL_PROPERTY = "intellectual-property"  # sở hữu trí tuệ
    MARKET = "market"  # phát triển thị trường, hợp đồng quảng bá
    ADVERTISING = "advertising"  # quảng cáo
    STORY = "story"  # câu chuyện sản phẩm
    DECLARED_QUALITY = "declared-quality"  # công bố chất lượng
    TEST_RESULT = "test-result"  # phiếu kiểm nghiệm
    TRACEABILITY = "traceability"  # mã vạch, tem truy xuất
    QUALITY_SYSTEM = "quality-system"  # ISO, GMP, HACCP
    AWARD = "award"  # giải thưởng
    PICTURE = "picture"  # ảnh sản phẩm
    OTHER = "other"


class PackageFile(Facts):
    """`name` is for people; the file is known by its hash."""

    evidence_id: Id
    sha256: Sha256
    name: Line
    media_type: Line
    size: Annotated[int, Field(gt=0)]
    kind: EvidenceKind
    issued_on: date | None = None
    expires_on: date | None = None


class SelfScore(Facts):
    """The producer's own sheet, complete: an option of every criterion that applies."""

    set: Annotated[int, Field(ge=1)]
    case: str | None = None
    options: dict[Code, int]
    descriptions: dict[Code, Paragraph] = {}
    evidence: dict[Code, tuple[Id, ...]] = {}


WAYS = ("registration.phone", "registration.email")
"""The fields of the forms by which somebody is reached."""


def without_ways(fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """As the forms are read from above: who supervises reaches a producer through its authority."""
    return {name: said for name, said in fields.items() if name not in WAYS}


class Manifest(Facts):
    """`number` counts the packages of one dossier from 1. `fields`: the forms as they were filled,
    by the draft's field paths. `contacts`: whom the producer wants told; personal, so this model
    never leaves for a public stream."""

    package_id: Id
    dossier_id: Id
    number: Annotated[int, Field(ge=1)]
    round_id: Id
    procedure: Slug
    edition: Line
    kind: DossierKind
    product_id: Id
    product: ProductFacts
    producer_id: Id
    producer: ProducerFacts
    fields: dict[str, JsonValue]
    self_score: SelfScore
    files: tuple[PackageFile, ...]
    contacts: Annotated[tuple[Contact, ...], Field(min_length=1)]
    submitted_at: AwareDatetime
    submitted_by: Line

    def from_above(self) -> Self:
        """Without anybody's phone number or address."""
        return self.model_copy(update={"contacts": (), "fields": without_ways(self.fields)})
