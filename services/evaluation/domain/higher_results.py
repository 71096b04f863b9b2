"""Results of a level that keeps no records here (centre, ministry): entered with their paper by an
officer of the tenant whose result went up, and confirmed by its authority, another person.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from chassis.aggregate import Aggregate
from chassis.problems import Conflict, FieldProblem, Unprocessable
from contracts.dossier import Star
from contracts.results import HigherFacts, MissedGate
from contracts.text import Id, Line, PaperNumber, Paragraph, Slug, Words
from rules.days import day_of
from rules.procedures import Procedure, level_named
from rules.ranking import Missed
from rules.ranking import star as star_of
from services.evaluation.domain.attached import Attached
from services.evaluation.domain.certificates import Certificate
from services.evaluation.domain.results import Result, ResultState
from services.evaluation.domain.sessions import Done, Part

GONE_UP = frozenset({ResultState.APPROVED, ResultState.DECIDED})
Total = Annotated[Decimal, Field(ge=0, le=100, decimal_places=10)]


class HigherState(StrEnum):
    ENTERED = "entered"  # đã nhập, chờ xác nhận
    CONFIRMED = "confirmed"  # đã xác nhận
    REJECTED = "rejected"  # bị từ chối
    ANNULLED = "annulled"  # đã huỷ

    @property
    def words(self) -> Words:
        return _STATES[self]


_STATES = {
    HigherState.ENTERED: Words("đang chờ xác nhận", "waits to be confirmed"),
    HigherState.CONFIRMED: Words("đã được xác nhận", "has been confirmed"),
    HigherState.REJECTED: Words("đã bị từ chối", "has been rejected"),
    HigherState.ANNULLED: Words("đã bị huỷ", "has been annulled"),
}


class Recognition(Part):
    """The star that this tenant recognises on a result that was too low above, by a decision of its
    own."""

    star: Star
    number: PaperNumber
    decided_on: date


class Finding(Part):
    """What its paper says. `total`: the mean. `failed`: the gates that were missed. `number`,
    `decided_on`: of the decision by which `agency` made it known."""

    level: Slug
    agency: Line
    total: Total
    star: Annotated[int, Field(ge=1, le=5)]
    failed: tuple[MissedGate, ...] = ()
    number: PaperNumber
    decided_on: date
    recognise: Recognition | None = None


class HigherResult(Aggregate):
    """`result_id`: the result of this tenant that went up. `settled`: by whom it was confirmed or
    rejected. `certificate_id`, `certificate_number`: of what was issued with the confirmation."""

    kept = True

    result_id: Id
    product_id: Id
    product: Line
    producer: Line
    found: Finding
    entered: Done
    paper: Attached | None = None
    state: HigherState = HigherState.ENTERED
    settled: Done | None = None
    annulled: Done | None = None
    reason: Paragraph | None = None
    certificate_id: Id | None = None
    certificate_number: Line | None = None

    @classmethod
    def of(
        cls, result: Result, procedure: Procedure, found: Finding, today: date, by: Done
    ) -> "HigherResult":
        """Unprocessable where it cannot be that result's, or contradicts itself."""
        need_gone_up(result)
        wrong = [*_wrong_level(result, procedure, found)] or [
            *_wrong_star(found),
            *_wrong_days(result, found, today),
            *_wrong_recognition(result, procedure, found),
        ]
        if wrong:
            raise Unprocessable(
                "Kết quả cấp trên chưa đúng, xem từng mục bên dưới.",
                "The higher level's result is not right, see each below.",
                wrong,
            )
        facts = result.facts
        return cls(
            tenant=result.tenant, result_id=result.id, product_id=facts.product_id,
            product=facts.product, producer=facts.producer, found=found, entered=by,
        )  # fmt: skip

    def attach(self, paper: Attached) -> None:
        """Instead of one that was attached before."""
        self._need(HigherState.ENTERED)
        self.paper = paper

    def confirm(self, by: Done) -> None:
        self._need(HigherState.ENTERED)
        if self.paper is None:
            raise Conflict(
                "Chưa có bản chụp quyết định của cấp trên.", "Its paper has not been attached."
            )
        self.state, self.settled = HigherState.CONFIRMED, by

    def certify(self, certificate: Certificate) -> None:
        self.certificate_id, self.certificate_number = certificate.id, certificate.number

    def reject(self, by: Done, reason: Paragraph) -> None:
        self._need(HigherState.ENTERED)
        self.state, self.settled, self.reason = HigherState.REJECTED, by, reason

    def annul(self, by: Done, reason: Paragraph) -> None:
        """It was confirmed by mistake."""
        self._need(HigherState.CONFIRMED)
        self.state, self.annulled, self.reason = HigherState.ANNULLED, by, reason

    @property
    def hands(self) -> tuple[Done, ...]:
        """Who entered it and who attached its paper."""
        return (self.entered, *([self.paper.by] if self.paper else []))

    @property
    def recognises(self) -> bool:
        """Whether this tenant has certified a star of its own on it."""
        return self.certificate_id is not None and self.found.recognise is not None

    def facts(self, result: Result) -> HigherFacts:
        """As others are told of it. `result`: that went up."""
        found, recognised = self.found, self.found.recognise
        return HigherFacts(
            result_id=self.result_id, dossier_id=result.facts.dossier_id,
            product_id=self.product_id, product=self.product, producer=self.producer,
            level=found.level, agency=found.agency, total=found.total, star=found.star,
            number=found.number, decided_on=found.decided_on,
            recognised=recognised and recognised.star,
            certificate_number=self.certificate_number,
        )  # fmt: skip

    def granted(self, procedure: Procedure) -> bool:
        """Whether that level certifies the star itself."""
        return self.found.star in procedure.level(self.found.level).certifies

    def _need(self, state: HigherState) -> None:
        if self.state is not state:
            raise Conflict(
                f"Kết quả cấp trên của “{self.product}” {self.state.words.vi}.",
                f"The higher level's result of {self.product} {self.state.words.en}.",
            )


