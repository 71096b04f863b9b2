"""Papers (văn bản): what they say, frozen at the act that asks for them, and how far one has come.

A paper's data is plain values, labels and names as they were then: making it looks nothing up, so
the same paper says the same for ever. The layout is that of Nghị định 30/2020/NĐ-CP, appendix I.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, computed_field

from chassis.aggregate import Aggregate
from chassis.files import StoredFile
from contracts.councils import Seat
from contracts.person import Contact, Person
from contracts.text import Line, Paragraph

SEATS = {
    Seat.CHAIR: "Chủ tịch Hội đồng",
    Seat.VICE_CHAIR: "Phó Chủ tịch Hội đồng",
    Seat.SECRETARY: "Thư ký Hội đồng",
    Seat.MEMBER: "Ủy viên",
    Seat.EXPERT: "Chuyên gia",
}
"""As a paper names a seat."""
COLUMNS = 10
"""Products beside one another in a table of the score sheet."""
Number = Annotated[int, Field(ge=1)]
Rank = Annotated[int, Field(ge=1, le=5)]


class Kind(StrEnum):
    SHEET = "sheet"  # phiếu chấm điểm của một thành viên
    SUMMARY = "summary"  # bảng tổng hợp điểm
    MINUTES = "minutes"  # biên bản
    REPORT = "report"  # báo cáo của hội đồng
    DECISION = "decision"  # quyết định
    CERTIFICATE = "certificate"  # giấy chứng nhận


OF_SESSION = frozenset({Kind.SHEET, Kind.SUMMARY, Kind.MINUTES, Kind.REPORT})


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(Part):
    """The top of a paper: who issues it and the body above it, its number with its symbol
    (12/QĐ-UBND), place and date. A number or date that is None is filled in by hand."""

    agency: Line
    above: Line | None = None
    number: Line | None = None
    place: Line
    on: date | None = None


class Signatory(Part):
    """The block at the bottom right. `forms`: in whose name, such as "TM. ỦY BAN NHÂN DÂN" and
    "KT. CHỦ TỊCH" (NĐ 30/2020, appendix I, II.7)."""

    forms: tuple[Line, ...] = ()
    title: Line
    name: Line | None = None


class Reference(Part):
    """Another paper that this one names."""

    number: Line
    on: date
    agency: Line


class Participant(Part):
    """`seat`: in the council, in words (SEATS). `position`: what they are in their own office."""

    name: Line
    seat: Line
    position: Line | None = None


class Attendee(Participant):
    """`left_at`: who left before the end, with the reason."""

    left_at: AwareDatetime | None = None
    reason: Line | None = None


class Absence(Participant):
    reason: Line | None = None


class ProductLine(Part):
    """`number`: on the session's agenda, or in the decision's list."""

    number: Number
    product: Line
    producer: Line
    address: Line | None = None
    set_number: Annotated[int, Field(ge=1)]
    set_label: Line
    code: Line | None = None


class EnteredSheet(Part):
    """A sheet filled on paper: whose, who entered it, who confirmed it against the paper."""

    member: Line
    by: Line
    confirmed_by: Line


class Conflict(Part):
    """A member whose interest in a product was looked into, what was found, and who acted in their
    place."""

    member: Line
    reason: Paragraph


class MissedGate(Part):
    """A criterion that does not reach the least option which `star` needs."""

    code: Line
    label: Line
    star: Rank


class RoundScores(Part):
    """`totals`: in the order of the record's `scorers`, None of who did not score."""

    number: Number
    totals: tuple[int | None, ...]
    mean: Decimal | None
    spread: int | None


class ProductResult(Part):
    """What the session found of one product. `total`: the mean that counts, at full precision.

    `star` None: eliminated or postponed. `potential`: the star that `escalated_to` decides on.
    `conflicts`: who did not score it; `cleared`: who did, as there was only a sign of one.
    """

    line: ProductLine
    rounds: tuple[RoundScores, ...] = ()
    total: Decimal | None = None
    band: Rank | None = None
    star: Rank | None = None
    potential: Rank | None = None
    escalated_to: Line | None = None
    missed: tuple[MissedGate, ...] = ()
    eliminated: tuple[Line, ...] = ()
    postponed: Paragraph | None = None
    conflicts: tuple[Conflict, ...] = ()
    cleared: tuple[Conflict, ...] = ()
    entered: tuple[EnteredSheet, ...] = ()
    discussion: Paragraph | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def outcome(self) -> str:
        """In words: 3 sao (tiềm năng 4 sao)."""
        if self.eliminated:
            return f"Loại: {'; '.join(self.eliminated)}"
        if self.star is None:
            return f"Hoãn: {self.postponed or 'chưa có kết quả'}"
        potential = f" (tiềm năng {self.potential} sao)" if self.potential else ""
        return f"{self.star} sao{potential}"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def shortfall(self) -> str:
        """Which gates were missed, in words; empty when none was."""
        return "; ".join(
            f"{one.label} (tiêu chí {one.code}) chưa đạt mức tối thiểu của hạng {one.star} sao"
            for one in self.missed
        )


