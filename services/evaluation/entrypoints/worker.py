import services.evaluation.bootstrap  # noqa: F401
from chassis.store.unit_of_work import handle
from chassis.worker.process import Worker
from contracts.dossier import EarlierAwardRecorded, EarlierAwardWithdrawn
from contracts.event import Envelope
from contracts.topology import AWARDS_TO_CERTIFICATES
from services.evaluation.application.certificates import follow_award
from services.evaluation.settings import Settings


def create(settings: Settings) -> Worker:
    worker = Worker("evaluation", settings)
    worker.each(AWARDS_TO_CERTIFICATES, on_award)
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
