"""From each state of a dossier that is not its end, somebody may lead on."""

import pytest

from contracts.councils import PackageDelivered, PackageEnded
from services.dossier.domain.dossiers import RULES, Act, Dossier, Outcome, State
from services.dossier.domain.standing import Actor, Standing
from tests.dossier.filed import AT, a_dossier, a_producer, a_submitted

FINAL = {State.WITHDRAWN}
LEADS_ON = {Act.SUBMIT, Act.RETURN, Act.ACCEPT, Act.WITHDRAW}


def in_state(state: State) -> Dossier:
    if state in (State.DRAFT, State.CONFIRMED):
        return a_dossier(a_producer(), state=state)
    dossier, _ = a_submitted(a_producer())
    dossier.state = state
    return dossier


@pytest.mark.parametrize("state", [one for one in State if one not in FINAL])
def test_each_state_leads_on(state: State) -> None:
    actors = [Actor(id=one, standings=frozenset({one})) for one in Standing]
    may = {act for one in actors for act in in_state(state).may(one)}
    assert may & LEADS_ON


def test_what_is_final_has_no_act() -> None:
    assert not [act for act, rule in RULES.items() if rule.during & FINAL]


def test_what_was_delivered_leads_on_by_what_evaluation_tells() -> None:
    """Nobody withdraws it: it is judged, or its office ends it."""
    dossier = in_state(State.ACCEPTED)
    for version, kind in enumerate((PackageDelivered, PackageEnded), 1):
        assert not dossier.ended
        told = Outcome(type=kind.type, subject="0" * 36, version=version, at=AT, facts={})
        assert dossier.follow(told)
    assert dossier.ended
