"""The star that a producer's own sheet would reach, said so that a person reads it.

The figures are `rules.prediction`'s, and so the council's; what is not chosen yet counts as its
lowest option.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, JsonValue

from contracts.text import Said
from rules.editions import Criterion, ProductSet
from rules.lifting import Change, Lift
from rules.prediction import predict
from rules.ranking import Missed
from rules.sheets import begun


class Choice(BaseModel):
    """`number`: of the option, from 1 in the order of the sheet."""

    number: int
    label: Said
    points: int

    @classmethod
    def of(cls, criterion: Criterion, number: int) -> Self:
        option = criterion.options[number - 1]
        return cls(number=number, label=Said.of(option.label), points=option.points)


class HoldsBack(BaseModel):
    """A gate that is missed: this criterion needs that option at the least for that star."""

    criterion: str
    label: Said
    star: int
    needs: Choice

    @classmethod
    def of(cls, of: ProductSet, missed: Missed) -> Self:
        criterion = of.criteria[missed.criterion]
        least = next(gate.option for gate in criterion.gates if gate.star == missed.star)
        return cls(
            criterion=missed.criterion, label=Said.of(criterion.label), star=missed.star,
            needs=Choice.of(criterion, least),
        )  # fmt: skip


class Step(BaseModel):
    """One change of the sheet. `now` None: not chosen yet, so `points` are more than its lowest."""

    criterion: str
    label: Said
    now: Choice | None
    to: Choice
    points: int

    @classmethod
    def of(cls, of: ProductSet, change: Change, *, chosen: bool) -> Self:
        criterion = of.criteria[change.criterion]
        return cls(
            criterion=change.criterion, label=Said.of(criterion.label),
            now=Choice.of(criterion, change.now) if chosen else None,
            to=Choice.of(criterion, change.to), points=change.points,
        )  # fmt: skip


class Next(BaseModel):
    """The cheapest changes that reach the next star: the fewest criteria, then the fewest points.
    What the figures need, not what is feasible."""

    star: int
    points: int
    changes: list[Step]

    @classmethod
    def of(cls, of: ProductSet, lift: Lift, unfinished: tuple[str, ...]) -> Self:
        return cls(
            star=lift.star,
            points=sum(change.points for change in lift.changes),
            changes=[
                Step.of(of, one, chosen=one.criterion not in unfinished) for one in lift.changes
            ],
        )


class Predicted(BaseModel):
    """`chosen` of `criteria`; `unfinished`: the codes that are open. `band`: the star of the total
    alone, `star` that of total and gates, `held_back` the gates between the two."""

    set: int
    case: str | None
    chosen: int
    criteria: int
    unfinished: list[str]
    total: int
    band: int
    star: int
    held_back: list[HoldsBack]
    next: Next | None


def options_of(draft: Mapping[str, JsonValue]) -> dict[str, int]:
    """By criterion: the option that is chosen so far."""
    return {
        path.removeprefix("options."): number
        for path, number in draft.items()
        if path.startswith("options.") and isinstance(number, int)
    }


def predicted(of: ProductSet, options: dict[str, int], case: str | None) -> Predicted:
    """Of the options that are chosen so far; rules.problems.Wrong when one cannot be chosen."""
    sheet = begun(of, options, case)
    ranking, lift, unfinished = predict(sheet)
    if ranking.total is None or ranking.band is None or ranking.star is None:
        raise AssertionError("nothing eliminates a draft")
    return Predicted(
        set=of.number, case=sheet.sheet.case,
        chosen=len(of.criteria) - len(unfinished), criteria=len(of.criteria),
        unfinished=[*unfinished],
        total=int(ranking.total), band=ranking.band, star=ranking.star,
        held_back=[HoldsBack.of(of, one) for one in ranking.failed],
        next=Next.of(of, lift, unfinished) if lift else None,
    )  # fmt: skip
