"""Processes of the lab, started, watched and killed by the tests."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from kombu import Connection

from chassis.broker.publisher import EVENT, Outgoing, Publisher
from contracts.dossier import ProducerFacts, ProducerRegistered, ProducerWithdrawn
from contracts.event import Envelope

ROOT = Path(__file__).parents[2]


def until(holds: Callable[[], Any], seconds: float = 30, every: float = 0.05) -> Any:
    """Wait until it is true and give what it gave; a timeout is a failure with the last value."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {holds} gave {found!r}")
        time.sleep(every)
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Process:
    """One process of the lab, or of another service. `mongodb`, `rabbitmq`, `database`: where it
    works; `settings`: what that service has beside."""

    mongodb: str
    database: str
    rabbitmq: str
    tenants: Path
    log: Path
    extra: dict[str, str] = field(default_factory=dict)
    replica: str = "one"
    kind: str = "worker"
    module: str = "tests.chassis.lab"
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def started(self) -> bool:
        return hasattr(self, "popen")

    def start(self) -> None:
        self.port = free_port()
        name = self.module.rpartition(".")[2]
        settings = self.settings | {
            "BIND": f"127.0.0.1:{self.port}",
            "TENANTS": str(self.tenants),
            "ISSUERS": "/dev/null",
            "INSTANCE": name,
            "MONGODB": self.mongodb,
            "DATABASE": self.database,
            "RABBITMQ": self.rabbitmq,
            "REPLICA": self.replica,
        }
        environment = {f"OCOP_{name.upper()}_{key}": value for key, value in settings.items()}
        with self.log.open("a") as out:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "chassis.run", self.module, self.kind],
                cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
                env=os.environ | environment | self.extra | {"PYTHONPATH": str(ROOT)},
            )  # fmt: skip

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as one:
                return one.status, json.loads(one.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
        except OSError:
            return 0, {}

    @property
    def ready(self) -> bool:
        return self.answer("/health/ready")[0] == 200

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()

    def terminate(self, seconds: float = 30) -> int:
        self.popen.terminate()
        return self.popen.wait(seconds)


@contextmanager
def running(process: Process) -> Iterator[Process]:
    process.start()
    try:
        until(lambda: process.ready)
        yield process
    finally:
        if process.popen.poll() is None:
            process.kill()


def event(
    name: str,
    tenant: str = "tri-ton",
    version: int = 1,
    subject: str = "",
    kind: type[ProducerRegistered | ProducerWithdrawn] = ProducerRegistered,
) -> Envelope:
    told = kind(producer=ProducerFacts(name=name, address="xã Mẫu"))
    return Envelope.of(
        told, subject=subject or str(uuid4()), tenant=tenant, version=version,
        at=datetime.now(UTC),
    )  # fmt: skip


def publish(uri: str, envelopes: Sequence[Envelope], exchange: str = "dossier") -> None:
    publisher = Publisher(uri)
    refused = publisher.publish([
        Outgoing(exchange, one.key, one.encoded(), EVENT | {"message_id": one.id})
        for one in envelopes
    ])  # fmt: skip
    publisher.close()
    assert refused == set()


def taken(uri: str, queue: str) -> list[Any]:
    """All messages that wait in a queue; they are gone from it then."""
    found = []
    with Connection(uri) as connection:
        channel = connection.channel()
        while (message := channel.basic_get(queue, no_ack=True)) is not None:
            found.append(channel.message_to_python(message))
    return found


def depth(uri: str, queue: str) -> int:
    with Connection(uri) as connection:
        return int(connection.channel().queue_declare(queue, passive=True).message_count)
