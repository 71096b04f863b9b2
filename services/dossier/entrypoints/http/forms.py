"""The forms as a page shows them: every field with its label, every criterion with its options."""

from typing import Any

from pydantic import BaseModel, Field

from chassis.http.access import signed_in
from chassis.http.app import Query, TenantPath, blueprint
from chassis.problems import NotFound
from contracts.text import Said, Slug
from rules.editions import Criterion, Edition, editions
from rules.editions import edition as edition_of
from rules.procedures import Procedure, procedures
from services.dossier.domain.forms import Forms, Kind
from services.dossier.domain.forms import forms as forms_of

forms = blueprint("forms", __name__)


class ProcedurePath(TenantPath):
    procedure: Slug


class OfSet(Query):
    """`edition`: the procedure's own, unless another is named. `case`: of a set that has two."""

    set: int = Field(ge=1, le=26)
    edition: Slug | None = None
    case: Slug | None = None


class FormField(BaseModel):
    """`path`: where the draft has it. `required`: at the submission."""

    path: str
    kind: Kind
    label: Said
    required: bool


class OneForm(BaseModel):
    """`of`: what it is; `by`: the level, or the producer, that fills it in."""

    form: str
    of: str
    by: str
    fields: list[FormField]


class OneOption(BaseModel):
    number: int
    label: Said
    points: int
    case: str | None


class OneGate(BaseModel):
    """The least option that a product of this star needs."""

    star: int
    option: int


class OneCriterion(BaseModel):
    """Its fields are options.<code>, descriptions.<code> and evidence.<code>."""

    code: str
    section: str
    label: Said
    options: list[OneOption]
    gates: list[OneGate]

    @classmethod
    def of(cls, one: Criterion, choices: tuple[int, ...]) -> "OneCriterion":
        options = [
            OneOption(number=number, label=Said.of(option.label), points=option.points,
                      case=option.case)
            for number, option in enumerate(one.options, 1)
            if number in choices
        ]  # fmt: skip
        gates = [OneGate(star=gate.star, option=gate.option) for gate in one.gates]
        return cls(
            code=one.code, section=one.section, label=Said.of(one.label), options=options,
            gates=gates,
        )  # fmt: skip


class Named(BaseModel):
    name: str
    label: Said


class OneHeading(BaseModel):
    """`most`: the points that may be had under it."""

    code: str
    label: Said
    most: int


class FormsAnswer(BaseModel):
    """`headings` stand over the criteria whose codes begin with theirs."""

    procedure: Named
    edition: Named
    set: int
    label: Said
    case: str | None
    cases: list[Named]
    forms: list[OneForm]
    sections: list[Named]
    headings: list[OneHeading]
    criteria: list[OneCriterion]

    @classmethod
    def of(cls, procedure: Procedure, edition: Edition, found: Forms) -> "FormsAnswer":
        of = found.product_set
        return cls(
            procedure=Named(name=procedure.name, label=Said.of(procedure.label)),
            edition=Named(name=edition.name, label=Said.of(edition.source)),
            set=of.number, label=Said.of(of.label), case=found.case,
            cases=[Named(name=one, label=Said.of(edition.cases[one])) for one in of.cases],
            forms=[
                OneForm(form=one.form, of=one.of, by=one.by, fields=_fields(found, one.of))
                for one in procedure.forms
            ],
            sections=[Named(name=name, label=Said.of(one)) for name, one in
                      edition.sections.items()],
            headings=[
                OneHeading(code=one.code, label=Said.of(one.label), most=one.most)
                for one in of.headings
            ],
            criteria=[
                OneCriterion.of(one, found.fields[f"options.{one.code}"].choices)
                for one in of.criteria.values()
            ],
        )  # fmt: skip


@forms.get("/<procedure>", responses={200: FormsAnswer})
@signed_in()
def read(path: ProcedurePath, query: OfSet) -> dict[str, Any]:
    """What a dossier of this set is asked under a procedure. The fields of the criteria stand with
    the criteria."""
    procedure = procedures().get(path.procedure)
    if procedure is None:
        raise _no_such("procedure")
    name = query.edition or procedure.edition
    if name not in editions():
        raise _no_such("edition")
    edition = edition_of(name)
    if query.case not in (None, *edition.sets[query.set].cases):
        raise _no_such("case")
    found = forms_of(procedure.name, name, query.set, query.case)
    return FormsAnswer.of(procedure, edition, found).model_dump(mode="json")


def _fields(found: Forms, of: str) -> list[FormField]:
    return [
        FormField(path=one.path, kind=one.kind, label=Said.of(one.label), required=one.required)
        for one in found.fields.values()
        if one.of == of and one.criterion is None
    ]


def _no_such(kind: str) -> NotFound:
    return NotFound("Không có mẫu hồ sơ này.", f"There is no such {kind}.")
