"""A product being scored in a session: who is waited for, who has locked, what was revealed.

Small on purpose: every lock of a sheet is written here too, so that of several at once exactly one
sees that all have locked. No score stands in here before its reveal.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from statistics import median
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, computed_field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict, FieldProblem, Unprocessable
from contracts.package import Manifest
from contracts.text import Id, Line, Paragraph, Slug, Words
from rules.editions import ProductSet, edition
from rules.product_sets import offered
from rules.ranking import PRECISION
from rules.sheets import begun
from services.evaluation.domain.packages import Package
from services.evaluation.domain.sessions import Done, Part, StoodIn

UNJUDGED = "Chưa đủ hai thành viên chấm điểm không có xung đột lợi ích với sản phẩm này."
"""Why a product was put off by itself; a reason is in the language of the papers."""


class ScoringState(StrEnum):
    WAITING = "waiting"  # chờ khai mạc
    SCORING = "scoring"  # đang chấm
    REVEALED = "revealed"  # đã công bố điểm trong hội đồng
    ELIMINATED = "eliminated"  # bị loại
    POSTPONED = "postponed"  # để lại phiên sau
    COMPUTED = "computed"  # đã tính kết quả
    DROPPED = "dropped"  # đã đưa khỏi chương trình

    @property
    def words(self) -> Words:
        return _STATES[self]


_STATES = {
    ScoringState.WAITING: Words("chưa bắt đầu chấm", "is not yet being scored"),
    ScoringState.SCORING: Words("đang chấm, chưa công bố điểm", "is being scored, not revealed"),
    ScoringState.REVEALED: Words("đã công bố điểm", "has been revealed"),
    ScoringState.ELIMINATED: Words("đã bị loại", "has been eliminated"),
    ScoringState.POSTPONED: Words("đã để lại phiên sau", "has been put off"),
    ScoringState.COMPUTED: Words("đã tính kết quả", "has been computed"),
    ScoringState.DROPPED: Words("không còn trong chương trình", "is off the agenda"),
}


class Interest(Part):
    """Why a member does not score this product (xung đột lợi ích). `found`: by the platform, and
    confirmed."""

    reason: Words
    found: bool


class Answer(Part):
    """What a person has found out about a sign. `conflict`: whether there is one."""

    conflict: bool
    reason: Paragraph
    done: Done


class ConflictSign(Part):
    """What the platform sees between a member and a producer (dấu hiệu xung đột lợi ích). It rests
    on what the producer wrote of itself, so it takes nobody off a council until somebody answers
    for it."""

    reason: Words
    answer: Answer | None = None


class Round(Part):
    """A round that was revealed. `totals`: by member; `discussion`: what led to the next."""

    number: int
    totals: dict[Id, int]
    revealed_at: AwareDatetime
    discussion: Paragraph | None = None

    @property
    def mean(self) -> Decimal:
        return PRECISION.divide(Decimal(sum(self.totals.values())), Decimal(len(self.totals)))

    @property
    def spread(self) -> int:
        return max(self.totals.values()) - min(self.totals.values())

    def outliers(self, most_spread: int) -> frozenset[Id]:
        """Where the totals are too far apart: whose are farther from the middle than half of what
        is allowed. At least one is."""
        if self.spread <= most_spread:
            return frozenset()
        middle = median(self.totals.values())
        far = {who for who, total in self.totals.items() if abs(total - middle) * 2 > most_spread}
        return frozenset(far)


class Scoring(Aggregate):
    """`package_id`: evaluation's own id. `expected`: the members whose sheets of this round are
    waited for; `locked`: those of them, and of those who have left since, who have locked.
    `conflicts`: who of the council's people does not score it, and why. `signs`: of conflicts, by
    member or helper. `stood_in`: acts on it that were done in another's place."""

    session_id: Id
    package_id: Id
    procedure: Slug
    edition: Line
    set_number: int
    case: str | None
    state: ScoringState = ScoringState.WAITING
    round: int = 1
    expected: frozenset[Id] = frozenset()
    locked: frozenset[Id] = frozenset()
    help_team_locked: bool = False
    rounds: tuple[Round, ...] = ()
    conflicts: dict[Id, Interest] = {}
    signs: dict[Id, ConflictSign] = {}
    findings: tuple[str, ...] = ()
    reason: Paragraph | None = None
    stood_in: tuple[StoodIn, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def concerned(self) -> tuple[Id, ...]:
        """Who has a conflict, or may have one as long as nobody has answered, to be looked for."""
        return tuple(sorted(self.conflicts.keys() | self.unanswered))

    @classmethod
    def of(cls, session_id: Id, package: Package, seen: Mapping[Id, Words]) -> "Scoring":
        """`seen`: signs of conflicts, by member."""
        manifest = package.manifest
        scoring = cls(
            id=scoring_id(session_id, package.id), tenant=package.tenant,
            session_id=session_id, package_id=package.id, procedure=manifest.procedure,
            edition=manifest.edition, set_number=manifest.self_score.set, case=_case(manifest),
        )  # fmt: skip
        scoring.see(seen)
        return scoring

    @property
    def product_set(self) -> ProductSet:
        return edition(self.edition).sets[self.set_number]

    @property
    def complete(self) -> bool:
        """Nobody is waited for any more. Without a sheet there is nothing to reveal."""
        scoring = self.state is ScoringState.SCORING
        return scoring and bool(self.locked) and self.expected <= self.locked

    @property
    def last(self) -> Round | None:
        """The last round that was revealed."""
        return self.rounds[-1] if self.rounds else None

    @property
    def has_result(self) -> bool:
        """Or is to have one, of this session."""
        return self.state not in (ScoringState.POSTPONED, ScoringState.DROPPED)

    @property
    def settled(self) -> bool:
        """The session need not score it any more."""
        return self.state in (ScoringState.ELIMINATED, ScoringState.POSTPONED)

    @property
    def unanswered(self) -> frozenset[Id]:
        """Whose sign of a conflict nobody has answered for, nor they themselves by declaring it."""
        open_ones = {id for id, sign in self.signs.items() if sign.answer is None}
        return frozenset(open_ones - self.conflicts.keys())

    def cleared(self, person: Id | None) -> bool:
        """Whether somebody has found that a sign of theirs is of no conflict."""
        sign = self.signs.get(person) if person else None
        return sign is not None and sign.answer is not None and not sign.answer.conflict

    def see(self, seen: Mapping[Id, Words]) -> None:
        """Signs of conflicts, by member; an answer to the same sign stands."""
        for member, reason in seen.items():
            known = self.signs.get(member)
            if known is None or known.reason != reason:
                self.signs |= {member: ConflictSign(reason=reason)}

    def carry(self, earlier: "Scoring", same: Iterable[tuple[Id, Id]]) -> None:
        """The conflicts of another session with this product. `same`: of the same people their ids
        there and here. What was confirmed may be answered anew, so its sign comes along."""
        for there, here in same:
            known = earlier.conflicts.get(there)
            if known is None or here in self.conflicts or self.cleared(here):
                continue
            self.conflicts |= {here: known}
            if known.found and there in earlier.signs:
                self.signs |= {here: earlier.signs[there]}

    def waits_for_answer(self, member: Id) -> bool:
        """Or may be answered anew, while nothing has been revealed: the first may be wrong."""
        sign = self.signs.get(member)
        declared = member in self.conflicts and not self.conflicts[member].found
        ended = self.state in (ScoringState.DROPPED, ScoringState.POSTPONED)
        answered = sign is not None and sign.answer is not None
        return sign is not None and not (declared or ended or (answered and self.rounds))

    def keep_signs(self, people: Collection[Id]) -> None:
        """Of these alone: who is of the council no more and has done nothing needs no answer."""
        self.signs = {id: sign for id, sign in self.signs.items() if id in people}

    def answer(self, member: Id, answer: Answer) -> None:
        if not self.waits_for_answer(member):
            raise Conflict(
                "Không có dấu hiệu xung đột lợi ích nào chờ trả lời.",
                "There is no sign of a conflict that waits for an answer.",
            )
        sign = self.signs[member].model_copy(update={"answer": answer})
        self.signs |= {member: sign}
        if answer.conflict:
            self.conflicts |= {member: Interest(reason=sign.reason, found=True)}
            self.expected -= {member}
            self.locked -= {member}
        else:
            self.conflicts = {id: one for id, one in self.conflicts.items() if id != member}

    def need_answered(self) -> None:
        if self.unanswered:
            raise Conflict(
                "Còn dấu hiệu xung đột lợi ích chưa được trả lời.",
                "A sign of a conflict of interest has not been answered.",
            )

    @property
    def tainted(self) -> bool:
        """Whether somebody who turned out to have a conflict stands in the totals that count."""
        return self.last is not None and not self.conflicts.keys().isdisjoint(self.last.totals)

    def need_sound(self) -> None:
        """What is approved rests on nobody who has, or may have, a conflict."""
        if self.state in (ScoringState.COMPUTED, ScoringState.ELIMINATED):
            self.need_answered()
        if self.state is ScoringState.COMPUTED and self.tainted:
            raise Conflict(
                "Người có xung đột lợi ích đã chấm: trả lại để chấm lại.",
                "Somebody with a conflict of interest has scored: send it back to be scored again.",
            )

    def begin(self, present: Collection[Id], seen: Mapping[Id, Words]) -> None:
        """`present`: the members who score. `seen`: signs of conflicts as they are now."""
        self._need(ScoringState.WAITING)
        self.see(seen)
        self.state, self.expected = ScoringState.SCORING, frozenset(present) - self.conflicts.keys()

    def await_member(self, member: Id) -> None:
        """Somebody came, who may score what has not been revealed to the others."""
        seen = self.last is not None and member not in self.last.totals
        if self.state is ScoringState.SCORING and member not in self.conflicts and not seen:
            self.expected |= {member}

    def await_no_more(self, member: Id) -> None:
        """Somebody left; a sheet that they have locked counts."""
        if self.state is ScoringState.SCORING:
            self.expected -= {member}

    def count_locked(self, member: Id) -> None:
        self.need_scorer(member)
        self.locked |= {member}

    def count_reopened(self, member: Id) -> None:
        self._need(ScoringState.SCORING)
        if member not in self.locked:
            raise Conflict("Phiếu này chưa khoá.", "This sheet is not locked.")
        if member not in self.expected:
            raise Conflict(
                "Người chấm đã rời phiên họp; phiếu đã khoá được tính.",
                "The member has left; a sheet that they have locked counts.",
            )
        self.locked -= {member}

    def reveal(self, totals: Mapping[Id, int], at: datetime) -> None:
        """`totals`: of those who have locked. The one moment from which the session sees them."""
        assert self.complete  # the application's to see to
        assert totals.keys() == self.locked
        self.state = ScoringState.REVEALED
        self.rounds += (Round(number=self.round, totals=dict(totals), revealed_at=at),)

    def declare(self, member: Id, reason: Line, *, helps: bool = False) -> None:
        """`helps`: that is one of the help team, whose sheet is theirs together."""
        if member in self.conflicts:
            raise Conflict("Xung đột này đã được ghi nhận.", "This conflict stands already.")
        scored = member in self.locked or any(member in one.totals for one in self.rounds)
        if scored or (helps and self.help_team_locked):
            raise Conflict(
                "Bạn đã khoá phiếu chấm sản phẩm này.",
                "You have locked a sheet for this product.",
            )
        self._need(ScoringState.WAITING, ScoringState.SCORING, ScoringState.REVEALED)
        self.conflicts |= {member: Interest(reason=Words(reason, reason), found=False)}
        self.expected -= {member}

    def score_again(self, present: Collection[Id], discussion: Paragraph) -> None:
        """The old round is kept. Only who has scored it scores again."""
        self._need(ScoringState.REVEALED)
        assert self.last is not None
        again = (frozenset(present) & self.last.totals.keys()) - self.conflicts.keys()
        if not again:
            raise Conflict(
                "Không còn ai có mặt trong số người đã chấm.",
                "Nobody who has scored it is present.",
            )
        told = self.last.model_copy(update={"discussion": discussion})
        self.rounds = (*self.rounds[:-1], told)
        self.state, self.round = ScoringState.SCORING, self.round + 1
        self.expected, self.locked = again, frozenset()

    def eliminate(self, finding: str, reason: Paragraph) -> None:
        """A finding that ends the evaluation (QĐ 26/2026/QĐ-TTg, appendix II)."""
        self._need(ScoringState.SCORING, ScoringState.REVEALED)
        self.need_answered()
        if finding not in self.product_set.findings:
            known = offered(edition(self.edition).findings_of(self.product_set))
            raise Unprocessable(
                "Không có lý do loại này.", "There is no such finding.",
                [FieldProblem("finding", f"một trong: {known.vi}", f"one of: {known.en}")],
            )  # fmt: skip
        self.state, self.findings, self.reason = ScoringState.ELIMINATED, (finding,), reason

    def postpone(self, reason: Paragraph) -> None:
        self._need(ScoringState.SCORING, ScoringState.REVEALED)
        self.state, self.reason = ScoringState.POSTPONED, reason

    def drop(self) -> None:
        self.state = ScoringState.DROPPED

    def put_back(self) -> None:
        """It is on the agenda again, before the opening."""
        if self.state is ScoringState.DROPPED:
            self.state = ScoringState.WAITING

    def compute(self) -> None:
        if self.state is ScoringState.REVEALED:
            self.state = ScoringState.COMPUTED

    def take_back(self) -> None:
        """The session was sent back: its result counts no more."""
        if self.state is ScoringState.COMPUTED:
            self.state = ScoringState.REVEALED

    def need_scorer(self, member: Id) -> None:
        """Conflict, unless a sheet of this member's is waited for."""
        if member in self.conflicts:
            raise Conflict(
                "Bạn có xung đột lợi ích với sản phẩm này nên không chấm.",
                "You have a conflict of interest with this product and do not score it.",
            )
        self._need(ScoringState.SCORING)
        if member not in self.expected:
            raise Conflict(
                "Bạn không thuộc những người chấm sản phẩm này trong vòng này.",
                "You are not of those who score this product in this round.",
            )

    def need_help_team(self) -> None:
        if not self.help_team_locked:
            raise Conflict(
                "Tổ giúp việc chưa khoá phiếu của sản phẩm này.",
                "The help team has not locked its sheet for this product.",
            )

    def reopen_help_team(self) -> None:
        """Not after a member has locked: the help team comes first."""
        self.need_help_team()
        self.need_help_team_may()
        if self.locked:
            raise Conflict(
                "Đã có thành viên khoá phiếu sau tổ giúp việc.",
                "A member has locked a sheet after the help team.",
            )
        self.help_team_locked = False

    def need_help_team_may(self) -> None:
        """Until the reveal the help team's sheet may be worked on, also before the opening."""
        self._need(ScoringState.WAITING, ScoringState.SCORING)
        if self.rounds:
            raise Conflict("Điểm đã được công bố.", "The scores have been revealed.")

    def _need(self, *states: ScoringState) -> None:
        if self.state not in states:
            raise Conflict(
                f"Chưa làm được: sản phẩm {self.state.words.vi}.",
                f"Not now: the product {self.state.words.en}.",
            )


def interested(own: Scoring, known: Iterable[Scoring], people: frozenset[Id]) -> bool:
    """Whether one of these has a conflict with a product, in whichever of its scorings (`known`):
    put off, it is the same product in another session. Unless its `own` scoring has the answer that
    there is none."""
    of_it = [one for one in known if one.package_id == own.package_id]
    asked = [own] if any(own.cleared(one) for one in people) else [own, *of_it]
    return any(one.conflicts.keys() & people for one in asked)


def scoring_id(session_id: Id, package_id: Id) -> Id:
    return str(uuid5(NAMESPACE_URL, f"ocop:scoring:{session_id}/{package_id}"))


def _case(manifest: Manifest) -> str | None:
    """Of tourism's two cases the one that the producer has chosen from."""
    score = manifest.self_score
    of = edition(manifest.edition).sets[score.set]
    return begun(of, score.options, score.case).sheet.case if of.cases else None
