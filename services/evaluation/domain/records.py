"""What the papers of sessions, decisions and certificates say, taken from what was done.

Each is put together at its act and frozen then: see papers.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from contracts.councils import Seat
from contracts.text import Id, Line
from rules.days import day_of
from rules.editions import Edition, edition
from rules.procedures import procedures
from rules.ranking import GateRule
from services.evaluation.domain import papers
from services.evaluation.domain.certificates import Certificate
from services.evaluation.domain.councils import IN_PLACE, Council, Member
from services.evaluation.domain.decisions import Decision
from services.evaluation.domain.packages import Package
from services.evaluation.domain.results import Result
from services.evaluation.domain.scorings import ConflictSign, Scoring, ScoringState
from services.evaluation.domain.sessions import Act, Presence, Session
from services.evaluation.domain.sheet_tables import FilledSheet, sheet_tables
from services.evaluation.domain.sheets import Sheet

GATE_RULES = {
    GateRule.MAJORITY: "quá nửa số thành viên chấm điểm đánh giá đạt",
    GateRule.EVERY: "mọi thành viên chấm điểm đánh giá đạt",
    GateRule.HELP_TEAM: "tổ giúp việc đánh giá đạt",
}
LEVELS = {
    "district": "Hội đồng cấp huyện",
    "province": "Hội đồng cấp tỉnh",
    "centre": "Hội đồng cấp trung ương",
    "ministry": "Hội đồng cấp bộ",
}
TITLES = {
    Seat.CHAIR: "CHỦ TỊCH",
    Seat.VICE_CHAIR: "PHÓ CHỦ TỊCH",
    Seat.SECRETARY: "THƯ KÝ",
    Seat.MEMBER: "ỦY VIÊN",
}
ACTS = {
    Act.REOPEN: "mở lại phiếu",
    Act.NEW_ROUND: "cho chấm lại",
    Act.ELIMINATE: "kết luận loại",
    Act.POSTPONE: "để lại phiên sau",
    Act.CLOSE: "bế mạc",
    Act.SEND_BACK: "trả lại kết quả",
    Act.APPROVE: "phê duyệt kết quả",
}
"""That somebody may do in another's place."""
LONGEST = 4000
"""Characters of a paragraph."""


class Office(NamedTuple):
    """Who issues papers for a tenant: `authority` (Ủy ban nhân dân ...), and in which `place`."""

    authority: Line
    place: Line


class Product(NamedTuple):
    """All that a session has of one product. `result` None: it was put off."""

    package: Package
    scoring: Scoring
    result: Result | None


class Held(NamedTuple):
    """A session that was closed, with all that it rests on, in the agenda's order. `sheets`: those
    that were revealed, as no other is printed."""

    session: Session
    council: Council
    office: Office
    products: Sequence[Product]
    sheets: Sequence[Sheet]

    @property
    def acting(self) -> Mapping[Seat, Member]:
        """Who closes and approves it, and signs."""
        judged = [one.scoring for one in self.products if one.scoring.has_result]
        conflicts = {id for one in judged for id in one.conflicts}
        return self.council.acting(conflicts, self.session.present)

    @property
    def edition(self) -> Edition:
        return edition(self.products[0].scoring.edition)


def session_papers(held: Held) -> Iterator[tuple[papers.Content, Member | None]]:
    """Asked for by the closing: each member's sheets, with whose they are; summary and minutes."""
    record = session_record(held)
    secretary, chair = _signed(held, Seat.SECRETARY), _signed(held, Seat.CHAIR)
    head = _head(held)
    for member in held.council.named.values():
        if any(one.member_id == member.id for one in held.sheets):
            yield _member_sheet(held, member), member
    yield papers.SummaryPaper(head=head, record=record, secretary=secretary, chair=chair), None
    conclusions = (
        "Hội đồng thống nhất kết quả đánh giá, phân hạng nêu trên.",
        f"Giao Thư ký hoàn thiện hồ sơ, trình {held.office.authority} xem xét, quyết định.",
    )
    minutes = papers.MinutesPaper(
        head=head, record=record, conclusions=conclusions, secretary=secretary, chair=chair
    )
    yield minutes, None


