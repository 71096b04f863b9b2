"""Sessions (phiên họp): a council meets over an agenda of packages, and scores them.

Who may do what, and when, is one table: ACTS. While it sits its council's settings stay.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict, FieldProblem, Forbidden, Unprocessable
from contracts.councils import AgendaLine, Seat, SessionFacts
from contracts.text import Id, Line, Words
from rules.calendar import VIETNAM as CALENDAR
from rules.days import day_of
from services.evaluation.domain.councils import IN_PLACE, Council, Member
from services.evaluation.domain.packages import Package


class SessionState(StrEnum):
    CONVENED = "convened"  # đã triệu tập
    OPEN = "open"  # đang họp
    CLOSED = "closed"  # đã bế mạc, chờ chủ tịch phê duyệt
    APPROVED = "approved"  # đã phê duyệt
    CANCELLED = "cancelled"  # đã huỷ

    @property
    def words(self) -> Words:
        return _STATES[self]


_STATES = {
    SessionState.CONVENED: Words("chưa khai mạc", "has not been opened"),
    SessionState.OPEN: Words("đang họp", "is open"),
    SessionState.CLOSED: Words("đã bế mạc", "has been closed"),
    SessionState.APPROVED: Words("đã được phê duyệt", "has been approved"),
    SessionState.CANCELLED: Words("đã bị huỷ", "has been cancelled"),
}


class Act(StrEnum):
    CHANGE = "change"
    CANCEL = "cancellation"
    ATTEND = "attendance"
    OPEN = "opening"
    DECLARE = "conflicts"
    ANSWER = "conflict-answers"
    REOPEN = "reopening"
    NEW_ROUND = "new-rounds"
    ELIMINATE = "eliminations"
    POSTPONE = "postponements"
    CLOSE = "closing"
    SEND_BACK = "sending-back"
    APPROVE = "approval"


class About(Enum):
    """Who has a conflict of interest with what an act is about, does not do it."""

    SESSION = auto()
    PRODUCT = auto()
    SIGN = auto()
    """Of a conflict, that waits for an answer."""
    RESULTS = auto()
    """All of the session's."""


class Rule(NamedTuple):
    """In which states an act is done, from which seats; `office`: by an officer as well; `team`:
    by one of the help team; `at_last`: by an officer where conflicts leave nobody for it."""

    states: frozenset[SessionState]
    seats: frozenset[Seat]
    office: bool = False
    team: bool = False
    at_last: bool = False
    about: About = About.SESSION


_SECRETARY, _CHAIR = frozenset({Seat.SECRETARY}), frozenset({Seat.CHAIR})
_ANY = frozenset(Seat)


def _in(*states: SessionState) -> frozenset[SessionState]:
    return frozenset(states)


ACTS: Mapping[Act, Rule] = {
    Act.CHANGE: Rule(_in(SessionState.CONVENED), _SECRETARY, office=True),
    Act.CANCEL: Rule(_in(SessionState.CONVENED), _SECRETARY, office=True),
    Act.ATTEND: Rule(_in(SessionState.CONVENED, SessionState.OPEN), _SECRETARY),
    Act.OPEN: Rule(_in(SessionState.CONVENED), _SECRETARY | _CHAIR),
    Act.DECLARE: Rule(_in(SessionState.CONVENED, SessionState.OPEN), _ANY, team=True),
    Act.ANSWER: Rule(
        _in(SessionState.CONVENED, SessionState.OPEN, SessionState.CLOSED),
        _SECRETARY,
        office=True,
        about=About.SIGN,
    ),
    Act.REOPEN: Rule(_in(SessionState.OPEN), _SECRETARY | _CHAIR, about=About.PRODUCT),
    Act.NEW_ROUND: Rule(_in(SessionState.OPEN), _SECRETARY | _CHAIR, about=About.PRODUCT),
    Act.ELIMINATE: Rule(_in(SessionState.OPEN), _CHAIR, about=About.PRODUCT),
    Act.POSTPONE: Rule(_in(SessionState.OPEN), _SECRETARY | _CHAIR, about=About.PRODUCT),
    Act.CLOSE: Rule(_in(SessionState.OPEN), _SECRETARY, about=About.RESULTS),
    Act.SEND_BACK: Rule(_in(SessionState.CLOSED), _CHAIR, at_last=True, about=About.RESULTS),
    Act.APPROVE: Rule(_in(SessionState.CLOSED), _CHAIR, about=About.RESULTS),
}


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Done(Part):
    """`by`: the person, as the token names them."""

    by: str
    at: AwareDatetime


