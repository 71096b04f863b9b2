from collections.abc import Callable

import services.dossier.bootstrap  # noqa: F401
from chassis import scope
from chassis.scope import Scope
from chassis.store.unit_of_work import handle
from chassis.tenants import Tenants
from chassis.worker.process import Worker
from contracts.councils import RoundClosed, RoundOpened
from contracts.evaluation import CertificateAnnulled, CertificateChanged, CertificateIssued
from contracts.event import Envelope
from contracts.topology import CERTIFICATES_TO_PRODUCTS, OUTCOMES_TO_DOSSIERS, ROUNDS_TO_DOSSIERS
from services.dossier.application.certificates import follow_certificate
from services.dossier.application.outcomes import follow_outcome
from services.dossier.application.rounds import follow_round
from services.dossier.settings import Settings


def create(settings: Settings) -> Worker:
    worker = Worker("dossier", settings)
    worker.each(CERTIFICATES_TO_PRODUCTS, on_certificate)
    worker.each(ROUNDS_TO_DOSSIERS, on_round)
    worker.each(OUTCOMES_TO_DOSSIERS, outcomes(Tenants.read(settings.tenants)))
    return worker


def outcomes(tenants: Tenants) -> Callable[[Envelope], None]:
    """A higher level finds and decides about dossiers of the tenants below it. A certificate that
    a list reported is no dossier's."""

    def on_outcome(envelope: Envelope) -> None:
        match envelope.data:
            case CertificateIssued(certificate=certificate) if certificate.award_id:
                return
        below = tenants.below(envelope.tenant)
        with scope.entered(Scope(envelope.tenant, scope.current().person, below)):
            handle(OUTCOMES_TO_DOSSIERS.queue, envelope, follow_outcome, envelope)

    return on_outcome


def on_certificate(envelope: Envelope) -> None:
    match envelope.data:
        case (
            CertificateIssued(certificate=facts)
            | CertificateChanged(certificate=facts)
            | CertificateAnnulled(certificate=facts)
        ):
            handle(CERTIFICATES_TO_PRODUCTS.queue, envelope, follow_certificate, envelope, facts)


def on_round(envelope: Envelope) -> None:
    match envelope.data:
        case RoundOpened(round=facts) | RoundClosed(round=facts):
            handle(
                ROUNDS_TO_DOSSIERS.queue, envelope, follow_round,
                envelope.subject, envelope.version, facts,
                open=isinstance(envelope.data, RoundOpened),
            )  # fmt: skip
