"""Prediction: what a producer reads of the sheet as it stands."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.text import Said
from rules.days import day_of
from rules.problems import Wrong
from rules.ranking import rank
from rules.sheets import filled
from services.dossier.domain.completeness import completeness
from services.dossier.domain.prediction import predicted
from services.dossier.entrypoints.http import create_app
from tests.dossier.filed import Person, a_dossier, a_producer, everybody, keep
from tests.dossier.test_doors import problem
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


# -- at the doors


@pytest.fixture
def people(served: Any, issuer: Any) -> dict[str, Person]:
    return everybody(served("dossier", create_app), issuer)


def test_of_a_saved_draft_the_door_tells_what_the_council_would_compute(people):
    best = best_of(SETS[1]).options
    draft = {f"options.{code}": number for code, number in best.items()} | {"options.3.4": 1}
    producer = a_producer()
    dossier = a_dossier(producer, draft=draft)
    keep(producer, dossier)
    answer = people["contact"].get(f"/dossiers/{dossier.id}/prediction")
    assert answer.status_code == 200
    assert answer.json == predicted(SETS[1], {**best, "3.4": 1}, None).model_dump(mode="json")
    ranking = rank([filled(SETS[1], {**best, "3.4": 1})])
    assert (answer.json["total"], answer.json["star"]) == (ranking.total, ranking.star)


def test_who_reads_a_prediction_and_what_is_missing(people):
    producer = a_producer()
    dossier = a_dossier(producer, draft={"options.1.5": 2})
    keep(producer, dossier)
    for who, by in people.items():
        reads = who in {"contact", "commune", "officer", "administrator", "supervisor"}
        for what in ("prediction", "completeness"):
            answer = by.get(f"/dossiers/{dossier.id}/{what}")
            assert (who, what, answer.status_code) == (who, what, 200 if reads else 404)
    found = people["contact"].get(f"/dossiers/{dossier.id}/completeness").json["items"]
    assert found == [
        one.model_dump(mode="json") for one in completeness(dossier, [], day_of(datetime.now(UTC)))
    ]


def test_options_that_do_not_go_together_are_told_one_by_one(people):
    producer = a_producer()
    dossier = a_dossier(producer, set=26, draft={"options.8": 1, "options.9": 4})
    keep(producer, dossier)
    body = problem(
        people["contact"].get(f"/dossiers/{dossier.id}/prediction"), 422, "unprocessable"
    )
    assert [one["field"] for one in body["errors"]] == ["options.9"]