class StoodIn(Part):
    """An act of a member in the place of the holder of `seat`, who has a conflict of interest."""

    act: Act
    seat: Seat
    member_id: Id


class Presence(Part):
    """A member's coming and, once they have left, their leaving."""

    member_id: Id
    came_at: AwareDatetime
    left_at: AwareDatetime | None = None


class AgendaItem(Part):
    """`id`: evaluation's own, of the package; `line`: what others may know of it."""

    id: Id
    line: AgendaLine

    @classmethod
    def of(cls, package: Package) -> "AgendaItem":
        facts = package.facts.model_dump(exclude={"number"})
        return cls(id=package.id, line=AgendaLine(**facts))


class Session(Aggregate):
    """`closings`: how often it was closed. `stood_in`: acts on it that were done in another's
    place."""

    kept = True

    facts: SessionFacts
    agenda: tuple[AgendaItem, ...]
    state: SessionState = SessionState.CONVENED
    presences: tuple[Presence, ...] = ()
    convened: Done
    opened: Done | None = None
    closed: Done | None = None
    approved: Done | None = None
    closings: int = 0
    stood_in: tuple[StoodIn, ...] = ()
    cancelled_for: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def packages(self) -> tuple[Id, ...]:
        return tuple(one.id for one in self.agenda)

    @property
    def present(self) -> frozenset[Id]:
        return frozenset(one.member_id for one in self.presences if one.left_at is None)

    @classmethod
    def convene(
        cls,
        council: Council,
        place: Line,
        starts_at: datetime,
        packages: Sequence[Package],
        by: Done,
    ) -> "Session":
        facts = SessionFacts(
            council_id=council.id, council=council.facts.name, level=council.facts.level,
            place=place, starts_at=starts_at,
        )  # fmt: skip
        session = cls(tenant=council.tenant, facts=facts, agenda=(), convened=by)
        _need_day(council, starts_at, by.at)
        session._put_on_agenda(council, packages)
        return session

    def change(
        self,
        council: Council,
        at: datetime,
        *,
        place: Line | None,
        starts_at: datetime | None,
        packages: Sequence[Package],
    ) -> None:
        """`packages`: the whole agenda as it is to be."""
        if starts_at is not None:
            _need_day(council, starts_at, at)
        told = {"place": place or self.facts.place, "starts_at": starts_at or self.facts.starts_at}
        self.facts = self.facts.model_copy(update=told)
        self._put_on_agenda(council, packages)

    def line(self, package: Id) -> AgendaLine:
        return next(one.line for one in self.agenda if one.id == package)

    def cancel(self, reason: str) -> None:
        self.state, self.cancelled_for = SessionState.CANCELLED, reason

    def come(self, member: Id, at: datetime) -> None:
        if member in self.present:
            raise Conflict("Thành viên này đang có mặt.", "This member is present.")
        self.presences += (Presence(member_id=member, came_at=at),)

    def leave(self, member: Id, at: datetime) -> None:
        if member not in self.present:
            raise Conflict("Thành viên này không có mặt.", "This member is not present.")
        self.presences = tuple(
            one.model_copy(update={"left_at": at})
            if one.member_id == member and one.left_at is None
            else one
            for one in self.presences
        )

    def open(self, council: Council, packages: Sequence[Package], by: Done) -> None:
        """On its day, quorate, with every package here and long enough."""
        _need_its_day(self.facts.starts_at, by.at)
        self.need_quorum(council)
        _need_lead(council, packages, by.at)
        council.sit(self.id)
        self.state, self.opened = SessionState.OPEN, by

    def close(self, council: Council, by: Done) -> None:
        self.need_quorum(council)
        self.closings += 1
        self.state, self.closed = SessionState.CLOSED, by

    def send_back(self) -> None:
        self.state, self.closed = SessionState.OPEN, None

    def approve(self, council: Council, by: Done) -> None:
        another(by.by, self.closed)
        council.rise(self.id)
        self.state, self.approved = SessionState.APPROVED, by

    def allows(self, act: Act, person: "Seated") -> bool:
        rule = ACTS[act]
        return person.may(rule) and self.state in rule.states

    def permit(self, act: Act, person: "Seated") -> None:
        """Forbidden for the seat or a conflict of interest, Conflict for the state."""
        rule = ACTS[act]
        if not person.may(rule):
            if person.seat and rule.seats <= person.vacant:
                raise NobodyLeft
            if person.seat in rule.seats:
                raise Interested
            raise Forbidden(
                "Việc này không thuộc nhiệm vụ của bạn trong hội đồng.",
                "This is not for your seat in the council.",
            )
        if self.state not in rule.states:
            raise Conflict(
                f"Chưa làm được: phiên họp {self.state.words.vi}.",
                f"Not now: the session {self.state.words.en}.",
            )

    def need_quorum(self, council: Council) -> None:
        if lacking := [*_lacking(council, self.present)]:
            raise NotQuorate(lacking)

    def _put_on_agenda(self, council: Council, packages: Sequence[Package]) -> None:
        _need_lead(council, packages, self.facts.starts_at)
        for package in packages:
            package.stand_on(self.id, council.id)
        self.agenda = tuple(AgendaItem.of(one) for one in packages)


