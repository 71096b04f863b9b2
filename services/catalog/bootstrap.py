"""What the catalogue's processes stand on."""

import services.catalog.adapters.rebuilds  # noqa: F401  its documents
from services.catalog.adapters.district_table import report
from services.catalog.adapters.partners import PartnerAccounts
from services.catalog.adapters.records import every_listing, snapshot
from services.catalog.adapters.search import SearchIndex, connect
from services.catalog.settings import Settings

__all__ = ["every_listing", "partner_accounts", "report", "search_index", "snapshot"]


def search_index(settings: Settings) -> SearchIndex:
    client = connect(settings.elasticsearch, settings.threads)
    return SearchIndex(client, settings.index_prefix, settings.index_replicas)


def partner_accounts(settings: Settings) -> PartnerAccounts:
    return PartnerAccounts(settings.rabbitmq_management, settings.streams)
