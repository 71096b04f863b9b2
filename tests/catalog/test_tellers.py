"""Nobody speaks of another's: every event that catalog listens to, told by a foreign tenant."""

from collections.abc import Callable

import pytest

from chassis.scope import SERVICE, Scope, entered
from chassis.store.tellers import Foreign
from chassis.store.unit_of_work import run
from contracts.catalog import IndexRebuildRequested
from contracts.dossier import (
    ProducerChanged,
    ProducerRegistered,
    ProducerWithdrawn,
    ProductChanged,
    ProductRegistered,
    ProductWithdrawn,
)
from contracts.evaluation import CertificateAnnulled, CertificateChanged, CertificateIssued
from contracts.event import Envelope, Event
from contracts.topology import REBUILDS
from services.catalog.application.rebuilds import order_rebuild
from services.catalog.entrypoints.job import rebuilding
from services.catalog.settings import Settings
from tests.catalog.facts import certificate, event, hear, producer, product
from tests.tellers import DISTRICT, PROVINCE, heard_by, kept, named, refuses

FACTS: dict[type[Event], Callable[[], Envelope]] = {
    ProducerRegistered: lambda: producer(version=2),
    ProducerChanged: lambda: producer(changed=True, name="Cơ sở B", version=2),
    ProducerWithdrawn: lambda: producer(withdrawn=True, version=2),
    ProductRegistered: lambda: product(version=2),
    ProductChanged: lambda: product(changed=True, name="Gạo B", version=2),
    ProductWithdrawn: lambda: product(withdrawn=True, version=2),
    CertificateIssued: lambda: certificate(version=2),
    CertificateChanged: lambda: certificate(changed=True, version=2),
    CertificateAnnulled: lambda: certificate(annulled=True, version=2),
}
EVENTS = [(one, kind) for one, kind in heard_by("catalog") if one is not REBUILDS]


@pytest.mark.parametrize(("subscription", "kind"), EVENTS, ids=named)
def test_who_speaks_of_anothers_is_told_no_and_changes_nothing(
    database, tenants, subscription, kind
):
    hear(tenants, producer(), product(), certificate())
    refuses(database, lambda foreign: hear(tenants, foreign), FACTS[kind]())
    hear(tenants, FACTS[kind]())


@pytest.mark.parametrize("teller", ["chau-doc", PROVINCE, "tinh-mau"])
@pytest.mark.parametrize(
    "fact", [lambda **rest: product(12, **rest), lambda **rest: certificate(13, **rest)]
)
def test_what_names_anothers_producer_or_product_is_a_dead_letter(database, tenants, fact, teller):
    """Alone, and in a batch with what its owner tells."""
    hear(tenants, producer(), product())
    before = kept(database)
    with pytest.raises(Foreign, match=f"{DISTRICT}'s"):
        hear(tenants, fact(tenant=teller))
    with pytest.raises(Foreign, match=f"{DISTRICT}'s"):
        hear(tenants, fact(tenant=teller), producer(changed=True, version=2))
    assert kept(database) == before


def test_an_order_to_rebuild_is_the_services_own(database, engines, issuer, tenants_file):
    settings = Settings(
        elasticsearch=engines.elasticsearch, index_prefix="test-orders", cursor_key="c" * 32,
        streams=engines.rabbitmq, rabbitmq_management=engines.management, instance="catalog",
        tenants=tenants_file, issuers=issuer.trusted, mongodb=engines.mongodb,
        database=database.name, rabbitmq=engines.rabbitmq,
    )  # fmt: skip
    with entered(Scope(SERVICE, "operator")):
        order = run(order_rebuild)
    before = kept(database)
    foreign = event(IndexRebuildRequested(), 1).model_copy(update={"subject": order.id})
    with entered(Scope(DISTRICT, "test")), pytest.raises(Foreign, match=f"{SERVICE}'s"):
        rebuilding(settings)(foreign)
    assert kept(database) == before
