"""Prediction: what a producer reads of the sheet as it stands."""

import pytest

from rules.problems import Wrong
from services.dossier.domain.prediction import predicted
from services.dossier.domain.said import Said
from tests.rules.strategies import SETS, best_of


def test_the_gate_that_holds_back_and_the_change_that_lifts_are_said_in_words():
    found = predicted(SETS[1], {**best_of(SETS[1]).options, "3.4": 1}, None)
    assert (found.total, found.band, found.star) == (99, 5, 3)
    assert (found.chosen, found.criteria, found.unfinished) == (32, 32, [])
    [held] = found.held_back
    assert (held.criterion, held.star, held.needs.number) == ("3.4", 4, 2)
    assert held.label == Said(vi="Tăng trưởng", en="Growth")
    assert found.next is not None
    assert (found.next.star, found.next.points) == (4, 1)
    [step] = found.next.changes
    assert step.now is not None
    assert (step.criterion, step.now.number, step.to.number, step.points) == ("3.4", 1, 2, 1)
    assert step.now.label.vi == "Lợi nhuận năm trước tăng, hoặc hợp tác xã trung bình"
    assert step.to.label.vi == "Lợi nhuận tăng hai năm liền, hoặc hợp tác xã từ khá"


def test_what_is_not_chosen_is_told_and_never_shown_as_chosen():
    options = {code: number for code, number in best_of(SETS[1]).options.items() if code != "3.4"}
    found = predicted(SETS[1], options, None)
    assert (found.chosen, found.criteria, found.unfinished) == (31, 32, ["3.4"])
    assert (found.total, found.star) == (99, 3)
    assert found.next is not None
    [step] = found.next.changes
    assert (step.now, step.to.number) == (None, 2)


def test_five_stars_have_no_next():
    found = predicted(SETS[1], {**best_of(SETS[1]).options}, None)
    assert (found.total, found.star, found.held_back, found.next) == (100, 5, [], None)


def test_tourism_is_predicted_within_its_case():
    found = predicted(SETS[26], {"8": 3}, "organisation")
    assert (found.set, found.case, found.chosen) == (26, "organisation", 1)
    with pytest.raises(Wrong):
        predicted(SETS[26], {"8": 3}, "community")
