import random
import time
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.ranking import BANDS, GateRule, Missed, Tally, band, rank, ranked, star, tally
from rules.sheets import Sheet, filled
from tests.rules.strategies import SETS, best_of, good_sheets, sheets, with_options

TINY = Decimal("1e-20")

# by hand: set 1 (fresh vegetables), all of its best options are 100 points
GOOD = with_options(
    best_of(SETS[1]), **{"4.3": 4, "4.2": 2, "3.3": 2, "3.1": 2, "1.1": 2}
)  # 2 + 2 + 1 + 1 + 1 fewer


def test_the_best_sheet_of_every_set_is_100_points_and_5_stars() -> None:
    for of in SETS.values():
        for case in of.cases or (None,):
            assert rank([best_of(of, case)]) == (100, 5, 5, (), ())


def test_92_points_that_miss_a_4_star_gate_are_3_stars() -> None:
    sheet = with_options(GOOD, **{"3.4": 1})  # growth in one year only: 1 point fewer
    assert rank([sheet]) == (92, 5, 3, (Missed("3.4", 4),), ())


def test_93_points_with_every_gate_are_5_stars() -> None:
    assert rank([GOOD]) == (93, 5, 5, (), ())


def test_a_missed_3_star_gate_leaves_2_stars_whatever_the_total() -> None:
    sheet = with_options(GOOD, **{"2.2": 2})
    assert rank([sheet]) == (91, 5, 2, (Missed("2.2", 3),), ())


def test_gates_above_the_band_are_not_failed() -> None:
    worse = with_options(GOOD, **{"1.3": 2, "8": 3, "7": 1, "6.3": 1, "4.3": 1, "5.2": 1, "6.4": 1})
    assert rank([worse]) == (76, 4, 4, (), ())  # 1.3 misses its 5-star gate alone


def test_every_missed_gate_up_to_the_band_is_told_in_the_order_of_the_sheet() -> None:
    sheet = with_options(best_of(SETS[2]), **{"3.5": 1, "5.3": 1, "1.5": 2, "4.1": 2})
    assert rank([sheet]) == (
        88,
        4,
        2,
        (Missed("1.5", 4), Missed("3.5", 4), Missed("4.1", 4), Missed("5.3", 3)),
        (),
    )


def test_a_gate_may_stand_above_lower_ones_in_points() -> None:
    """Set 23, criterion 8: 3 stars need its best option."""
    sheet = with_options(best_of(SETS[23]), **{"8": 2})
    assert rank([sheet]) == (98, 5, 2, (Missed("8", 3),), ())


def test_the_worst_sheet_is_one_star() -> None:
    worst = with_options(best_of(SETS[16]), **dict.fromkeys(SETS[16].criteria, 1))
    found = rank([worst])
    assert (found.total, found.band, found.star, found.failed) == (14, 1, 1, ())


def test_a_finding_ends_the_evaluation() -> None:
    found = rank([GOOD], eliminated=["forged-dossier"])
    assert found == (None, None, None, (), ("forged-dossier",))


# several members


def members(*gates_held: bool) -> list[Sheet]:
    return [GOOD if held else with_options(GOOD, **{"3.4": 1}) for held in gates_held]


@pytest.mark.parametrize(
    ("held", "rule", "expected"),
    [
        ((True, True, False), GateRule.MAJORITY, 5),
        ((True, True, False, False), GateRule.MAJORITY, 3),  # a tie does not pass
        ((True, False, False), GateRule.MAJORITY, 3),
        ((True, True, False), GateRule.EVERY, 3),
        ((True, True, True), GateRule.EVERY, 5),
    ],
)
def test_a_gate_on_which_members_differ(
    held: tuple[bool, ...], rule: GateRule, expected: int
) -> None:
    assert rank(members(*held), rule).star == expected


def test_the_help_teams_finding_may_decide_gates_and_never_the_mean() -> None:
    [sceptic] = members(False)
    found = rank(members(True, True), GateRule.HELP_TEAM, sceptic)
    assert (found.total, found.star, found.failed) == (93, 3, (Missed("3.4", 4),))
    assert rank(members(True, True), GateRule.MAJORITY, sceptic).star == 5
    assert rank(members(False, False), GateRule.HELP_TEAM, GOOD).star == 5


def test_the_help_teams_rule_needs_its_sheet() -> None:
    with pytest.raises(ValueError, match="help team's sheet"):
        rank([GOOD], GateRule.HELP_TEAM)


def test_a_mean_just_under_a_band_is_not_rounded_into_it() -> None:
    totals = [tally(GOOD)._replace(total=total) for total in (89, 90, 90)]
    found = ranked(totals)
    assert found.total == Decimal("89.66666666666666666666666667")
    assert found.band == 4


