import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chassis.broker.topology import declare_streams
from tests.marketplace.client import Client
from tests.marketplace.platform import Platform, serving


@pytest.fixture
def platform(vhost: str) -> Iterator[Platform]:
    declare_streams(vhost)
    platform = Platform(vhost)
    yield platform
    platform.close()


@pytest.fixture
def api(platform: Platform) -> Iterator[str]:
    server = serving(platform)
    threading.Thread(target=server.serve_forever, args=[0.05]).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(vhost: str, api: str, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Makes clients of an-giang, all with one store; what still runs at the end is killed."""
    made: list[Client] = []

    def make(*flags: str, **settings: str) -> Client:
        given = {
            "stream": vhost,
            "api": api,
            "tenant": "an-giang",
            "store": str(tmp_path / "store"),
        }
        made.append(Client(given | settings, flags, tmp_path / f"client-{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.kill()
