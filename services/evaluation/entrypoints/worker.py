from collections.abc import Callable

import services.evaluation.bootstrap  # noqa: F401
from chassis.scope import Scope, entered
from chassis.store.unit_of_work import handle
from chassis.tenants import Tenants
from chassis.worker.process import Worker
from contracts.dossier import EarlierAwardRecorded, EarlierAwardWithdrawn
from contracts.event import Envelope
from contracts.topology import AWARDS_TO_CERTIFICATES, DOSSIERS_TO_PACKAGES
from services.evaluation.application.certificates import follow_award
from services.evaluation.application.packages import follow, receiver
from services.evaluation.settings import Settings


def create(settings: Settings) -> Worker:
    worker = Worker("evaluation", settings)
    worker.each(AWARDS_TO_CERTIFICATES, on_award)
    worker.each(DOSSIERS_TO_PACKAGES, packages(Tenants.read(settings.tenants), settings.instance))
    return worker


def on_award(envelope: Envelope) -> None:
    event = envelope.data
    match event:
        case EarlierAwardRecorded() | EarlierAwardWithdrawn():
            handle(
                AWARDS_TO_CERTIFICATES.queue, envelope, follow_award,
                envelope.subject, envelope.version, event.award,
                isinstance(event, EarlierAwardWithdrawn),
            )  # fmt: skip


def packages(tenants: Tenants, instance: str) -> Callable[[Envelope], None]:
    def on_dossier(envelope: Envelope) -> None:
        """A result that goes up is the upper tenant's business."""
        tenant = receiver(envelope, tenants, instance)
        if tenant is not None:
            with entered(Scope(tenant, DOSSIERS_TO_PACKAGES.queue)):
                handle(DOSSIERS_TO_PACKAGES.queue, envelope, follow, envelope)

    return on_dossier
