"""Evidence (minh chứng): a producer's papers and pictures, each a file with its kind and its dates.

It belongs to the producer, so that a later dossier refers to it again. A package that was frozen
keeps what it says of it, whatever becomes of it here.
"""

from datetime import date, datetime
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, JsonValue

from chassis.aggregate import Aggregate
from chassis.files import StoredFile
from chassis.problems import Conflict, FieldProblem, Unprocessable
from contracts.package import EvidenceKind, PackageFile
from contracts.text import Id, Line, Words

KINDS = {
    EvidenceKind.BUSINESS_REGISTRATION: Words(
        "Giấy đăng ký kinh doanh, hợp đồng hợp tác", "Business registration"
    ),
    EvidenceKind.FOOD_SAFETY: Words(
        "Giấy đủ điều kiện sản xuất, an toàn thực phẩm", "Food-safety or production certificate"
    ),
    EvidenceKind.MATERIALS: Words(
        "Nguồn gốc nguyên liệu, hợp đồng liên kết", "Origin of materials, linkage contracts"
    ),
    EvidenceKind.ENVIRONMENT: Words("Hồ sơ bảo vệ môi trường", "Environmental papers"),
    EvidenceKind.LABOUR: Words("Lao động địa phương", "Local labour"),
    EvidenceKind.GROWTH: Words("Kết quả tăng trưởng", "Growth"),
    EvidenceKind.INTELLECTUAL_PROPERTY: Words("Sở hữu trí tuệ", "Intellectual property"),
    EvidenceKind.MARKET: Words(
        "Phát triển thị trường, hợp đồng quảng bá", "Market development, promotion contracts"
    ),
    EvidenceKind.ADVERTISING: Words("Quảng cáo, giới thiệu", "Advertising"),
    EvidenceKind.STORY: Words("Câu chuyện sản phẩm", "Product story"),
    EvidenceKind.DECLARED_QUALITY: Words("Bản công bố chất lượng", "Declared quality"),
    EvidenceKind.TEST_RESULT: Words("Phiếu kiểm nghiệm", "Test results"),
    EvidenceKind.TRACEABILITY: Words("Mã vạch, tem truy xuất", "Barcode, trace stamps"),
    EvidenceKind.QUALITY_SYSTEM: Words(
        "Hệ thống chất lượng (ISO, GMP, HACCP)", "Quality system (ISO, GMP, HACCP)"
    ),
    EvidenceKind.AWARD: Words("Giải thưởng", "Awards"),
    EvidenceKind.PICTURE: Words("Ảnh sản phẩm", "Pictures"),
    EvidenceKind.OTHER: Words("Khác", "Other"),
}


class EvidenceFile(StoredFile):
    """`name` is for people; the file is known by its hash."""

    name: Line


class Described(BaseModel):
    """What a person says of a file, and may say otherwise later. `number`: of the paper itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: EvidenceKind
    title: Line
    number: Line | None = None
    issued_on: date | None = None
    expires_on: date | None = None

    def checked(self, today: date) -> Self:
        """Unprocessable for days that cannot be."""
        if self.issued_on and self.issued_on > today:
            raise _wrong_day(
                "issued_on",
                f"{self.issued_on:%d/%m/%Y} chưa tới",
                f"{self.issued_on} is still to come",
            )
        if self.issued_on and self.expires_on and self.expires_on < self.issued_on:
            raise _wrong_day(
                "expires_on",
                f"phải từ ngày cấp {self.issued_on:%d/%m/%Y} trở đi",
                f"has to be on or after the day of issue, {self.issued_on}",
            )
        return self


class Room(NamedTuple):
    """How many files a producer may send, and of how many bytes together."""

    files: int
    size: int


class Shelf(Aggregate):
    """How many files a producer has sent, and their bytes. What it withdrew counts as well: a
    package may have it, and nothing is removed."""

    audited = False

    producer_id: Id
    files: int = 0
    size: int = 0

    def add(self, size: int, room: Room) -> None:
        """NoRoom where it would be more than there is room for."""
        if self.files >= room.files or self.size + size > room.size:
            raise NoRoom(self, room)
        self.files += 1
        self.size += size


class NoRoom(Conflict):
    slug = "no-room"
    title = Words("Chủ thể đã gửi đủ số tệp", "The producer has sent as much as it may")

    def __init__(self, shelf: Shelf, room: Room) -> None:
        super().__init__(
            f"Chủ thể đã gửi {shelf.files} tệp, {_mb(shelf.size)} MB; được gửi nhiều nhất "
            f"{room.files} tệp, {_mb(room.size)} MB. Dùng lại minh chứng đã gửi, giảm độ phân giải,"
            " hoặc đề nghị nơi vận hành nâng mức.",
            f"The producer has sent {shelf.files} files of {_mb(shelf.size)} MB, and may send "
            f"{room.files} of {_mb(room.size)} MB. Refer to what was sent, lower the resolution, or"
            " ask who operates the platform for more room.",
            [FieldProblem("file", "không còn chỗ", "there is no room for it")],
        )


def _mb(size: int) -> int:
    return -(-size // 10**6)


class Evidence(Aggregate):
    kept = True

    producer_id: Id
    file: EvidenceFile
    described: Described
    by: str
    at: datetime
    withdrawn: bool = False

    def describe(self, described: Described) -> dict[str, JsonValue]:
        """Another kind, title or date; what was and what is, for the act."""
        self._refuse_withdrawn()
        was, now = (one.model_dump(mode="json") for one in (self.described, described))
        self.described = described
        return {name: [was[name], now[name]] for name in now if was[name] != now[name]}

    def withdraw(self) -> None:
        self._refuse_withdrawn()
        self.withdrawn = True

    def expired(self, day: date) -> bool:
        """It still holds on the day that it names."""
        return self.described.expires_on is not None and self.described.expires_on < day

    def packaged(self) -> PackageFile:
        said = self.described
        return PackageFile(
            evidence_id=self.id, sha256=self.file.sha256, name=self.file.name,
            media_type=self.file.media_type, size=self.file.size, kind=said.kind,
            issued_on=said.issued_on, expires_on=said.expires_on,
        )  # fmt: skip

    def _refuse_withdrawn(self) -> None:
        if self.withdrawn:
            raise Conflict("Minh chứng này đã được rút.", "This evidence has been withdrawn.")


def _wrong_day(field: str, vi: str, en: str) -> Unprocessable:
    return Unprocessable("Ngày chưa đúng.", "A day is not right.", [FieldProblem(field, vi, en)])
