from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from tests.gateway.doors import Doors, Process, running

Ask = Callable[..., urllib3.BaseHTTPResponse]


@pytest.fixture(scope="session")
def _doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    doors = Doors(tmp_path_factory.mktemp("doors"))
    with running(doors.first, doors.second):
        yield doors


@pytest.fixture
def doors(_doors: Doors) -> Doors:
    _doors.forget()
    return _doors


@pytest.fixture(scope="session")
def gateway(_doors: Doors) -> Iterator[Process]:
    process = _doors.gateway()
    with running(process):
        yield process


@pytest.fixture
def ask(doors: Doors, gateway: Process) -> Iterator[Ask]:
    """Through the gateway: `ask("GET", "/t/...", token=..., headers=..., body=...)`."""

    def asked(
        method: str, path: str, token: str = "", headers: dict[str, str] | None = None, **more: Any
    ) -> urllib3.BaseHTTPResponse:
        sent = (headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
        return pool.request(method, gateway.url + path, headers=sent, **more)

    with urllib3.PoolManager(retries=False, timeout=20) as pool:
        yield asked
