"""Nobody speaks of another's: every event that dossier listens to, told by a foreign tenant."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis.scope import Scope, entered
from chassis.store.tellers import Foreign
from chassis.store.unit_of_work import run
from contracts.councils import (
    PackageDelivered,
    PackageEnded,
    RoundClosed,
    RoundFacts,
    RoundOpened,
)
from contracts.dossier import AwardFacts
from contracts.evaluation import CertificateIssued
from contracts.event import Envelope, Event
from contracts.results import (
    DecisionAnnulled,
    DecisionMade,
    HigherResultAnnulled,
    HigherResultConfirmed,
    ResultAnnulled,
    ResultApproved,
)
from contracts.topology import CERTIFICATES_TO_PRODUCTS, OUTCOMES_TO_DOSSIERS, ROUNDS_TO_DOSSIERS
from services.dossier.domain.awards import EarlierAward
from services.dossier.entrypoints.worker import on_certificate, on_round, outcomes
from tests.dossier import test_outcomes as told
from tests.dossier.filing import QD148, ROUND, a_dossier, event, heard, people, submitted
from tests.tellers import DISTRICT, PROVINCE, heard_by, kept, named, refuses

AWARD = f"{told.ID}0"


@pytest.fixture
def dossier(person: Any) -> Any:
    """Submitted, in a round of the district, beside a rank that was won before."""
    everybody = people(person)
    one = a_dossier(everybody["officer"], QD148)
    submitted(everybody, one)
    facts = AwardFacts(product_id=one["product_id"], star=3, reported_on="2023-12-31", source="Mẫu")
    award = EarlierAward(id=AWARD, tenant=DISTRICT, facts=facts)
    with entered(Scope(DISTRICT, "test")):
        run(lambda work: work.save(award))
    return everybody["owner"].get(f"/dossiers/{one['id']}").json


@pytest.fixture
def handlers(tenants: Any) -> dict[str, Callable[[Envelope], None]]:
    return {
        CERTIFICATES_TO_PRODUCTS.queue: on_certificate,
        ROUNDS_TO_DOSSIERS.queue: on_round,
        OUTCOMES_TO_DOSSIERS.queue: outcomes(tenants),
    }


def own(dossier: Any, queue: str, kind: type[Event]) -> Envelope:
    """As its owner tells it."""
    if kind in (RoundOpened, RoundClosed):
        facts = RoundFacts(
            name="Đợt khác", procedure=QD148, edition="2026", opens_on="2026-01-01",
            closes_on="2026-04-30",
        )  # fmt: skip
        return event(kind(round=facts), ROUND, 1, DISTRICT)
    if queue == CERTIFICATES_TO_PRODUCTS.queue:
        imported = told.certificate(dossier, origin="imported", award_id=AWARD)
        return event(kind(certificate=imported.certificate), told.CERTIFICATE, 1, DISTRICT)
    said, subject = {
        PackageDelivered: (told.delivered, dossier["packages"][-1]["id"]),
        PackageEnded: (told.ended, dossier["packages"][-1]["id"]),
        ResultApproved: (lambda one: told.result(ResultApproved, one), told.RESULT),
        ResultAnnulled: (lambda one: told.result(ResultAnnulled, one), told.RESULT),
        DecisionMade: (lambda one: told.decision(DecisionMade, one), told.DECISION),
        DecisionAnnulled: (lambda one: told.decision(DecisionAnnulled, one), told.DECISION),
        HigherResultConfirmed: (lambda one: told.higher(HigherResultConfirmed, one), told.HIGHER),
        HigherResultAnnulled: (lambda one: told.higher(HigherResultAnnulled, one), told.HIGHER),
        CertificateIssued: (told.certificate, told.CERTIFICATE),
    }[kind]
    return event(said(dossier), subject, 1, DISTRICT)


@pytest.mark.parametrize(("subscription", "kind"), heard_by("dossier"), ids=named)
def test_who_speaks_of_anothers_is_told_no_and_changes_nothing(
    database, handlers, dossier, subscription, kind
):
    handler, one = handlers[subscription.queue], own(dossier, subscription.queue, kind)
    refuses(database, lambda foreign: heard(handler, foreign), one)
    heard(handler, one)
    refuses(database, lambda foreign: heard(handler, foreign), one)


@pytest.mark.parametrize("kind", [ResultAnnulled, DecisionAnnulled, HigherResultAnnulled])
def test_a_district_says_nothing_of_what_its_province_has_found(database, handlers, dossier, kind):
    """Though the dossier is its own: who found and decided takes it back."""
    handler = handlers[OUTCOMES_TO_DOSSIERS.queue]
    one = own(dossier, OUTCOMES_TO_DOSSIERS.queue, kind)
    above = one.model_copy(update={"tenant": PROVINCE, "id": told.ID + "1"})
    heard(handler, above)
    before = kept(database)
    with pytest.raises(Foreign, match=f"{DISTRICT} tells {kind.type} .* {PROVINCE}'s"):
        heard(handler, one.model_copy(update={"version": 9}))
    assert kept(database) == before
    heard(handler, above.model_copy(update={"version": 9, "id": told.ID + "2"}))
