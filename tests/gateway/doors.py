"""A gateway and two instances of a service behind it, as processes of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import urllib3
import yaml
from joserfc.jwk import OKPKey

from chassis.tokens import GATEWAY, Signer, new_key
from tests.chassis.running import free_port, until

ROOT = Path(__file__).parents[2]
CALLERS = "ocop-local"


@dataclass
class Process:
    """One HTTP process, as it is started everywhere."""

    module: str
    prefix: str
    settings: Mapping[str, str]
    log: Path

    def start(self, port: int | None = None) -> None:
        self.port = port or free_port()
        told = self.settings | {"BIND": f"127.0.0.1:{self.port}"}
        with self.log.open("a") as out:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "chassis.run", self.module, "http"],
                cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
                env=os.environ | {f"{self.prefix}_{name}": value for name, value in told.items()}
                | {"PYTHONPATH": str(ROOT)},
            )  # fmt: skip

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ready(self) -> bool:
        try:
            return self.ask("/health/ready").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def ask(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self.send("GET", path, **headers)

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> urllib3.BaseHTTPResponse:
        """On a connection of its own, so that no dead one is taken up again."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with urllib3.PoolManager(retries=False, timeout=20) as pool:
            return pool.request(method, self.url + path, headers=named, body=body)

    @property
    def workers(self) -> list[psutil.Process]:
        """gunicorn's, under its arbiter."""
        return psutil.Process(self.popen.pid).children()

    def stop(self) -> None:
        self.popen.send_signal(signal.SIGTERM)
        self.popen.wait(40)


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    for process in processes:
        process.start()
    try:
        for process in processes:
            until(lambda process=process: process.ready)
        yield
    finally:
        for process in processes:
            process.stop()


@dataclass
class Doors:
    """`first` and `second`: instances of the service echo; `gone`: one where nothing listens."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.notes = self.folder / "notes"
        self.notes.mkdir()
        self.caller_key, self.gateway_key = new_key("caller"), new_key("gateway")
        tenants = [
            self._tenant("an-giang", echo="first", twin="second", gone="gone", lost="lost"),
            self._tenant("tri-ton", echo="second"),
        ]
        self._write("tenants.yaml", yaml.safe_dump({"tenants": tenants}))
        self._write("key.json", json.dumps(self.gateway_key))
        self._write("callers.json", self._trust(CALLERS, self.caller_key))
        self._write("gateway.json", self._trust(GATEWAY, self.gateway_key))
        self.first, self.second = self.instance("first"), self.instance("second")

    @staticmethod
    def _tenant(slug: str, **routes: str) -> dict[str, Any]:
        return {
            "slug": slug, "name": {"vi": slug, "en": slug}, "purpose": "production",
            "unit": {"kind": "district", "name": slug}, "routes": routes,
        }  # fmt: skip

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    @staticmethod
    def _trust(issuer: str, key: dict[str, Any]) -> str:
        return json.dumps([_signer(issuer, key).as_issuer()])

    def instance(self, name: str) -> Process:
        told = {
            "TENANTS": str(self.folder / "tenants.yaml"), "INSTANCE": name,
            "ISSUERS": str(self.folder / "gateway.json"), "NOTES": str(self.notes),
        }  # fmt: skip
        return Process("tests.gateway.echo", "OCOP_ECHO", told, self.folder / f"{name}.log")

    def gateway(self, **extra: str) -> Process:
        instances = {
            "first": self.first.url, "second": self.second.url,
            "gone": f"http://127.0.0.1:{free_port()}",
        }  # fmt: skip
        told = {
            "TENANTS": str(self.folder / "tenants.yaml"), "KEY": str(self.folder / "key.json"),
            "ISSUERS": str(self.folder / "callers.json"), "INSTANCES": json.dumps(instances),
            "MAX_BODY": "1000000", "ANSWER_S": "1", "CONNECT_S": "1", "RATE": "100000/minute",
            "GRACE_S": "1", "HEAD_S": "1",
        } | extra  # fmt: skip
        return Process("gateway", "OCOP_GATEWAY", told, self.folder / "gateway.log")

    def token(self, *roles: str, tenant: str = "an-giang", seconds: int = 300, **said: str) -> str:
        return _signer(CALLERS, self.caller_key).signed(
            audience=said.get("audience", GATEWAY), subject=said.get("subject", "caller"),
            tenant=tenant, roles=roles, seconds=seconds,
        )  # fmt: skip

    def note(self, name: str) -> str:
        file = self.notes / name
        return file.read_text() if file.exists() else ""

    def tell(self, name: str) -> None:
        (self.notes / name).touch()

    def forget(self) -> None:
        for file in self.notes.iterdir():
            file.unlink()


def _signer(issuer: str, key: dict[str, Any]) -> Signer:
    return Signer(issuer, OKPKey.import_key(key))
