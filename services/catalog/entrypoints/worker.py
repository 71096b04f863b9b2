from collections.abc import Sequence

from chassis.store.unit_of_work import handle_all, run
from chassis.tenants import Tenants
from chassis.worker.process import Worker
from contracts.event import Envelope
from contracts.topology import FACTS_TO_LISTINGS
from services.catalog.application.records import listings_about, project
from services.catalog.bootstrap import search_index
from services.catalog.settings import Settings


def create(settings: Settings) -> Worker:
    tenants, index = Tenants.read(settings.tenants), search_index(settings)

    def on_facts(envelopes: Sequence[Envelope]) -> None:
        handle_all(FACTS_TO_LISTINGS.queue, envelopes, project, tenants)
        index.index(run(listings_about, envelopes))

    worker = Worker("catalog", settings, streams=settings.streams)
    worker.batches(FACTS_TO_LISTINGS, on_facts)
    return worker
