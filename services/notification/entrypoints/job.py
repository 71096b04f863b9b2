from collections.abc import Callable

from chassis.job import Jobs
from chassis.store.unit_of_work import UnitOfWork, heed
from contracts.event import Envelope
from contracts.topology import MAILS
from services.notification.application.mails import send_mail
from services.notification.bootstrap import mailer, rulebook
from services.notification.domain.messages import Message
from services.notification.settings import Settings


def create(settings: Settings) -> Jobs:
    return Jobs(settings, {MAILS: mailing(settings)})


def mailing(settings: Settings) -> Callable[[Envelope], None]:
    post, rules = mailer(settings), rulebook()

    def on_request(envelope: Envelope) -> None:
        heed(envelope, UnitOfWork.get, Message, envelope.subject)
        send_mail(envelope.subject, post.send, rules)

    return on_request