class SessionRecord(Part):
    """A session as its papers tell it. `scorers`: whose totals stand in the rounds of `results`."""

    council: Line
    decision: Reference
    place: Line
    opened_at: AwareDatetime
    closed_at: AwareDatetime
    written: bool = False
    edition: Line
    seats: Number
    quorum_percent: Annotated[int, Field(ge=1, le=100)] = 75
    spread_limit: Annotated[int, Field(ge=0)] = 10
    gate_rule: Line = "quá nửa số thành viên chấm điểm đánh giá đạt"
    present: Annotated[tuple[Attendee, ...], Field(min_length=1)]
    absent: tuple[Absence, ...] = ()
    guests: tuple[Participant, ...] = ()
    scorers: tuple[Participant, ...]
    results: Annotated[tuple[ProductResult, ...], Field(min_length=1)]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def stars(self) -> dict[int, int]:
        """How many products have each star, the highest first."""
        found = Counter(one.star for one in self.results if one.star)
        return {star: found[star] for star in range(5, 0, -1)}


class Content(Part):
    """What one kind of paper says."""

    kind: ClassVar[Kind]
    name: ClassVar[str]
    one_page: ClassVar[bool] = False

    head: Head

    @property
    def title(self) -> str:
        """In a list of papers."""
        return self.name

    @property
    def required(self) -> tuple[str, ...]:
        """What its file has to show, or it counts as not made. Nothing: it is not measured."""
        return ()

    @property
    def scanned(self) -> str | None:
        """What its code has to say to who scans it."""
        return None


class SheetRow(Part):
    """A line of the score sheet over the table's columns: a criterion with the chosen `options`,
    or a heading without them, whose `points` are the sums of what lies below it."""

    code: Line
    label: Line
    most: int
    points: tuple[int, ...]
    options: tuple[int, ...] = ()


class SheetColumn(Part):
    """One locked sheet of the member: of the product with this number, in this round of scoring.
    Filled on paper, it names who entered it and who confirmed it against the paper."""

    number: Number
    round: Number = 1
    total: int
    locked_at: AwareDatetime | None = None
    entered_by: Line | None = None
    confirmed_by: Line | None = None


class SheetTable(Part):
    """Sheets of one product set (and of one of tourism's cases) beside one another."""

    set_number: Number
    set_label: Line
    case: Line | None = None
    columns: Annotated[tuple[SheetColumn, ...], Field(min_length=1, max_length=COLUMNS)]
    rows: tuple[SheetRow, ...]


class NotScored(Part):
    """A product on the agenda that the member did not score, and why."""

    number: Number
    reason: Line


class MemberSheetPaper(Content):
    """Phiếu chấm điểm: all that one member scored in a session. `tables`: see `sheet_tables`."""

    kind = Kind.SHEET
    name = "Phiếu chấm điểm"

    council: Line
    decision: Reference
    held_at: AwareDatetime
    place: Line
    edition: Line
    member: Participant
    lines: Annotated[tuple[ProductLine, ...], Field(min_length=1)]
    tables: tuple[SheetTable, ...]
    not_scored: tuple[NotScored, ...] = ()
    remarks: tuple[Paragraph, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.name} của {self.member.name}"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def totals(self) -> dict[int, int | None]:
        """Of each line by its number: the total of the last round, None where none was scored."""
        scored = [column for table in self.tables for column in table.columns]
        last = {one.number: one.total for one in sorted(scored, key=lambda one: one.round)}
        return {line.number: last.get(line.number) for line in self.lines}


class SummaryPaper(Content):
    """Bảng tổng hợp điểm: every member's total of every product, by round."""

    kind = Kind.SUMMARY
    name = "Bảng tổng hợp điểm"

    record: SessionRecord
    secretary: Signatory
    chair: Signatory


class MinutesPaper(Content):
    """Biên bản họp: who was there, what was found and how, what was concluded."""

    kind = Kind.MINUTES
    name = "Biên bản họp Hội đồng"

    record: SessionRecord
    opinions: tuple[Paragraph, ...] = ()
    conclusions: Annotated[tuple[Paragraph, ...], Field(min_length=1)]
    secretary: Signatory
    chair: Signatory


class ReportPaper(Content):
    """Báo cáo của Hội đồng to the authority, which decides by it."""

    kind = Kind.REPORT
    name = "Báo cáo kết quả đánh giá, phân hạng"

    to: Line
    record: SessionRecord
    assessment: tuple[Paragraph, ...] = ()
    proposals: Annotated[tuple[Paragraph, ...], Field(min_length=1)]
    recipients: tuple[Line, ...]
    signatory: Signatory


class DecidedLine(Part):
    line: ProductLine
    star: Annotated[int, Field(ge=3, le=5)]
    potential: Rank | None = None
    certificate_number: Line


