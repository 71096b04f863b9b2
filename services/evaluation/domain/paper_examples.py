"""An example of every paper, of an agency that is evidently made up: for the gallery, for whoever
writes a template of their own, and for the check that a template works."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from contracts.councils import Seat
from rules.editions import ProductSet, edition
from rules.sheets import Sheet, filled
from services.evaluation.domain.papers import (
    SEATS,
    Absence,
    Attendee,
    CertificatePaper,
    Conflict,
    Content,
    DecidedLine,
    DecisionPaper,
    EnteredSheet,
    Head,
    Kind,
    MemberSheetPaper,
    MinutesPaper,
    MissedGate,
    NotScored,
    Participant,
    ProductLine,
    ProductResult,
    Reference,
    ReportPaper,
    RoundScores,
    SessionRecord,
    SheetColumn,
    Signatory,
    SummaryPaper,
)
from services.evaluation.domain.sheet_tables import FilledSheet, sheet_tables

EDITION = "QĐ 26/2026/QĐ-TTg, Phụ lục II"
COUNCIL = "Hội đồng đánh giá, phân hạng sản phẩm OCOP Huyện Mẫu"
AUTHORITY = "Ủy ban nhân dân Huyện Mẫu"
APPOINTED = Reference(number="01/QĐ-UBND", on=date(2026, 1, 5), agency=AUTHORITY)
OPENED, CLOSED = datetime(2026, 2, 2, 1, 0, tzinfo=UTC), datetime(2026, 2, 2, 9, 30, tzinfo=UTC)

CHAIR = Participant(
    name="Chủ tịch Mẫu", seat=SEATS[Seat.CHAIR], position="Phó Chủ tịch UBND Huyện Mẫu"
)
VICE = Participant(
    name="Phó Chủ tịch Mẫu", seat=SEATS[Seat.VICE_CHAIR], position="Trưởng phòng Nông nghiệp"
)
SECRETARY = Participant(
    name="Thư ký Mẫu", seat=SEATS[Seat.SECRETARY], position="Chuyên viên phòng Nông nghiệp"
)
MEMBER = Participant(
    name="Ủy viên Mẫu Một", seat=SEATS[Seat.MEMBER], position="Trung tâm Y tế Huyện Mẫu"
)
EXPERT = Participant(
    name="Chuyên gia Mẫu", seat=SEATS[Seat.EXPERT], position="Hiệp hội Đặc sản Mẫu"
)
AWAY = Absence(
    name="Ủy viên Mẫu Hai", seat=SEATS[Seat.MEMBER], position="Phòng Văn hóa Huyện Mẫu",
    reason="đi công tác, có báo trước",
)  # fmt: skip
SIGNED_BY_CHAIR = Signatory(forms=("TM. HỘI ĐỒNG",), title="CHỦ TỊCH", name=CHAIR.name)
SIGNED_BY_SECRETARY = Signatory(title="THƯ KÝ", name=SECRETARY.name)
SIGNED_BY_AUTHORITY = Signatory(
    forms=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"),
    title="PHÓ CHỦ TỊCH",
    name="Phó Chủ tịch UBND Mẫu",
)

LINES = (
    ProductLine(
        number=1, product="Đường thốt nốt mẫu", producer="Cơ sở Mẫu", address="xã Mẫu, Huyện Mẫu",
        set_number=4, set_label="Mật và nông sản sơ chế khác", code="99-001-01-2026",
    ),
    ProductLine(
        number=2, product="Mật hoa thốt nốt mẫu", producer="HTX Ví Dụ",
        address="xã Ví Dụ, Huyện Mẫu", set_number=4, set_label="Mật và nông sản sơ chế khác",
        code="99-002-01-2026",
    ),
    ProductLine(
        number=3, product="Khô cá lóc mẫu", producer="Công ty TNHH Thử & Nghiệm",
        address="thị trấn Mẫu, Huyện Mẫu", set_number=8,
        set_label="Hàng làm từ thịt, cá, trứng, sữa, mật", code="99-003-01-2026",
    ),
    ProductLine(
        number=4, product="Mắm cá linh mẫu", producer="Tổ hợp tác Minh Họa",
        address="xã Mẫu, Huyện Mẫu", set_number=9, set_label="Nước chấm và gia vị lỏng",
    ),
)  # fmt: skip
RESULTS = (
    ProductResult(
        line=LINES[0],
        rounds=(
            RoundScores(number=1, totals=(68, 75, 62, 71, 66), mean=Decimal("68.4"), spread=13),
            RoundScores(number=2, totals=(68, 70, 65, 69, 67), mean=Decimal("67.8"), spread=5),
        ),
        total=Decimal("67.8"), band=3, star=3,
        discussion="Điểm lần 1 chênh nhau 13 điểm. Các thành viên trao đổi về vùng nguyên liệu và "
        "chấm lại lần 2.",
        entered=(
            EnteredSheet(member=EXPERT.name, by=SECRETARY.name, confirmed_by=VICE.name),
        ),
    ),
    ProductResult(
        line=LINES[1],
        rounds=(
            RoundScores(
                number=1, totals=(93, 92, None, 92, 92), mean=Decimal("92.25"), spread=1
            ),
        ),
        total=Decimal("92.25"), band=5, star=3,
        missed=(MissedGate(code="1.5", label="Liên kết chuỗi sản xuất", star=4),),
        conflicts=(Conflict(member=SECRETARY.name, reason="có người thân góp vốn vào hợp tác xã"),),
        cleared=(
            Conflict(member=VICE.name, reason="Cùng địa chỉ với chủ thể (đó là trụ sở xã)"),
        ),
    ),
    ProductResult(
        line=LINES[2],
        rounds=(
            RoundScores(
                number=1, totals=(78, 80, 75, 76, 77), mean=Decimal("77.2"), spread=5
            ),
        ),
        total=Decimal("77.2"), band=4, star=3, potential=4, escalated_to="Hội đồng cấp tỉnh",
    ),
    ProductResult(line=LINES[3], eliminated=("Thiếu giấy an toàn thực phẩm bắt buộc",)),
)  # fmt: skip
RECORD = SessionRecord(
    council=COUNCIL, decision=APPOINTED, place="Phòng họp số 1, Ủy ban nhân dân Huyện Mẫu",
    opened_at=OPENED, closed_at=CLOSED, edition=EDITION, seats=6,
    present=(
        *(Attendee(**one.model_dump()) for one in (CHAIR, VICE, SECRETARY, MEMBER)),
        Attendee(
            **EXPERT.model_dump(), left_at=datetime(2026, 2, 2, 8, 15, tzinfo=UTC),
            reason="có việc gia đình",
        ),
    ),
    absent=(AWAY,),
    guests=(Participant(name="Tổ viên Mẫu", seat="Tổ giúp việc"),),
    scorers=(CHAIR, VICE, SECRETARY, MEMBER, EXPERT),
    results=RESULTS,
)  # fmt: skip


def head(number: str | None = None, *, of_council: bool = True) -> Head:
    return Head(
        agency=COUNCIL if of_council else AUTHORITY,
        above=AUTHORITY if of_council else None,
        number=number, place="Huyện Mẫu", on=CLOSED.date(),
    )  # fmt: skip


def sheet_example() -> MemberSheetPaper:
    sets = edition().sets
    sheets = [
        FilledSheet(SheetColumn(number=1, round=1, total=0), _chosen(sets[4], 1)),
        FilledSheet(SheetColumn(number=1, round=2, total=0), _chosen(sets[4], 2)),
        FilledSheet(SheetColumn(number=2, total=0), _chosen(sets[4], 9)),
        FilledSheet(
            SheetColumn(
                number=3, total=0, entered_by=SECRETARY.name, confirmed_by=VICE.name
            ),
            _chosen(sets[8], 5),
        ),
    ]  # fmt: skip
    told = [FilledSheet(_summed(one), one.sheet) for one in sheets]
    return MemberSheetPaper(
        head=head(), council=COUNCIL, decision=APPOINTED, held_at=OPENED,
        place=RECORD.place, edition=EDITION, member=MEMBER, lines=LINES,
        tables=sheet_tables(edition(), told),
        not_scored=(NotScored(number=4, reason="Bị loại: thiếu giấy an toàn thực phẩm bắt buộc"),),
        remarks=("Sản phẩm số 1: bao bì cần ghi rõ vùng nguyên liệu.",),
    )  # fmt: skip


def _chosen(of: ProductSet, step: int) -> Sheet:
    """One sheet or another, always the same."""
    chosen = {}
    for place, (code, criterion) in enumerate(of.criteria.items()):
        offered = [*criterion.choices(None)]
        chosen[code] = offered[-1 - (place % (step + 3) == 3) if len(offered) > 1 else 0]
    return filled(of, chosen)


def _summed(one: FilledSheet) -> SheetColumn:
    criteria = one.sheet.product_set.criteria
    total = sum(criteria[code].options[n - 1].points for code, n in one.sheet.options.items())
    return one.column.model_copy(update={"total": total, "locked_at": CLOSED})


def summary_example() -> SummaryPaper:
    return SummaryPaper(
        head=head(), record=RECORD, secretary=SIGNED_BY_SECRETARY, chair=SIGNED_BY_CHAIR
    )


def minutes_example() -> MinutesPaper:
    return MinutesPaper(
        head=head("01/BB-HĐ"), record=RECORD,
        opinions=("Ủy viên đề nghị các chủ thể bổ sung kế hoạch bảo vệ môi trường.",),
        conclusions=(
            "Hội đồng thống nhất kết quả chấm điểm như trên.",
            "Giao Thư ký hoàn thiện hồ sơ, trình Ủy ban nhân dân Huyện Mẫu xem xét, quyết định.",
        ),
        secretary=SIGNED_BY_SECRETARY, chair=SIGNED_BY_CHAIR,
    )  # fmt: skip


def report_example() -> ReportPaper:
    return ReportPaper(
        head=head("02/BC-HĐ"), to=AUTHORITY, record=RECORD,
        assessment=("Các sản phẩm có hồ sơ đầy đủ, gắn với nguyên liệu và lao động địa phương.",),
        proposals=(
            "Công nhận 03 sản phẩm đạt hạng 3 sao theo danh sách trên.",
            "Trình Hội đồng cấp tỉnh đánh giá 01 sản phẩm tiềm năng 4 sao.",
        ),
        recipients=("Như trên", "Thành viên Hội đồng", "Lưu: VT"), signatory=SIGNED_BY_CHAIR,
    )  # fmt: skip


def decision_example() -> DecisionPaper:
    decided = [
        DecidedLine(
            line=one.line.model_copy(update={"number": number}), star=3, potential=one.potential,
            certificate_number=f"{number:02}/2026/OCOP-HM",
        )
        for number, one in enumerate(RESULTS[:3], 1)
    ]  # fmt: skip
    return DecisionPaper(
        head=head("12/QĐ-UBND", of_council=False), authority=AUTHORITY,
        grounds=(
            "Luật Tổ chức chính quyền địa phương",
            "Quyết định số 148/QĐ-TTg ngày 24 tháng 02 năm 2023 của Thủ tướng Chính phủ",
        ),
        proposed_by="Chủ tịch Hội đồng đánh giá, phân hạng sản phẩm OCOP Huyện Mẫu tại Báo cáo số "
        "02/BC-HĐ ngày 02 tháng 02 năm 2026",
        lines=tuple(decided),
        executors="Chánh Văn phòng Ủy ban nhân dân Huyện Mẫu, Trưởng phòng Nông nghiệp, Chủ tịch "
        "Ủy ban nhân dân các xã, thị trấn và các chủ thể có tên trong danh sách",
        recipients=("Như Điều 3", "Ủy ban nhân dân Tỉnh Mẫu", "Lưu: VT"),
        signatory=SIGNED_BY_AUTHORITY,
    )  # fmt: skip


def certificate_example() -> CertificatePaper:
    line = LINES[0]
    return CertificatePaper(
        head=head("01/2026/OCOP-HM", of_council=False), authority=AUTHORITY,
        product=line.product, producer=line.producer, address=line.address,
        set_label=line.set_label, code=line.code, star=3,
        decision=Reference(number="12/QĐ-UBND", on=CLOSED.date(), agency=AUTHORITY),
        valid_from=date(2026, 2, 2), valid_until=date(2029, 2, 2),
        check_url="https://ocop.example/t/huyen-mau/giay-chung-nhan?number=01%2F2026%2FOCOP-HM",
        signatory=SIGNED_BY_AUTHORITY,
    )  # fmt: skip


EXAMPLES: Mapping[Kind, Callable[[], Content]] = {
    Kind.SHEET: sheet_example,
    Kind.SUMMARY: summary_example,
    Kind.MINUTES: minutes_example,
    Kind.REPORT: report_example,
    Kind.DECISION: decision_example,
    Kind.CERTIFICATE: certificate_example,
}
