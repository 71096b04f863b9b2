"""Rounds: what evaluation tells of them, in any order, and which take dossiers."""

from itertools import permutations

import pytest

from chassis.store.unit_of_work import AlreadyHandled
from contracts.councils import RoundClosed, RoundFacts, RoundOpened
from services.dossier.entrypoints.worker import on_round
from tests.dossier.filing import OTHER_ROUND, ROUND, a_round, event, heard, people

FACTS = {
    "name": "Đợt 1", "procedure": "qd148-2023", "edition": "2026",
    "opens_on": "2026-01-01", "closes_on": "2026-04-30",
}  # fmt: skip


def test_whoever_has_signed_in_sees_what_one_may_file_into(app, person):
    a_round(ROUND, name="Đợt mở")
    a_round(OTHER_ROUND, open=False)
    a_round("00000000-0000-4000-8000-000000000056", tenant="chau-phu")
    [one] = person().get("/rounds").json["items"]
    assert (one["id"], one["tenant"], one["facts"]["name"]) == (ROUND, "tri-ton", "Đợt mở")
    statuses = {who: doors.get("/rounds").status_code for who, doors in people(person).items()}
    assert set(statuses.values()) == {200}  # of the own tenant
    assert person(tenant="an-giang").get("/rounds").json["items"] == []


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_the_highest_version_has_the_last_word(app, person, database, order):
    facts = RoundFacts.model_validate(FACTS)
    named = facts.model_copy(update={"name": "Đợt 1 (sửa)"})
    events = [
        event(RoundOpened(round=facts), ROUND, 1),
        event(RoundOpened(round=named), ROUND, 2),
        event(RoundClosed(round=named), ROUND, 3),
    ]
    for place in order:
        heard(on_round, events[place])
        with pytest.raises(AlreadyHandled):
            heard(on_round, events[place])
    kept = database.rounds.find_one()
    assert (kept["open"], kept["source_version"], kept["facts"]["name"]) == (
        False,
        3,
        "Đợt 1 (sửa)",
    )
    assert person().get("/rounds").json["items"] == []
    assert database.acts.count_documents({}) == 0  # nobody's act: its history is evaluation's
