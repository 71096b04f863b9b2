"""Certificates of earlier awards: one each, whatever the order in which the award's facts come."""

from datetime import date
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

import services.evaluation.bootstrap  # noqa: F401
from chassis.scope import Scope, entered
from chassis.store.unit_of_work import AlreadyHandled
from contracts.dossier import AwardFacts, EarlierAwardRecorded, EarlierAwardWithdrawn
from contracts.evaluation import (
    CertificateAnnulled,
    CertificateFacts,
    CertificateIssued,
    Origin,
)
from contracts.event import Envelope, Event
from services.evaluation.entrypoints.http import create_app
from services.evaluation.entrypoints.worker import on_award

AWARD = AwardFacts(
    product_id=str(uuid4()), star=4, potential=5, reported_on=date(2023, 12, 31), source="Danh sách"
)


def envelope(event: Event, subject: str, version: int, tenant: str = "tri-ton") -> Envelope:
    return Envelope.of(
        event, subject=subject, tenant=tenant, version=version, at="2026-01-01T00:00:00Z"
    )


def take(one: Envelope) -> None:
    with entered(Scope(one.tenant, "test")):
        on_award(one)


def told(database: Any) -> list[Event]:
    return [Envelope.decoded(row["body"]).data for row in database.outbox.find()]


def test_an_earlier_award_gives_a_certificate_of_which_only_the_report_is_known(database):
    award_id = str(uuid4())
    take(envelope(EarlierAwardRecorded(award=AWARD), award_id, 1))
    facts = CertificateFacts(
        product_id=AWARD.product_id, star=4, potential=5, origin=Origin.IMPORTED,
        award_id=award_id, number=None, decided_on=None, expires_on=None,
        reported_on=date(2023, 12, 31), source="Danh sách",
    )  # fmt: skip
    (row,) = database.certificates.find()
    assert (row["tenant"], row["annulled"]) == ("tri-ton", False)
    assert CertificateFacts.model_validate(row["facts"]) == facts
    assert told(database) == [CertificateIssued(certificate=facts)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_withdrawn_award_annuls_in_any_order(database, order):
    """1 recorded, 2 a later change of it, 3 withdrawn: the last version has the last word."""
    award_id = str(uuid4())
    facts = [
        envelope(EarlierAwardRecorded(award=AWARD), award_id, 1),
        envelope(EarlierAwardRecorded(award=AWARD), award_id, 2),
        envelope(EarlierAwardWithdrawn(award=AWARD), award_id, 3),
    ]
    for number in order:
        take(facts[number])
    (row,) = database.certificates.find()
    assert (row["annulled"], row["award_version"]) == (True, 3)
    assert isinstance(told(database)[-1], CertificateAnnulled)


def test_a_repeated_event_changes_and_tells_nothing(database):
    one = envelope(EarlierAwardRecorded(award=AWARD), str(uuid4()), 1)
    take(one)
    with pytest.raises(AlreadyHandled):
        take(one)
    assert len(told(database)) == database.certificates.count_documents({}) == 1


@pytest.fixture
def client(served):
    return served("evaluation", create_app)


def test_the_public_reads_a_certificate_of_the_province_or_its_district_and_no_others(
    client, database
):
    take(envelope(EarlierAwardRecorded(award=AWARD), str(uuid4()), 1))
    id = database.certificates.find_one()["_id"]
    for tenant, status in (
        ("tri-ton", 200),
        ("an-giang", 200),
        ("chau-doc", 404),
        ("tinh-mau", 404),
    ):
        answer = client.get(f"/t/{tenant}/v1/certificates/{id}")
        assert (tenant, answer.status_code) == (tenant, status)
    assert client.get(f"/t/tri-ton/v1/certificates/{id}").json["facts"]["number"] is None


def test_the_list_is_the_tenants_and_those_below_page_by_page(client, issuer, database):
    for tenant in ("tri-ton", "chau-doc", "tri-ton", "huyen-mau"):
        award = AWARD.model_copy(update={"product_id": str(uuid4())})
        take(envelope(EarlierAwardRecorded(award=award), str(uuid4()), 1, tenant))

    def listed(tenant: str) -> list[str]:
        after, found = "", []
        while after is not None:
            query = f"?limit=2&after={after}" if after else "?limit=2"
            page = client.get(
                f"/t/{tenant}/v1/certificates{query}",
                headers=issuer.header("evaluation", tenant, "officer"),
            ).json
            found += page["items"]
            after = page["after"]
        return sorted(one["tenant"] for one in found)

    assert listed("an-giang") == ["chau-doc", "tri-ton", "tri-ton"]
    assert listed("tri-ton") == ["tri-ton", "tri-ton"]
    assert listed("an-phu") == []
