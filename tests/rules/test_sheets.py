from typing import Any

import pytest

from rules.editions import edition
from rules.problems import Wrong
from rules.sheets import filled, findings, product_set
from tests.rules.strategies import SETS, best_of


def problems(number: int, case: object = None, **options: object) -> list[tuple[str, str | None]]:
    chosen: dict[str, object] = {**best_of(SETS[number]).options}
    for name, number_ in options.items():
        chosen[name.strip("_").replace("_", ".")] = number_
    with pytest.raises(Wrong) as wrong:
        filled(SETS[number], chosen, case)
    return [(one.kind, one.criterion) for one in wrong.value.found]


def test_a_complete_sheet_is_kept_in_the_order_of_the_official_one() -> None:
    best = best_of(SETS[11])
    backwards = dict(reversed([*best.options.items()]))
    assert [*filled(SETS[11], backwards).options] == [*SETS[11].criteria]


@pytest.mark.parametrize("given", [0, 6, -1, 10**30])
def test_an_option_of_another_criterion_is_told_with_its_criterion(given: int) -> None:
    assert problems(1, _4_1=given) == [("unknown-option", "4.1")]


@pytest.mark.parametrize("given", ["1", 1.0, True, None, [1], {"option": 1}])
def test_an_option_is_a_whole_number(given: object) -> None:
    assert problems(1, _4_1=given) == [("wrong-type", "4.1")]


def test_every_missing_criterion_is_told() -> None:
    with pytest.raises(Wrong) as wrong:
        filled(SETS[2], {})
    assert [one.criterion for one in wrong.value.found] == [*SETS[2].criteria]
    assert {one.kind for one in wrong.value.found} == {"missing"}


@pytest.mark.parametrize("code", ["99", "1", "6.1.1", "", "Ω" * 200])
def test_a_criterion_of_another_set_is_told(code: str) -> None:
    options = {**best_of(SETS[1]).options, code: 1}
    with pytest.raises(Wrong) as wrong:
        filled(SETS[1], options)
    [found] = wrong.value.found
    assert (found.kind, found.criterion) == ("unknown-criterion", code)
    assert len(found.vi) < 120


@pytest.mark.parametrize("options", [None, [], "1.1", 3])
def test_options_are_by_criterion(options: Any) -> None:
    with pytest.raises(Wrong) as wrong:
        filled(SETS[1], options)
    assert [one.field for one in wrong.value.found] == ["options"]


def test_tourisms_other_case_is_told_criterion_by_criterion() -> None:
    assert problems(26, "organisation") == [
        ("other-case", "8"),
        ("other-case", "9"),
        ("other-case", "15"),
    ]


def test_without_a_case_it_is_the_one_chosen_from() -> None:
    best = best_of(SETS[26], "organisation")
    assert filled(SETS[26], best.options) == best


def test_two_cases_on_one_sheet_are_told() -> None:
    assert problems(26, _15=4) == [("other-case", "15")]


@pytest.mark.parametrize(("number", "case"), [(26, "both"), (26, 1), (1, "community"), (1, "")])
def test_a_case_that_the_set_does_not_have_is_told(number: int, case: object) -> None:
    assert problems(number, case) == [("unknown-case", None)]


@pytest.mark.parametrize("number", [0, 27, "1", True, None, 1.0, [1]])
def test_an_unknown_set_is_told(number: object) -> None:
    with pytest.raises(Wrong) as wrong:
        product_set(edition(), number)
    assert [one.kind for one in wrong.value.found] == ["unknown-set"]


def test_findings_are_those_of_the_set_each_once() -> None:
    given = ["dangerous-impurities", "forged-dossier", "forged-dossier"]
    assert findings(edition(), SETS[1], given) == ("forged-dossier", "dangerous-impurities")


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (["no-food-safety-certificate"], ["unknown-finding"]),
        (["ugly", 3], ["unknown-finding", "unknown-finding"]),
        ("forged-dossier", ["wrong-type"]),
        ({"forged-dossier": True}, ["wrong-type"]),
        (None, ["wrong-type"]),
    ],
)
def test_a_finding_that_the_set_does_not_know_is_told(given: object, kinds: list[str]) -> None:
    with pytest.raises(Wrong) as wrong:
        findings(edition(), SETS[26], given)
    assert [one.kind for one in wrong.value.found] == kinds
