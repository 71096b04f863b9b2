from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from chassis.http.app import create
from chassis.settings import Settings
from chassis.tenants import Tenants
from contracts.catalog import Listing
from services.catalog.adapters.search import SearchIndex, connect
from services.catalog.entrypoints.http import create_app
from services.catalog.entrypoints.http.cursors import Cursors
from services.catalog.entrypoints.http.products import products
from services.catalog.entrypoints.http.suggestions import suggestions
from tests.catalog.listings import listing, the_108
from tests.conftest import TENANTS, Engines

KEY = SecretStr("a key of the tests, and of nothing else")


@pytest.fixture(scope="session")
def new_index(engines: Engines) -> Iterator[Callable[[], SearchIndex]]:
    """Makes search indexes of this run's own."""
    client, prefix = connect(engines.elasticsearch), f"test-{uuid4().hex[:10]}"
    yield lambda: SearchIndex(client, f"{prefix}-{uuid4().hex[:6]}")
    for name in client.indices.get(index=f"{prefix}-*"):
        client.indices.delete(index=name)
    client.close()


@pytest.fixture(scope="session")
def listings(tenants: Tenants) -> list[Listing]:
    return the_108(tenants)


@pytest.fixture(scope="session")
def index(new_index: Callable[[], SearchIndex], listings: list[Listing]) -> SearchIndex:
    """The 108, and beside them what nobody may find by the province's address. Only read it."""
    index = new_index()
    index.prepare()
    index.index(listings)
    index.index([
        listing("Đường thốt nốt mẫu", "huyen-mau", "Huyện Mẫu", province="tinh-mau", star=4),
        listing("Đường thốt nốt đã rút", "tri-ton", "Huyện Tri Tôn", star=4, listed=False),
    ])  # fmt: skip
    index.count()  # refreshed
    return index


@pytest.fixture(scope="session")
def door_to(tenants: Tenants) -> Callable[[SearchIndex], FlaskClient]:
    """The public's routes of search over an index, as a client that calls them."""

    def opened(index: SearchIndex) -> FlaskClient:
        routes = [products(index, tenants, Cursors(KEY)), suggestions(index.suggest)]
        settings = Settings(tenants=TENANTS)
        app = create(
            "catalog", settings, verifier=None, blueprints=routes, checks={}, tenants=tenants
        )
        return app.test_client()

    return opened


@pytest.fixture(scope="session")
def door(index: SearchIndex, door_to: Callable[[SearchIndex], FlaskClient]) -> FlaskClient:
    return door_to(index)


@pytest.fixture
def settings(engines: Engines, vhost: str, new_index: Callable[[], SearchIndex]) -> dict[str, str]:
    """The catalogue's own; its streams lie in the test's one vhost."""
    return {
        "RABBITMQ": vhost,
        "STREAMS": vhost,
        "RABBITMQ_MANAGEMENT": engines.management,
        "ELASTICSEARCH": engines.elasticsearch,
        "INDEX_PREFIX": new_index().alias.removesuffix("-listings"),
        "CURSOR_KEY": KEY.get_secret_value(),
    }


@pytest.fixture
def http(served: Callable[..., FlaskClient], settings: dict[str, str]) -> FlaskClient:
    """The whole http process, on the test's own database."""
    return served("catalog", create_app, **settings)
