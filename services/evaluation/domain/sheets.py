"""Score sheets (phiếu chấm điểm): one scorer's choices for one product in one round.

Saved field by field as a draft is: `options.1.5` the chosen option, `comments.1.5` a remark on a
criterion, `note` one on the product. Locked, it is complete and right, and changes no more.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, Field, JsonValue, TypeAdapter, ValidationError

from chassis.aggregate import Aggregate
from chassis.drafts import Change, applied
from chassis.problems import Conflict, FieldProblem, Unprocessable
from contracts.text import Id, Paragraph
from rules import sheets
from rules.editions import ProductSet, edition
from rules.problems import Wrong
from rules.ranking import Missed, tally
from services.evaluation.domain.scorings import Scoring

LONGEST_REMARK = 2000
_REMARK: TypeAdapter[str] = TypeAdapter(Annotated[Paragraph, Field(max_length=LONGEST_REMARK)])


class Standing(NamedTuple):
    """What the chosen options come to so far. `chosen`: how many of the `criteria`; `failed`: the
    gates that they miss."""

    total: int
    chosen: int
    criteria: int
    failed: tuple[Missed, ...]


class Sheet(Aggregate):
    """`member_id` None: the help team's (Tổ giúp việc), which has one for all rounds."""

    kept = True

    session_id: Id
    scoring_id: Id
    round: int
    member_id: Id | None
    edition: str
    set_number: int
    case: str | None
    fields: dict[str, JsonValue] = {}
    locked_at: AwareDatetime | None = None

    @classmethod
    def of(cls, scoring: Scoring, member: Id | None) -> "Sheet":
        """An empty one for the present round."""
        number = scoring.round if member else 1
        return cls(
            id=sheet_id(scoring.id, number, member), tenant=scoring.tenant,
            session_id=scoring.session_id, scoring_id=scoring.id, round=number, member_id=member,
            edition=scoring.edition, set_number=scoring.set_number, case=scoring.case,
        )  # fmt: skip

    @property
    def product_set(self) -> ProductSet:
        return edition(self.edition).sets[self.set_number]

    @property
    def options(self) -> dict[str, JsonValue]:
        return _options(self.fields)

    @property
    def filled(self) -> sheets.Sheet:
        """For ranking; Unprocessable with every error, each with its criterion."""
        try:
            return sheets.filled(self.product_set, self.options, self.case)
        except Wrong as wrong:
            raise _unprocessable(wrong) from wrong

    @property
    def total(self) -> int:
        return tally(self.filled).total

    @property
    def standing(self) -> Standing:
        begun = sheets.begun(self.product_set, self.options, self.case)
        found, criteria = tally(begun.sheet), self.product_set.criteria
        lowest = sum(
            criteria[code].options[begun.sheet.options[code] - 1].points
            for code in begun.unfinished
        )
        return Standing(
            total=found.total - lowest,
            chosen=len(criteria) - len(begun.unfinished),
            criteria=len(criteria),
            failed=tuple(one for one in found.missed if one.criterion not in begun.unfinished),
        )

    def save(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Those that did change something. Collided, or Unprocessable with what no sheet has."""
        self._need_unlocked()
        after = applied(self.fields, changes)
        self._refuse_unknown([change.field for change in changes])
        self.fields = self._checked(after.fields)
        return after.changes

    def lock(self, at: datetime) -> None:
        self._need_unlocked()
        _ = self.filled
        self.locked_at = at

    def reopen(self) -> None:
        self.locked_at = None

    def again(self, scoring: Scoring) -> "Sheet":
        """Its copy for the next round, unlocked."""
        return Sheet.of(scoring, self.member_id).model_copy(update={"fields": dict(self.fields)})

    def _need_unlocked(self) -> None:
        if self.locked_at:
            raise Conflict("Phiếu này đã khoá.", "This sheet has been locked.")

    def _refuse_unknown(self, names: Sequence[str]) -> None:
        criteria = self.product_set.criteria
        known = {
            "note",
            *(f"{kind}.{code}" for kind in ("options", "comments") for code in criteria),
        }
        if unknown := [name for name in names if name not in known]:
            raise Unprocessable(
                "Phiếu không có mục này.", "There is no such field on this sheet.",
                [FieldProblem(name, "không có trên phiếu", "is not on it") for name in unknown],
            )  # fmt: skip

    def _checked(self, fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """As they are kept; what is wrong with a choice or a remark is refused at once."""
        try:
            sheets.begun(self.product_set, _options(fields), self.case)
        except Wrong as wrong:
            raise _unprocessable(wrong) from wrong
        return {
            name: value if name.startswith("options.") else _remark(name, value)
            for name, value in fields.items()
        }


def shown(scoring: Scoring, sheets: Iterable[Sheet]) -> list[Sheet]:
    """Of these those of its product that may be seen, printed and counted: which a revealed round
    has in its totals, and once there is one the help team's, if it was locked."""
    totals = {one.number: one.totals for one in scoring.rounds}

    def revealed(one: Sheet) -> bool:
        if one.member_id is None:
            return bool(totals) and one.locked_at is not None
        return one.member_id in totals.get(one.round, {})

    return [one for one in sheets if one.scoring_id == scoring.id and revealed(one)]


def sheet_id(scoring: Id, number: int, member: Id | None) -> Id:
    """One each: who begins it twice at once, begins the same one."""
    return str(uuid5(NAMESPACE_URL, f"ocop:sheet:{scoring}/{number}/{member or 'help-team'}"))


def _options(fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        name.removeprefix("options."): value
        for name, value in fields.items()
        if name.startswith("options.")
    }


def _remark(name: str, value: JsonValue) -> str:
    try:
        return _REMARK.validate_python(value, strict=True)
    except ValidationError as error:
        raise Unprocessable(
            "Nhận xét chưa đúng.", "A remark is not right.",
            [FieldProblem(name, "phải là chữ, không quá 2.000 ký tự", "has to be a text of 2,000")],
        ) from error  # fmt: skip


def _unprocessable(wrong: Wrong) -> Unprocessable:
    return Unprocessable(
        "Phiếu chưa đúng, xem từng tiêu chí bên dưới.",
        "The sheet is not right, see each criterion below.",
        [FieldProblem(one.field, one.vi, one.en) for one in wrong.found],
    )
