import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.lifting import Change, Lift, lift
from rules.prediction import predict
from rules.problems import Wrong
from rules.ranking import rank
from rules.sheets import Sheet, begun
from tests.rules.strategies import SETS, best_of, good_sheets, sheets


@st.composite
def half_filled(draw: st.DrawFn) -> tuple[Sheet, dict[str, int]]:
    """A sheet as it will be, and what is chosen of it so far."""
    sheet = draw(st.one_of(sheets(), good_sheets()))
    codes = draw(st.sets(st.sampled_from([*sheet.options])))
    return sheet, {code: number for code, number in sheet.options.items() if code in codes}


@given(st.one_of(sheets(), good_sheets()))
def test_of_a_complete_sheet_it_is_what_a_council_of_one_computes(sheet: Sheet) -> None:
    found = predict(begun(sheet.product_set, sheet.options, sheet.case))
    assert found == (rank([sheet]), lift(sheet), ())


@given(half_filled())
def test_it_never_flatters(half: tuple[Sheet, dict[str, int]]) -> None:
    sheet, chosen = half
    now = predict(begun(sheet.product_set, chosen, sheet.case)).ranking
    then = rank([sheet])
    assert now.total <= then.total
    assert now.star <= then.star


@given(half_filled())
def test_what_is_not_chosen_is_told_in_the_order_of_the_sheet(
    half: tuple[Sheet, dict[str, int]],
) -> None:
    sheet, chosen = half
    found = begun(sheet.product_set, chosen, sheet.case)
    assert found.unfinished == tuple(code for code in sheet.options if code not in chosen)
    assert {code: found.sheet.options[code] for code in chosen} == chosen


def test_a_sheet_without_any_option_is_the_lowest_there_is() -> None:
    found = predict(begun(SETS[1], {}))
    lowest = sum(one.options[0].points for one in SETS[1].criteria.values())
    assert (found.ranking.total, found.ranking.star) == (lowest, 1)
    assert found.unfinished == (*SETS[1].criteria,)


def test_an_open_criterion_with_a_gate_holds_back_and_is_what_lifts() -> None:
    options = {**best_of(SETS[1]).options}
    del options["3.4"]
    found = predict(begun(SETS[1], options))
    assert (found.ranking.total, found.ranking.band, found.ranking.star) == (99, 5, 3)
    assert found.ranking.failed == (("3.4", 4),)
    assert found.lift == Lift(4, (Change("3.4", 1, 2, 1),))


def test_tourisms_lowest_option_is_that_of_its_case() -> None:
    chosen = {"8": 4}
    found = begun(SETS[26], chosen)
    assert found.sheet.case == "organisation"
    assert (found.sheet.options["9"], found.sheet.options["15"]) == (3, 3)
    assert begun(SETS[26], {}, "community").sheet.options["9"] == 1


@pytest.mark.parametrize(
    ("options", "case", "kinds"),
    [
        ({"1.1": 9}, None, ["unknown-option"]),
        ({"8": 1}, "organisation", ["other-case"]),
        ({"99": 1, "1.1": "1"}, None, ["unknown-criterion", "wrong-type"]),
        ({}, "both", ["unknown-case"]),
    ],
)
def test_what_is_chosen_wrongly_is_told(
    options: dict[str, object], case: str | None, kinds: list[str]
) -> None:
    with pytest.raises(Wrong) as wrong:
        begun(SETS[26], options, case)
    assert [one.kind for one in wrong.value.found] == kinds
