from chassis.scope import Scope, entered
from chassis.store.unit_of_work import handle
from chassis.tenants import Tenants
from chassis.worker.process import Worker
from contracts.event import Envelope
from contracts.topology import NEWS_TO_MESSAGES
from services.notification.application.messages import tell_people
from services.notification.bootstrap import rulebook
from services.notification.domain.rulebook import Rulebook
from services.notification.settings import Settings


def create(settings: Settings) -> Worker:
    tenants, rules = Tenants.read(settings.tenants), rulebook()
    worker = Worker("notification", settings)
    worker.each(NEWS_TO_MESSAGES, lambda envelope: on_news(envelope, rules, tenants))
    return worker


def on_news(envelope: Envelope, rules: Rulebook, tenants: Tenants) -> None:
    """A higher level tells of products of the tenants below it."""
    if not rules.names_anybody(envelope.data):
        return
    unit, below = tenants.get(envelope.tenant).name, tenants.below(envelope.tenant)
    with entered(Scope(envelope.tenant, NEWS_TO_MESSAGES.queue, below)):
        handle(NEWS_TO_MESSAGES.queue, envelope, tell_people, envelope, rules, unit)