def test_the_precision_of_a_mean_is_not_the_callers() -> None:
    totals = [tally(GOOD)._replace(total=total) for total in (89, 90, 90)]
    with localcontext(prec=2):
        assert ranked(totals).band == 4


@pytest.mark.parametrize(
    "together",
    [
        [],
        [best_of(SETS[1]), best_of(SETS[2])],
        [best_of(SETS[26], case) for case in SETS[26].cases],
    ],
)
def test_sheets_of_other_products_are_never_ranked_together(together: list[Sheet]) -> None:
    with pytest.raises(ValueError, match="one product"):
        rank(together)


# properties


@pytest.mark.parametrize(("reached", "least"), [*BANDS.items()][:-1])
def test_a_band_is_half_open(reached: int, least: int) -> None:
    assert band(least) == band(Decimal(least)) == band(least + TINY) == reached
    assert band(least - TINY) == band(least - 1) == reached - 1


@given(st.decimals(0, 100, places=20))
def test_a_band_is_the_highest_whose_least_is_reached(total: Decimal) -> None:
    assert band(total) == max(star for star, least in BANDS.items() if Decimal(least) <= total)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=60))
def test_a_means_band_is_that_of_the_exact_fraction(totals: list[int]) -> None:
    found = ranked([Tally(SETS[1], None, total, ()) for total in totals])
    assert found.band == band(Fraction(sum(totals), len(totals)))


@given(good_sheets(), st.integers(0, 100))
def test_a_gate_never_raises_a_star(sheet: Sheet, total: int) -> None:
    missed = tally(sheet).missed
    stars = [star(total, missed[:count]) for count in range(len(missed) + 1)]
    assert stars[0] == band(total)
    assert stars == sorted(stars, reverse=True)


@given(st.one_of(sheets(), good_sheets()), st.data())
def test_one_better_choice_never_lowers_a_total_or_a_star(
    sheet: Sheet, data: st.DataObject
) -> None:
    code = data.draw(st.sampled_from([*sheet.options]))
    allowed = [*sheet.product_set.criteria[code].choices(sheet.case)]
    better = data.draw(st.sampled_from([n for n in allowed if n >= sheet.options[code]]))
    raised = filled(sheet.product_set, {**sheet.options, code: better}, sheet.case)
    before, after = rank([sheet]), rank([raised])
    assert after.total is not None
    assert before.total is not None
    assert after.star is not None
    assert before.star is not None
    assert after.total >= before.total
    assert after.star >= before.star


@given(st.one_of(sheets(), good_sheets()), st.integers(1, 9), st.sampled_from(GateRule))
def test_a_prediction_equals_the_result_on_equal_choices(
    sheet: Sheet, count: int, rule: GateRule
) -> None:
    assert rank([sheet] * count, rule, help_team=sheet) == rank([sheet])


@given(st.one_of(sheets(), good_sheets()))
def test_the_star_is_what_its_definition_says(sheet: Sheet) -> None:
    criteria = sheet.product_set.criteria
    total = sum(c.options[sheet.options[code] - 1].points for code, c in criteria.items())

    def holds(aim: int) -> bool:
        return total >= BANDS[aim] and all(
            sheet.options[code] >= gate.option
            for code, criterion in criteria.items()
            for gate in criterion.gates
            if gate.star <= aim
        )

    found = rank([sheet])
    assert found.total == total
    assert found.star == max(aim for aim in BANDS if holds(aim))
    assert bool(found.failed) == (found.star != found.band)


@given(st.permutations([*members(True, True, False), *members(True, False)]))
def test_the_order_of_members_does_not_matter(sheets: list[Sheet]) -> None:
    assert rank(sheets) == rank(members(True, True, True, False, False))


def test_a_provinces_year_is_ranked_again_under_another_rule_in_about_a_second() -> None:
    """2,000 products by 9 members. The processor's time, so that a busy machine does not count."""
    lot = random.Random(2026)
    year = []
    for of in lot.choices([*SETS.values()], k=2000):
        best = best_of(of)
        codes = [*best.options]
        scored = (dict.fromkeys(lot.sample(codes, 3), 1) for _ in range(9))
        year.append([with_options(best, **worse) for worse in scored])
    started = time.process_time()
    stars = [[rank(sheets, rule).star for sheets in year] for rule in (*GateRule,)[:2]]
    taken = (time.process_time() - started) / 2
    assert sum(map(int, stars[0])) > sum(map(int, stars[1]))  # every is the stricter rule
    assert taken < 1.5