def need_gone_up(result: Result) -> None:
    """Approved, for a level above, and not annulled since."""
    if result.facts.escalated_to is None or result.state not in GONE_UP:
        raise Conflict(
            f"Kết quả của “{result.facts.product}” chưa được chuyển lên cấp trên.",
            f"The result of {result.facts.product} has not gone up.",
        )


def _wrong_level(result: Result, procedure: Procedure, found: Finding) -> Iterator[FieldProblem]:
    """The level it went to, if that keeps no records here."""
    above = next((one for one in procedure.levels if one.level == found.level), None)
    gone = result.facts.escalated_to
    if above is None or found.level != gone or above.entered_by != result.facts.level:
        named = level_named(gone or found.level)
        yield FieldProblem("level", f"phải là {named.vi}", f"has to be {named.en}")


def _wrong_star(found: Finding) -> Iterator[FieldProblem]:
    """The star is that of the total's band, less what missed gates take from it."""
    reached = star_of(found.total, [Missed(one.criterion, one.star) for one in found.failed])
    if reached != found.star:
        yield FieldProblem(
            "star",
            f"với {str(found.total).replace('.', ',')} điểm và các điều kiện chưa đạt"
            f" phải là {reached}",
            f"with {found.total} points and the missed gates it has to be {reached}",
        )


def _wrong_days(result: Result, found: Finding, today: date) -> Iterator[FieldProblem]:
    assert result.approved is not None  # it has gone up
    yield from _not_between("decided_on", found.decided_on, day_of(result.approved.at), today)
    if found.recognise:
        days = found.recognise.decided_on, found.decided_on, today
        yield from _not_between("recognise.decided_on", *days)


def _not_between(field: str, day: date, first: date, last: date) -> Iterator[FieldProblem]:
    if not first <= day <= last:
        yield FieldProblem(
            field, f"từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}", f"from {first} to {last}"
        )


def _wrong_recognition(
    result: Result, procedure: Procedure, found: Finding
) -> Iterator[FieldProblem]:
    """This level may recognise a star on a result that the level above certifies nothing on."""
    if found.recognise is None:
        return
    certified = found.star in procedure.level(found.level).certifies
    own = procedure.level(result.facts.level).recognises
    allowed = [] if certified else [star for star in own if star <= found.star]
    names = ", ".join(map(str, allowed))
    if found.recognise.star not in allowed:
        yield FieldProblem(
            "recognise.star",
            f"phải là một trong: {names}" if allowed else "không công nhận trên kết quả này",
            f"has to be one of: {names}" if allowed else "none is recognised on this result",
        )