def report(held: Held) -> papers.ReportPaper:
    """Asked for by the approval."""
    return papers.ReportPaper(
        head=_head(held), to=held.office.authority, record=session_record(held),
        assessment=tuple(_substitutions(held)), proposals=tuple(_proposals(held)),
        recipients=("Như trên", "Thành viên Hội đồng", "Lưu: VT"),
        signatory=_signed(held, Seat.CHAIR),
    )  # fmt: skip


def session_record(held: Held) -> papers.SessionRecord:
    session, council = held.session, held.council
    assert session.opened is not None  # it was closed
    assert session.closed is not None
    came = {one.member_id: one for one in session.presences}
    scored = {id for one in held.products for each in one.scoring.rounds for id in each.totals}
    members = [*council.named.values()]
    scorers = [one for one in members if one.id in scored]
    return papers.SessionRecord(
        council=council.facts.name, decision=_appointed(held), place=session.facts.place,
        opened_at=session.opened.at, closed_at=session.closed.at,
        edition=held.edition.source.vi, seats=len(council.seats),
        quorum_percent=council.settings.quorum_percent,
        spread_limit=council.settings.most_spread,
        gate_rule=GATE_RULES[council.settings.gate_rule],
        present=tuple(_attendee(one, came[one.id]) for one in members if one.id in came),
        absent=tuple(
            papers.Absence(**_participant(one).model_dump())
            for one in council.members if one.id not in came
        ),
        scorers=tuple(_participant(one) for one in scorers),
        results=tuple(
            _product(held, number, scorers) for number in range(1, len(held.products) + 1)
        ),
    )  # fmt: skip


def decision_paper(
    decision: Decision, decided: Sequence[tuple[Result, Package]], office: Office, by: Line | None
) -> papers.DecisionPaper:
    """`decided`: in the order of the list. `by`: the name of who decided, where it is known."""
    laws = dict.fromkeys(law for one, _ in decided for law in procedures()[one.procedure].decisions)
    return papers.DecisionPaper(
        head=_of_authority(office, decision.facts.number, decision.facts.decided_on),
        authority=office.authority,
        grounds=("Luật Tổ chức chính quyền địa phương", *laws),
        proposed_by=f"Chủ tịch {', '.join(dict.fromkeys(one.council for one, _ in decided))}",
        lines=tuple(
            papers.DecidedLine(
                line=_line(number, package), star=listed.told.star,
                potential=listed.told.potential,
                certificate_number=listed.told.certificate_number,
            )
            for number, ((_, package), listed) in enumerate(
                zip(decided, decision.products, strict=True), 1
            )
        ),
        executors=f"Chánh Văn phòng {office.authority}, các cơ quan, đơn vị liên quan và các chủ "
        "thể có tên trong danh sách",
        recipients=("Các chủ thể trong danh sách", "Lưu: VT"),
        signatory=_chairman(by),
    )  # fmt: skip


def certificate_paper(
    certificate: Certificate, package: Package, office: Office, by: Line | None, check_url: Line
) -> papers.CertificatePaper:
    """In the name of the agency that certifies, which is the office's own or a level above that
    keeps no records here and whose signatory nobody knows."""
    facts = certificate.facts
    assert facts.decided_on is not None  # it was issued here
    assert facts.expires_on is not None
    assert facts.decision is not None
    assert facts.agency is not None
    line = _line(1, package)
    own = facts.agency == office.authority
    return papers.CertificatePaper(
        head=papers.Head(
            agency=facts.agency, number=facts.number, place=office.place, on=facts.decided_on
        ),
        authority=facts.agency,
        product=line.product, producer=line.producer, address=line.address,
        set_label=line.set_label, star=facts.star,
        decision=papers.Reference(
            number=facts.decision, on=facts.decided_on, agency=facts.agency
        ),
        valid_from=facts.decided_on, valid_until=facts.expires_on, check_url=check_url,
        signatory=_chairman(by) if own else papers.Signatory(title=facts.agency.upper()),
    )  # fmt: skip


