"""The forms (mẫu) of a dossier: which fields there are, what each may hold, what has to be there.

One source for the draft's checks and for the page that shows them. The printed forms were not found
in public: the fields are those that the platform's domain page names. Form 01 registers, Form 02
assesses by the criteria of the product's set, Form 03 is the commune's report.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, JsonValue, create_model
from pydantic import Field as Limits

from chassis.drafts import Change
from chassis.problems import FieldProblem, Unprocessable
from contracts.person import Email, Phone
from contracts.text import Id, Name, Paragraph, Words, unfit_as
from rules.editions import Criterion, ProductSet, edition
from rules.procedures import procedures
from rules.product_sets import Label

REGISTRATION, ASSESSMENT, REPORT = "registration", "self-assessment", "commune-report"
"""What a form is, as a procedure names it; its number is the procedure's to say."""
ATTACHMENTS = "registration.attachments"
TOURISM = 26


class Kind(StrEnum):
    """What a field holds. Money is in đồng; an option is its number, counted from 1; evidence is a
    list of ids."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    WHOLE = "whole"
    MONEY = "money"
    PERCENT = "percent"
    YEAR = "year"
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    UNDERTAKING = "undertaking"
    OPTION = "option"
    EVIDENCE = "evidence"


def _each_once(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


_TYPES: Mapping[Kind, Any] = {
    Kind.LINE: Name,
    Kind.PARAGRAPH: Paragraph,
    Kind.WHOLE: Annotated[int, Limits(ge=0, le=10**12)],
    Kind.MONEY: Annotated[int, Limits(ge=0, le=10**15)],
    Kind.PERCENT: Annotated[int, Limits(ge=0, le=100)],
    Kind.YEAR: Annotated[int, Limits(ge=1900, le=2100)],
    Kind.DATE: date,
    Kind.PHONE: Phone,
    Kind.EMAIL: Email,
    Kind.UNDERTAKING: bool,
    Kind.EVIDENCE: Annotated[list[Id], Limits(max_length=50), AfterValidator(_each_once)],
}


class Field(NamedTuple):
    """`required`: at the submission, and of Form 03 when it is finished. `choices`: of an option,
    without a gap. `criterion`: its code, of a field that answers one. `case`: of tourism's two the
    one that the choices are of, and `beside` the options of the other."""

    path: str
    of: str
    kind: Kind
    label: Words
    required: bool = False
    choices: tuple[int, ...] = ()
    criterion: str | None = None
    case: Label | None = None
    beside: tuple[int, ...] = ()

    @property
    def type(self) -> Any:
        if self.kind is not Kind.OPTION:
            return _TYPES[self.kind]
        limits = Limits(ge=self.choices[0], le=self.choices[-1])
        return Annotated[int, limits, BeforeValidator(self._of_the_case)]

    def _of_the_case(self, number: Any) -> Any:
        if self.case is None or type(number) is not int or number not in self.beside:
            return number
        first, last = self.choices[0], self.choices[-1]
        raise unfit_as(
            f"phương án {number} thuộc trường hợp khác; hồ sơ này theo trường hợp"
            f" “{self.case.vi}”: chọn từ {first} đến {last}",
            f"option {number} is of the other case; this dossier is of “{self.case.en}”: choose"
            f" from {first} to {last}",
        )


def _registration(path: str, kind: Kind, vi: str, en: str, *, required: bool = False) -> Field:
    return Field(f"registration.{path}", REGISTRATION, kind, Words(vi, en), required)


def _assessment(path: str, kind: Kind, vi: str, en: str, *, required: bool = False) -> Field:
    return Field(path, ASSESSMENT, kind, Words(vi, en), required)


def _report(path: str, kind: Kind, vi: str, en: str, *, required: bool = True) -> Field:
    return Field(f"report.{path}", REPORT, kind, Words(vi, en), required)


_YEARS = {
    1: Words("năm gần nhất", "last year"),
    2: Words("năm trước đó", "the year before"),
    3: Words("hai năm trước đó", "two years before"),
}
_FIELDS = (
    _registration(
        "representative", Kind.LINE, "Người đại diện", "Representative", required=True
    ),
    _registration("position", Kind.LINE, "Chức vụ", "Position"),
    _registration("address", Kind.LINE, "Địa chỉ", "Address", required=True),
    _registration("phone", Kind.PHONE, "Điện thoại", "Phone", required=True),
    _registration("email", Kind.EMAIL, "Thư điện tử", "E-mail"),
    _registration(
        "business_number", Kind.LINE, "Số đăng ký kinh doanh", "Business registration number"
    ),
    _registration("business_date", Kind.DATE, "Ngày đăng ký", "Day of registration"),
    _registration(
        "product_description", Kind.PARAGRAPH, "Mô tả sản phẩm", "What the product is",
        required=True,
    ),
    _registration("samples", Kind.WHOLE, "Số mẫu sản phẩm nộp kèm", "Samples handed in"),
    _registration("attachments", Kind.EVIDENCE, "Giấy tờ kèm theo", "Papers attached"),
    _registration(
        "undertaking", Kind.UNDERTAKING, "Cam kết nội dung hồ sơ là đúng sự thật",
        "Undertakes that what the dossier says is true", required=True,
    ),
    _assessment("general.founded", Kind.YEAR, "Năm thành lập", "Founded in"),
    _assessment("general.workers", Kind.WHOLE, "Số lao động", "Workers", required=True),
    _assessment(
        "general.local_workers", Kind.WHOLE, "Trong đó lao động địa phương", "Of these local"
    ),
    _assessment("general.women_workers", Kind.WHOLE, "Trong đó lao động nữ", "Of these women"),
    _assessment("general.area", Kind.WHOLE, "Diện tích sản xuất (m²)", "Area of production (m²)"),
    _assessment("general.capacity", Kind.LINE, "Công suất một năm", "Capacity a year"),
    _assessment(
        "general.main_market", Kind.LINE, "Thị trường chính", "Main market", required=True
    ),
    *(
        _assessment(f"result.turnover.{n}", Kind.MONEY, f"Doanh thu {vi} (đồng)", f"Turnover, {en}")
        for n, (vi, en) in _YEARS.items()
    ),
    _assessment("result.unit", Kind.LINE, "Đơn vị của sản lượng", "Unit of the quantities"),
    *(
        _assessment(f"result.quantity.{n}", Kind.WHOLE, f"Sản lượng {vi}", f"Quantity, {en}")
        for n, (vi, en) in _YEARS.items()
    ),
    _assessment("result.growth", Kind.PARAGRAPH, "Nhận xét về tăng trưởng", "On its growth"),
    _assessment("plan.output", Kind.WHOLE, "Sản lượng dự kiến", "Planned output"),
    _assessment("plan.turnover", Kind.MONEY, "Doanh thu dự kiến (đồng)", "Planned turnover"),
    _assessment(
        "plan.markets", Kind.PARAGRAPH, "Thị trường sẽ phát triển", "Markets to develop",
        required=True,
    ),
    _assessment("plan.investments", Kind.PARAGRAPH, "Đầu tư dự kiến", "Planned investments"),
    _assessment("plan.remarks", Kind.PARAGRAPH, "Ghi chú của kế hoạch", "Remarks on the plan"),
    _report(
        "local_material_share", Kind.PERCENT, "Tỷ lệ nguyên liệu địa phương (%)",
        "Share of local material (%)",
    ),
    _report("local_material", Kind.PARAGRAPH, "Nguyên liệu địa phương", "Local material"),
    _report("local_labour", Kind.PARAGRAPH, "Lao động địa phương", "Local labour"),
    _report("idea", Kind.PARAGRAPH, "Nguồn gốc ý tưởng", "Where the idea is from"),
    _report("identity", Kind.PARAGRAPH, "Bản sắc địa phương", "Local identity"),
    _report("remark", Kind.PARAGRAPH, "Ý kiến khác", "Further remarks", required=False),
)  # fmt: skip
"""`.1` to `.3`: of the years before the one in which the dossier was opened."""


def _criterion_fields(criterion: Criterion, of: ProductSet, case: str | None) -> Iterator[Field]:
    code, label = criterion.code, Words(*criterion.label)
    every = range(1, len(criterion.options) + 1)
    numbers = tuple(every if case is None else criterion.choices(case))
    yield Field(
        f"options.{code}", ASSESSMENT, Kind.OPTION, label, True, numbers, code,
        case=of.cases[case] if case else None,
        beside=tuple(one for one in every if one not in numbers),
    )  # fmt: skip
    yield Field(f"descriptions.{code}", ASSESSMENT, Kind.PARAGRAPH, label, criterion=code)
    yield Field(f"evidence.{code}", ASSESSMENT, Kind.EVIDENCE, label, criterion=code)


def is_report(path: str) -> bool:
    """Whether it is a field of Form 03."""
    return path.startswith("report.")


@dataclass(frozen=True, eq=False)
class Forms:
    """What a dossier of this set, and case, is asked under a procedure. `numbers`: of each form by
    what it is. Without a case a set that has two offers the options of both."""

    product_set: ProductSet
    case: str | None
    numbers: Mapping[str, str]

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        found = [one for one in _FIELDS if one.of in self.numbers and self._asked(one)]
        if ASSESSMENT in self.numbers:
            for criterion in self.product_set.criteria.values():
                found += _criterion_fields(criterion, self.product_set, self.case)
        return {one.path: one for one in found}

    def _asked(self, field: Field) -> bool:
        return field.path != "registration.samples" or self.product_set.number != TOURISM

    def checked(self, changes: Sequence[Change]) -> list[Change]:
        """The changes with their values as they are kept: a phone number as it is dialled.
        pydantic's ValidationError names each path that is no field, or cannot hold its value."""
        given = json.dumps({one.field: one.now for one in changes})
        kept = self._model.model_validate_json(given)
        values = kept.model_dump(mode="json", by_alias=True)
        return [one.model_copy(update={"now": values[one.field]}) for one in changes]

    def missing(self, draft: Mapping[str, JsonValue], of: str | None = None) -> list[Field]:
        """What has to be there and is not, of one form or of all. No undertaking is none."""
        return [
            one
            for path, one in self.fields.items()
            if one.required and of in (None, one.of) and draft.get(path) in (None, False)
        ]

    def refuse_missing(self, draft: Mapping[str, JsonValue], of: str) -> None:
        if missing := self.missing(draft, of):
            number = self.numbers[of]
            raise Unprocessable(
                f"Mẫu {number} còn thiếu mục.", f"Form {number} lacks fields.",
                [FieldProblem(one.path, "còn thiếu", "is missing") for one in missing],
            )  # fmt: skip

    @cached_property
    def _model(self) -> type[BaseModel]:
        fields: dict[str, Any] = {
            f"field_{number}": (one.type | None, Limits(None, alias=path))
            for number, (path, one) in enumerate(self.fields.items())
        }
        return create_model("Fields", __config__=ConfigDict(extra="forbid", strict=True), **fields)


@cache
def forms(procedure: str, edition_name: str, set_number: int, case: str | None) -> Forms:
    numbers: dict[str, str] = {one.of: one.form for one in procedures()[procedure].forms}
    return Forms(edition(edition_name).sets[set_number], case, numbers)


def is_evidence(path: str) -> bool:
    """Whether it is a field that refers to evidence."""
    return path == ATTACHMENTS or path.startswith("evidence.")


def evidence_of(draft: Mapping[str, JsonValue]) -> list[str]:
    """The ids of all evidence that a draft refers to, each once."""
    lists = (value for path, value in draft.items() if is_evidence(path))
    return list(dict.fromkeys(str(id) for ids in lists if isinstance(ids, list) for id in ids))