class Seated(NamedTuple):
    """Who somebody is to a session. `id`: which of the council's people, a member if there is a
    `seat`, or `helps`: one of the help team; `seats`: those that they act from; `office`: an
    officer of the tenant; `reads`: may see what the tenant's people may; `vacant`: from which seats
    nobody acts."""

    id: Id | None
    seat: Seat | None
    seats: frozenset[Seat]
    helps: bool
    office: bool
    reads: bool
    vacant: frozenset[Seat] = frozenset()

    @property
    def member_id(self) -> Id | None:
        return self.id if self.seat else None

    def on(self, conflicts: Collection[Id], acting: Mapping[Seat, Member]) -> "Seated":
        """As they act on what these have a conflict on: not from the own seat with one, and from
        that of whom they stand in for."""
        own = {self.seat} if self.seat and self.id not in conflicts else set()
        stands_in = {seat for seat, one in acting.items() if one.id == self.id}
        vacant = IN_PLACE.keys() - acting.keys()
        return self._replace(seats=frozenset(own | stands_in), vacant=frozenset(vacant))

    @property
    def anybody(self) -> bool:
        """Whether the session is theirs to see at all."""
        return self.seat is not None or self.helps or self.reads

    def may(self, rule: Rule) -> bool:
        return (
            bool(self.seats & rule.seats)
            or (self.office and (rule.office or (rule.at_last and rule.seats <= self.vacant)))
            or (rule.team and self.helps)
        )


class NotQuorate(Conflict):
    slug = "not-quorate"
    title = Words("Phiên họp chưa đủ thành phần", "The session is not quorate")

    def __init__(self, lacking: Sequence[Words]) -> None:
        super().__init__(
            f"Chưa đủ thành phần: {'; '.join(one.vi for one in lacking)}.",
            f"Not quorate: {'; '.join(one.en for one in lacking)}.",
        )


class Interested(Forbidden):
    slug = "conflict-of-interest"
    title = Words("Xung đột lợi ích", "A conflict of interest")

    def __init__(self) -> None:
        super().__init__(
            "Bạn có xung đột lợi ích: người khác làm việc này, và bạn xem được khi đã có quyết "
            "định.",
            "You have a conflict of interest: somebody else does this, and you see it when it is "
            "decided on.",
        )


