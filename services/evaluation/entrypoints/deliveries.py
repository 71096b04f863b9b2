"""A job of its own for each package: its files are fetched, and it is delivered with the last."""

from collections.abc import Callable

from chassis.scope import Scope, entered
from chassis.store.unit_of_work import heed, run
from chassis.tenants import Tenants
from contracts.event import Envelope
from contracts.topology import DELIVERIES
from services.evaluation.application.packages import follow, receiver, take_file
from services.evaluation.bootstrap import deliveries
from services.evaluation.settings import Settings


def fetching(settings: Settings) -> Callable[[Envelope], None]:
    tenants, source = Tenants.read(settings.tenants), deliveries(settings)

    def on_package(envelope: Envelope) -> None:
        """The worker hears of it too, sooner or later; a job that comes again goes on from the
        files that have arrived."""
        tenant = receiver(envelope, tenants, settings.instance)
        if tenant is None:
            return
        with entered(Scope(tenant, DELIVERIES.queue)):
            package = heed(envelope, follow, envelope)
            if package is None:
                return
            for file in package.missing:
                source.bring(package.owner, package.manifest.package_id, file)
                run(take_file, package.id, file)

    return on_package
