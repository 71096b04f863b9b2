"""What tests share: real engines, each run in its own vhost, databases and index prefix."""

import base64
import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Unpack
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo import MongoClient

from chassis.scope import Scope, entered
from chassis.store import documents
from chassis.tenants import Tenants
from chassis.tokens import About, Signer, new_key

ROOT = Path(__file__).parents[1]
TENANTS = ROOT / "deploy" / "tenants" / "tenants.yaml"


@pytest.fixture(scope="session")
def tenants_file() -> Path:
    return TENANTS


@dataclass(frozen=True)
class Engines:
    """The addresses that `./ocop test` gives. `rabbitmq` has no vhost."""

    mongodb: str
    rabbitmq: str
    management: str
    elasticsearch: str

    def manage(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the broker's management API."""
        at = urlsplit(self.management)
        login = base64.b64encode(f"{at.username}:{at.password}".encode()).decode()
        request = urllib.request.Request(
            f"http://{at.hostname}:{at.port}/api/{path}",
            method=method,
            data=json.dumps(body or {}).encode() if method != "GET" else None,
            headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")


@pytest.fixture(scope="session")
def engines() -> Engines:
    names = ("MONGODB", "RABBITMQ", "RABBITMQ_MANAGEMENT", "ELASTICSEARCH")
    missing = [name for name in names if f"OCOP_TEST_{name}" not in os.environ]
    if missing:
        pytest.exit(f"OCOP_TEST_{missing[0]} is not set: run the tests by ./ocop test", 4)
    return Engines(*(os.environ[f"OCOP_TEST_{name}"] for name in names))


@pytest.fixture(scope="session")
def tenants() -> Tenants:
    return Tenants.read(TENANTS)


@pytest.fixture
def vhost(engines: Engines) -> Iterator[str]:
    """The amqp address of a vhost of the test's own."""
    name = f"test-{uuid4().hex[:12]}"
    engines.manage("PUT", f"vhosts/{name}")
    yield f"{engines.rabbitmq}/{name}"
    engines.manage("DELETE", f"vhosts/{name}")


@pytest.fixture(scope="session")
def _databases(engines: Engines) -> Iterator[str]:
    """A prefix; all databases that begin with it are gone at the end."""
    prefix = f"test_{uuid4().hex[:10]}_"
    yield prefix
    with MongoClient[dict[str, Any]](engines.mongodb) as client:
        for name in client.list_database_names():
            if name.startswith(prefix):
                client.drop_database(name)


@pytest.fixture(scope="session")
def _prepared(engines: Engines, _databases: str) -> Callable[[str], str]:
    """The database of a part, prepared once: collections and indexes take longer to make than most
    tests to run."""

    @cache
    def of(part: str) -> str:
        name = f"{_databases}{part}"
        documents.connect(engines.mongodb, name)
        documents.prepare(f"services.{part}." if (ROOT / "services" / part).is_dir() else "tests.")
        return name

    return of


@pytest.fixture
def database(
    engines: Engines, _prepared: Callable[[str], str], request: pytest.FixtureRequest
) -> Iterator[Any]:
    """A connected, empty database with the indexes of the documents of the part under test."""
    name = _prepared(request.path.parent.name)
    documents.connect(engines.mongodb, name)
    with MongoClient[dict[str, Any]](engines.mongodb, tz_aware=True) as client:
        _wipe(client[name])
        yield client[name]  # a look of the test's own, also when the code connects anew
        documents.disconnect()


def _wipe(database: Any) -> None:
    for name in database.list_collection_names(filter={"type": "collection"}):
        database[name].delete_many({})


@pytest.fixture
def tri_ton() -> Iterator[None]:
    with entered(Scope("tri-ton", "officer")):
        yield


@dataclass(frozen=True)
class Issuer:
    """A gateway of the tests: signs tokens for one instance, and is what the instance trusts."""

    signer: Signer
    trusted: Path
    key: Path

    def header(
        self,
        audience: str,
        tenant: str,
        *roles: str,
        subject: str = "tester",
        **about: Unpack[About],
    ) -> dict[str, str]:
        token = self.signer.signed(
            audience=audience, subject=subject, tenant=tenant, roles=roles, seconds=60, **about
        )
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    folder = tmp_path_factory.mktemp("issuer")
    key, trusted = folder / "gateway.jwk", folder / "issuers.json"
    key.write_text(json.dumps(new_key("test")))
    signer = Signer.read("ocop-gateway", key)
    trusted.write_text(json.dumps([signer.as_issuer()]))
    return Issuer(signer, trusted, key)


@pytest.fixture
def served(
    engines: Engines, database: Any, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., FlaskClient]:
    """Gives a service's app, on the test's own database, as a client that calls it."""

    def serve(service: str, create_app: Callable[[], Flask], **settings: str) -> FlaskClient:
        usual = {
            "MONGODB": engines.mongodb,
            "DATABASE": database.name,
            "RABBITMQ": engines.rabbitmq,
            "TENANTS": str(TENANTS),
            "ISSUERS": str(issuer.trusted),
            "INSTANCE": service,
            "KEY": str(issuer.key),
            "CERTIFICATE_KEY": str(issuer.key),
            "GATEWAY": "http://127.0.0.1:9",
        }
        for name, value in (usual | settings).items():
            monkeypatch.setenv(f"OCOP_{service.upper()}_{name}", value)
        return create_app().test_client()

    return serve
