"""What evaluation tells of rounds, councils and sessions. No event in here carries a score."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from contracts.dossier import Facts
from contracts.event import Event
from contracts.person import Contact
from contracts.text import Id, Line, Paragraph, Slug


class RoundFacts(Facts):
    """A round (đợt đánh giá) fixes procedure and edition for every dossier filed into it."""

    name: Line
    procedure: Slug
    edition: Line
    opens_on: date
    closes_on: date


class Seat(StrEnum):
    CHAIR = "chair"  # chủ tịch hội đồng
    VICE_CHAIR = "vice-chair"  # phó chủ tịch
    SECRETARY = "secretary"  # thư ký
    MEMBER = "member"  # uỷ viên
    EXPERT = "expert"  # chuyên gia được mời


class CouncilFacts(Facts):
    """A council (hội đồng) of one level, by whose decision, for how long."""

    name: Line
    level: Slug
    decision_number: Line
    decided_on: date
    until: date | None = None
    seats: int = Field(ge=1)


class SessionFacts(Facts):
    council_id: Id
    council: Line
    level: Slug
    place: Line
    starts_at: AwareDatetime


class AgendaLine(Facts):
    """A package as it stands on a session's agenda."""

    package_id: Id
    dossier_id: Id
    product_id: Id
    product: Line
    producer: Line


class PackageFacts(Facts):
    """Of a package that lies with evaluation; the event's subject is evaluation's own id for it."""

    package_id: Id
    dossier_id: Id
    number: int
    product_id: Id
    product: Line
    producer: Line


_ID = "00000000-0000-4000-8000-00000000000"
_ROUND = {
    "name": "Đợt 1 năm 2026", "procedure": "qd148-2023", "edition": "2026",
    "opens_on": "2026-01-01", "closes_on": "2026-04-30",
}  # fmt: skip
_COUNCIL = {
    "name": "Hội đồng OCOP Huyện Mẫu", "level": "district", "decision_number": "01/QĐ-UBND",
    "decided_on": "2026-01-02", "seats": 5,
}  # fmt: skip
_SESSION = {
    "council_id": _ID + "9", "council": "Hội đồng OCOP Huyện Mẫu", "level": "district",
    "place": "Phòng họp mẫu", "starts_at": "2026-02-02T01:00:00Z",
}  # fmt: skip
_LINE = {
    "package_id": _ID + "7", "dossier_id": _ID + "6", "product_id": _ID + "2",
    "product": "Đường thốt nốt mẫu", "producer": "Cơ sở Mẫu",
}  # fmt: skip
_PACKAGE = {
    "package_id": _ID + "7", "dossier_id": _ID + "6", "number": 1, "product_id": _ID + "2",
    "product": "Đường thốt nốt mẫu", "producer": "Cơ sở Mẫu",
}  # fmt: skip
_MEMBERS = [{"name": "Uỷ viên mẫu", "phone": "0900000011"}]


class RoundOpened(Event, source="evaluation", type="round.opened.v1"):
    """An agency takes dossiers from now on."""

    round: RoundFacts
    example = {"round": _ROUND}


class RoundClosed(Event, source="evaluation", type="round.closed.v1"):
    """No further dossier is opened in it."""

    round: RoundFacts
    example = {"round": _ROUND}


class CouncilAppointed(Event, source="evaluation", type="council.appointed.v1"):
    """A council was appointed, or its seats or settings are otherwise now."""

    council: CouncilFacts
    example = {"council": _COUNCIL}


class PackageDelivered(Event, source="evaluation", type="package.delivered.v1"):
    """Every file of an accepted package lies with evaluation: a council may judge it."""

    package: PackageFacts
    example = {"package": _PACKAGE}


class PackageEnded(Event, source="evaluation", type="package.ended.v1"):
    """No council judges it, by an act of the office: its dossier is at its end. `owner`: the tenant
    that the product belongs to."""

    package: PackageFacts
    reason: Paragraph
    contacts: tuple[Contact, ...]
    owner: Slug
    example = {
        "package": _PACKAGE, "reason": "Chủ thể không còn sản xuất", "owner": "huyen-mau",
        "contacts": [{"name": "Chủ cơ sở mẫu", "phone": "0900000001"}],
    }  # fmt: skip


class SessionConvened(Event, source="evaluation", type="session.convened.v1"):
    """A session was convened, or its agenda, place or time is otherwise now: its members are
    invited, and the dossiers lie ready for them."""

    session: SessionFacts
    agenda: tuple[AgendaLine, ...]
    members: tuple[Contact, ...]
    example = {"session": _SESSION, "agenda": [_LINE], "members": _MEMBERS}


class SessionCancelled(Event, source="evaluation", type="session.cancelled.v1"):
    session: SessionFacts
    reason: Paragraph
    members: tuple[Contact, ...]
    example = {"session": _SESSION, "reason": "Trùng lịch", "members": _MEMBERS}


class SessionOpened(Event, source="evaluation", type="session.opened.v1"):
    """It is quorate and scores."""

    session: SessionFacts
    example = {"session": _SESSION}


class ScoringRevealed(Event, source="evaluation", type="scoring.revealed.v1"):
    """All who were waited for have locked: from now on the session sees this round's sheets."""

    session_id: Id
    package_id: Id
    round: int
    example = {"session_id": _ID + "a", "package_id": _ID + "7", "round": 1}


class SessionClosed(Event, source="evaluation", type="session.closed.v1"):
    """The secretary closed it; the results are computed and wait for the chair."""

    session: SessionFacts
    example = {"session": _SESSION}


class SessionApproved(Event, source="evaluation", type="session.approved.v1"):
    """The chair approved its results; each of them is told as result.approved."""

    session: SessionFacts
    example = {"session": _SESSION}
