from chassis.job import Jobs
from contracts.event import Envelope
from contracts.topology import MAILS
from services.notification.application.mails import send_mail
from services.notification.bootstrap import mailer, rulebook
from services.notification.settings import Settings


def create(settings: Settings) -> Jobs:
    post, rules = mailer(settings), rulebook()

    def on_request(envelope: Envelope) -> None:
        send_mail(envelope.subject, post.send, rules)

    return Jobs(settings, {MAILS: on_request})