def _member_sheet(held: Held, member: Member) -> papers.MemberSheetPaper:
    session = held.session
    assert session.opened is not None  # it was closed
    own = [one for one in held.sheets if one.member_id == member.id]
    places = {one.scoring.id: place for place, one in enumerate(held.products, 1)}
    own.sort(key=lambda one: (places[one.scoring_id], one.round))
    scored = {one.scoring_id for one in own}
    return papers.MemberSheetPaper(
        head=_head(held), council=held.council.facts.name, decision=_appointed(held),
        held_at=session.opened.at, place=session.facts.place, edition=held.edition.source.vi,
        member=_participant(member),
        lines=tuple(_line(place, one.package) for place, one in enumerate(held.products, 1)),
        tables=sheet_tables(
            held.edition, [_column(places[one.scoring_id], one) for one in own]
        ),
        not_scored=tuple(
            papers.NotScored(number=place, reason=_why_not(one.scoring, member.id))
            for place, one in enumerate(held.products, 1) if one.scoring.id not in scored
        ),
        remarks=tuple(
            remark for one in own for remark in _remarks(places[one.scoring_id], one)
        ),
    )  # fmt: skip


def _column(number: int, sheet: Sheet) -> FilledSheet:
    column = papers.SheetColumn(
        number=number, round=sheet.round, total=sheet.total, locked_at=sheet.locked_at
    )
    return FilledSheet(column, sheet.filled)


def _remarks(number: int, sheet: Sheet) -> Iterator[str]:
    for name, said in sheet.fields.items():
        if name == "note":
            yield f"Sản phẩm số {number}: {said}"
        elif name.startswith("comments."):
            yield f"Sản phẩm số {number}, tiêu chí {name.removeprefix('comments.')}: {said}"


def _why_not(scoring: Scoring, member: Id) -> str:
    if interest := scoring.conflicts.get(member):
        return f"Xung đột lợi ích: {interest.reason.vi}"[:300]
    match scoring.state:
        case ScoringState.ELIMINATED:
            return "Sản phẩm bị loại"
        case ScoringState.POSTPONED:
            return "Sản phẩm để lại phiên sau"
    return "Vắng mặt khi chấm sản phẩm này"


def _product(held: Held, number: int, scorers: Sequence[Member]) -> papers.ProductResult:
    package, scoring, result = held.products[number - 1]
    people = held.council.names
    facts = result.facts if result else None
    criteria = scoring.product_set.criteria
    discussed = [one.discussion for one in scoring.rounds if one.discussion]
    return papers.ProductResult(
        line=_line(number, package),
        rounds=tuple(
            papers.RoundScores(
                number=one.number, totals=tuple(one.totals.get(each.id) for each in scorers),
                mean=one.mean, spread=one.spread,
            )
            for one in scoring.rounds
        ),
        total=facts.total if facts else None, band=facts.band if facts else None,
        star=facts.star if facts else None, potential=facts.potential if facts else None,
        escalated_to=LEVELS.get(facts.escalated_to, facts.escalated_to)
        if facts and facts.escalated_to else None,
        missed=tuple(
            papers.MissedGate(
                code=one.criterion, label=criteria[one.criterion].label.vi, star=one.star
            )
            for one in (facts.failed if facts else ())
        ),
        eliminated=tuple(held.edition.findings[one].vi for one in scoring.findings),
        postponed=scoring.reason if scoring.state is ScoringState.POSTPONED else None,
        conflicts=tuple(
            papers.Conflict(member=people[id], reason=_interest(held, scoring, id))
            for id in scoring.conflicts if id in people
        ),
        cleared=tuple(
            papers.Conflict(member=people[id], reason=_told(one.reason.vi, one))
            for id, one in scoring.signs.items() if one.answer and id not in scoring.conflicts
        ),
        discussion="\n".join(discussed)[:LONGEST] or None,
    )  # fmt: skip


def _told(reason: str, sign: ConflictSign | None) -> str:
    """With what a person has found out about it."""
    answer = sign.answer.reason if sign and sign.answer else None
    return f"{reason} ({answer})"[:LONGEST] if answer else reason


