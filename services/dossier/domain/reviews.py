"""The help team's review (thẩm định của Tổ giúp việc) of one package: item by item what it finds.

An item is a field of the forms, a criterion or a piece of evidence. Verdicts are saved as a draft
is, each with the one that it replaces, so that of two who review together neither loses anything.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from chassis.aggregate import Aggregate
from chassis.drafts import FIELD, Change, applied
from chassis.problems import Conflict, FieldProblem, Unprocessable
from contracts.filing import ReturnedItem
from contracts.package import Manifest
from contracts.text import Id, Paragraph, Words
from rules.calendar import VIETNAM
from services.dossier.domain.standing import Signature

YEAR = timedelta(days=365)
Item = Annotated[str, Field(pattern=FIELD, max_length=200)]
"""`field.registration.phone`, `criterion.1.5` or `evidence.<id>`."""


class Word(StrEnum):
    MEETS = "meets"  # đạt
    LACKS = "lacks"  # thiếu
    UNCLEAR = "unclear"  # chưa rõ


class Verdict(BaseModel):
    """`reason`: needed unless it meets what is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: Word
    reason: Paragraph | None = None


class VerdictChange(BaseModel):
    """A verdict in the place of the one that its author saw; None: no verdict."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: Item
    was: Verdict | None
    now: Verdict | None

    def as_change(self) -> Change:
        return Change.model_validate(
            {"field": self.item} | self.model_dump(mode="json", exclude={"item"})
        )


class OpenItems(Conflict):
    """What is still lacking or unclear; nothing was accepted."""

    slug = "open-items"
    title = Words("Còn mục chưa đạt", "Some items are still open")

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__(
            f"Chưa thể chấp nhận: còn {len(items)} mục thiếu hoặc chưa rõ, xem từng mục bên dưới.",
            f"It cannot be accepted: {len(items)} are lacking or unclear, see each below.",
            [FieldProblem(item, "thiếu hoặc chưa rõ", "lacking or unclear") for item in items],
        )


class Subjects(NamedTuple):
    """What may be reviewed of a package: the fields of its forms, its criteria, its evidence."""

    fields: frozenset[str]
    criteria: Sequence[str]
    manifest: Manifest

    def knows(self, item: str) -> bool:
        kind, _, name = item.partition(".")
        match kind:
            case "field":
                return name in self.fields
            case "criterion":
                return name in self.criteria
            case "evidence":
                return any(one.evidence_id == name for one in self.manifest.files)
        return False

    def checked(self, items: Sequence[ReturnedItem]) -> Sequence[ReturnedItem]:
        """Unprocessable for a field or a criterion that the package does not have."""
        wrong = []
        for place, one in enumerate(items):
            if one.field is not None and one.criterion is not None:
                wrong.append(
                    FieldProblem(f"items.{place}", "chỉ nêu một mục", "names one thing at a time")
                )
            if one.field is not None and one.field not in self.fields:
                wrong.append(_strange(f"items.{place}.field"))
            if one.criterion is not None and one.criterion not in self.criteria:
                wrong.append(_strange(f"items.{place}.criterion"))
        if wrong:
            raise Unprocessable("Có mục chưa đúng.", "Some items are not right.", wrong)
        return items

    def returned(self, item: str, reason: str) -> ReturnedItem:
        """As the producer is told it: evidence where the dossier refers to it."""
        kind, _, name = item.partition(".")
        match kind:
            case "field":
                return ReturnedItem(field=name, reason=reason)
            case "criterion":
                return ReturnedItem(criterion=name, reason=reason)
        file = next(one for one in self.manifest.files if one.evidence_id == name)
        referring = self.manifest.self_score.evidence.items()
        criterion = next((code for code, ids in referring if name in ids), None)
        return ReturnedItem(criterion=criterion, reason=f"{file.name}: {reason}"[:4000])


def review_id(package_id: Id) -> Id:
    return str(uuid5(UUID(package_id), "review"))


class Review(Aggregate):
    """`id`: follows from its package's, so that two who begin it at once begin one. `verdicts`: by
    item, as JSON. `signed`: who said the last of each."""

    kept = True

    package_id: Id
    dossier_id: Id
    verdicts: dict[str, JsonValue] = {}
    signed: dict[str, Signature] = {}

    @classmethod
    def of(cls, tenant: str, manifest: Manifest) -> Self:
        return cls(
            id=review_id(manifest.package_id), tenant=tenant, package_id=manifest.package_id,
            dossier_id=manifest.dossier_id,
        )  # fmt: skip

    @property
    def read(self) -> Mapping[str, Verdict]:
        return {item: Verdict.model_validate(one) for item, one in self.verdicts.items()}

    @property
    def open(self) -> Mapping[str, Verdict]:
        """What is lacking or unclear."""
        return {item: one for item, one in self.read.items() if one.verdict is not Word.MEETS}

    def say(
        self, verdicts: Sequence[VerdictChange], about: Subjects, signature: Signature
    ) -> tuple[Change, ...]:
        """Save them; what did change. Unprocessable for an item that the package does not have or a
        reason that is missing, Collided where another was first."""
        if wrong := [*_wrong(verdicts, about)]:
            raise Unprocessable("Có mục chưa đúng.", "Some items are not right.", wrong)
        after, made = applied(self.verdicts, [one.as_change() for one in verdicts])
        said = self.signed | {change.field: signature for change in made}
        self.verdicts = after
        self.signed = {item: one for item, one in said.items() if item in after}
        return made

    def refuse_open(self) -> None:
        if self.open:
            raise OpenItems([*self.open])

    def to_complete(self, about: Subjects) -> list[ReturnedItem]:
        """What is lacking or unclear, as the producer is told it."""
        return [about.returned(item, one.reason or "") for item, one in self.open.items()]


def flat(manifest: Manifest) -> dict[str, object]:
    """As the draft was that it froze: by the paths of its fields."""
    score = manifest.self_score
    parts: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("options", score.options),
        ("descriptions", score.descriptions),
        ("evidence", score.evidence),
    )
    scored = {f"{part}.{code}": one for part, by_code in parts for code, one in by_code.items()}
    return {**manifest.fields, **scored}


def checked_until(until: date, today: date) -> date:
    """A working day of the year that is to come, or Unprocessable."""
    if until <= today:
        vi, en = "phải sau hôm nay", "has to be after today"
    elif until > today + YEAR:
        vi, en = "phải trong vòng một năm", "has to be within a year"
    elif VIETNAM.works_on(until):
        return until
    else:
        later = VIETNAM.after(until, 1)
        vi = f"{until:%d/%m/%Y} không phải ngày làm việc; ngày làm việc kế tiếp: {later:%d/%m/%Y}"
        en = f"{until} is no working day; the next one is {later}"
    raise Unprocessable("Hạn chưa đúng.", "The day is not right.", [FieldProblem("until", vi, en)])


def _wrong(verdicts: Sequence[VerdictChange], about: Subjects) -> list[FieldProblem]:
    strange = [_strange(one.item) for one in verdicts if not about.knows(one.item)]
    unreasoned = [
        FieldProblem(f"{one.item}.reason", "cần nêu lý do", "has to say why")
        for one in verdicts
        if one.now and one.now.verdict is not Word.MEETS and not one.now.reason
    ]
    return [*strange, *unreasoned]


def _strange(field: str) -> FieldProblem:
    return FieldProblem(field, "hồ sơ không có mục này", "the package has no such item")
