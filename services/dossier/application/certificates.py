"""What a product's certificates hold it to, as evaluation tells it."""

from chassis.store.unit_of_work import UnitOfWork
from contracts.evaluation import CertificateAnnulled, CertificateFacts, CertificateIssued
from contracts.event import Envelope
from rules.days import day_of
from services.dossier.application.awards import mark_certified
from services.dossier.application.proposed_changes import propose_late
from services.dossier.domain.producers import Producer
from services.dossier.domain.products import Held, Product


def follow_certificate(work: UnitOfWork, envelope: Envelope, certificate: CertificateFacts) -> None:
    """Keep it with its product. What the register has said otherwise since the package was frozen
    is a proposed change from now on."""
    if certificate.award_id and isinstance(envelope.data, CertificateIssued):
        mark_certified(work, certificate.award_id, envelope.subject)
    product = work.first(Product, id=certificate.product_id)
    if product is None:  # of another dossier service
        return
    annulled = isinstance(envelope.data, CertificateAnnulled)
    held = Held(facts=certificate, version=envelope.version, annulled=annulled)
    if not product.learn(envelope.subject, held):
        return
    work.save(product)
    day = day_of(work.at)
    if (now := product.certificate_on(day)) and now.certified:
        producer = work.get(Producer, product.facts.producer_id)
        propose_late(work, product, product.facts_by(now.certified))
        propose_late(work, producer, producer.facts_by(now.certified))
        work.save(producer)
