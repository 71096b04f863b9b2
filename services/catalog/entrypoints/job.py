from collections.abc import Callable

from chassis.job import Jobs
from chassis.store.unit_of_work import UnitOfWork, heed, run
from contracts.event import Envelope
from contracts.topology import REBUILDS
from services.catalog.application.rebuilds import end_rebuild
from services.catalog.application.search import RebuildStopped, rebuild
from services.catalog.bootstrap import every_listing, search_index
from services.catalog.domain.rebuilds import Rebuild
from services.catalog.settings import Settings


def create(settings: Settings) -> Jobs:
    return Jobs(settings, {REBUILDS: rebuilding(settings)})


def rebuilding(settings: Settings) -> Callable[[Envelope], None]:
    index = search_index(settings)

    def on_order(envelope: Envelope) -> None:
        """An engine that is away is tried again; an index that is wrong is not taken."""
        heed(envelope, UnitOfWork.get, Rebuild, envelope.subject)
        try:
            name = rebuild(index, every_listing)
        except RebuildStopped as stopped:
            run(end_rebuild, envelope.subject, failure=str(stopped))
        else:
            run(end_rebuild, envelope.subject, index=name)

    return on_order
