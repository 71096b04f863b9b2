from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from chassis.tenants import Tenants
from portal.entrypoints.http import create_app
from tests.portal.stand_in import StandIn


@pytest.fixture(scope="session")
def _stand_in(tenants: Tenants) -> Iterator[StandIn]:
    with StandIn(tenants).serving() as one:
        yield one


@pytest.fixture
def gateway(_stand_in: StandIn) -> Iterator[StandIn]:
    _stand_in.begin_anew()
    yield _stand_in
    _stand_in.begin_anew()


@pytest.fixture
def portal(gateway: StandIn, tenants_file: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("OCOP_PORTAL_GATEWAY", gateway.address)
    monkeypatch.setenv("OCOP_PORTAL_TENANTS", str(tenants_file))
    monkeypatch.setenv("OCOP_PORTAL_ANSWER_S", "0.3")
    return create_app().test_client()
