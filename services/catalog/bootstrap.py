"""What the catalogue's processes stand on."""

import services.catalog.adapters.records  # noqa: F401  its documents
from services.catalog.adapters.search import SearchIndex, connect
from services.catalog.settings import Settings


def search_index(settings: Settings) -> SearchIndex:
    return SearchIndex(connect(settings.elasticsearch, settings.threads), settings.index_prefix)
