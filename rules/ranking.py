"""Ranking (phân hạng): from filled sheets to total, band, gates and star.

QĐ 26/2026/QĐ-TTg, appendix II. The star is the highest for which the band of the total holds and
every gate of that star and those below it: 92 points that miss one 4-star gate are 3 stars. A
producer's prediction and a council's result are this one function, with one sheet or with several.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from rules.editions import ProductSet
from rules.sheets import Sheet

BANDS = {5: 90, 4: 70, 3: 50, 2: 30, 1: 0}
"""The least average of each star. Half-open: 4 stars are 70 to under 90, so nothing is rounded."""
PRECISION = Context(prec=28)
"""A mean of fewer than 10**25 whole totals can never be rounded up to a band that it misses."""


class GateRule(StrEnum):
    """How a council judges a gate on which its members differ; no decision says it."""

    MAJORITY = "majority"
    """More than half of those who scored: a tie does not pass."""
    EVERY = "every"
    HELP_TEAM = "help-team"
    """As the help team (Tổ giúp việc) found."""


class Missed(NamedTuple):
    """A gate that does not hold: this criterion does not reach what this star needs."""

    criterion: str
    star: int


class Tally(NamedTuple):
    """All that ranking needs of one sheet."""

    product_set: ProductSet
    case: str | None
    total: int
    missed: tuple[Missed, ...]


class Ranking(NamedTuple):
    """`failed`: every gate that is missed up to the band's star, in the order of the sheet.

    An eliminated product has neither total, band nor star.
    """

    total: Decimal | None
    band: int | None
    star: int | None
    failed: tuple[Missed, ...] = ()
    eliminated: tuple[str, ...] = ()


def band(total: int | Decimal | Fraction) -> int:
    return next((star for star, least in BANDS.items() if total >= least), 1)


def star(total: int | Decimal, missed: Iterable[Missed]) -> int:
    """The highest whose band is reached and below which no gate is missed."""
    return min([band(total), *(gate.star - 1 for gate in missed)])


def rank(
    sheets: Sequence[Sheet],
    rule: GateRule = GateRule.MAJORITY,
    help_team: Sheet | None = None,
    eliminated: Collection[str] = (),
) -> Ranking:
    """Of one product by the sheets of all who scored it; the help team's is not one of them."""
    if eliminated:
        return Ranking(None, None, None, eliminated=tuple(eliminated))
    found = tally(help_team) if help_team else None
    return ranked([tally(sheet) for sheet in sheets], rule, found)


def tally(sheet: Sheet) -> Tally:
    of, total = sheet.product_set, 0
    missed: tuple[Missed, ...] = ()
    outcomes = _outcomes(of)
    for code, number in sheet.options.items():
        points, gates = outcomes[code][number]
        total += points
        missed += gates
    return Tally(of, sheet.case, total, missed)


def ranked(
    tallies: Sequence[Tally], rule: GateRule = GateRule.MAJORITY, help_team: Tally | None = None
) -> Ranking:
    """`rank` from tallies, which another rule need not count again."""
    _same_product([*tallies, *([help_team] if help_team else [])])
    total = PRECISION.divide(Decimal(sum(one.total for one in tallies)), Decimal(len(tallies)))
    reached, missed = band(total), _missed(tallies, rule, help_team)
    failed = tuple(gate for gate in missed if gate.star <= reached)
    return Ranking(total, reached, star(total, missed), failed)


def _missed(tallies: Sequence[Tally], rule: GateRule, help_team: Tally | None) -> Sequence[Missed]:
    judges, enough = tallies, (len(tallies) + 1) // 2
    if rule is GateRule.EVERY:
        enough = 1
    elif rule is GateRule.HELP_TEAM:
        if help_team is None:
            raise ValueError("the rule help-team needs the help team's sheet")
        judges, enough = [help_team], 1
    against = Counter(gate for one in judges for gate in one.missed)
    return [gate for gate in _gates(tallies[0].product_set) if against[gate] >= enough]


def _same_product(tallies: Sequence[Tally]) -> None:
    if not tallies or len({(one.product_set, one.case) for one in tallies}) > 1:
        raise ValueError("the sheets of one product, of one set and one case, are ranked together")


Outcomes = Mapping[str, Sequence[tuple[int, tuple[Missed, ...]]]]


@cache
def _outcomes(of: ProductSet) -> Outcomes:
    """By criterion and number of the option: its points, and the gates that it misses."""
    outcomes = {}
    for code, criterion in of.criteria.items():
        row: list[tuple[int, tuple[Missed, ...]]] = [(0, ())]  # options are counted from 1
        for number, option in enumerate(criterion.options, 1):
            gates = (Missed(code, gate.star) for gate in criterion.gates if number < gate.option)
            row.append((option.points, tuple(gates)))
        outcomes[code] = row
    return outcomes


@cache
def _gates(of: ProductSet) -> tuple[Missed, ...]:
    """Every gate of the set, in the order of the sheet."""
    return tuple(
        Missed(code, gate.star)
        for code, criterion in of.criteria.items()
        for gate in criterion.gates
    )
