import services.dossier.bootstrap  # noqa: F401
from chassis.store.unit_of_work import handle
from chassis.worker.process import Worker
from contracts.evaluation import CertificateIssued
from contracts.event import Envelope
from contracts.topology import CERTIFICATES_TO_AWARDS
from services.dossier.application.awards import mark_certified
from services.dossier.settings import Settings


def create(settings: Settings) -> Worker:
    worker = Worker("dossier", settings)
    worker.each(CERTIFICATES_TO_AWARDS, on_certificate)
    return worker


def on_certificate(envelope: Envelope) -> None:
    match envelope.data:
        case CertificateIssued(certificate=certificate) if certificate.award_id:
            handle(
                CERTIFICATES_TO_AWARDS.queue, envelope, mark_certified,
                certificate.award_id, envelope.subject,
            )  # fmt: skip
