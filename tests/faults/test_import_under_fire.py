"""Kill -9 of each process and of the broker while an import travels: nothing lost or doubled."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from pymongo import MongoClient

from deploy.local.engines.rabbitmq import RabbitMQ
from deploy.local.site import Site
from tests.chassis.running import until
from tests.sites import addresses, started, waiting

ROWS, PRODUCERS = 400, 40
WITHIN_S = 30
WHERE = {
    "products": "dossier",
    "earlier_awards": "dossier",
    "certificates": "evaluation",
    "records": "catalog",
}
DISTRICTS = ("Tri Tôn", "Châu Phú", "An Phú", "Thoại Sơn", "Chợ Mới")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    """A node of its own, to be killed."""
    node = RabbitMQ(tmp_path_factory.mktemp("rabbitmq"))
    node.start(tied=True)
    node.wait_ready()
    yield node
    node.kill()


@pytest.fixture(scope="module")
def platform(
    broker: RabbitMQ, engines: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    where = addresses(
        engines, rabbitmq=broker.address, management=broker.management, public=broker.address
    )
    with started(tmp_path_factory.mktemp("site"), where) as one:
        yield one


class Fire:
    """The platform under attack, and what can be seen of it from outside and inside."""

    def __init__(self, site: Site, engines: Any) -> None:
        self.site = site
        self.http = urllib3.PoolManager(retries=False, timeout=20)
        self.mongodb = MongoClient[dict[str, Any]](engines.mongodb)

    def collection(self, service: str, name: str) -> Any:
        return self.mongodb[f"{self.site.name}_{service}"][name]

    def certified(self) -> int:
        return int(self.collection("evaluation", "certificates").count_documents({}))

    def call(self, method: str, path: str, **how: Any) -> Any:
        token = self.site.keys.token(
            tenant="an-giang", roles=["administrator"], subject="test", seconds=300
        )
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.site.url('gateway')}/t/an-giang{path}"
        answer = self.http.request(method, url, headers=headers, **how)
        if answer.status >= 500:
            raise urllib3.exceptions.HTTPError(f"{answer.status} {answer.data[:300]!r}")
        return json.loads(answer.data)

    def insist(self, send: Callable[[], Any]) -> Any:
        """A client whose connection broke sends again: repeating an import changes nothing."""
        while True:
            try:
                return send()
            except urllib3.exceptions.HTTPError:
                time.sleep(0.2)

    def send(self, name: str, content: bytes) -> Any:
        path = "/dossier/v1/imports?dry_run=false"
        fields = {"file": (name, content), "reported_on": "2023-12-31", "source": "Bảng thử"}
        return self.insist(lambda: self.call("POST", path, fields=fields))

    def searchable(self) -> int:
        return int(self.insist(lambda: self.call("GET", "/catalog/v1/products?limit=1"))["total"])

    def pending(self) -> int:
        """Rows of imports that are not done."""
        listed = self.insist(lambda: self.call("GET", "/dossier/v1/imports"))["items"]
        reports = (
            self.insist(lambda one=one: self.call("GET", f"/dossier/v1/imports/{one['id']}"))
            for one in listed
        )
        return sum(report["pending"] for report in reports)


@pytest.fixture
def fire(platform: Site, engines: Any) -> Iterator[Fire]:
    one = Fire(platform, engines)
    yield one
    one.mongodb.close()
    one.http.clear()


def sheet(first: int, last: int) -> bytes:
    lines = ["Hạng sao,Sản phẩm,Chủ thể,Địa chỉ"]
    for number in range(first, last):
        district = DISTRICTS[number % len(DISTRICTS)]
        lines.append(
            f'3,Món thử {number},Cơ sở thử {number % PRODUCERS},"xã Mẫu, huyện {district}"'
        )
    return "\n".join(lines).encode()


def test_everything_killed_once_during_an_import_loses_and_doubles_nothing(
    fire: Fire, platform: Site, broker: RabbitMQ
) -> None:
    parts = ROWS // 4

    def import_all() -> None:
        for part in range(4):
            fire.send(f"{part}.csv", sheet(part * parts, (part + 1) * parts))

    importing = threading.Thread(target=import_all)
    importing.start()
    victims = [one.name for one in platform.processes if one.name != "portal"]
    for victim in victims:
        seen = fire.certified()
        until(lambda seen=seen: fire.certified() > seen or not importing.is_alive())
        platform.kill(victim)
    broker.kill()
    last = time.monotonic()
    broker.start(tied=True)
    importing.join()
    until(lambda: fire.searchable() == ROWS and fire.pending() == 0, WITHIN_S + 60)
    took = time.monotonic() - last
    assert took < WITHIN_S, f"all done only {took:.1f} s after the last kill"
    assert counted(fire) == dict.fromkeys(WHERE, ROWS)
    assert fire.collection("dossier", "producers").count_documents({}) == PRODUCERS
    assert waiting(platform) == {}
    assert told_to_the_world(fire) == ROWS


def counted(fire: Fire) -> dict[str, int]:
    return {
        name: fire.collection(service, name).count_documents({}) for name, service in WHERE.items()
    }


def told_to_the_world(fire: Fire) -> int:
    """Outbox rows for the stream, all sent; each listing was told once: its sequence has no gap."""
    outbox = fire.collection("catalog", "outbox")
    assert outbox.count_documents({"published_at": None}) == 0
    rows = [json.loads(row["body"])["data"] for row in outbox.find({"public": True})]
    assert sorted(row["sequence"] for row in rows) == list(range(1, len(rows) + 1))
    return len({row["listing"]["id"] for row in rows})
