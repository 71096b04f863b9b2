"""Rounds are opened and closed."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict

from chassis.problems import FieldProblem, Unprocessable
from chassis.store.unit_of_work import UnitOfWork
from contracts.councils import RoundClosed, RoundFacts, RoundOpened
from contracts.text import Line, Name, Slug
from rules.editions import edition, editions
from rules.procedures import procedures
from rules.product_sets import Label, offered
from services.evaluation.domain.rounds import Round


class Opening(BaseModel):
    """`edition`: the procedure's own, unless another is named."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    procedure: Slug
    edition: Line | None = None
    opens_on: date
    closes_on: date


def open_round(work: UnitOfWork, opening: Opening) -> Round:
    """Dossiers filed into it keep its procedure and edition for life."""
    procedure = procedures().get(opening.procedure)
    if procedure is None:
        raise _unknown("procedure", {name: one.label for name, one in procedures().items()})
    wanted = opening.edition or procedure.edition
    if wanted not in editions():
        raise _unknown("edition", {name: edition(name).source for name in sorted(editions())})
    facts = RoundFacts(**opening.model_dump() | {"edition": wanted})
    one = Round.opened(work.scope.tenant, facts)
    work.save(one)
    work.tell(RoundOpened(round=one.facts), about=one)
    return one


def close_round(work: UnitOfWork, id: str) -> Round:
    """No further dossier is opened in it; those that are go on."""
    one = work.get(Round, id)
    one.close(work.at)
    work.save(one)
    work.tell(RoundClosed(round=one.facts), about=one)
    return one


def _unknown(field: str, known: Mapping[str, Label]) -> Unprocessable:
    names = offered(known)
    return Unprocessable(
        "Không có quy trình hoặc bộ tiêu chí này.", "There is no such procedure or edition.",
        [FieldProblem(field, f"phải là một trong: {names.vi}", f"has to be one of: {names.en}")],
    )  # fmt: skip
