from chassis.job import Jobs
from chassis.store.unit_of_work import run
from contracts.event import Envelope
from contracts.topology import REBUILDS
from services.catalog.application.rebuilds import end_rebuild
from services.catalog.application.search import RebuildStopped, rebuild
from services.catalog.bootstrap import every_listing, search_index
from services.catalog.settings import Settings


def create(settings: Settings) -> Jobs:
    index = search_index(settings)

    def on_order(envelope: Envelope) -> None:
        """An engine that is away is tried again; an index that is wrong is not taken."""
        try:
            name = rebuild(index, every_listing)
        except RebuildStopped as stopped:
            run(end_rebuild, envelope.subject, failure=str(stopped))
        else:
            run(end_rebuild, envelope.subject, index=name)

    return Jobs(settings, {REBUILDS: on_order})
