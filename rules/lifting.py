"""What would lift a product: the cheapest changes of its sheet that reach the next star.

Cheapest is the fewest criteria, then the fewest points more; of equals the first in the order of
the sheet, with the lowest options. It says what the figures would need, not what is feasible.
"""

from typing import NamedTuple

from rules.ranking import BANDS, star, tally
from rules.sheets import Sheet


class Change(NamedTuple):
    criterion: str
    now: int
    to: int
    points: int
    """How many points more."""


Changes = tuple[tuple[int, Change], ...]
"""Each with the place of its criterion on the sheet."""


class Lift(NamedTuple):
    star: int
    """The star that these changes reach."""
    changes: tuple[Change, ...]


def lift(sheet: Sheet) -> Lift | None:
    """None for a product of 5 stars."""
    now = tally(sheet)
    next_star = star(now.total, now.missed) + 1
    if next_star > max(BANDS):
        return None
    return Lift(next_star, _cheapest(sheet, next_star, BANDS[next_star] - now.total))


def _cheapest(sheet: Sheet, aim: int, lacking: int) -> tuple[Change, ...]:
    """By dynamic programming over the criteria: for each gain the fewest changes, and the first."""
    best: dict[int, tuple[int, Changes]] = {0: (0, ())}
    for place, (must, changes) in reversed([*enumerate(_possible(sheet, aim))]):
        after = {} if must else dict(best)
        for change in changes:
            for gain, (count, rest) in best.items():
                way = (count + 1, ((place, change), *rest))
                more = gain + change.points
                after[more] = min(way, after.get(more, way))
        best = after
    _, _, cheapest = min(
        (count, gain, changes) for gain, (count, changes) in best.items() if gain >= lacking
    )
    return tuple(change for _, change in cheapest)


def _possible(sheet: Sheet, aim: int) -> list[tuple[bool, list[Change]]]:
    """By criterion: whether one of its gates makes a change necessary, and the changes."""
    possible = []
    for code, criterion in sheet.product_set.criteria.items():
        now = sheet.options[code]
        least = max((gate.option for gate in criterion.gates if gate.star <= aim), default=0)
        changes = []
        for number in criterion.choices(sheet.case):
            points = criterion.options[number - 1].points - criterion.options[now - 1].points
            if number >= least and (points > 0 or now < least):
                changes.append(Change(code, now, number, points))
        possible.append((now < least, changes))
    return possible