def _interest(held: Held, scoring: Scoring, id: Id) -> str:
    """Why somebody has no part in a product, and who acted in their place."""
    told = _told(scoring.conflicts[id].reason.vi, scoring.signs.get(id))
    holder = held.council.member(id)
    if holder is None or holder.seat not in IN_PLACE:
        return told
    done = [one for one in (*scoring.stood_in, *held.session.stood_in) if one.seat is holder.seat]
    acts: dict[Id, dict[str, None]] = {}
    for one in done:
        acts.setdefault(one.member_id, {})[ACTS[one.act]] = None
    signs = held.acting.get(holder.seat)
    if signs is not None and signs is not holder:
        acts.setdefault(signs.id, {})["ký văn bản của phiên họp"] = None
    by = [
        f"{papers.SEATS[one.seat]} {one.contact.name} làm thay: {', '.join(acts[one.id])}"
        for one in held.council.named.values() if one.id in acts
    ]  # fmt: skip
    return "; ".join([told, *by])[:LONGEST]


def _substitutions(held: Held) -> Iterator[str]:
    """Who acted in whose place, for the authority."""
    for place, one in enumerate(held.products, 1):
        for member in held.council.members:
            if member.seat in IN_PLACE and member.id in one.scoring.conflicts:
                why = _interest(held, one.scoring, member.id)
                yield (
                    f"{papers.SEATS[member.seat]} {member.contact.name} có xung đột lợi ích với "
                    f"sản phẩm số {place}: {why}."
                )[:LONGEST]


def _proposals(held: Held) -> Iterator[str]:
    results = [one.result.facts for one in held.products if one.result]
    authority = held.office.authority
    for star in (5, 4, 3):
        if found := sum(one.certifies == star for one in results):
            yield f"{authority} công nhận {found:02} sản phẩm đạt hạng {star} sao."
    for level in dict.fromkeys(one.escalated_to for one in results if one.escalated_to):
        found = sum(one.escalated_to == level for one in results)
        yield f"Chuyển {found:02} sản phẩm lên {LEVELS.get(level, level)} đánh giá."
    if found := sum(one.certifies is None and one.escalated_to is None for one in results):
        yield f"Thông báo cho {found:02} chủ thể có sản phẩm chưa được công nhận."
    if not results:
        yield "Các sản phẩm trong chương trình được để lại phiên sau."


def _line(number: int, package: Package) -> papers.ProductLine:
    manifest = package.manifest
    of = edition(manifest.edition).sets[manifest.self_score.set]
    return papers.ProductLine(
        number=number, product=manifest.product.name, producer=manifest.producer.name,
        address=manifest.product.address, set_number=of.number, set_label=of.label.vi,
    )  # fmt: skip


def _participant(member: Member) -> papers.Participant:
    return papers.Participant(
        name=member.contact.name, seat=papers.SEATS[member.seat], position=member.workplace
    )


def _attendee(member: Member, last: Presence) -> papers.Attendee:
    return papers.Attendee(**_participant(member).model_dump(), left_at=last.left_at)


def _signed(held: Held, seat: Seat) -> papers.Signatory:
    """In the place of another it is signed "KT." (NĐ 30/2020, appendix I, II.7)."""
    one = held.acting[seat]
    forms = ("TM. HỘI ĐỒNG",) if seat is Seat.CHAIR else ()
    if one.seat is not seat:
        forms = (*forms, f"KT. {TITLES[seat]}")
    return papers.Signatory(forms=forms, title=TITLES[one.seat], name=one.contact.name)


def _chairman(name: Line | None) -> papers.Signatory:
    return papers.Signatory(forms=("TM. ỦY BAN NHÂN DÂN",), title="CHỦ TỊCH", name=name)


def _head(held: Held) -> papers.Head:
    closed = held.session.closed
    return papers.Head(
        agency=held.council.facts.name, above=held.office.authority, place=held.office.place,
        on=day_of(closed.at) if closed else None,
    )  # fmt: skip


def _of_authority(office: Office, number: Line | None, on: date) -> papers.Head:
    return papers.Head(agency=office.authority, number=number, place=office.place, on=on)


def _appointed(held: Held) -> papers.Reference:
    facts = held.council.facts
    return papers.Reference(
        number=facts.decision_number, on=facts.decided_on, agency=held.office.authority
    )