class DecisionPaper(Content):
    """Quyết định with its list of products. `authority`: who decides, as the paper's opening says
    it; `grounds`: each "Căn cứ ..."; `proposed_by`: "Theo đề nghị của ..."; `months`: how long the
    certificates are valid."""

    kind = Kind.DECISION
    name = "Quyết định"

    authority: Line
    about: Line = "Về việc công nhận kết quả đánh giá, phân hạng sản phẩm OCOP"
    grounds: Annotated[tuple[Paragraph, ...], Field(min_length=1)]
    proposed_by: Paragraph
    months: Number = 36
    lines: Annotated[tuple[DecidedLine, ...], Field(min_length=1)]
    executors: Paragraph
    recipients: tuple[Line, ...]
    signatory: Signatory

    @property
    def title(self) -> str:
        return f"{self.name} số {self.head.number}" if self.head.number else self.name

    @computed_field  # type: ignore[prop-decorator]
    @property
    def stars(self) -> dict[int, int]:
        """How many products have each star, the highest first."""
        found = Counter(one.star for one in self.lines)
        return {star: found[star] for star in (5, 4, 3) if found[star]}

    @property
    def required(self) -> tuple[str, ...]:
        listed = ((one.line.product, one.certificate_number or "") for one in self.lines)
        head = (self.head.number or "", self.signatory.title, self.signatory.name or "")
        return (*head, *(text for line in listed for text in line))


class CertificatePaper(Content):
    """Giấy chứng nhận; `head.number` is its number. `check_url`: where anybody sees whether it is
    genuine and valid, also as a QR code."""

    kind = Kind.CERTIFICATE
    name = "Giấy chứng nhận"
    one_page = True

    authority: Line
    product: Line
    producer: Line
    address: Line | None = None
    set_label: Line
    code: Line | None = None
    star: Annotated[int, Field(ge=3, le=5)]
    decision: Reference
    valid_from: date
    valid_until: date
    check_url: Line
    signatory: Signatory

    @property
    def title(self) -> str:
        return f"{self.name} số {self.head.number}"

    @property
    def required(self) -> tuple[str, ...]:
        days = (f"{one:%d/%m/%Y}" for one in (self.valid_from, self.valid_until))
        signed = (self.signatory.title, self.signatory.name or "")
        told = (self.product, self.producer, self.decision.number, self.check_url)
        return (self.head.number or "", *told, *days, *signed)

    @property
    def scanned(self) -> str:
        return self.check_url


CONTENTS: Mapping[Kind, type[Content]] = {
    one.kind: one
    for one in (
        MemberSheetPaper, SummaryPaper, MinutesPaper, ReportPaper, DecisionPaper, CertificatePaper,
    )
}  # fmt: skip


class Format(StrEnum):
    DOCX = "docx"
    PDF = "pdf"


class State(StrEnum):
    REQUESTED = "requested"
    MADE = "made"
    FAILED = "failed"


class Template(Part):
    """Which template a file was made from: by name, and by the hash of all that it read."""

    name: str
    sha256: str


class PaperFile(Part):
    """A made file in the service's file store, and the template that it was made from."""

    file: StoredFile
    template: Template


class Failure(Part):
    """Why a paper cannot be made until somebody mends its template."""

    vi: str
    en: str


class Paper(Aggregate):
    """One paper: `content` is the JSON of its kind's model. `subject`: the session, decision or
    certificate that it is of. `readers`: who may read it beside the tenant's officers."""

    audited: ClassVar[bool] = False

    kind: Kind
    subject: str
    title: str
    member: Contact | None = None
    readers: tuple[Contact, ...] = ()
    content: str
    state: State = State.REQUESTED
    files: dict[Format, PaperFile] = {}
    failure: Failure | None = None
    requested_at: datetime
    made_at: datetime | None = None

    @property
    def said(self) -> Content:
        return CONTENTS[self.kind].model_validate_json(self.content)

    def is_for(self, person: Person) -> bool:
        return any(one.reaches(person) for one in self.readers)

    def pass_on(self, readers: Iterable[Contact], renewed: Mapping[Contact, Contact]) -> None:
        """To other readers; a member whose contact is renewed reads its own sheet by the new."""
        self.member = self.member and renewed.get(self.member, self.member)
        self.readers = (*([self.member] if self.member else []), *readers)

    def made(self, files: Mapping[Format, PaperFile], at: datetime) -> None:
        self.files, self.failure = dict(files), None
        self.state, self.made_at = State.MADE, at

    def failed(self, failure: Failure) -> None:
        self.state, self.failure = State.FAILED, failure

    def asked_again(self) -> None:
        """After its template was mended."""
        self.state, self.failure = State.REQUESTED, None


def paper_id(tenant: str, kind: Kind, subject: str, about: str, number: int) -> str:
    """The same for the same paper, so that an act that is repeated asks once. `about`: whose sheet;
    `number`: of the act that asks, as a session may be closed more than once."""
    return str(uuid5(NAMESPACE_URL, f"ocop:paper:{tenant}:{kind}:{subject}:{about}:{number}"))