class NobodyLeft(Conflict):
    slug = "nobody-left"
    title = Words("Không còn ai làm được", "Nobody is left for it")

    def __init__(self) -> None:
        super().__init__(
            "Xung đột lợi ích với các sản phẩm không để lại người bế mạc và người phê duyệt: để "
            "một sản phẩm lại phiên sau.",
            "Conflicts of interest leave nobody who closes and another who approves: put one of "
            "the products off.",
        )


class TooSoon(Conflict):
    slug = "too-soon"
    title = Words("Hồ sơ đến hội đồng chưa đủ ngày", "The package has not been here long enough")


class NotReady(Conflict):
    slug = "not-ready"
    title = Words("Hồ sơ chưa sẵn sàng", "A package is not ready")


def another(person: str, before: Done | None) -> None:
    """Closing, approving and deciding are acts of different people (docs/judgement.md)."""
    if before is not None and before.by == person:
        raise Forbidden(
            "Việc này phải do người khác với người đã thực hiện bước trước.",
            "This has to be done by another person than the step before.",
        )


def _lacking(council: Council, present: frozenset[Id]) -> Iterator[Words]:
    if council.quorate(present):
        return
    seats, percent = council.seats, council.settings.quorum_percent
    here = sum(one.id in present for one in seats)
    if here * 100 < len(seats) * percent:
        yield Words(
            f"có mặt {here}/{len(seats)} thành viên, cần ít nhất {percent}%",
            f"{here} of {len(seats)} seats are present, {percent}% are needed",
        )
    if council.settings.chair_needed and council.chair.id not in present:
        yield Words("chủ tịch hội đồng vắng mặt", "the chair is absent")


def _need_day(council: Council, starts_at: datetime, now: datetime) -> None:
    if day_of(starts_at) < day_of(now):
        raise Unprocessable(
            "Phiên họp không thể bắt đầu trong quá khứ.", "A session cannot begin in the past.",
            [FieldProblem("starts_at", "từ hôm nay trở đi", "today or later")],
        )  # fmt: skip
    if not council.serves_on(day_of(starts_at)):
        raise Unprocessable(
            "Hội đồng không còn nhiệm kỳ vào ngày họp.", "The council does not serve on that day.",
            [FieldProblem("starts_at", "trong nhiệm kỳ của hội đồng", "in the council's term")],
        )  # fmt: skip


def _need_its_day(starts_at: datetime, now: datetime) -> None:
    """Those who were invited for another day would be passed over."""
    invited, today = day_of(starts_at), day_of(now)
    if invited != today:
        raise Conflict(
            f"Phiên họp được triệu tập ngày {invited:%d/%m/%Y}: đổi ngày họp trước khi khai mạc.",
            f"The session is convened for {invited}: change its day before it is opened.",
        )


def _need_lead(council: Council, packages: Sequence[Package], at: datetime) -> None:
    """QĐ 26/2026/QĐ-TTg: the dossier reaches the members so many working days before."""
    lead = council.settings.lead_working_days
    for package in packages:
        name = package.manifest.product.name
        if not package.ready or package.delivered_at is None:
            raise NotReady(
                f"Hồ sơ “{name}” chưa được tổ giúp việc nhận hoặc chưa về đủ tệp.",
                f"The package of {name} is not accepted, or not all of its files are here.",
            )
        delivered, day = day_of(package.delivered_at), day_of(at)
        if lead and CALENDAR.between(delivered, day) < lead:
            earliest = CALENDAR.after(delivered, lead)
            raise TooSoon(
                f"Hồ sơ “{name}” về ngày {delivered:%d/%m/%Y}; hội đồng cần {lead} ngày làm việc, "
                f"sớm nhất là {earliest:%d/%m/%Y}.",
                f"The package of {name} came on {delivered}; the council needs {lead} working "
                f"days, {earliest} at the earliest.",
            )
