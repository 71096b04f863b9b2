"""What certificates hold the register to, as evaluation tells of them."""

from collections.abc import Collection

from chassis.store.unit_of_work import UnitOfWork
from contracts.evaluation import CertificateAnnulled, CertificateFacts, CertificateIssued, Origin
from contracts.event import Envelope
from contracts.text import Id
from rules.days import day_of
from services.dossier.application.awards import mark_certified
from services.dossier.application.proposed_changes import propose_late
from services.dossier.domain.certificates import HeldCertificate, Holding
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Product


def follow_certificate(work: UnitOfWork, envelope: Envelope, facts: CertificateFacts) -> None:
    """Keep it. What the register has said otherwise since the package was frozen is a proposed
    change from now on."""
    if facts.award_id and isinstance(envelope.data, CertificateIssued):
        mark_certified(work, facts.award_id, envelope.subject)
    product = work.first(Product, id=facts.product_id)
    if product is None:  # of another dossier service
        return
    known = {one.id: one for one in work.all(HeldCertificate, facts__product_id=product.id)}
    new = HeldCertificate.of(product.tenant, envelope.subject, facts)
    held = known.setdefault(new.id, new)
    annulled = isinstance(envelope.data, CertificateAnnulled)
    if not held.follow(facts, envelope.version, annulled=annulled):
        return
    work.save(held)
    counting = Holding.of(known.values(), day_of(work.at)).counting
    producer = work.get(Producer, product.facts.producer_id)
    if facts.origin is Origin.ISSUED:  # who changes the register at this moment sees it
        work.save(product, producer)
    if counting and counting.certified:
        propose_late(work, product, product.facts_by(counting.certified))
        propose_late(work, producer, producer.facts_by(counting.certified))


def holding_of(work: UnitOfWork, *products: Id) -> Holding:
    """The certificates that hold today of these products."""
    known = work.all(HeldCertificate, facts__product_id__in=[*products])
    return Holding.of(known, day_of(work.at))


def certified_as(work: UnitOfWork, keys: Collection[str]) -> dict[tuple[str, str], Id]:
    """The products that certificates call so, by district and key."""
    known = work.all(HeldCertificate, key__in=sorted(keys), annulled=False)
    return {(one.tenant, one.key): one.facts.product_id for one in known if one.key}
