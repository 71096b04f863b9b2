from collections.abc import Iterator
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from rules.editions import Criterion, Gate, Option, ProductSet
from rules.lifting import Change, Lift, lift
from rules.product_sets import Label
from rules.ranking import rank
from rules.sheets import Sheet, filled
from tests.rules.strategies import SETS, best_of, good_sheets, sheets, with_options

NOTHING = Label("", "")


def changed(sheet: Sheet, found: Lift) -> Sheet:
    options = {**sheet.options, **{change.criterion: change.to for change in found.changes}}
    return filled(sheet.product_set, options, sheet.case)


def test_only_the_gate_that_holds_it_back_when_the_points_are_there() -> None:
    sheet = with_options(best_of(SETS[1]), **{"3.4": 1})
    assert lift(sheet) == Lift(4, (Change("3.4", 1, 2, 1),))


def test_gates_of_lower_stars_are_needed_too() -> None:
    sheet = with_options(best_of(SETS[1]), **{"2.2": 1, "3.4": 1})
    assert lift(sheet) == Lift(3, (Change("2.2", 1, 3, 2),))


def test_points_come_from_the_fewest_criteria_and_then_the_fewest_points() -> None:
    """Set 2 at 88 points, its gates kept: one criterion gives the 2 that are lacking."""
    sheet = with_options(
        best_of(SETS[2]), **{"1.1": 2, "1.2": 2, "1.3": 2, "3.1": 1, "3.2": 1, "4.2": 1, "4.3": 3}
    )
    assert rank([sheet])[:3] == (88, 4, 4)
    assert lift(sheet) == Lift(5, (Change("3.1", 1, 3, 2),))


def test_of_equals_the_first_on_the_sheet() -> None:
    sheet = with_options(best_of(SETS[3]), **{"12": 1, "4.3": 3, "10": 2, "4.2": 1})
    assert rank([sheet])[:3] == (90, 5, 5)
    lower = with_options(sheet, **{"3.1": 1, "7": 1})
    assert rank([lower])[:3] == (85, 4, 4)
    assert lift(lower) == Lift(5, (Change("3.1", 1, 3, 2), Change("4.2", 1, 4, 3)))


def test_five_stars_need_no_lift() -> None:
    assert lift(best_of(SETS[1])) is None


def test_tourism_is_lifted_within_its_case() -> None:
    worst = with_options(best_of(SETS[26], "organisation"), **dict.fromkeys(SETS[26].criteria, 1))
    found = lift(with_options(worst, **{"1.2": 3, "2.1": 3}))
    assert found is not None
    better = changed(worst, found)
    assert better.case == "organisation"


@given(st.one_of(sheets(), good_sheets()))
def test_the_changes_reach_the_next_star(sheet: Sheet) -> None:
    found = lift(sheet)
    now = rank([sheet]).star
    assert now is not None
    if found is None:
        assert now == 5
        return
    after = rank([changed(sheet, found)])
    assert found.star == now + 1
    assert after.star is not None
    assert after.star >= found.star
    assert after.total == rank([sheet]).total + sum(change.points for change in found.changes)


@given(st.one_of(sheets(), good_sheets()))
def test_no_change_is_idle(sheet: Sheet) -> None:
    """Without any one of them the next star is not reached."""
    found = lift(sheet)
    for left_out in found.changes if found else ():
        rest = tuple(change for change in found.changes if change != left_out)
        assert rank([changed(sheet, Lift(found.star, rest))]).star < found.star


@st.composite
def small_sheets(draw: st.DrawFn) -> Sheet:
    """Four criteria of 25 points, few enough to try every change."""
    criteria = {}
    for code in ("1.1", "3.1", "9", "10"):
        points = sorted(draw(st.lists(st.integers(0, 25), min_size=1, max_size=3)))
        options = [Option(NOTHING, one) for one in (*points, 25)]
        places = st.integers(1, len(options))
        at = sorted(draw(st.lists(places, max_size=3)))
        gates = tuple(Gate(star, place) for star, place in zip((3, 4, 5), at, strict=False))
        criteria[code] = Criterion(code, code, NOTHING, tuple(options), gates)
    of = ProductSet(0, NOTHING, criteria, (), frozenset(), ())
    chosen = {code: draw(st.integers(1, len(one.options))) for code, one in criteria.items()}
    return Sheet(of, chosen)


def ways(sheet: Sheet, aim: int) -> Iterator[tuple[int, int, tuple[tuple[int, int], ...]]]:
    """Every sheet of no lower option that reaches the star: criteria changed, points, which."""
    criteria = [*sheet.product_set.criteria.items()]
    raised = (range(sheet.options[code], len(one.options) + 1) for code, one in criteria)
    before = rank([sheet])
    for numbers in product(*raised):
        other = Sheet(sheet.product_set, dict(zip(sheet.options, numbers, strict=True)))
        after = rank([other])
        if after.star >= aim:
            which = [
                (place, number)
                for place, ((code, _), number) in enumerate(zip(criteria, numbers, strict=True))
                if number != sheet.options[code]
            ]
            yield len(which), int(after.total - before.total), tuple(which)


@given(small_sheets())
def test_no_cheaper_changes_do(sheet: Sheet) -> None:
    found = lift(sheet)
    if found is not None:
        places = {code: place for place, code in enumerate(sheet.options)}
        which = tuple((places[one.criterion], one.to) for one in found.changes)
        cost = len(which), sum(one.points for one in found.changes), which
        assert cost == min(ways(sheet, found.star))
