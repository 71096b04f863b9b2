"""What notification's processes stand on."""

import services.notification.adapters.messages  # noqa: F401  its documents
from chassis.tenants import Tenants
from services.notification.adapters.mailer import Mailer
from services.notification.adapters.rulebook import read as rulebook
from services.notification.settings import Settings

__all__ = ["mailer", "rulebook"]


def mailer(settings: Settings) -> Mailer:
    tenants = Tenants.read(settings.tenants)
    return Mailer(settings.smtp, settings.sender, tenants, settings.login)
